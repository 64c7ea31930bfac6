"""How streaks grow, break and are saved: examples, then properties P1 to P8 over any days, zones and changes."""

from __future__ import annotations

import math
import os
import random
import zoneinfo
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.days import DayRule, RuleChange, TooSoon, day_begins, local_day, next_turn, plan_change
from bot.streaks import (
    FIRST_FREEZES,
    MOST_FREEZES,
    REPAIR_DAYS,
    RUN_PER_FREEZE,
    Log,
    Repair,
    Step,
    Streak,
    Tally,
    Weekly,
    advance,
    at_stake,
    early_days,
    evaluate,
    healed,
    perfect_weeks,
    qualifies,
    repairable,
    rework,
    seen,
    weekly,
)

MONDAY = date(2026, 3, 2)
ZONES = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
FAR = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Tokyo", "America/Los_Angeles"]
SEEDS = st.integers(0, 2**32)
DAYS = st.integers(0, 40).map(lambda n: MONDAY + timedelta(days=n))
MANY = settings(max_examples=2_000 if os.environ.get("EPOCHBOT_SOAK") else 300, deadline=None)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


class Book:
    """The logs a store would keep: what `advance` and `insert` are fed from, and `evaluate` checked against."""

    def __init__(self, bridged: frozenset[date] = frozenset()) -> None:
        self.done: set[date] = set()
        self.bridged = bridged
        self.frozen: set[date] = set()
        self.earned = 0
        self.tally = Tally()

    @property
    def covered(self) -> set[date]:
        return self.frozen | self.bridged

    def feed(self, new: date) -> None:
        if new in self.done:
            return
        late = self.tally.last_day is not None and new < self.tally.last_day
        before = self.log
        self.done.add(new)
        step = rework(before, self.log, self.tally.freezes) if late else advance(self.tally, new, self.covered)
        self.frozen.update(step.froze)
        self.earned += step.earned
        self.tally = step.tally

    @property
    def log(self) -> Log:
        return Log(frozenset(self.done), frozenset(self.covered))

    def rebuilt(self) -> Tally:
        return evaluate(self.log, FIRST_FREEZES + self.earned - len(self.frozen))


def fed(days: list[date]) -> Book:
    book = Book()
    for one in days:
        book.feed(one)
    return book


def log(done: Collection[date], covered: Collection[date] = ()) -> Log:
    return Log(frozenset(done), frozenset(covered))


def run(length: int, start: int = 0) -> list[date]:
    return [day(start + n) for n in range(length)]


def some_time(rng: random.Random, begin: datetime, end: datetime) -> datetime:
    """Pick an instant of a stretch, its very ends as likely as all the rest."""
    last = end - timedelta(microseconds=1)
    return rng.choice((begin, last, begin + (last - begin) * rng.random()))


@pytest.mark.parametrize(
    ("posed", "answered", "new_passes", "counts"),
    [(5, 5, 0, True), (5, 4, 0, False), (0, 0, 0, False), (0, 0, 1, True), (5, 2, 1, True), (3, 3, 0, True)],
)
def test_day_counts_with_its_whole_set_or_a_new_pass(posed: int, answered: int, new_passes: int, counts: bool) -> None:
    assert qualifies(posed=posed, answered=answered, new_passes=new_passes) is counts


def test_first_day_starts_a_streak_of_one() -> None:
    assert advance(Tally(), day(0)) == Step(Tally(1, 1, day(0), FIRST_FREEZES))


def test_newcomer_sees_no_streak_and_one_freeze() -> None:
    assert seen(Tally(), day(0)) == Streak(0, 0, 1, None, today_done=False)


def test_seventh_day_in_a_row_earns_a_freeze() -> None:
    assert fed(run(6)).tally == Tally(6, 6, day(5), 1)
    assert fed(run(7)).tally == Tally(7, 7, day(6), 2)


