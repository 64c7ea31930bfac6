"""Which posts of a place come and when, as admins say it and as they are told it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.cards import Field
from bot.grouping import RefusedError
from bot.schedule.kinds import Kind
from bot.schedule.rule import EVERY_DAY
from bot.store import Posting
from bot.store.schedules import Schedule

TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?", re.ASCII)
ON, OFF = ("on", "yes"), ("off", "no", "none")
KINDS = {"question": Kind.QUESTION, "challenge": Kind.CHALLENGE, "reveal": Kind.REVEAL, "recap": Kind.RECAP}
NAMES = {
    Kind.QUESTION: "Question of the day",
    Kind.REVEAL: "Its answer",
    Kind.CHALLENGE: "Challenge",
    Kind.RECAP: "Look back at the week",
}
NEXT = {Kind.QUESTION: "question", Kind.CHALLENGE: "challenge", Kind.RECAP: "look back at the week"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS = frozenset(range(5))
DAYS_FOR = (Kind.QUESTION, Kind.CHALLENGE)  # an answer comes whenever a question did, a look back on Mondays
FOR_EVER = date(9000, 1, 1)  # far enough to mean it, near enough to reckon with
HOURS = tuple(map(str, range(24)))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an admin asked for: per kind on (True), off (False) or a time of its own; and days, if they named any."""

    kinds: dict[Kind, bool | time] = field(default_factory=dict)
    weekdays: frozenset[int] | None = None

    def __bool__(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.kinds) or self.weekdays is not None


def read_wishes(asked: dict[str, str]) -> Wishes:
    """Take out of what was asked for all that concerns single posts.

    Raises:
        RefusedError: one of the values cannot be; the message says what can.
    """
    kinds = {KINDS[key]: _wish(KINDS[key], asked.pop(key)) for key in list(asked) if key in KINDS}
    days = _weekdays(asked.pop("days")) if "days" in asked else None
    return Wishes(kinds, days)


def _wish(kind: Kind, value: str) -> bool | time:
    said = value.strip().lower()
    if said in ON + OFF:
        return said in ON
    found = TIME.fullmatch(said)
    timed = kind in (Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP)
    if not timed or found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        hour = ", or an hour such as 12" if timed else "; its hour is /group setup hour 9"
        raise RefusedError(f"“{value[:40]}” cannot be set there. Say on or off{hour}.")
    return time(int(found[1]), int(found[2] or 0))


def _weekdays(value: str) -> frozenset[int]:
    said = " ".join(value.lower().replace(",", " ").split())
    if said in ("every day", "all", "daily", "everyday"):
        return EVERY_DAY
    if said in ("weekdays", "workdays", "mon-fri", "monday-friday"):
        return WEEKDAYS
    chosen = [
        [n for n, day in enumerate(DAYS) if len(word) > 1 and day.lower().startswith(word)] for word in said.split()
    ]
    if not chosen or any(len(found) != 1 for found in chosen):
        raise RefusedError("Say every day, weekdays, or the days, such as mon wed fri.")
    return frozenset(found[0] for found in chosen)


def read_pause(text: str, today: date) -> date:
    """Read until when posts are to pause; with nothing said, until somebody resumes them.

    Raises:
        RefusedError: it is no day to come.
    """
    said = re.sub(r"^until\b[\s=]*", "", text.strip().lower()).strip()
    if not said:
        return FOR_EVER
    try:
        until = date.fromisoformat(said)
    except ValueError:
        raise RefusedError(f"Say the day on which posts come again, such as {today.year + 1}-01-07.") from None
    if until <= today:
        raise RefusedError(
            "That day is not to come. Say the day on which posts come again; /group resume ends a pause."
        )
    return until


def day_text(day: date) -> str:
    """Name a day in full."""
    return f"{DAYS[day.weekday()]} {day.day} {day:%B %Y}"


def shown_posts(posting: Posting, schedules: Sequence[Schedule], now: datetime) -> list[str]:
    """Say which posts come, and which one is next."""
    if not posting.channel or not schedules:
        return []
    lines = [f"{NAMES[kind]}: {_when(schedules, kind)}." for kind in NAMES]
    today = now.astimezone(ZoneInfo(posting.tz or "UTC")).date()
    if posting.paused_until is not None and posting.paused_until > today:
        return [*lines, paused_text(posting.paused_until)]
    return [*lines, _next(schedules, today)]


def paused_text(until: date) -> str:
    """Say how long posts pause."""
    if until == FOR_EVER:
        return "All of them pause now. /group resume lets them come again."
    return f"All of them pause now and come again on {day_text(until)}. /group resume ends that at once."


def _when(schedules: Sequence[Schedule], kind: Kind) -> str:
    found = next((one for one in schedules if one.kind is kind), None)
    if found is None or found.paused or not found.channel:
        return "off"
    at = f"{found.rule.at:%H:%M}"
    if kind is Kind.REVEAL:
        return f"at {at}, below the question"
    if found.rule.weekdays in (EVERY_DAY, WEEKDAYS):
        return f"{'every day' if found.rule.weekdays == EVERY_DAY else 'Monday to Friday'} at {at}"
    return f"{', '.join(f'{DAYS[day]}s' for day in sorted(found.rule.weekdays))} at {at}"


def _next(schedules: Sequence[Schedule], today: date) -> str:
    coming = [one for one in schedules if one.active and one.kind in NEXT]
    if not coming:
        return "Nothing comes by itself."
    first = min(coming, key=lambda one: one.next_due)
    ahead = (first.next_local_date - today).days
    day = {0: "today", 1: "tomorrow"}.get(ahead, day_text(first.next_local_date))
    return f"Next: {NEXT[first.kind]}, {day} {first.rule.at:%H:%M} {first.rule.tz}."


def shown_trouble(schedules: Sequence[Schedule]) -> list[str]:
    """Say what keeps posts from coming, each reason once, and what to do."""
    reasons: dict[str, list[str]] = {}
    for one in schedules:
        if one.why and one.kind in NAMES:
            reasons.setdefault(one.why, []).append(NAMES[one.kind].lower())
    return [f"Stopped ({', '.join(kinds)}): {why} Then type /group resume." for why, kinds in reasons.items()]


def fields(posting: Posting, schedules: Sequence[Schedule]) -> tuple[Field, ...]:
    """What an admin chooses about single posts, once there are any."""
    if not posting.channel or not schedules:
        return ()
    known = {one.kind: one for one in schedules if not one.paused}
    question, challenge, reveal = (known.get(kind) for kind in (Kind.QUESTION, Kind.CHALLENGE, Kind.REVEAL))
    days = "weekdays" if question and question.rule.weekdays == WEEKDAYS else "every day"
    return (
        Field("Question of the day", "group setup question", _tick(question), "One question for all.", ("on", "off")),
        Field("Its answer", "group setup reveal", _hour(reveal), "At which hour, or off.", ("off", *HOURS)),
        Field("Challenge", "group setup challenge", _hour(challenge), "At which hour, or off.", ("off", *HOURS)),
        Field("Look back at the week", "group setup recap", _tick(known.get(Kind.RECAP)), "On Mondays.", ("on", "off")),
        Field("Days", "group setup days", days, "When questions and challenges come.", ("every day", "weekdays")),
    )


def _tick(schedule: Schedule | None) -> str:
    return "on" if schedule else "off"


def _hour(schedule: Schedule | None) -> str:
    return str(schedule.rule.at.hour) if schedule else "off"
