"""What happened to a streak and why: pauses, repairs, freezes, weekly goals. Reached as `Store.streaks`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot import streaks
from bot.pauses import Pause, Refused, refusal
from bot.store import amnesties, ledger, people
from bot.store.amnesties import Amnesty, Declared
from bot.store.codec import day_text, from_ms, to_day, to_ms
from bot.store.connect import insert, rows
from bot.store.ledger import Entry
from bot.store.readers import Readers
from bot.store.writer import Writer
from bot.streaks import Repair, Streak, Weekly


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the streak's card says. `extra` are the extra questions answered for `repair`, the break at hand."""

    streak: Streak
    pause: Pause | None = None
    repair: Repair | None = None
    extra: int = 0
    weekly: Weekly | None = None
    perfect_weeks: int = 0
    week_is_perfect: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the ledger of freezes, with the freezes held after it."""

    reason: str
    delta: int
    held: int


@dataclass(frozen=True, slots=True)
class LoggedDay:
    """What is known of one date: what was done on it, why it could not break the streak, and what freezes did.

    `ended` is the length of the run whose first missed date this was, 0 for none. `note` is what an admin said.
    """

    day: date
    done: bool
    posed: int = 0
    answered: int = 0
    passed: int = 0
    cover: str = ""
    lines: tuple[Line, ...] = ()
    ended: int = 0
    note: str = ""


class StreakLog:
    """The log behind streaks."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def overview(self, user_id: int, today: date) -> Overview:
        """Say how a learner's streak stands on a day, and what can be done about it."""
        return await self._read(lambda db: _overview(db, user_id, today))

    async def pause(self, user_id: int, pause: Pause, today: date) -> Pause | Refused:
        """Take days off in advance; a day that is done already is left out. Give the pause as it was kept."""
        return await self._write(lambda db: begin_pause(db, people.current(db, user_id), pause, today, self._now()))

    async def resume(self, user_id: int, today: date) -> int:
        """End a pause from today on; say how many days it would have gone on for."""
        return await self._write(lambda db: end_pause(db, people.current(db, user_id), today, self._now()))

    async def days(self, user_id: int, first: date, last: date, today: date) -> list[LoggedDay]:
        """Read what happened on each date of a stretch, oldest first."""
        return await self._read(lambda db: _days(db, user_id, (first, last), today))

    async def set_weekly_goal(self, user_id: int, days: int, today: date) -> None:
        """Aim at so many days a week from the running week on; 0 ends that."""
        await self._write(lambda db: _set_goal(db, people.current(db, user_id), days, today, self._now()))

    async def weekly_goal(self, user_id: int) -> int:
        """Read how many days a week a learner aims at; 0 for none."""
        return await self._read(lambda db: next((days for _, days in reversed(_goals(db, user_id))), 0))

    async def declare_amnesty(self, group_id: int | None, day: date, note: str, by_user: int | None) -> Declared:
        """Make a date neutral for all who are members now, or with no group for everyone."""
        asked = amnesties.Asked(group_id, day, note, by_user)
        return await self._write(lambda db: amnesties.declare(db, asked, self._now()))

    async def undo_amnesty(self, group_id: int | None, day: date, by_user: int | None) -> Declared:
        """Take a day's amnesty back within a day of its declaration; whoever has used what it gave keeps that."""
        asked = amnesties.Asked(group_id, day, "", by_user)
        return await self._write(lambda db: amnesties.undo(db, asked, self._now()))

    async def amnesties(self, group_id: int | None) -> list[Amnesty]:
        """List the amnesties of a group and those for everyone, the latest day first."""
        return await self._read(lambda db: amnesties.listed(db, group_id))


