"""The explainer's bars on programs no rule was written for: always something, mostly a cause or a place, and the right place.

Other mutants every run; the seed is printed when a bar is missed. The long form is `make mutants`.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.tutor.explanation import Explanation
from challenges.grade import Grader
from challenges.model import Challenge, Verdict
from tests.bot.tutor.mutants.measure import (
    Program,
    Tally,
    Told,
    disguised,
    distance,
    generated,
    tallied,
    wrong_solutions,
)

FEW = ("auc-with-ties", "softmax-cross-entropy", "precision-recall-f1", "cosine-top-k")
LONGEST = 1_900


@pytest.fixture
async def grader(warm: Any) -> AsyncIterator[Grader]:
    """A grader over real boxes, with attempts prepared ahead as the bot has them."""
    async with Grader(warm.run, lambda: secrets.randbits(64)) as made:
        yield made


def hold(tally: Tally, seed: int, *, specific: float) -> None:
    near, blamed = tally.near()
    figures = {"explained": tally.explained(), "specific": tally.share("closer"), "near": near / max(1, blamed)}
    assert figures["explained"] == 1.0, (seed, figures)
    assert figures["specific"] >= specific, (
        seed,
        figures,
        [t.program.name for t in tally.told if not t.closer.specific],
    )
    assert figures["near"] >= 0.85, (seed, figures, [(t.program.name, t.closer.line) for t in tally.told])
    assert all(len(one.closer.text) <= LONGEST for one in tally.told), seed


async def test_new_mutants_are_explained_and_the_changed_line_is_the_one_blamed(
    grader: Grader, shipped_bank: dict[str, Challenge]
) -> None:
    seed = secrets.randbits(32)
    rng = random.Random(seed)  # noqa: S311 - draws mistakes, guards nothing
    chosen = [shipped_bank[slug] for slug in FEW]
    tally = await tallied(grader, generated(chosen, rng, 28, disguise=False), closer=False)
    assert len(tally.told) >= 15, seed
    hold(tally, seed, specific=0.8)


async def test_of_our_wrong_solutions_none_goes_unexplained(grader: Grader, shipped_bank: dict[str, Challenge]) -> None:
    chosen = [shipped_bank[slug] for slug in FEW]
    tally = await tallied(grader, wrong_solutions(chosen), closer=False)
    assert (tally.passed, len(tally.told)) == (0, sum(len(c.wrong) for c in chosen))
    assert tally.explained() == 1.0


@pytest.mark.slow
async def test_bars_hold_for_five_hundred_mutants_and_all_our_wrong_solutions(
    grader: Grader, shipped_bank: dict[str, Challenge]
) -> None:
    seed = secrets.randbits(32)
    rng = random.Random(seed)  # noqa: S311 - as above
    chosen = list(shipped_bank.values())
    hold(await tallied(grader, generated(chosen, rng, 650, disguise=False), closer=True), seed, specific=0.8)
    wrong = await tallied(grader, wrong_solutions(chosen), closer=True)
    assert (wrong.explained(), wrong.share("closer") >= 0.8) == (1.0, True), seed


def explanation(**fields: Any) -> Explanation:
    return replace(Explanation(source="place", specific=True, text="words " * 50, line=3, blamed=3), **fields)


def told(challenge: Challenge, changed: int | None, **fields: Any) -> Told:
    said = explanation(**fields)
    return Told(
        Program(challenge, "", "a", changed), Verdict.WRONG, replace(said, specific=False), said, said, 4.0, 3.0
    )


def test_figures_by_hand(shipped_bank: dict[str, Challenge]) -> None:
    challenge = shipped_bank["auc-with-ties"]
    tally = Tally(
        [
            told(challenge, 3),
            told(challenge, 5),
            told(challenge, 4, source="exception", blamed=None),
            told(challenge, None, text="short", specific=False),
        ]
    )
    assert [distance(one) for one in tally.told] == [0, 2, None, None]
    assert (tally.near(), tally.share("rules"), tally.share("closer")) == ((1, 2), 0.0, 0.75)
    assert (tally.explained(), tally.sized(), tally.time_ms(0.5)) == (1.0, 0.75, 4.0)
    assert tally.time_ms(0.95, worked=True) == 3.0


def test_a_disguise_changes_names_alone(shipped_bank: dict[str, Challenge]) -> None:
    rng = random.Random(3)  # noqa: S311 - any would do
    for challenge in shipped_bank.values():
        other = disguised(challenge.solution, challenge, rng)
        compile(other, "other.py", "exec", dont_inherit=True)
        assert len(other.splitlines()) == len(challenge.solution.splitlines())
        assert f" {challenge.entry}" in other
    assert "higher" not in disguised(shipped_bank["auc-with-ties"].solution, shipped_bank["auc-with-ties"], rng)


async def test_a_disguised_solution_still_passes(grader: Grader, shipped_bank: dict[str, Challenge]) -> None:
    rng = random.Random(3)  # noqa: S311 - any would do
    for slug in (*FEW, "registry-rollback"):
        challenge = shipped_bank[slug]
        report = await grader.grade(challenge, disguised(challenge.solution, challenge, rng))
        assert report.verdict is Verdict.ACCEPTED
