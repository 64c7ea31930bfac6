"""What to do about a schedule at an instant: wait, send, or let go; and how patiently. Pure.

A post that is late is still sent on its own day, for some hours; after that it is let go, and so is all but the latest of
several that were missed. Nobody ever gets yesterday's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from bot.schedule.kinds import Delivery, Kind
from bot.schedule.rule import ONE_DAY, WEEK, Rule, days_from, due, local_date

CATCH_UP = timedelta(hours=6)
CATCH_UP_OF_REMINDERS = timedelta(hours=2)  # a reminder in the night helps nobody
LATE_EVENING = timedelta(minutes=30)  # what is due shortly before midnight may come shortly after
SPREAD_S = 120  # posts of one minute are sent over this many seconds
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)
MOST_DOUBLINGS = 8
LATEST_SAME_DAY = 15  # the last hour of a question whose answer is shown in the evening
EVENING, MORNING = time(21), time(9)
CHALLENGE_AFTER = 3  # hours after the question
LATEST_CHALLENGE = 21


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One local date of a schedule: when it is due, and until when it may be sent."""

    local_date: date
    due: datetime
    until: datetime


def usual_time(kind: Kind, hour: int) -> time:
    """When a kind comes where the daily question comes at an hour, as long as nobody says otherwise.

    The answer is shown the same evening, or the next morning when the question itself comes late in the day.
    """
    match kind:
        case Kind.CHALLENGE:
            late = hour + CHALLENGE_AFTER > LATEST_CHALLENGE
            return time(hour, 30) if late else time(hour + CHALLENGE_AFTER)
        case Kind.REVEAL:
            return EVENING if hour <= LATEST_SAME_DAY else MORNING
        case Kind.RECAP:
            return time(hour, 15)
        case _:
            return time(hour)


def spread(whose: str) -> timedelta:
    """How much after the full minute a place's posts are sent; always the same for a place, and even over places."""
    number = int.from_bytes(hashlib.sha256(whose.encode()).digest()[:8])
    return timedelta(seconds=number % SPREAD_S)


def catch_up_of(kind: Kind) -> timedelta:
    """How late a post of a kind may be."""
    return CATCH_UP_OF_REMINDERS if kind is Kind.REMINDER else CATCH_UP


def occurrence(rule: Rule, day: date, shift: timedelta, catch_up: timedelta) -> Occurrence:
    """Work out one local date of a rule. It ends with its hours of patience, or with the day, but not at once."""
    at = due(day, rule.at, rule.tz) + shift
    midnight = due(day + ONE_DAY, time(), rule.tz)
    return Occurrence(day, at, min(at + catch_up, max(midnight, at + LATE_EVENING)))


def first_open(
    rule: Rule, shift: timedelta, catch_up: timedelta, *, now: datetime, since: datetime, after: date | None = None
) -> Occurrence:
    """Find the first occurrence that can still be sent, or else is to come.

    Args:
        rule: when the schedule comes.
        shift: how much later posts are sent.
        catch_up: how late they may be.
        now: the instant.
        since: when the schedule was set; what was due before that is not made up for.
        after: the local date that was done last, if any.
    """
    begin = local_date(max(now, since), rule.tz) - 2 * ONE_DAY
    first = begin if after is None else max(begin, after + ONE_DAY)
    for day in islice(days_from(first, rule.weekdays), WEEK):
        found = occurrence(rule, day, shift, catch_up)
        if found.until > now and found.due > since:
            return found
    raise AssertionError("a rule has a day in every week")  # pragma: no cover


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many attempts that failed: each time twice as long, up to minutes."""
    doublings: int = min(max(tries, 1) - 1, MOST_DOUBLINGS)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))


def key_of(delivery: Delivery) -> str:
    """Name a post so that a repeat of it has the same name, whatever process sends it, with whatever database."""
    place = f"{delivery.platform}:{delivery.place}:{delivery.channel}"
    return f"{delivery.kind}:{place}:{delivery.local_date.isoformat()}"


def day_due(now: datetime, hour_utc: int) -> date:
    """Name the latest day, in UTC, whose upkeep at an hour is due."""
    here = now.astimezone(UTC)
    return here.date() if here.hour >= hour_utc else here.date() - ONE_DAY
