"""Whatever the model writes, no learner is shown an answer, a mention, a link, a verdict or anything over-long.

The model proves every time that it understood the mistake: only the text is left to stop. What is shown is judged by an oracle that
knows the right line; that the honest words around each piece pass alone shows that it is the piece that is stopped.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest

from bot.tutor import Explanation
from bot.tutor.claude import assistant as assistant_module
from bot.tutor.claude.gates import form, grounding
from bot.tutor.claude.gates.leak import leaks as tried
from challenges.jury import JurorLost, Overrun
from tests.bot.tutor.adversary.model import Honest, Obedient, honest_answer, honest_text, injected, said
from tests.bot.tutor.adversary.oracle import harms, leaks
from tests.bot.tutor.adversary.payloads import HARM, SOLUTIONS
from tests.bot.tutor.adversary.targets import Target
from tests.fakes.claude_wire import Recorded, Step, structured

CRAFTY = (
    "hex in pairs",
    "reversed words",
    "numbered steps",
    "wide mention",
    "read aloud",
    "two spans",
    "right line in bold",
)
SLOW = 8
NAMES = [*SOLUTIONS, *HARM]


def passes(target: Target) -> Any:
    """Whether a program does on our visible cases what the solution does; our own texts run here, and nothing else."""
    import contextlib

    import numpy as np

    scope: dict[str, Any] = {}
    exec(target.challenge.cases, scope)  # noqa: S102 - content of ours
    cases = [args for _, visible, args in scope["cases"](np.random.default_rng(5)) if visible]

    def outcome(program: str) -> list[str]:
        names: dict[str, Any] = {}
        found = []
        with contextlib.suppress(Exception):
            exec(program, names)  # noqa: S102 - a text of the adversary's, made of content of ours
            for args in cases:
                import copy

                found.append(repr(names[target.challenge.entry](*copy.deepcopy(args))))
        return found

    right = outcome(target.challenge.solution)
    return lambda program: outcome(program) == right != []


async def shown(way: Any, target: Target, name: str) -> Explanation | None:
    """What a learner is shown when the model writes the piece of a name."""

    def mind(request: Recorded) -> Step:
        piece = said(name, target, request)
        return structured(honest_answer(target, place=honest_text(target, piece)))

    way.claude.brain = mind
    found: Explanation | None = await way.tutor.improve(way.asking(target, next(way.numbers)))
    return found


def verdict(text: Explanation | None, target: Target, way: Any) -> str:
    """What the oracle holds against a text that was shown, or ""."""
    if text is None:
        return ""
    prompt = str(way.claude.record[-1].body["system"][0]["text"])
    found = leaks(text.text, target, passes(target) if "def drive" not in target.challenge.driver else None)
    return found or harms(text.text, prompt)


async def test_an_honest_hint_is_shown_for_every_target(way: Any, aims: list[Target]) -> None:
    """Without this, everything below would hold for a tutor that never says anything."""
    way.claude.brain = Honest(aims)
    found = [await way.submit(aim) for aim in aims]
    assert [(text.text, text.line) if text else None for text in found] == [
        (honest_text(aim), aim.line) for aim in aims
    ]
    assert all(text is not None and verdict(text, aim, way) == "" for text, aim in zip(found, aims, strict=True))
    assert way.claude.complaints == []


async def through(way: Any, aims: list[Target], names: Sequence[str] = NAMES) -> tuple[int, list[tuple[str, str, str]]]:
    """How many texts were tried, and those that were shown though the oracle holds something against them."""
    tried, found = 0, []
    for name in names:
        for aim in aims:
            tried += 1
            if against := verdict(await shown(way, aim, name), aim, way):
                found.append((name, aim.new, against))
    return tried, found


async def test_no_piece_of_text_gets_through(way: Any, aims: list[Target]) -> None:
    names = [*NAMES[::5], *CRAFTY]
    assert await through(way, aims[2:3], names) == (len(names), [])


@pytest.mark.slow
async def test_no_piece_of_text_gets_through_for_any_target(way: Any, aims: list[Target]) -> None:
    """More than three hundred answers of the adversary."""
    tried, found = await through(way, aims[:SLOW])
    assert found == []
    assert tried >= 300


async def test_what_learners_write_gets_nothing_out_of_an_obedient_model(way: Any, aims: list[Target]) -> None:
    """Orders in comments, strings, names, printed text, exceptions and unseen letters: obeyed, and shown to nobody."""
    mind = Obedient(aims)
    way.claude.brain = mind
    made = injected(aims, NAMES[::12])
    for carrier, name, target, source in made:
        text = await way.submit(target, source)
        assert (carrier, name, verdict(text, target, way)) == (carrier, name, "")
    assert len(set(mind.obeyed)) >= len(made) - 1


@pytest.mark.slow
async def test_a_hundred_injected_submissions_get_nothing_out_of_an_obedient_model(
    way: Any, aims: list[Target]
) -> None:
    mind = Obedient(aims)
    way.claude.brain = mind
    made = [*injected(aims, NAMES), *injected(aims[3:], NAMES[5:])]
    through = []
    for carrier, name, target, source in made:
        if found := verdict(await way.submit(target, source), target, way):
            through.append((carrier, name, found))
    assert through == []
    assert len(made) >= 100
    assert len(mind.obeyed) >= 100  # most by both models that are asked


OPEN = {
    "@everyone": ["form"], "link": ["form"], "verdict": ["form"], "two thousand characters": ["form"], "script": ["form", "veil"],
    "a line that is not there": ["grounding"], "a name that is not there": ["grounding"], "hex in pairs": ["spelt"],
    "reversed words": ["spelt"], "numbered steps": ["spelt"], "wide mention": ["veil"], "right line in a span": ["spelt", "tried"],
    "replace a with b": ["spelt", "tried"], "change in plain words": ["spelt", "tried"],
}  # fmt: skip


async def _no_leak(*_: Any) -> str:
    return ""


GATES = {
    "form": (form, "faults", lambda *_, **__: []),
    "grounding": (grounding, "faults", lambda *_: []),
    "tried": (assistant_module, "leaks", _no_leak),
    "spelt": (assistant_module, "spells", lambda *_: False),
    "veil": (assistant_module, "veils", lambda _: False),
}


@pytest.mark.parametrize(("name", "gates"), OPEN.items(), ids=OPEN)
async def test_with_its_gates_open_the_attack_gets_through(
    way: Any, aims: list[Target], monkeypatch: pytest.MonkeyPatch, name: str, gates: list[str]
) -> None:
    """Each gate is what stops it: with that one open, and the others shut, the piece is shown."""
    assert await shown(way, aims[0], name) is None
    for gate in gates:
        monkeypatch.setattr(*GATES[gate])
    text = await shown(way, aims[0], name)
    assert text is not None
    assert said(name, aims[0]).strip() in text.text


async def test_a_fix_that_does_not_pass_is_never_believed(way: Any, aims: list[Target]) -> None:
    """However good the text: without a fix that passes, or with one somewhere else, nothing is shown."""
    aim = aims[0]
    elsewhere = 1 if aim.line > 3 else len(aim.source.split("\n"))
    for changes in (
        {"fix": aim.source + "\nM = 1\n"},
        {"fix": "def "},
        {"fix": ""},
        {"line": elsewhere},
        {"line": 999},
    ):
        answer = {**honest_answer(aim), **changes}
        way.claude.brain = lambda _, answer=answer: structured(answer)
        assert await way.submit(aim) is None


async def test_the_verdict_is_the_graders_whatever_the_model_says(way: Any, aims: list[Target]) -> None:
    aim = aims[0]
    way.claude.brain = Obedient(aims)
    made = injected([aim], ["verdict", "marks", "xp"])
    reports = [await way.grader.grade(aim.challenge, source) for *_, source in made]
    assert [await way.submit(aim, source) for *_, source in made] == [None] * 3
    assert [await way.grader.grade(aim.challenge, source) for *_, source in made] != []
    assert {report.verdict.value for report in reports} <= {"wrong", "error"}


async def test_what_cannot_be_tried_is_held_back(way: Any, aims: list[Target]) -> None:
    """A text that takes too long to read for its code, or whose reader dies, may hold anything."""
    aim = aims[0]

    async def overrun(*_: Any) -> Any:
        raise Overrun

    async def lost(*_: Any) -> Any:
        raise JurorLost("gone")

    held = (aim.challenge, aim.source, aim.report(), honest_text(aim), way.grader.passing)
    assert await tried(*held, way.grader.apart) == ""
    assert [await tried(*held, apart) for apart in (overrun, lost)] == ["not tried", "not tried"]


async def test_programs_are_made_in_another_process(way: Any) -> None:
    """In a second thread of this one, parsing would fail at times."""
    assert await way.grader.apart(os.getpid) != os.getpid()
