"""Properties P1 to P10 of streaks over any history of acts, journeys, pauses, repairs, amnesties and restarts, through the real store."""

from __future__ import annotations

import math
import os
import random
import zoneinfo
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.days import TooSoon, day_begins, local_day, next_turn
from bot.pauses import PAUSE_WINDOW, PAUSED_PER_WINDOW, Pause, Refused
from bot.store import (
    AnswerRecord,
    SubmissionRecord,
    amnesties,
    attempts,
    connect,
    ledger,
    mergers,
    migrate,
    people,
    questions,
    rebuild,
    streaklog,
)
from bot.store.engine import sqlite3
from bot.streaks import MOST_FREEZES, REPAIR_QUESTIONS, RUN_PER_FREEZE, Log, Tally, at_stake, evaluate

MANY = settings(max_examples=2_000 if os.environ.get("EPOCHBOT_SOAK") else 100, deadline=None)
FEWER = settings(max_examples=2_000 if os.environ.get("EPOCHBOT_SOAK") else 25, deadline=None)
START = datetime(2026, 3, 4, 12, tzinfo=UTC)
ZONES = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
FAR = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Tokyo", "America/Los_Angeles", "UTC"]


class Event(NamedTuple):
    """Something that happens some hours after what happened before; `size` means what it likes."""

    hours: int
    what: str
    size: int
    zone: str


EVENTS = st.builds(
    Event,
    hours=st.sampled_from([0, 1, 6, 12, 20, 24, 24, 24, 30, 48, 72, 96]),
    what=st.sampled_from(["day", "day", "day", "day", "day", "practise", "mend", "zone", "pause", "resume", "amnesty", "undo", "restart"]),
    size=st.integers(0, 15),
    zone=st.sampled_from(FAR) | st.sampled_from(ZONES),
)  # fmt: skip
HISTORIES = st.lists(EVENTS, max_size=25)


@cache
def schema() -> bytes:
    db = connect.wrap(sqlite3.connect(":memory:", isolation_level=None))
    migrate.migrate(db, Path(":memory:"), migrate.scripts())
    return bytes(db.conn.serialize())


def opened(content: bytes) -> Database:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(content)
    db = connect.wrap(connection)
    db.execute("PRAGMA foreign_keys = 1")
    return db


class World:
    """One group with two learners, a clock, and everything that can happen to them."""

    def __init__(self) -> None:
        self.db = opened(schema())
        self.now, self.acts = START, 0
        self.echoes = 1  # how often everything arrives
        self.group = people.ensure_group(self.db, "local", "g", "G", None, START).id
        self.ann, self.bob = (self.join(name) for name in ("ann", "bob"))

    def join(self, name: str) -> int:
        user = people.ensure_user(self.db, "local", name, name, "UTC", self.now)
        people.join(self.db, self.group, user.id, self.now)
        return user.id

    def today(self, user_id: int) -> date:
        rule = people.read_user(self.db, user_id, self.now).rule
        return local_day(self.now, rule.tz, rule.day_start)

    def common(self, user_id: int) -> dict[str, Any]:
        self.acts += 1
        tz = people.read_user(self.db, user_id, self.now).tz
        return {"idem": f"{self.acts}", "user_id": user_id, "local_day": self.today(user_id), "tz": tz, "at": self.now}

    def do_a_day(self, user_id: int) -> None:
        """Pass a challenge never passed before."""
        common = self.common(user_id)
        for _ in range(self.echoes):
            attempts.record_submission(
                self.db, SubmissionRecord(slug=f"s{self.acts}", level="easy", source="", verdict="accepted", **common)
            )

    def practise(self, user_id: int, times: int) -> None:
        for _ in range(times):
            common = self.common(user_id)
            posing = questions.Posing(user_id, ((f"i{self.acts}", "7"),), "quiz", common["local_day"])
            (question,) = questions.pose(self.db, posing, self.now)
            for _ in range(self.echoes):
                attempts.record_answer(
                    self.db,
                    AnswerRecord(
                        question_id=question.id, answer_text="B", correct=False, score=0.0, verdict="wrong", **common
                    ),
                )

    def happen(self, event: Event) -> None:
        self.now += timedelta(hours=event.hours)
        user_id = self.bob if event.size % 5 == 4 else self.ann
        if event.what in ("day", "practise", "mend"):  # their deliveries have keys of their own
            if event.what != "practise":
                self.do_a_day(user_id)
            if event.what != "day":
                self.practise(user_id, REPAIR_QUESTIONS if event.what == "mend" else event.size % 4)
        else:
            today = self.today(user_id)
            asked = self.forgiven(user_id, event)
            for _ in range(self.echoes):
                self.manage(user_id, event, today, asked)

    def forgiven(self, user_id: int, event: Event) -> amnesties.Asked:
        """The day an amnesty is about: often one that a freeze was spent on, and the latest one where it is taken back."""
        day = self.today(user_id) - timedelta(days=event.size % 8)
        frozen = [day for day, reason in ledger.covers(self.db, user_id).items() if reason == "spent"]
        declared = amnesties.listed(self.db, self.group)
        if event.what == "amnesty" and event.size % 2 and frozen:
            day = frozen[-1]
        if event.what == "undo" and declared:
            day = max(declared, key=lambda one: one.at).day
        return amnesties.Asked(self.group, day, "outage", user_id)

    def manage(self, user_id: int, event: Event, today: date, asked: amnesties.Asked) -> None:
        match event.what:
            case "zone":
                fields: dict[str, str | int | bool] = {"tz": event.zone, "day_start": event.size % 7}
                people.update_settings(self.db, user_id, fields, self.now)
            case "pause":
                pause = Pause(today, today + timedelta(days=event.size))
                streaklog.begin_pause(self.db, user_id, pause, today, self.now)
            case "resume":
                streaklog.end_pause(self.db, user_id, today, self.now)
            case "amnesty":
                amnesties.declare(self.db, asked, self.now)
            case "undo":
                amnesties.undo(self.db, asked, self.now)
            case "restart":
                content = bytes(self.db.conn.serialize())
                self.db.close()
                self.db = opened(content)

    def tallies(self) -> list[Tally]:
        return [ledger.read_tally(self.db, user_id) for user_id in (self.ann, self.bob)]


