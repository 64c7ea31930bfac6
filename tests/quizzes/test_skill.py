"""Elo ratings: the chance they give, how they move, and what blind guesses are worth."""

from __future__ import annotations

import math
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.generators import seeded
from quizzes.items import Body, Bug, Choice, Fill, Item, Kind, Match, Numeric, Option, Order, Output, Rubric, Short
from quizzes.skill import LIMIT, Skill, expected, guess_floor, prior, update

SKILLS = st.builds(Skill, st.floats(-LIMIT, LIMIT), st.integers(0, 500))
GUESSES = st.floats(0, 0.5)
WRONG = tuple(Option(text, "m", "f") for text in "xyz")


def item(body: Body, code: str = "") -> Item:
    return Item(
        id="i",
        concept="c",
        section="s",
        kind=Kind.SINGLE,
        difficulty=1,
        source="",
        prompt="",
        explanation="",
        body=body,
        code=code,
    )


@pytest.mark.parametrize(
    ("body", "chance"),
    [
        (Choice(("a",), WRONG), 1 / 4),
        (Choice(("a", "b"), WRONG), 1 / 31),
        (Bug(2, "why", WRONG), 1 / 12),
        (Order(("a", "b", "c")), 1 / 6),
        (Order(("a", "b", "c"), either=((0, 1),)), 2 / 6),
        (Order(("a", "b"), ("z",)), 1 / 6),
        (Match((("a", "1"), ("b", "2"))), 1 / 2),
        (Match((("a", "1"), ("b", "2")), ("3",)), 1 / 6),
        (Numeric(answer=1), 0),
        (Output("1"), 0),
        (Fill((("x",),)), 0),
        (Short((Rubric("p", ("k",)),), "m"), 1),
    ],
)
def test_a_blind_guess_is_worth_what_its_kind_allows(body, chance):
    assert guess_floor(item(body, code="one\ntwo\nthree")) == pytest.approx(chance)


def test_every_shipped_item_has_a_floor_between_nothing_and_sure(shipped):
    assert all(0 <= guess_floor(one) <= 1 for one in shipped.items)
    assert all(guess_floor(one) <= 1 / 2 for one in shipped.items if one.kind is not Kind.SHORT)


def test_labels_are_a_logit_apart_around_nothing():
    assert [prior(difficulty) for difficulty in range(4)] == [-1.5, -0.5, 0.5, 1.5]
    assert (prior(-1), prior(9)) == (-1.5, 1.5)


@pytest.mark.parametrize(
    ("learner", "section", "rating", "guess", "chance"),
    [(0, 0, 0, 0, 0.5), (0, 0, 0, 0.25, 0.625), (1, 1, 2, 0, 0.5), (math.log(4), 0, 0, 0, 0.8), (-6, 0, 6, 0.25, 0.25)],
)
def test_the_chance_of_a_right_answer(learner, section, rating, guess, chance):
    assert expected(Skill(learner), Skill(section), Skill(rating), guess) == pytest.approx(chance, abs=1e-4)


def test_an_answer_moves_all_three_by_how_surprising_it_was():
    right = update(Skill(), Skill(), Skill(), guess=0.0, correct=True)
    assert right == (Skill(0.5, 1), Skill(0.5, 1), Skill(-0.5, 1))
    wrong = update(Skill(0.0, 20), Skill(0.0, 0), Skill(0.0, 60), guess=0.25, correct=False)
    assert wrong == (Skill(-0.3125, 21), Skill(-0.625, 1), Skill(0.15625, 61))


def test_what_is_never_marked_wrong_moves_nothing():
    moved = update(Skill(1.0, 3), Skill(0.5, 2), Skill(-0.5, 1), guess=1.0, correct=True)
    assert [skill.rating for skill in moved] == [1.0, 0.5, -0.5]


@given(SKILLS, SKILLS, SKILLS, GUESSES)
def test_ratings_do_not_drift_when_answers_are_as_expected(learner, section, rated, guess):
    """Weighed by how likely each is, a right and a wrong answer move a rating back to where it was."""
    chance = expected(learner, section, rated, guess)
    right = update(learner, section, rated, guess=guess, correct=True)
    wrong = update(learner, section, rated, guess=guess, correct=False)
    for before, up, down in zip((learner, section, rated), right, wrong, strict=True):
        if LIMIT not in (abs(up.rating), abs(down.rating)):
            mean = chance * up.rating + (1 - chance) * down.rating
            assert mean == pytest.approx(before.rating, abs=1e-9)


@given(SKILLS, SKILLS, SKILLS, GUESSES, st.booleans())
def test_ratings_move_the_right_way_within_bounds_and_less_the_more_was_played(learner, section, rated, guess, correct):
    after = update(learner, section, rated, guess=guess, correct=correct)
    sign = 1 if correct else -1
    for before, now, way in zip((learner, section, rated), after, (sign, sign, -sign), strict=True):
        assert way * (now.rating - before.rating) >= 0
        assert abs(now.rating - before.rating) <= 1 / (1 + 0.05 * before.games) + 1e-9
        assert abs(now.rating) <= LIMIT
        assert now.games == before.games + 1
    assert guess <= expected(*after, guess) <= 1


@given(SKILLS, SKILLS, SKILLS, GUESSES)
def test_more_able_learners_and_easier_items_make_a_right_answer_likelier(learner, section, rated, guess):
    able = Skill(learner.rating + 1, learner.games)
    easy = Skill(rated.rating - 1, rated.games)
    chance = expected(learner, section, rated, guess)
    better = expected(able, section, rated, guess)
    assert better == pytest.approx(expected(learner, section, easy, guess))
    assert better > chance


@pytest.mark.parametrize("truth", [-1.5, 0.0, 1.5])
def test_a_rating_finds_a_learner(truth):
    """Two hundred answers to items around their level, a quarter of them guessable."""
    rng, found = seeded(7), []
    for _ in range(30):
        learner = Skill()
        for _ in range(200):
            rated, guess = Skill(rng.gauss(truth, 1), 500), rng.choice((0.0, 0.25))
            correct = rng.random() < expected(Skill(truth), Skill(), rated, guess)
            learner, _, _ = update(learner, Skill(games=10_000), rated, guess=guess, correct=correct)
        found.append(learner.rating)
    assert fmean(found) == pytest.approx(truth, abs=0.15)


@pytest.mark.parametrize("correct", [True, False])
def test_whoever_is_always_right_or_wrong_stays_within_bounds(correct):
    learner, section, rated = Skill(), Skill(), Skill()
    for _ in range(5_000):
        learner, section, rated = update(learner, section, rated, guess=0.25, correct=correct)
    assert max(abs(skill.rating) for skill in (learner, section, rated)) <= LIMIT
