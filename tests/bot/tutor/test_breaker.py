"""When a service that cannot answer is left alone, and when it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.tutor.claude.breaker import LONGEST_WAIT, TOLERATED, Breaker, Fault, next_month

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def failing(times: int, breaker: Breaker | None = None, now: datetime = NOW) -> Breaker:
    """A breaker that heard of so many passing faults."""
    breaker = breaker or Breaker()
    for _ in range(times):
        breaker.admit(now)
        breaker.failed(Fault.TRANSIENT, now, why="500")
    return breaker


def test_a_few_faults_are_borne_and_then_nobody_asks() -> None:
    assert [failing(times).is_open(NOW) for times in (0, TOLERATED - 1, TOLERATED)] == [False, False, True]


def test_faults_far_apart_are_chance() -> None:
    breaker = Breaker()
    for n in range(20):
        failing(1, breaker, NOW + n * timedelta(seconds=50))
    assert not breaker.is_open(NOW + timedelta(seconds=1000))


def test_a_success_wipes_faults_out() -> None:
    breaker = failing(TOLERATED - 1)
    breaker.succeeded()
    assert not failing(TOLERATED - 1, breaker).is_open(NOW)


def test_after_a_pause_one_probe_passes_and_what_becomes_of_it_decides() -> None:
    breaker = failing(TOLERATED)
    later = NOW + timedelta(seconds=30)
    assert [breaker.admit(NOW + 29 * SECOND), breaker.admit(later), breaker.admit(later)] == [False, True, False]
    breaker.failed(Fault.TRANSIENT, later)
    assert [breaker.admit(later + 59 * SECOND), breaker.admit(later + 60 * SECOND)] == [False, True]
    breaker.succeeded()
    assert [breaker.admit(later + 60 * SECOND), breaker.admit(later + 60 * SECOND)] == [True, True]


def test_a_probe_that_is_given_up_or_lost_lets_another_in() -> None:
    breaker, later = failing(TOLERATED), NOW + timedelta(seconds=30)
    assert breaker.admit(later)
    breaker.abandoned()
    assert [breaker.admit(later), breaker.admit(later), breaker.admit(later + timedelta(minutes=2))] == [
        True,
        False,
        True,
    ]


def test_what_only_a_person_can_mend_stays_open_for_good() -> None:
    breaker = Breaker()
    breaker.failed(Fault.PERMANENT, NOW, why="401 authentication_error")
    breaker.succeeded()  # one that was under way
    assert (breaker.is_open(NOW + timedelta(days=4000)), breaker.why) == (True, "401 authentication_error")


def test_a_spent_month_ends_with_it() -> None:
    breaker = Breaker()
    breaker.failed(Fault.PERMANENT, NOW, until=next_month(NOW))
    end = datetime(2026, 12, 1, tzinfo=UTC)
    assert [breaker.admit(end - SECOND), breaker.admit(end)] == [False, True]


def test_who_asks_us_to_wait_is_left_alone_that_long_and_no_longer_than_an_hour() -> None:
    breaker = Breaker()
    breaker.failed(Fault.BUSY, NOW, until=NOW + 90 * SECOND)
    assert [breaker.is_open(NOW + 89 * SECOND), breaker.is_open(NOW + 90 * SECOND)] == [True, False]
    breaker.failed(Fault.BUSY, NOW, until=NOW + timedelta(days=136))
    assert [breaker.is_open(NOW + LONGEST_WAIT - SECOND), breaker.is_open(NOW + LONGEST_WAIT)] == [True, False]


def test_a_fault_of_one_request_alone_says_nothing_about_others() -> None:
    breaker = Breaker()
    for _ in range(50):
        breaker.failed(Fault.NONE, NOW)
    assert not breaker.is_open(NOW)


@given(st.integers(0, 7_000), st.integers(0, 86_399))
def test_the_next_month_is_the_first_of_one_and_at_most_31_days_away(days: int, seconds: int) -> None:
    now = NOW + timedelta(days=days, seconds=seconds)
    then = next_month(now)
    assert (then.day, then.hour, timedelta(0) < then - now <= timedelta(days=31)) == (1, 0, True)