@contextmanager
def world() -> Iterator[World]:
    made = World()
    yield made
    made.db.close()


def p1_a_rebuild_gives_the_same(here: World) -> None:
    assert rebuild.differences(here.db) == []


def p2_the_order_in_which_the_log_is_read_does_not_matter(here: World, user_id: int, seed: int) -> None:
    log = ledger.read_log(here.db, user_id)
    shuffled = [list(days) for days in log]
    for days in shuffled:
        random.Random(seed).shuffle(days)  # noqa: S311 - picks test cases
    assert evaluate(Log(*map(frozenset, shuffled)), ledger.balance(here.db, user_id)) == evaluate(
        log, ledger.balance(here.db, user_id)
    )


def p4_current_is_at_most_best_is_at_most_the_days(here: World, user_id: int) -> None:
    tally = ledger.read_tally(here.db, user_id)
    assert 0 <= tally.current <= tally.best <= len(ledger.done_days(here.db, user_id))


def p7_freezes_are_conserved(here: World, user_id: int) -> None:
    rows = connect.rows(here.db, "SELECT reason, delta FROM freeze_ledger WHERE user_id = :id ORDER BY id", id=user_id)
    held, moved = 1, Counter[str]()
    for row in rows:
        held += row["delta"]
        moved[row["reason"]] += row["delta"]
        assert held >= 0
    assert ledger.read_tally(here.db, user_id).freezes == held <= MOST_FREEZES
    assert all(moved[reason] == 0 for reason in set(moved) - {"earned", "granted", "spent"})
    assert 0 <= moved["earned"] <= len(ledger.done_days(here.db, user_id)) // RUN_PER_FREEZE
    assert moved["granted"] <= 1


def p9_the_board_shows_what_the_ledger_adds_up_to(here: World, user_id: int) -> None:
    board = connect.value(here.db, "SELECT xp FROM membership WHERE user_id = :id", id=user_id)
    assert board == ledger.total(here.db, user_id)


def pauses_keep_to_their_limits(here: World, user_id: int) -> None:
    paused = streaklog.paused_days(here.db, user_id)
    for last in paused:
        window = [day for day in paused if last - timedelta(days=PAUSE_WINDOW) < day <= last]
        assert len(window) <= PAUSED_PER_WINDOW


def only_a_run_or_a_freeze_is_at_stake(here: World, user_id: int) -> None:
    today = here.today(user_id)
    streak = ledger.read_streak(here.db, user_id, today)
    tomorrow = ledger.read_streak(here.db, user_id, today + timedelta(days=1))
    lost = tomorrow.current < streak.current or len(tomorrow.frozen) > len(streak.frozen)
    assert at_stake(streak) is lost


