"""Which answers move a memory: one a day and one miss, whatever else is clicked; and the day a concept comes again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reviewing import Kept, counts, is_due, remember
from quizzes.memory import Rating

DAY = date(2026, 3, 4)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
AGAIN, HARD, GOOD = Rating.AGAIN, Rating.HARD, Rating.GOOD
ANSWERS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 600), st.sampled_from(list(Rating))), max_size=30)


def lived(*answers: tuple[int, Rating]) -> Kept:
    """A memory after answers, each some days after the first."""
    kept = None
    for minute, (days, rating) in enumerate(answers):
        kept = remember(kept, rating, NOON + timedelta(days=days, minutes=minute), DAY + timedelta(days=days))
    assert kept is not None
    return kept


def test_the_first_answer_of_a_day_counts_and_a_good_one_after_it_does_not() -> None:
    once = lived((0, GOOD))
    assert lived((0, GOOD), (0, GOOD), (0, HARD)) == once
    assert lived((0, AGAIN), (0, GOOD)) == lived((0, AGAIN))


def test_one_miss_a_day_counts_even_after_a_good_answer() -> None:
    missed = lived((0, GOOD), (0, AGAIN))
    assert (missed.missed, missed.memory.lapses, missed.due_day < lived((0, GOOD)).due_day) == (True, 1, True)
    assert lived((0, GOOD), (0, AGAIN), (0, AGAIN), (0, GOOD)) == missed


def test_intervals_grow_with_good_answers_and_shrink_with_a_miss() -> None:
    first = lived((0, GOOD))
    days = (first.due_day - DAY).days
    second = lived((0, GOOD), (days, GOOD))
    lapsed = lived((0, GOOD), (days, GOOD), (days + 1, AGAIN))
    assert (second.due_day - DAY).days - days > days
    assert (lapsed.due_day - lapsed.day).days < days


def test_a_guess_comes_back_sooner() -> None:
    assert lived((0, HARD)).due_day < lived((0, GOOD)).due_day


def test_a_concept_is_due_by_the_calendar_not_by_the_hour() -> None:
    kept = lived((0, GOOD))
    assert [is_due(kept, kept.due_day + timedelta(days=n)) for n in (-1, 0, 1)] == [False, True, True]
    assert not is_due(None, DAY)


def test_a_day_flown_back_into_is_no_new_day() -> None:
    kept = lived((1, GOOD))
    assert not counts(kept, GOOD, DAY)
    missed = remember(kept, AGAIN, NOON + timedelta(days=1, hours=1), DAY)
    assert (missed.day, missed.missed) == (kept.day, True)


@given(ANSWERS)
def test_answering_often_moves_a_memory_twice_a_day_at_most(answers: list[tuple[int, int, Rating]]) -> None:
    moment, day, kept, moves = NOON, DAY, None, [0]
    for days, minutes, rating in answers:
        moves = [0] if days else moves
        moment, day = moment + timedelta(days=days, minutes=minutes), day + timedelta(days=days)
        renewed = remember(kept, rating, moment, day)
        moves[0] += renewed != kept
        kept = renewed
        assert moves[0] <= 2


@pytest.mark.parametrize("rating", list(Rating))
def test_reviews_far_apart_stay_within_the_calendar(rating: Rating) -> None:
    kept = None
    for year in range(60):
        kept = remember(kept, rating, NOON + timedelta(days=365 * year), DAY + timedelta(days=365 * year))
        assert kept.due_day > kept.day