def _overview(db: Database, user_id: int, today: date) -> Overview:
    log = ledger.read_log(db, user_id)
    found = ledger.repair_at_hand(db, user_id, today)
    week = streaks.monday(today)
    return Overview(
        streak=ledger.read_streak(db, user_id, today),
        pause=_pause_of(paused_days(db, user_id), today),
        repair=found[0] if found else None,
        extra=found[1] if found else 0,
        weekly=streaks.weekly(log, _goals(db, user_id), today),
        perfect_weeks=streaks.perfect_weeks(log.done),
        week_is_perfect=streaks.by_week(log.done)[week] == streaks.DAYS_IN_WEEK,
    )


def paused_days(db: Database, user_id: int) -> set[date]:
    """Collect the dates a learner has taken off, past and to come."""
    sql = (
        "SELECT local_day FROM freeze_ledger WHERE user_id = :id AND reason = 'paused'"
        " GROUP BY local_day HAVING sum(cover) > 0"
    )
    return {to_day(row["local_day"]) for row in rows(db, sql, id=user_id)}


def _pause_of(paused: set[date], today: date) -> Pause | None:
    """The pause that runs or is to come."""
    ahead = [day for day in paused if day >= today]
    return Pause(min(ahead), max(ahead)) if ahead else None


def _first_free(db: Database, user_id: int, today: date) -> date:
    """The first day that is not done; a day flown back into may lie before the last done one."""
    last = ledger.read_tally(db, user_id).last_day
    return max(today, last + timedelta(days=1)) if last else today


def begin_pause(db: Database, user_id: int, asked: Pause, today: date, now: datetime) -> Pause | Refused:
    """Take days off from the first that is not done."""
    begin = max(asked.first, _first_free(db, user_id, today)) if asked.first >= today else asked.first
    wanted = replace(asked, first=begin)
    refused = refusal(wanted, paused_days(db, user_id), today)
    if refused is not None:
        return refused
    for day in wanted.dates:
        ledger.enter_freeze(db, user_id, Entry(0, 1, "paused", day, f"pause {to_ms(now)}"), now)
    return wanted


def end_pause(db: Database, user_id: int, today: date, now: datetime) -> int:
    """End a pause from today on, or from the day after the last done one."""
    begin = _first_free(db, user_id, today)
    ahead = sorted(day for day in paused_days(db, user_id) if day >= begin)
    for day in ahead:
        ledger.enter_freeze(db, user_id, Entry(0, -1, "paused", day, f"resume {to_ms(now)}"), now)
    return len(ahead)


def _goals(db: Database, user_id: int) -> list[tuple[date, int]]:
    sql = "SELECT from_day, days FROM weekly_goal WHERE user_id = :id ORDER BY id"
    return [(to_day(row["from_day"]), row["days"]) for row in rows(db, sql, id=user_id)]


def _set_goal(db: Database, user_id: int, days: int, today: date, now: datetime) -> None:
    insert(
        db,
        "INSERT INTO weekly_goal (user_id, from_day, days, at) VALUES (:user_id, :day, :days, :at)",
        user_id=user_id,
        day=day_text(streaks.monday(today)),
        days=days,
        at=to_ms(now),
    )


def _days(db: Database, user_id: int, span: tuple[date, date], today: date) -> list[LoggedDay]:
    log, covers, held = ledger.read_log(db, user_id), ledger.covers(db, user_id), _lines(db, user_id)
    seen, work = ledger.read_streak(db, user_id, today), _work(db, user_id, span)
    waiting = dict.fromkeys(seen.frozen, "waiting")
    ended = {_first_miss(run.last, log): run.days for run in streaks.runs(log)}
    found = []
    for number in range(span[0].toordinal(), span[1].toordinal() + 1):
        day = date.fromordinal(number)
        cover = covers.get(day, waiting.get(day, ""))
        over = day < today and day not in log.done and not cover
        logged = LoggedDay(day, day in log.done, *work.get(day, (0, 0, 0)), cover, tuple(held.get(day, ())))
        note = amnesties.note_for(db, user_id, day) if cover == "amnesty" else ""
        found.append(replace(logged, ended=ended.get(day, 0) if over else 0, note=note))
    return found


