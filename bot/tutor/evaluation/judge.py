"""A stronger model as judge of explanations, and a weaker one as the learner they should help. Both need a key.

The judge answers the eight questions of MRBench (Maurya et al., 2025) and one on facts, given what the grader saw and the verified
solution; the learner repairs the program without and with the explanation, and the grader decides who did it. Judges are known to
be kind: take differences between explainers, not the figures.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.tutor.claude import prompt, wire
from bot.tutor.claude.client import Answer, Call
from bot.tutor.claude.options import Model
from bot.tutor.claude.redact import enclosed
from bot.tutor.evaluation.corpus import Specimen
from bot.tutor.explanation import Explanation
from challenges.grade import Grader
from challenges.model import Verdict

QUESTIONS = {
    "mistake_identification": "Does the text see that and what mistake was made?",
    "mistake_location": "Does it point at the place of the mistake?",
    "revealing": "Does it give the answer away?",
    "guidance": "Does it guide: a hint, an idea, an example that helps on?",
    "actionability": "Is it clear what the learner should do next?",
    "coherence": "Is it coherent with what the learner did and has read?",
    "tone": "Is its tone encouraging?",
    "human_likeness": "Does it sound like a person?",
    "factual": "Is every statement in it true, given what the grader saw and the verified solution?",
}
ANSWERS = ("yes", "to some extent", "no")
VOTES = 3
SAMPLES = 1_000  # of the bootstrap
TOKENS, TIME_S = 4_000, 60.0

Ask = Callable[[Call], Awaitable[Answer | None]]

SYSTEM = f"""You judge a tutor's text for a beginner whose Python program failed its tests. You are given the exercise, the program, what the
grader saw, which is always right, and a verified solution. Answer each question about the text with one of: {", ".join(ANSWERS)}.
{prompt.UNTRUSTED}"""
REPAIR = f"""You are a beginner whose Python program failed its tests. Mend it with the smallest change you can find and give back the whole
program in `fix`; leave the other fields empty and `line` 0. If an explanation is given, follow it.
{prompt.UNTRUSTED}"""


@dataclass(frozen=True, slots=True)
class Interval:
    """A share and the bounds of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judge said to one explainer's texts: by question the share of plain yes, and how often its votes agreed."""

    judge: str
    texts: int
    yes: Mapping[str, Interval]
    agreement: float
    helped: Interval | None  # how much more often the weaker model repairs with a text than without


def schema(names: Sequence[str]) -> dict[str, object]:
    """The form of a judgement, its questions in this order."""
    fields = {name: {"type": "string", "enum": list(ANSWERS), "description": QUESTIONS[name]} for name in names}
    return {"type": "object", "properties": fields, "required": list(names), "additionalProperties": False}


async def votes(
    ask: Ask, model: Model, specimen: Specimen, said: Explanation, rng: random.Random
) -> list[dict[str, str]]:
    """Several judgements of one text, the questions in another order each time; fewer where the judge was silent."""
    found = []
    for _ in range(VOTES):
        names = list(QUESTIONS)
        rng.shuffle(names)
        text = (
            f"{_facts(specimen)}\n{enclosed('answer', specimen.challenge.solution)}\n{enclosed('earlier', said.text)}"
        )
        answer = await ask(Call("judge", model, SYSTEM, text, schema(names), TOKENS, TIME_S))
        try:
            given = json.loads(answer.text) if answer and answer.text else {}
        except ValueError:
            given = {}
        if isinstance(given, dict) and all(given.get(name) in ANSWERS for name in QUESTIONS):
            found.append({name: str(given[name]) for name in QUESTIONS})
    return found


async def repairs(ask: Ask, model: Model, specimen: Specimen, said: Explanation | None, grader: Grader) -> bool:
    """Whether the model's repair passes, with an explanation or without."""
    text = f"{_facts(specimen)}\n{enclosed('earlier', said.text if said else 'None.')}"
    answer = await ask(Call("repair", model, REPAIR, text, wire.EXPLAINED, TOKENS, TIME_S))
    found = wire.read(wire.Explained, answer.text) if answer and answer.text else None
    if not isinstance(found, wire.Explained) or not found.fix:
        return False
    return (await grader.grade(specimen.challenge, found.fix)).verdict is Verdict.ACCEPTED


def _facts(specimen: Specimen) -> str:
    report = specimen.report
    cases = "\n".join(f"{c.name}: expected {c.expected}; got {c.got}. {c.message}" for c in report.cases if c.message)
    seen = f"Verdict: {report.verdict}. {report.hidden_passed} of {report.hidden_total} hidden cases pass.\n{cases}"
    code = enclosed("code", prompt.numbered(specimen.source), 4_096)
    return f"{enclosed('exercise', specimen.challenge.statement, 6_000)}\n{code}\n{enclosed('grader', seen)}"


def sum_up(
    judge: str, ballots: Sequence[Sequence[Mapping[str, str]]], helped: Sequence[tuple[bool, bool]], rng: random.Random
) -> Judged:
    """Sum judgements up, text by text; `helped` says of each text whether the repair passed without and with it."""
    heard = [ballot for ballot in ballots if ballot]
    verdicts = [{name: _majority([vote[name] for vote in ballot]) for name in QUESTIONS} for ballot in heard]
    together = [len({vote[name] for vote in ballot}) == 1 for ballot in heard for name in QUESTIONS]
    return Judged(
        judge=judge,
        texts=len(heard),
        yes={name: interval([v[name] == "yes" for v in verdicts], rng) for name in QUESTIONS} if verdicts else {},
        agreement=sum(together) / len(together) if together else 0.0,
        helped=interval([after - before for before, after in helped], rng) if helped else None,
    )


def _majority(votes: Sequence[str]) -> str:
    """The most frequent vote; of equals the more severe."""
    counted = Counter(votes)
    return max(counted, key=lambda vote: (counted[vote], ANSWERS.index(vote)))


def interval(values: Sequence[float], rng: random.Random) -> Interval:
    """The mean of some values with a bootstrap interval (Efron, 1979; percentiles 2.5 and 97.5)."""
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(SAMPLES))
    return Interval(sum(values) / len(values), means[int(0.025 * SAMPLES)], means[int(0.975 * SAMPLES) - 1])
