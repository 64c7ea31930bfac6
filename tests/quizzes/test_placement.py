"""Placement: ten to fifteen questions, an ability within its error, and what is known without being asked."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from quizzes.generators import seeded
from quizzes.items import Choice, Concept, Item, Kind, Numeric, Option, Section, Short, Track
from quizzes.placement import FEWEST, KNOWN, MOST, Placed, ability, information, known_concepts, next_placement
from quizzes.skill import Skill, expected, guess_floor, prior


def made(concepts: int = 40) -> Track:
    """Make a track of four sections whose concepts need each other in turn, labels going round."""
    names = [f"c{n}" for n in range(concepts)]
    needs = {name: (before,) for before, name in pairwise(names)}
    size = max(1, concepts // 4)
    return Track("t", sections=tuple(_section(n, names[n : n + size], needs) for n in range(0, concepts, size)))


def _section(order: int, names: list[str], needs: dict[str, tuple[str, ...]]) -> Section:
    return Section(
        slug=f"s{order}",
        title="S",
        headings=(),
        order=order,
        concepts=tuple(Concept(name, name, needs.get(name, ())) for name in names),
        items=tuple(question(name, f"s{order}") for name in names),
    )


def question(concept: str, section: str) -> Item:
    return Item(
        id=f"{concept}-q",
        concept=concept,
        section=section,
        kind=Kind.NUMERIC,
        difficulty=int(concept[1:]) % 4,
        source="",
        prompt="",
        explanation="",
        body=Numeric(answer=1),
    )


TRACK = made()


def placed(track: Track, truth: float, seed: int) -> list[Placed]:
    """Let somebody of an ability take the test."""
    rng, answers = seeded(seed), list[Placed]()
    while (item_id := next_placement(track, answers, seed)) is not None:
        item = track.item(item_id)
        chance = expected(Skill(truth), Skill(), Skill(prior(item.difficulty)), guess_floor(item))
        answers.append(Placed(item_id, rng.random() < chance))
    return answers


@given(st.lists(st.booleans(), min_size=MOST, max_size=MOST), st.integers(0, 2**63))
def test_it_ends_after_ten_to_fifteen_questions_whatever_is_answered(outcomes, seed):
    answers: list[Placed] = []
    while (item_id := next_placement(TRACK, answers, seed)) is not None:
        assert next_placement(TRACK, answers, seed) == item_id
        answers.append(Placed(item_id, outcomes[len(answers)]))
    assert FEWEST <= len(answers) <= MOST
    assert len({TRACK.item(answer.item_id).concept for answer in answers}) == len(answers)


@profile(max_examples=10)
@given(st.sampled_from([[True] * MOST, [False] * MOST, [True, False] * MOST]), st.integers(0, 1000))
def test_on_the_shipped_track_too(shipped, outcomes, seed):
    answers: list[Placed] = []
    while (item_id := next_placement(shipped, answers, seed)) is not None:
        answers.append(Placed(item_id, outcomes[len(answers)]))
    assert FEWEST <= len(answers) <= MOST
    assert len({shipped.item(answer.item_id).section for answer in answers}) >= 6


def test_abilities_are_found_within_their_errors(shipped):
    """Of a normal distribution, 68 % lie within one standard error and 95 % within two."""
    off = []
    for n in range(80):
        truth = -1.5 + 3 * n / 79
        estimate, error = ability(shipped, placed(shipped, truth, n))
        off.append((estimate - truth) / error)
    assert 0.55 <= fmean(abs(z) <= 1 for z in off) <= 0.85
    assert fmean(abs(z) <= 2 for z in off) >= 0.9
    assert abs(fmean(off)) < 0.35


def test_without_answers_nothing_is_known_but_what_newcomers_are():
    assert (ability(TRACK, []), known_concepts(TRACK, [])) == ((0.0, 1.5), {})


def test_right_answers_raise_an_ability_and_every_answer_narrows_it():
    steps = [ability(TRACK, [Placed(f"c{n}-q", True) for n in range(count)]) for count in range(6)]
    assert [estimate for estimate, _ in steps] == sorted({estimate for estimate, _ in steps})
    assert [error for _, error in steps] == sorted((error for _, error in steps), reverse=True)


def test_a_right_answer_that_may_be_a_guess_says_less():
    section = TRACK.sections[0]
    guessable = replace(section.items[0], body=Choice(("a",), (Option("b", "m", "f"),)))
    other = replace(TRACK, sections=(replace(section, items=(guessable, *section.items[1:])), *TRACK.sections[1:]))
    right = [Placed("c0-q", True)]
    assert ability(other, right)[0] < ability(TRACK, right)[0]
    assert information(0.0, guessable) < information(0.0, section.items[0])


@pytest.mark.parametrize("at", [-2.0, -0.5, 0.0, 1.3])
def test_information_is_the_slope_squared_over_the_variance(at):
    """Held against its definition, by numeric differentiation."""
    guessable = replace(question("c1", "s0"), body=Choice(("a",), tuple(Option(t, "m", "f") for t in "bcd")))

    def chance(x: float) -> float:
        return 0.25 + 0.75 / (1 + math.exp(-(x + 0.5)))

    slope = (chance(at + 1e-5) - chance(at - 1e-5)) / 2e-5
    assert information(at, guessable) == pytest.approx(slope**2 / (chance(at) * (1 - chance(at))), rel=1e-6)


def test_questions_that_tell_nothing_are_not_asked():
    short = replace(question("c0", "s0"), kind=Kind.SHORT, body=Short((), ""))
    apart = replace(question("c1", "s0"), quarantined="why")
    track = Track("t", sections=(replace(TRACK.sections[0], items=(short, apart)),))
    assert (information(0.0, short), next_placement(track, [], 1)) == (0.0, None)


def test_a_small_track_ends_early_and_an_empty_one_at_once():
    assert next_placement(Track("t"), [], 1) is None
    small = made(4)
    assert len(placed(small, 0.0, 1)) == 4


def test_answers_to_questions_that_are_gone_count_for_length_alone():
    gone = [Placed(f"gone-{n}", True) for n in range(MOST)]
    assert ability(TRACK, gone) == ability(TRACK, [])
    assert next_placement(TRACK, gone, 1) is None


def test_seeds_ask_different_questions_and_sections_take_turns():
    firsts = {next_placement(TRACK, [], seed) for seed in range(20)}
    assert len(firsts) > 3
    asked = [TRACK.item(answer.item_id).section for answer in placed(TRACK, 0.0, 3)]
    assert max(Counter(asked).values()) <= math.ceil(len(asked) / 4) + 1


def test_whoever_knows_a_concept_knows_what_it_needs():
    found = known_concepts(made(8), [Placed("c5-q", True)])
    assert found.keys() == {"c0", "c1", "c2", "c3", "c4", "c5"}
    assert all(KNOWN <= chance <= 1 for chance in found.values())


def test_what_was_answered_wrong_is_not_known_nor_what_only_it_would_show():
    answers = [Placed("c5-q", True), Placed("c3-q", False)]
    assert known_concepts(made(8), answers).keys() == {"c4", "c5"}


def test_a_lucky_answer_alone_proves_little():
    track = made(1)
    section = track.sections[0]
    luck = replace(section.items[0], difficulty=3, body=Choice(("a",), (Option("b", "m", "f"),)))
    lucky = replace(track, sections=(replace(section, items=(luck,)),))
    assert known_concepts(lucky, [Placed("c0-q", True)]) == {}


def test_the_able_are_spared_the_easy_and_nobody_what_they_got_wrong(shipped):
    able, beginner = placed(shipped, 2.5, 1), placed(shipped, -2.5, 1)
    assert len(known_concepts(shipped, able)) > len(shipped.concepts) / 2
    assert len(known_concepts(shipped, beginner)) < len(shipped.concepts) / 5
    wrong = {shipped.item(answer.item_id).concept for answer in (*able, *beginner) if not answer.correct}
    for answers in (able, beginner):
        wrong = {shipped.item(answer.item_id).concept for answer in answers if not answer.correct}
        assert not wrong & known_concepts(shipped, answers).keys()
