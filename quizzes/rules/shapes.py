"""Rules about the other kinds: blanks, orders, pairs, lines of code, rubrics."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from quizzes.claims import fill_in
from quizzes.faults import twice
from quizzes.graders.fillings import accepted
from quizzes.graders.printed import same_output
from quizzes.graders.short import covers
from quizzes.items import Bug, Fill, Item, Match, Order, Output, Short
from quizzes.typed import folded

_BLANK = re.compile(r"__(\d)__")


def shaped(item: Item) -> Iterator[str]:
    """Check what only this kind has."""
    match item.body:
        case Output() as body:
            yield from _output(item, body)
        case Fill() as body:
            yield from _fill(item, body)
        case Order() as body:
            yield from _order(body)
        case Match() as body:
            yield from _match(body)
        case Bug() as body:
            yield from _bug(item, body)
        case Short() as body:
            yield from _short(body)
        case _:
            pass


def _output(item: Item, body: Output) -> Iterator[str]:
    yield from _parses(item.code)
    if not body.wrong:
        yield "has no [[item.wrong]]; name at least one typical wrong output with its feedback"
    for path in body.wrong:
        if same_output(str(path.answer), body.answer):
            yield f"wrong output {path.answer!r} would be graded as right"


def _fill(item: Item, body: Fill) -> Iterator[str]:
    blanks = sorted(set(map(int, _BLANK.findall(item.code))))
    if blanks != list(range(1, len(body.blanks) + 1)) or len(blanks) not in (1, 2, 3):
        yield f"code has the blanks {blanks} and `blanks` has {len(body.blanks)} lists; number one to three from __1__"
        return
    if any(not blank or not all(blank) for blank in body.blanks):
        yield "every blank needs at least one accepted filling"
        return
    yield from _parses(fill_in(item.code, [blank[0] for blank in body.blanks]))
    if not body.wrong:
        yield "has no [[item.wrong]]; name at least one typical wrong filling with its feedback"
    for path in body.wrong:
        if not 1 <= path.blank <= len(body.blanks):
            yield f"wrong filling {path.answer!r} is for blank {path.blank}, which does not exist"
        elif accepted(str(path.answer), body.blanks[path.blank - 1]):
            yield f"wrong filling {path.answer!r} would be graded as right"


def _parses(code: str) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except (SyntaxError, ValueError) as error:
        yield f"code is not Python: {error}"


def _order(body: Order) -> Iterator[str]:
    if not 4 <= len(body.steps) <= 7 or len(body.distractors) > 2:
        yield f"has {len(body.steps)} steps and {len(body.distractors)} distractors; four to seven, and at most two"
    for text in sorted(set(twice(map(folded, [*body.steps, *body.distractors])))):
        yield f"step {text!r} is there twice"
    for a, b in body.either:
        if b != a + 1 or not 0 <= a < len(body.steps) - 1:
            yield f"`either` has [{a}, {b}]; it holds neighbours, counted from 0, such as [1, 2]"
    said = [path.step for path in body.wrong]
    for step in (*said, *body.distractors):
        if step not in body.distractors:
            yield f"feedback is for {step!r}, which is no distractor"
        elif step not in said:
            yield f"distractor {step!r} has no [[item.wrong]] with feedback"


def _match(body: Match) -> Iterator[str]:
    if len(body.pairs) not in (4, 5) or len(body.spare) not in (1, 2):
        yield f"has {len(body.pairs)} pairs and {len(body.spare)} spare; four or five pairs and one or two spare"
    lefts, rights = [left for left, _ in body.pairs], [right for _, right in body.pairs]
    for side in (lefts, [*rights, *body.spare]):
        for text in sorted(set(twice(map(folded, side)))):
            yield f"{text!r} is there twice on one side"
    for path in body.wrong:
        if path.left not in lefts or path.right not in (*rights, *body.spare):
            yield f"feedback is for {path.left!r} with {path.right!r}, which cannot be paired"
        elif (path.left, path.right) in body.pairs:
            yield f"feedback is for {path.left!r} with {path.right!r}, which is right"


def _bug(item: Item, body: Bug) -> Iterator[str]:
    lines = item.code.split("\n")
    if not 1 <= body.line <= len(lines):
        yield f"`line` is {body.line}; the code has lines 1 to {len(lines)}"
    elif not lines[body.line - 1].strip() or lines[body.line - 1].lstrip().startswith("#"):
        yield f"`line` is {body.line}, which is blank or a comment"


def _short(body: Short) -> Iterator[str]:
    if not 2 <= len(body.rubric) <= 4:
        yield f"has {len(body.rubric)} rubric points; two to four"
    if len(body.model_answer.split()) > 60:
        yield "model answer has over 60 words; learners are asked for at most 60"
    for rubric in body.rubric:
        if not covers(body.model_answer, rubric):
            yield f"the model answer has no keyword of the point {rubric.point!r}; correct one of them"
