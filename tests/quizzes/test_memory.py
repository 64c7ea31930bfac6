"""Memory by FSRS: what every user of it relies on, and the traps of the package, each shown in the package itself first."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.memory import DEFAULT, DESIRED_RETENTION, Memory, Rating, rate, retrievability, review

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RATINGS = st.sampled_from(Rating)
HISTORIES = st.lists(st.tuples(RATINGS, st.floats(0, 400)), min_size=1, max_size=12)


def after(*ratings: Rating) -> tuple[list[int], Memory]:
    """Review each time when it is due; return the intervals in days, and what is left."""
    memory, at, days = None, NOON, []
    for rating in ratings:
        memory = review(memory, rating, at)
        days.append((memory.due_at - at).days)
        at = memory.due_at
    assert memory is not None
    return days, memory


def lived(history: list[tuple[Rating, float]]) -> Memory:
    """Review after so many days each."""
    memory, at = None, NOON
    for rating, days in history:
        at += timedelta(days=days)
        memory = review(memory, rating, at)
    assert memory is not None
    return memory


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"correct": False}, Rating.AGAIN),
        ({"correct": False, "hinted": True, "guessed": True}, Rating.AGAIN),
        ({"correct": True, "hinted": True}, Rating.HARD),
        ({"correct": True, "guessed": True}, Rating.HARD),
        ({"correct": True}, Rating.GOOD),
    ],
)
def test_answers_are_rated_without_asking_the_learner(facts, expected):
    assert rate(**facts) is expected


def test_nothing_is_ever_easy():
    assert [(rating.name, rating.value) for rating in Rating] == [("AGAIN", 1), ("HARD", 2), ("GOOD", 3)]


@pytest.mark.parametrize(
    ("ratings", "days"),
    [
        ([Rating.GOOD] * 4, [8, 75, 521, 2762]),
        ([Rating.AGAIN, Rating.GOOD, Rating.GOOD, Rating.GOOD], [1, 6, 35, 157]),
        ([Rating.HARD, Rating.GOOD], [4, 30]),
    ],
)
def test_right_answers_come_again_after_ever_longer_times(ratings, days):
    assert after(*ratings)[0] == days


def test_what_is_due_is_as_likely_known_as_wanted():
    _, memory = after(Rating.GOOD, Rating.GOOD, Rating.GOOD)
    assert retrievability(memory, memory.due_at) == pytest.approx(DESIRED_RETENTION, abs=0.001)


def test_reviews_and_lapses_are_counted_and_a_first_mistake_is_no_lapse():
    counted = [(m.reps, m.lapses) for m in (after(*[Rating.AGAIN] * n)[1] for n in (1, 2, 3))]
    assert counted == [(1, 0), (2, 1), (3, 2)]
    assert after(Rating.GOOD, Rating.AGAIN, Rating.HARD)[1].lapses == 1


def test_times_may_come_in_any_zone_and_are_kept_in_one():
    paris = NOON.astimezone(ZoneInfo("Europe/Paris"))
    assert review(None, Rating.GOOD, paris) == review(None, Rating.GOOD, NOON)
    assert review(None, Rating.GOOD, paris).reviewed_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="a time with a zone"):
        review(None, Rating.GOOD, NOON.replace(tzinfo=None))


def test_parameters_out_of_bounds_are_refused():
    with pytest.raises(ValueError, match="out of bounds"):
        review(None, Rating.GOOD, NOON, (-1.0, *DEFAULT[1:]))


def test_other_parameters_give_other_memories():
    slow = (*DEFAULT[:2], 5.0, *DEFAULT[3:])
    assert review(None, Rating.GOOD, NOON, slow).stability == 5.0
    memory = review(None, Rating.GOOD, NOON)
    faster = (*DEFAULT[:-1], 0.5)
    assert retrievability(memory, NOON + 30 * DAY, faster) < retrievability(memory, NOON + 30 * DAY)


def test_a_habit_kept_ten_minutes_early_still_counts_as_a_day():
    """The package counts full days: 23 hours and 50 minutes are none to it, and nothing seems forgotten."""
    memory = review(None, Rating.GOOD, NOON)
    early = NOON + DAY - timedelta(minutes=10)
    card = fsrs.Card(1, fsrs.State.Review, None, memory.stability, memory.difficulty, memory.due_at, NOON)
    assert fsrs.Scheduler().get_card_retrievability(card, early) == 1
    assert retrievability(memory, early) == retrievability(memory, NOON + DAY) < 1
    assert review(memory, Rating.GOOD, early).stability == review(memory, Rating.GOOD, NOON + DAY).stability


# The package's traps.


def test_nothing_is_due_within_minutes():
    card, _ = fsrs.Scheduler().review_card(fsrs.Card(1, due=NOON), fsrs.Rating.Good, NOON)
    assert card.due - NOON == timedelta(minutes=10)
    lapsed, _ = fsrs.Scheduler(learning_steps=()).review_card(
        fsrs.Card(1, fsrs.State.Review, None, 10.0, 5.0, NOON, NOON - 10 * DAY), fsrs.Rating.Again, NOON
    )
    assert lapsed.due - NOON == timedelta(minutes=10)

    days, _ = after(Rating.GOOD, Rating.AGAIN, Rating.AGAIN, Rating.GOOD)
    assert min(days) >= 1


@pytest.mark.parametrize("zone", [ZoneInfo("UTC"), ZoneInfo("Europe/Paris")])
def test_zones_the_package_refuses_are_accepted(zone):
    at = NOON.astimezone(zone)
    with pytest.raises(ValueError, match="set to UTC"):
        fsrs.Scheduler().review_card(fsrs.Card(1, due=NOON), fsrs.Rating.Good, at)

    assert review(None, Rating.GOOD, at) == review(None, Rating.GOOD, NOON)


def test_nobody_sleeps_for_an_id():
    began = time.perf_counter()
    for _ in range(50):
        fsrs.Card(due=NOON)
    slept = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(50):
        review(None, Rating.GOOD, NOON)
    ours = time.perf_counter() - began

    assert slept >= 0.05 > ours


def test_the_same_review_is_due_at_the_same_time_whatever_the_dice_say():
    def theirs(seed: int) -> datetime:
        random.seed(seed)
        card = fsrs.Card(1, fsrs.State.Review, None, 50.0, 5.0, NOON, NOON - 50 * DAY)
        return fsrs.Scheduler(relearning_steps=()).review_card(card, fsrs.Rating.Good, NOON)[0].due

    def ours(seed: int) -> Memory:
        random.seed(seed)
        return after(Rating.GOOD, Rating.GOOD, Rating.GOOD)[1]

    before = random.getstate()
    try:
        assert len({theirs(seed) for seed in range(10)}) > 1
        assert len({ours(seed) for seed in range(10)}) == 1
    finally:
        random.setstate(before)


def test_a_concept_never_met_has_no_memory_and_one_just_met_is_known():
    """To the package a new card is surely forgotten, which would put new concepts before everything due."""
    assert fsrs.Scheduler().get_card_retrievability(fsrs.Card(1, due=NOON), NOON) == 0

    assert retrievability(review(None, Rating.AGAIN, NOON), NOON) == 1


# What holds for every history.


@given(HISTORIES)
def test_due_lies_whole_days_ahead(history):
    memory = lived(history)
    ahead = memory.due_at - memory.reviewed_at
    assert ahead >= DAY
    assert ahead % DAY == timedelta(0)


@given(HISTORIES, st.floats(0, 2000), st.floats(0, 2000))
def test_retrievability_is_a_chance_and_falls(history, sooner, more):
    memory = lived(history)
    early = retrievability(memory, memory.reviewed_at + timedelta(days=sooner))
    late = retrievability(memory, memory.reviewed_at + timedelta(days=sooner + more))
    assert 0 <= late <= early <= 1
    assert retrievability(memory, memory.reviewed_at + timedelta(days=sooner + more + 1000)) < 1


@given(HISTORIES, st.floats(0, 400))
def test_a_lapse_shortens_and_better_answers_last_longer(history, days):
    memory = lived(history)
    at = memory.reviewed_at + timedelta(days=days)
    again, hard, good = (review(memory, rating, at) for rating in Rating)
    assert again.stability <= hard.stability <= good.stability
    assert again.stability <= memory.stability
    assert again.due_at <= hard.due_at <= good.due_at
    assert again.difficulty >= hard.difficulty >= good.difficulty


@given(HISTORIES, RATINGS, st.floats(0, 400))
def test_a_review_changes_no_earlier_memory_and_depends_on_nothing_else(history, rating, days):
    memory = lived(history)
    kept = replace(memory)
    at = memory.reviewed_at + timedelta(days=days)
    assert review(memory, rating, at) == review(memory, rating, at)
    assert memory == kept


@given(HISTORIES, RATINGS, st.floats(0, 400))
def test_a_clock_set_back_never_moves_a_review_before_the_last_one(history, rating, days):
    memory = lived(history)
    earlier = memory.reviewed_at - timedelta(days=days)
    assert review(memory, rating, earlier) == review(memory, rating, memory.reviewed_at)
    assert retrievability(memory, earlier) == 1


@given(HISTORIES, RATINGS, st.integers(0, 400))
def test_remembered_steps_are_the_packages_own_to_the_last_bit(
    history: list[tuple[Rating, float]], rating: Rating, days: int
) -> None:
    """Steps are remembered by what matters to them; the package itself says the same of the whole memory."""
    memory = lived(history)
    at = memory.reviewed_at + timedelta(days=days)
    scheduler = fsrs.Scheduler(
        desired_retention=DESIRED_RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
    card = fsrs.Card(1, fsrs.State.Review, None, memory.stability, memory.difficulty, memory.due_at, memory.reviewed_at)
    theirs, _ = scheduler.review_card(card, fsrs.Rating(rating), at)
    ours = review(memory, rating, at)
    assert (ours.stability, ours.difficulty, ours.due_at) == (theirs.stability, theirs.difficulty, theirs.due)
