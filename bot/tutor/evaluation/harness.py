"""Puts explainers and a corpus together: every specimen is explained by each, every explanation measured, everything summed up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.tutor.evaluation.corpus import AUTHORED, MUTANT, Specimen
from bot.tutor.evaluation.leaks import executable_leak
from bot.tutor.evaluation.measures import Measured, Summary, measure, summarise
from bot.tutor.evaluation.recorded import Origin, Recording
from bot.tutor.explanation import Explanation
from bot.tutor.offline import explain
from challenges.grade import Grader

Explain = Callable[[Specimen], Awaitable[Explanation | None]]
Tell = Callable[[float], None]
PARTS = (AUTHORED, MUTANT)


@dataclass(frozen=True, slots=True)
class Explainer:
    """Somebody who explains, and where their answers come from. One who is `fresh` is asked twice, to see whether they keep to it."""

    origin: Origin
    explain: Explain
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One explainer: what it said, measured and summed up by part of the corpus."""

    origin: Origin
    answers: Mapping[str, Explanation | None]
    measured: tuple[Measured, ...]
    summaries: tuple[Summary, ...]


def offline(origin: Origin) -> Explainer:
    """The explainer that needs no key."""

    async def say(specimen: Specimen) -> Explanation | None:
        return explain(specimen.challenge, specimen.source, specimen.report)

    return Explainer(origin, say, fresh=True)


def replayed(recording: Recording) -> Explainer:
    """An explainer that says what was recorded; nothing about what was not."""

    async def say(specimen: Specimen) -> Explanation | None:
        return recording.answers.get(specimen.key)

    return Explainer(recording.origin, say)


async def evaluate(explainer: Explainer, corpus: Sequence[Specimen], grader: Grader, tell: Tell) -> Evaluated:
    """Have one explainer explain the whole corpus, and measure what it says; `tell` hears the share that is done."""
    answers: dict[str, Explanation | None] = {}
    measured: list[Measured] = []
    for number, specimen in enumerate(corpus, 1):
        said = answers[specimen.key] = await explainer.explain(specimen)
        if said is not None:
            again = await explainer.explain(specimen) if explainer.fresh else None
            leak = await executable_leak(specimen.challenge, specimen.source, said.text, grader)
            measured.append(measure(specimen, said, leak, again))
        tell(number / len(corpus))
    return Evaluated(explainer.origin, answers, tuple(measured), tuple(_summaries(explainer, corpus, measured)))


def _summaries(explainer: Explainer, corpus: Sequence[Specimen], measured: Sequence[Measured]) -> Iterable[Summary]:
    name = explainer.origin.explainer
    for part in PARTS:
        count = sum(specimen.origin == part for specimen in corpus)
        if count:
            yield summarise(name, part, count, [m for m in measured if m.origin == part])