def test_no_more_than_two_freezes_are_held() -> None:
    assert fed(run(28)).tally == Tally(28, 28, day(27), 2)


def test_one_missed_day_costs_a_freeze_and_keeps_the_streak() -> None:
    assert advance(Tally(3, 5, day(2), 1), day(4)) == Step(Tally(4, 5, day(4), 0), (day(3),))


def test_gap_longer_than_the_freezes_costs_none_and_starts_again() -> None:
    assert advance(Tally(9, 9, day(2), 2), day(6)) == Step(Tally(1, 9, day(6), 2))


def test_bridged_date_costs_nothing() -> None:
    assert advance(Tally(3, 3, day(2), 0), day(4), {day(3)}) == Step(Tally(4, 4, day(4), 0))


def test_advance_refuses_a_day_that_is_not_later() -> None:
    with pytest.raises(ValueError, match="evaluate the whole log"):
        advance(Tally(1, 1, day(2), 1), day(2))


def test_earlier_day_joins_two_runs() -> None:
    book = fed([day(0), day(4)])
    assert book.tally == Tally(1, 1, day(4), 1)
    assert rework(book.log, log({day(0), day(3), day(4)}), 1) == Step(Tally(2, 2, day(4), 1))


def test_earlier_day_that_completes_a_week_earns_its_freeze() -> None:
    days = {*run(3), *run(3, start=4)}
    assert rework(log(days), log({*days, day(3)}), 0) == Step(Tally(7, 7, day(6), 1), (), 1)


def test_freeze_that_a_week_has_earned_is_not_earned_again_when_runs_join() -> None:
    days = {*run(7), *run(2, start=8)}
    assert rework(log(days), log(days, {day(7)}), 0) == Step(Tally(9, 9, day(9), 0))


@pytest.mark.parametrize(
    ("today", "streak"),
    [
        (day(2), Streak(3, 5, 1, day(2), True, (), 4)),
        (day(3), Streak(3, 5, 1, day(2), False, (), 4)),
        (day(4), Streak(3, 5, 0, day(2), False, (day(3),), 4)),
        (day(5), Streak(0, 5, 1, day(2), False, (), 7)),
        (day(1), Streak(3, 5, 1, day(2), True, (), 4)),  # flown west: the same date again is practice
    ],
)
def test_streak_is_shown_as_of_today(today: date, streak: Streak) -> None:
    assert seen(Tally(3, 5, day(2), 1), today) == streak


def test_full_hands_await_no_further_freeze() -> None:
    assert seen(Tally(8, 8, day(2), MOST_FREEZES), day(3)).to_next_freeze is None


@MANY
@given(st.lists(DAYS, max_size=40), st.frozensets(DAYS, max_size=4))
def test_p1_incremental_equals_rebuilt_after_any_prefix(days: list[date], bridged: frozenset[date]) -> None:
    book = Book(bridged)
    for one in days:
        book.feed(one)
        assert book.tally == book.rebuilt()