@MANY
@given(HISTORIES, st.integers(0, 2**32))
def test_after_any_prefix_of_any_history_the_rules_hold(history: list[Event], seed: int) -> None:
    with world() as here:
        bests = [0, 0]
        for event in history:
            here.happen(event)
            p1_a_rebuild_gives_the_same(here)
            for user_id in (here.ann, here.bob):
                p2_the_order_in_which_the_log_is_read_does_not_matter(here, user_id, seed)
                p4_current_is_at_most_best_is_at_most_the_days(here, user_id)
                p7_freezes_are_conserved(here, user_id)
                p9_the_board_shows_what_the_ledger_adds_up_to(here, user_id)
                pauses_keep_to_their_limits(here, user_id)
                only_a_run_or_a_freeze_is_at_stake(here, user_id)
            now = [tally.best for tally in here.tallies()]
            if event.what != "undo":  # which takes back what a slip had given
                assert all(new >= old for new, old in zip(now, bests, strict=True))
            bests = now


@FEWER
@given(HISTORIES)
def test_p3_what_is_delivered_twice_counts_once(history: list[Event]) -> None:
    with world() as once, world() as twice:
        twice.echoes = 2
        for event in history:
            once.happen(event)
            twice.happen(event)
        assert twice.tallies() == once.tallies()
        logs = [[ledger.read_log(here.db, user) for user in (here.ann, here.bob)] for here in (once, twice)]
        assert logs[0] == logs[1]


@FEWER
@given(st.sampled_from(ZONES), st.integers(0, 6), st.dates(date(2026, 3, 6), date(2029, 3, 6)), st.integers(0, 2**32))
def test_p5_one_act_in_each_local_day_never_breaks(tz: str, day_start: int, first: date, seed: int) -> None:
    assume((tz, day_start) != ("Antarctica/Troll", 2))  # its clock strikes that turn twice: an hour of the day before
    rng = random.Random(seed)  # noqa: S311 - picks test cases
    with world() as here:
        here.now = day_begins(first, tz, day_start)
        people.update_settings(here.db, here.ann, {"tz": tz, "day_start": day_start}, here.now)
        for number in range(10):
            begin, end = (day_begins(first + timedelta(days=number + n), tz, day_start) for n in (0, 1))
            here.now = rng.choice((begin, end - timedelta(milliseconds=1), begin + (end - begin) * rng.random()))
            here.do_a_day(here.ann)
        assert here.tallies()[0] == Tally(10, 10, first + timedelta(days=9), 2)
        assert ledger.covers(here.db, here.ann) == {}


@FEWER
@given(st.integers(8, 30), st.integers(0, 30))
def test_p6_missing_more_days_than_there_are_freezes_starts_at_one(run: int, beyond: int) -> None:
    with world() as here:
        for _ in range(run):
            here.do_a_day(here.ann)
            here.now += timedelta(days=1)
        assert ledger.read_streak(here.db, here.ann, here.today(here.ann)).freezes == MOST_FREEZES
        here.now += timedelta(days=MOST_FREEZES + 1 + beyond)
        assert ledger.read_streak(here.db, here.ann, here.today(here.ann)).current == 0
        here.do_a_day(here.ann)
        assert here.tallies()[0] == Tally(1, run, here.today(here.ann), MOST_FREEZES)


JOURNEYS = st.lists(
    st.tuples(st.integers(1, 24 * 12), st.sampled_from(FAR) | st.sampled_from(ZONES), st.integers(0, 6)), min_size=1, max_size=6
)  # fmt: skip


@FEWER
@given(JOURNEYS, st.integers(0, 2**32))
def test_p8_changing_zones_within_the_limits_neither_breaks_nor_farms(
    journeys: list[tuple[int, str, int]], seed: int
) -> None:
    """Somebody who does each of the days they live through, wherever they are, but for those a journey leaves no time for."""
    rng = random.Random(seed)  # noqa: S311 - picks test cases
    wishes, at = [], START
    for wait, tz, day_start in journeys:
        at += timedelta(hours=wait)
        wishes.append((at, tz, day_start))
    with world() as here:
        here.do_a_day(here.ann)
        grew, changes = [START], []
        while here.now < START + timedelta(days=25):
            rule = people.read_user(here.db, here.ann, here.now).rule
            turn = next_turn(here.now, rule.tz, rule.day_start)
            act = here.now + (turn - timedelta(milliseconds=1) - here.now) * rng.choice((0.0, 1.0, rng.random()))
            begun, here.now = here.now, act
            for when, tz, day_start in [wish for wish in wishes if begun <= wish[0] < turn]:
                asked = people.update_settings(here.db, here.ann, {"tz": tz, "day_start": day_start}, when)
                changes += [] if isinstance(asked, TooSoon) or asked.pending is None else [asked.pending.effective_at]
            before = here.tallies()[0].current
            if here.today(here.ann) not in ledger.covered_days(here.db, here.ann) or rng.random() < 0.5:
                here.do_a_day(here.ann)
            grew += [act] * (here.tallies()[0].current > before)
            here.now = turn
        tally = here.tallies()[0]
        assert tally.current == tally.best == len(ledger.done_days(here.db, here.ann))
        assert "spent" not in ledger.covers(here.db, here.ann).values()
        for index, first in enumerate(grew):
            for grown, last in enumerate(grew[index : index + 8], 1):
                changed = sum(first <= begins <= last for begins in changes)
                assert grown <= math.ceil((last - first) / timedelta(hours=22)) + 1 + changed


