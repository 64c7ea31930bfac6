"""Rules about numeric items: the generator and its names exist, and no wrong path gives a right answer."""

from __future__ import annotations

from collections.abc import Iterator

from quizzes.generators import Drawn, families
from quizzes.graders.numeric import expected, literal
from quizzes.items import Item, Numeric
from quizzes.present import names_in, numbers_of

SEEDS = 200


def generated(item: Item) -> Iterator[str]:
    """Check a numeric item against its generator, or its fixed answer against its wrong ones."""
    if not isinstance(item.body, Numeric):
        return
    if not item.body.generator:
        yield from _fixed(item.body)
    elif item.body.generator not in families():
        yield f"unknown generator {item.body.generator!r}; quizzes/generators/README.md lists them"
    else:
        draws = [drawn for seed in range(SEEDS) if (drawn := numbers_of(item, seed))]
        yield from _names(item, item.body, draws[0])
        yield from _distinct(item.body, draws)


def _fixed(body: Numeric) -> Iterator[str]:
    if not body.wrong:
        yield "has no [[item.wrong]]; name at least one typical wrong value with its feedback"
    for path in body.wrong:
        value = literal(path.answer, body.unit)
        if path.when:
            yield f"wrong path {path.when!r} needs a generator; give the wrong `answer` instead"
        elif value is None:
            yield f"wrong answer {path.answer!r} is not a number"
        elif expected(body, None).tolerance.accepts(value, float(body.answer or 0)):
            yield f"wrong answer {path.answer!r} is within tolerance of the answer {body.answer}"


def _names(item: Item, body: Numeric, drawn: Drawn) -> Iterator[str]:
    for what, text, extra in (
        ("prompt", item.prompt, set()),
        ("code", item.code, set()),
        ("explanation", item.explanation, {"answer"}),
        *(("feedback", path.feedback, {"answer"}) for path in body.wrong),
    ):
        for name in sorted(names_in(text) - drawn.params.keys() - extra):
            yield f"{what} uses {{{name}}}; {body.generator} has {', '.join(drawn.params)}"
    if not names_in(item.prompt + item.code):
        yield "neither prompt nor code shows a number of the generator; put its parameters in braces"
    if not body.wrong:
        yield f"has no [[item.wrong]]; choose from the generator's paths: {', '.join(drawn.wrong)}"
    for path in body.wrong:
        if not path.when:
            yield "a wrong value of a generated item needs `when`, the name of a wrong path"
        elif path.when not in drawn.wrong:
            yield f"unknown wrong path {path.when!r}; {body.generator} has {', '.join(drawn.wrong)}"


def _distinct(body: Numeric, draws: list[Drawn]) -> Iterator[str]:
    for path in body.wrong:
        for drawn in draws:
            tolerance = expected(body, drawn).tolerance
            if path.when in drawn.wrong and tolerance.accepts(drawn.wrong[path.when], drawn.answer):
                numbers = ", ".join(f"{name} = {value}" for name, value in drawn.params.items())
                yield f"wrong path {path.when!r} is within tolerance of the answer for {numbers}; narrow `tolerance`"
                break