@MANY
@given(st.lists(DAYS, max_size=40), st.frozensets(DAYS, max_size=6), SEEDS)
def test_p2_order_of_the_log_does_not_matter(days: list[date], covered: frozenset[date], seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - picks test cases
    shuffled = [*days, *rng.sample(days, len(days) // 2)]
    rng.shuffle(shuffled)
    assert evaluate(log(shuffled, covered), 1) == evaluate(log(days, covered), 1)


@MANY
@given(st.lists(DAYS, max_size=40))
def test_p3_repeating_a_day_changes_nothing(days: list[date]) -> None:
    once = fed(days)
    twice = fed([one for each in days for one in (each, each)] + days)
    assert (twice.tally, twice.frozen, twice.earned) == (once.tally, once.frozen, once.earned)


@MANY
@given(st.lists(DAYS, max_size=40))
def test_p4_current_is_at_most_best_is_at_most_the_days_and_best_never_falls(days: list[date]) -> None:
    book, best = Book(), 0
    for one in days:
        book.feed(one)
        assert 0 < book.tally.current <= book.tally.best <= len(book.done)
        assert book.tally.best >= best
        best = book.tally.best


@MANY
@given(
    st.sampled_from(ZONES),
    st.integers(0, 6),
    st.dates(date(2024, 1, 1), date(2026, 12, 1)),
    SEEDS,
)
def test_p5_one_act_in_each_local_day_never_breaks(tz: str, day_start: int, first: date, seed: int) -> None:
    assume((tz, day_start) != ("Antarctica/Troll", 2))  # its clock strikes that turn twice: an hour of the day before
    book, rng = Book(), random.Random(seed)  # noqa: S311 - picks test cases
    for number in range(30):
        wanted = first + timedelta(days=number)
        begin, end = (day_begins(wanted + timedelta(days=n), tz, day_start) for n in (0, 1))
        book.feed(local_day(some_time(rng, begin, end), tz, day_start))
    assert (book.tally.current, book.tally.best, book.frozen) == (30, 30, set())


@MANY
@given(st.lists(DAYS, min_size=1, max_size=30, unique=True), st.integers(1, 9))
def test_p6_missing_more_days_than_freezes_starts_at_one(days: list[date], beyond: int) -> None:
    tally = fed(sorted(days)).tally
    assert tally.last_day is not None
    back = tally.last_day + timedelta(days=tally.freezes + beyond + 1)
    assert seen(tally, back).current == 0
    assert advance(tally, back).tally == Tally(1, tally.best, back, tally.freezes)


@MANY
@given(st.lists(DAYS, max_size=60))
def test_p7_freezes_are_conserved(days: list[date]) -> None:
    book = Book()
    for one in days:
        book.feed(one)
        assert book.tally.freezes == FIRST_FREEZES + book.earned - len(book.frozen)
        assert 0 <= book.tally.freezes <= MOST_FREEZES
        assert book.earned <= len(book.done) // RUN_PER_FREEZE


CHANGES = st.lists(
    st.tuples(st.integers(1, 24 * 12), st.sampled_from(FAR) | st.sampled_from(ZONES), st.integers(0, 6)),
    min_size=1,
    max_size=6,
)


def travel(start: datetime, wishes: list[tuple[int, str, int]]) -> tuple[list[tuple[datetime, DayRule]], set[date]]:
    """Ask for changes after so many hours each; collect the rules as they begin, and the dates they bridge."""
    rules = [(start - timedelta(days=2), DayRule())]
    asked: list[datetime] = []
    bridged: set[date] = set()
    pending: RuleChange | None = None
    now = start
    for wait, tz, day_start in wishes:
        now += timedelta(hours=wait)
        if pending is not None and pending.effective_at <= now:
            pending = None
        rule = rules[-1][1]
        if pending is not None or DayRule(tz, day_start) == rule:
            continue
        planned = plan_change(rule, DayRule(tz, day_start), now, zone_changes=asked, pending=pending)
        if isinstance(planned, TooSoon):
            continue
        if tz != rule.tz:
            asked.append(now)
        pending = planned
        rules.append((planned.effective_at, planned.rule))
        bridged.update(planned.bridged)
    return rules, bridged


def stays(
    rules: list[tuple[datetime, DayRule]], start: datetime, end: datetime
) -> list[tuple[date, datetime, datetime]]:
    """Cut a stretch of time into the days the learner lives through under changing rules."""
    found, now = [], start
    while now < end:
        rule = [rule for begins, rule in rules if begins <= now][-1]
        turn = next_turn(now, rule.tz, rule.day_start)
        found.append((local_day(now, rule.tz, rule.day_start), now, turn))
        now = turn
    return found


@MANY
@given(st.integers(0, 20_000).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=n)), CHANGES, SEEDS)
def test_p8_changing_zones_within_the_limits_neither_breaks_nor_farms(
    start: datetime, wishes: list[tuple[int, str, int]], seed: int
) -> None:
    rules, bridged = travel(start, wishes)
    book, rng = Book(frozenset(bridged)), random.Random(seed)  # noqa: S311 - picks test cases
    grew: list[datetime] = []
    for label, begin, end in stays(rules, start, start + timedelta(days=45)):
        at = some_time(rng, begin, end)
        before = book.tally.current
        if label not in bridged or rng.random() < 0.5:
            book.feed(label)
        if book.tally.current != before:
            grew.append(at)
    assert (book.tally.current, book.frozen) == (len(book.done), set())
    for index, first in enumerate(grew):
        for grown, last in enumerate(grew[index : index + 8], 1):
            changed = sum(first <= begins <= last for begins, _ in rules)
            assert grown <= math.ceil((last - first) / timedelta(hours=22)) + 1 + changed


# What is at stake, what is given, what can be mended, and weeks


@pytest.mark.parametrize(
    ("streak", "stake"),
    [
        (Streak(3, 3, 1, day(2), today_done=False), True),
        (Streak(3, 3, 0, day(2), today_done=False), True),
        (Streak(3, 3, 1, day(3), today_done=True), False),
        (Streak(0, 3, 1, day(0), today_done=False), False),
        (Streak(3, 3, 1, day(2), today_done=False, today_covered=True), False),
    ],
)
def test_something_is_at_stake_on_an_open_day_of_a_run(streak: Streak, stake: bool) -> None:
    assert at_stake(streak) is stake


def test_today_that_is_paused_is_seen_as_covered() -> None:
    assert seen(Tally(3, 3, day(2), 1), day(4), {day(3), day(4)}) == Streak(
        3, 3, 1, day(2), False, (), 4, today_covered=True
    )


@pytest.mark.parametrize(
    ("next_day", "step"),
    [
        (day(2), Step(Tally(2, 2, day(2), 1), (day(1),), 0, day(1))),
        (day(3), Step(Tally(2, 2, day(3), 0), (day(1), day(2)), 0, day(1))),
        (day(4), Step(Tally(1, 1, day(4), 1))),
    ],
)
def test_one_miss_in_the_first_days_costs_nothing(next_day: date, step: Step) -> None:
    assert advance(Tally(1, 1, day(0), 1), next_day, (), early_days(day(0))) == step


def test_a_miss_after_the_first_days_costs_a_freeze() -> None:
    assert early_days(day(0))[-1] == day(6)
    assert early_days(None) == ()
    assert advance(Tally(7, 7, day(6), 2), day(8), (), early_days(day(0))).tally.freezes == 1


WEEK = frozenset(run(7))


@pytest.mark.parametrize(
    ("done", "freezes", "today", "repair"),
    [
        (WEEK, 0, day(8), Repair((), (day(7),), day(9), 7)),
        (WEEK, 0, day(9), Repair((), (day(7), day(8)), day(9), 7)),
        (WEEK, 0, day(10), None),
        (WEEK, 1, day(8), None),  # the freeze keeps it
        (WEEK, 1, day(9), Repair((day(7),), (day(8),), day(10), 7)),
        (WEEK, 2, day(10), Repair((day(7), day(8)), (day(9),), day(11), 7)),
        (WEEK, 2, day(11), Repair((day(7), day(8)), (day(9), day(10)), day(11), 7)),
        (WEEK, 2, day(12), None),
        (WEEK | {day(8)}, 0, day(8), Repair((), (day(7),), day(9), 7)),
        (WEEK | {day(8)}, 0, day(9), Repair((), (day(7),), day(9), 7)),
        (WEEK | {day(8), day(9)}, 0, day(10), None),
        (WEEK | {day(10)}, 2, day(11), Repair((day(7), day(8)), (day(9),), day(11), 7)),
        (WEEK | {day(8)}, 1, day(8), Repair((), (day(7),), day(9), 7)),  # the freeze came after the break
        (WEEK, 0, day(7), None),
        (frozenset(), 0, day(7), None),
        (frozenset({day(0)}), 0, day(2), None),
    ],
)
def test_a_break_can_be_mended_for_two_days(
    done: frozenset[date], freezes: int, today: date, repair: Repair | None
) -> None:
    assert repairable(log(done), freezes, today) == repair


@pytest.mark.parametrize(
    ("done", "covered", "freezes", "frozen"),
    [
        ({day(0), day(3)}, {day(1)}, 1, (day(2),)),
        ({day(0), day(3)}, {day(1)}, 0, ()),
        ({day(0), day(2)}, {day(1)}, 2, ()),
        ({day(0)}, {day(1)}, 2, ()),
        ({day(3)}, {day(1)}, 2, ()),
    ],
)
def test_a_gap_that_became_smaller_closes_where_freezes_suffice(
    done: set[date], covered: set[date], freezes: int, frozen: tuple[date, ...]
) -> None:
    assert healed(log(done, covered), day(1), freezes) == frozen


@MANY
@given(st.frozensets(DAYS), st.frozensets(DAYS), st.integers(0, 2), st.integers(0, 60))
def test_what_can_be_mended_is_whole_afterwards(
    done: frozenset[date], covered: frozenset[date], freezes: int, ahead: int
) -> None:
    today = day(ahead)
    before = log({one for one in done if one <= today}, covered - done)
    repair = repairable(before, freezes, today)
    if repair is None:
        return
    after = log(before.done | {today}, before.covered | {*repair.frozen, *repair.repaired})
    assert evaluate(after, 0).current > repair.run
    assert len(repair.frozen) <= freezes
    assert 1 <= len(repair.repaired) <= REPAIR_DAYS
    assert repair.until - timedelta(days=REPAIR_DAYS) in repair.repaired
    assert today <= repair.until


def test_perfect_weeks_have_all_their_seven_days() -> None:
    assert perfect_weeks(run(21)) == 3
    assert perfect_weeks([one for one in run(21) if one != day(8)]) == 2
    assert perfect_weeks(run(7, start=1)) == 0


@pytest.mark.parametrize(
    ("done", "covered", "goals", "today", "standing"),
    [
        ([], [], [], 0, None),
        ([0, 1], [], [(0, 3)], 1, Weekly(2, 3, 0)),
        ([0, 1, 2], [], [(0, 3)], 2, Weekly(3, 3, 1)),
        ([0, 1, 2, 8], [], [(0, 3)], 9, Weekly(1, 3, 1)),
        ([0, 1, 8, 9, 15], [], [(0, 2)], 15, Weekly(1, 2, 2)),
        ([0, 1, 15, 16], [], [(0, 2)], 16, Weekly(2, 2, 1)),  # a week between was not enough
        ([0, 1, 15, 16], range(7, 14), [(0, 2)], 16, Weekly(2, 2, 2)),  # it was paused
        ([0, 1, 7, 15, 16], range(8, 14), [(0, 2)], 16, Weekly(2, 2, 3)),  # but for its Monday
        ([0, 1, 7, 8, 9], [], [(0, 2), (7, 3)], 9, Weekly(3, 3, 2)),  # each week by the goal it had
        ([0, 1, 7], [], [(0, 2), (7, 0)], 9, None),
        ([0, 1], [], [(7, 2)], 7, Weekly(0, 2, 0)),
    ],
)
def test_a_weekly_goal_counts_the_weeks_in_a_row_that_met_it(
    done: list[int], covered: Collection[int], goals: list[tuple[int, int]], today: int, standing: Weekly | None
) -> None:
    facts = log([day(n) for n in done], [day(n) for n in covered])
    assert weekly(facts, [(day(since), goal) for since, goal in goals], day(today)) == standing