@FEWER
@given(HISTORIES, st.integers(0, 7))
def test_p10_forgiving_a_day_and_taking_that_back_is_as_if_it_had_not_been(history: list[Event], back: int) -> None:
    with world() as here:
        for event in history:
            here.happen(event)
        asked = amnesties.Asked(here.group, here.today(here.ann) - timedelta(days=back), "a slip", here.ann)
        before = [(tally, ledger.read_log(here.db, user)) for user, tally in enumerate(here.tallies(), 1)]
        done = amnesties.declare(here.db, asked, here.now)
        assume(done.outcome is amnesties.Outcome.DONE)
        forgiven = here.tallies()
        assert amnesties.undo(here.db, asked, here.now) == done
        assert [(tally, ledger.read_log(here.db, user)) for user, tally in enumerate(here.tallies(), 1)] == before
        assert amnesties.declare(here.db, asked, here.now) == done
        assert (here.tallies(), rebuild.differences(here.db)) == (forgiven, [])


@FEWER
@given(HISTORIES)
def test_forgiving_a_day_never_makes_a_streak_shorter(history: list[Event]) -> None:
    with world() as here:
        for event in history:
            shown = [ledger.read_streak(here.db, user, here.today(user)).current for user in (here.ann, here.bob)]
            before = here.tallies()
            if event.what == "amnesty":
                here.happen(event._replace(hours=0))
                after = [ledger.read_streak(here.db, user, here.today(user)).current for user in (here.ann, here.bob)]
                assert all(new >= old for new, old in zip(after, shown, strict=True))
                assert all(new.best >= old.best for new, old in zip(here.tallies(), before, strict=True))
            else:
                here.happen(event)


@FEWER
@given(HISTORIES)
def test_two_learners_who_become_one_keep_the_best_either_had_and_a_streak_that_a_rebuild_gives(
    history: list[Event],
) -> None:
    with world() as here:
        for event in history:
            here.happen(event)
        bests = [tally.best for tally in here.tallies()]
        logs = [ledger.read_log(here.db, user_id) for user_id in (here.ann, here.bob)]
        here.ann = mergers.merge(here.db, here.ann, here.bob, here.now)
        assert rebuild.differences(here.db) == []
        log = ledger.read_log(here.db, here.ann)
        assert log.done == logs[0].done | logs[1].done
        assert log.covered | log.done >= (logs[0].covered | logs[1].covered)
        assert ledger.read_tally(here.db, here.ann).best >= max(bests)
        here.bob = here.join("bob the second")
        for event in history:
            here.happen(event)
            assert rebuild.differences(here.db) == []


EVERYTHING = [
    *[(24, "day", 0)] * 8, (48, "day", 0), (1, "amnesty", 1), (1, "undo", 0), (1, "pause", 3), (24, "resume", 0),
    (24, "day", 0), (72, "mend", 0), (24, "zone", 0), (30, "day", 0), (1, "day", 4), (48, "day", 4),
]  # fmt: skip


def test_positive_control_what_can_happen_reaches_every_kind_of_entry() -> None:
    with world() as here:
        people.update_settings(here.db, here.ann, {"tz": "Pacific/Pago_Pago"}, here.now)
        for hours, what, size in EVERYTHING:
            here.happen(Event(hours, what, size, "Pacific/Kiritimati"))
        found = connect.rows(here.db, "SELECT DISTINCT reason, cover FROM freeze_ledger")
        assert {(row["reason"], row["cover"]) for row in found} == {
            ("earned", 0), ("granted", 0), ("spent", 1), ("spent", -1), ("bridge", 1), ("paused", 1), ("paused", -1),
            ("repaired", 1), ("amnesty", 1), ("amnesty", -1),
        }  # fmt: skip
        assert rebuild.differences(here.db) == []


def test_what_was_refused_says_why() -> None:
    with world() as here:
        today = here.today(here.ann)
        kept = streaklog.begin_pause(here.db, here.ann, Pause(today, today + timedelta(days=13)), today, here.now)
        again = streaklog.begin_pause(here.db, here.ann, Pause(today, today), today, here.now)
        assert (kept, again) == (
            Pause(today, today + timedelta(days=13)),
            Refused("You have a pause until Tue 17 Mar. /streak resume ends it first."),
        )