def _first_miss(last: date, log: streaks.Log) -> date:
    """The first date after a run that it did not reach."""
    day = last + timedelta(days=1)
    while day in log.covered:
        day += timedelta(days=1)
    return day


def _lines(db: Database, user_id: int) -> dict[date, list[Line]]:
    """Read the entries that moved freezes, by date."""
    found: dict[date, list[Line]] = {}
    held = streaks.FIRST_FREEZES
    sql = "SELECT reason, delta, local_day FROM freeze_ledger WHERE user_id = :id AND delta != 0 ORDER BY id"
    for row in rows(db, sql, id=user_id):
        held += row["delta"]
        found.setdefault(to_day(row["local_day"]), []).append(Line(row["reason"], row["delta"], held))
    return found


def _work(db: Database, user_id: int, span: tuple[date, date]) -> dict[date, tuple[int, int, int]]:
    """Count by date the daily questions posed and answered, and the challenges passed for the first time."""
    sql = """
        SELECT local_day, sum(posed) AS posed, sum(answered) AS answered, sum(passed) AS passed FROM (
          SELECT q.local_day, 1 AS posed, a.id IS NOT NULL AS answered, 0 AS passed FROM question q
          LEFT JOIN attempt a ON a.question_id = q.id AND a.local_day = q.local_day
          WHERE q.user_id = :id AND q.purpose = 'daily' AND q.local_day BETWEEN :first AND :last
          UNION ALL
          SELECT local_day, 0, 0, 1 FROM attempt WHERE id IN (
            SELECT min(id) FROM attempt WHERE user_id = :id AND kind = 'challenge' AND correct = 1 GROUP BY item_id
          ) AND local_day BETWEEN :first AND :last
        ) GROUP BY local_day
    """
    found = rows(db, sql, id=user_id, first=day_text(span[0]), last=day_text(span[1]))
    return {to_day(row["local_day"]): (row["posed"], row["answered"], row["passed"]) for row in found}


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Give the one learner two have become what covered dates for either, before days are counted anew.

    Freezes are not among it: which of them one person would have needed follows from the days of both.
    """
    sql = (
        "SELECT reason, local_day, min(at) AS at FROM (SELECT user_id, reason, local_day, min(at) AS at FROM freeze_ledger"
        " WHERE user_id IN (:one, :other) AND reason IN ('bridge', 'paused', 'repaired', 'amnesty', 'kept')"
        " GROUP BY user_id, reason, local_day HAVING sum(cover) > 0) GROUP BY reason, local_day ORDER BY local_day"
    )
    for row in rows(db, sql, one=old[0], other=old[1]):
        entry = Entry(0, 1, row["reason"], to_day(row["local_day"]), "linked")
        ledger.cover(db, new, entry, from_ms(row["at"]))
    goals = next((user_id for user_id in old if _goals(db, user_id)), None)
    if goals is not None:
        insert(
            db,
            "INSERT INTO weekly_goal (user_id, from_day, days, at)"
            " SELECT :new, from_day, days, at FROM weekly_goal WHERE user_id = :old ORDER BY id",
            new=new,
            old=goals,
        )


def keep_frozen(db: Database, old: tuple[int, int], new: int) -> None:
    """Keep what freezes held together for either of two learners, so that becoming one never shortens a best run."""
    sql = (
        "SELECT user_id, local_day, max(at) AS at FROM freeze_ledger WHERE user_id IN (:one, :other)"
        " AND reason = 'spent' GROUP BY user_id, local_day HAVING sum(cover) > 0 ORDER BY local_day"
    )
    held = ledger.read_log(db, new)
    for row in rows(db, sql, one=old[0], other=old[1]):
        day = to_day(row["local_day"])
        if day not in held.done and day not in ledger.covered_days(db, new):
            ledger.cover(db, new, Entry(0, 1, "kept", day), from_ms(row["at"]))
