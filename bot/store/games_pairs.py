"""Pairs: two learners who both agreed to keep a streak together. Reached as `Store.games.pairs`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlite_utils import Database

from bot import streaks
from bot.days import local_day
from bot.store import codes, games_codes, ledger, people
from bot.store.codec import day_text, to_day, to_ms
from bot.store.connect import Row, change, insert, one, rows, value
from bot.store.games_names import leave_word, public_name
from bot.store.readers import Readers
from bot.store.writer import Writer

MOST_FRIENDS = 5

_LIVE = "(asker = :me OR asked = :me) AND ended_at IS NULL"
_OF_TWO = "(asker = :me AND asked = :other OR asker = :other AND asked = :me) AND ended_at IS NULL"


class Pairing(StrEnum):
    """What became of a wish to be a pair."""

    DONE = "done"  # they are a pair
    ASKED = "asked"  # the other one has to agree
    ALREADY = "already"
    OWN = "own"
    UNKNOWN = "unknown"  # no such code, account or invitation
    TOO_OFTEN = "too often"
    FULL = "full"  # one of the two has as many friends as fit


class Pair(NamedTuple):
    """One friend. `waiting` says who has to agree, if somebody has; `today` whether each did theirs today."""

    id: int
    friend: str
    waiting: str = ""  # "me", "them" or ""
    streak: int = 0
    best: int = 0
    mine_today: bool = False
    theirs_today: bool = False


class Pairs:
    """The pairs of learners."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def make_code(self, user_id: int, bits: int) -> str:
        """Make a code for a friend to type within two days; `bits` are random."""
        code = codes.code_text(bits)
        await self._write(lambda db: games_codes.make(db, "pair", code, people.current(db, user_id), self._now()))
        return code

    async def join(self, user_id: int, code: str, day: date) -> Pairing:
        """Make the one who typed a code and the one who showed it a pair from a day on."""
        return await self._write(lambda db: _join(db, people.current(db, user_id), code, day, self._now()))

    async def ask(self, user_id: int, account: tuple[str, str], day: date) -> Pairing:
        """Ask whoever is behind an account; they agree, or have asked themselves before."""
        return await self._write(lambda db: _ask(db, people.current(db, user_id), account, day, self._now()))

    async def accept(self, user_id: int, pair_id: int, day: date) -> Pairing:
        """Agree to be asked."""
        return await self._write(lambda db: _accept(db, people.current(db, user_id), pair_id, day))

    async def end(self, user_id: int, pair_id: int) -> bool:
        """End a pair, or refuse or take back an invitation; False when there is none of that number."""
        return await self._write(lambda db: _end(db, people.current(db, user_id), pair_id, self._now()))

    async def all_of(self, user_id: int) -> list[Pair]:
        """List a learner's friends and invitations, oldest first."""
        return await self._read(lambda db: _all_of(db, user_id, self._now()))


def _join(db: Database, me: int, code: str, day: date, now: datetime) -> Pairing:
    found = games_codes.owner(db, "pair", code, me, now)
    if isinstance(found, str):
        return Pairing(found)
    other = people.current(db, found)
    refused = _refused(db, me, other)
    if refused is not None:
        return refused
    games_codes.spend(db, code, now)
    asked = _between(db, me, other)
    pair_id = asked["id"] if asked else _add(db, other, me, now)
    _agree(db, pair_id, day)
    leave_word(db, other, f"{public_name(db, me)} and you are a pair now: /pair shows your common streak.")
    return Pairing.DONE


def _ask(db: Database, me: int, account: tuple[str, str], day: date, now: datetime) -> Pairing:
    platform, external_id = account
    sql = "SELECT user_id FROM identity WHERE platform = :platform AND external_id = :external_id"
    other = value(db, sql, platform=platform, external_id=external_id)
    if other is None:
        return Pairing.UNKNOWN
    refused = _refused(db, me, other)
    if refused is not None:
        return refused
    before = _between(db, me, other)
    if before and before["asked"] == me:
        return _accept(db, me, before["id"], day)
    if before is None:
        _add(db, me, other, now)
        asked = f"{public_name(db, me)} would like to keep a streak together with you. /pair shows it, and you choose."
        leave_word(db, other, asked)
    return Pairing.ASKED


def _refused(db: Database, me: int, other: int) -> Pairing | None:
    if other == me:
        return Pairing.OWN
    known = _between(db, me, other)
    if known and known["since_day"]:
        return Pairing.ALREADY
    if known is None and max(_friends(db, me), _friends(db, other)) >= MOST_FRIENDS:
        return Pairing.FULL
    return None


def _between(db: Database, me: int, other: int) -> Row | None:
    return one(db, f"SELECT * FROM pair WHERE {_OF_TWO}", me=me, other=other)  # noqa: S608 - our own text


def _friends(db: Database, me: int) -> int:
    return int(value(db, f"SELECT count(*) FROM pair WHERE {_LIVE}", me=me))  # noqa: S608 - our own text


def _add(db: Database, asker: int, asked: int, now: datetime) -> int:
    sql = "INSERT INTO pair (asker, asked, made_at) VALUES (:asker, :asked, :at)"
    return insert(db, sql, asker=asker, asked=asked, at=to_ms(now))


def _agree(db: Database, pair_id: int, day: date) -> None:
    change(db, "UPDATE pair SET since_day = :day WHERE id = :id", day=day_text(day), id=pair_id)


def _accept(db: Database, me: int, pair_id: int, day: date) -> Pairing:
    row = one(db, "SELECT * FROM pair WHERE id = :id AND asked = :me AND ended_at IS NULL", id=pair_id, me=me)
    if row is None:
        return Pairing.UNKNOWN
    if row["since_day"]:
        return Pairing.ALREADY
    _agree(db, pair_id, day)
    leave_word(db, row["asker"], f"{public_name(db, me)} and you are a pair now: /pair shows your common streak.")
    return Pairing.DONE


def _end(db: Database, me: int, pair_id: int, now: datetime) -> bool:
    sql = f"UPDATE pair SET ended_at = :at WHERE id = :id AND {_LIVE}"  # noqa: S608 - our own text
    return change(db, sql, at=to_ms(now), id=pair_id, me=me) > 0


def _all_of(db: Database, me: int, now: datetime) -> list[Pair]:
    found = rows(db, f"SELECT * FROM pair WHERE {_LIVE} ORDER BY id", me=me)  # noqa: S608 - our own text
    return [_pair(db, me, row, now) for row in found]


def _pair(db: Database, me: int, row: Row, now: datetime) -> Pair:
    other = row["asked"] if row["asker"] == me else row["asker"]
    friend = public_name(db, other)
    if row["since_day"] is None:
        return Pair(row["id"], friend, "me" if row["asked"] == me else "them")
    mine, theirs = (_Days.of(db, one, now) for one in (me, other))
    run = common_streak(mine, theirs, to_day(row["since_day"]))
    return Pair(row["id"], friend, "", run.current, run.best, mine.today in mine.done, theirs.today in theirs.done)


class _Days(NamedTuple):
    """One learner's own days: done, kept by a freeze or otherwise, and today."""

    done: set[date]
    kept: set[date]
    today: date

    @classmethod
    def of(cls, db: Database, user_id: int, now: datetime) -> _Days:
        """Read them."""
        user = people.read_user(db, user_id, now)
        today = local_day(now, user.tz, user.day_start)
        kept = ledger.covered_days(db, user_id) | set(ledger.read_streak(db, user_id, today).frozen)
        return cls(ledger.done_days(db, user_id), kept, today)


def common_streak(mine: _Days, theirs: _Days, since: date) -> streaks.Streak:
    """Work out the streak of two from a day on: a day counts when both did theirs, each on their own calendar.

    A freeze of one keeps a day the other did, or that neither had to do. Whoever's day began first does not end the other's.
    """
    both = {day for day in mine.done & theirs.done if day >= since}
    kept = ((mine.done | mine.kept) & (theirs.done | theirs.kept)) - both
    log = streaks.Log(frozenset(both), frozenset(kept))
    return streaks.seen(streaks.evaluate(log, 0), min(mine.today, theirs.today), kept)


def hand_over(db: Database, old: tuple[int, int], new: int, now: datetime) -> None:
    """Give two learners' pairs to the one they became; a pair of the two themselves ends, and of doubles the younger."""
    both = {"one": old[0], "other": old[1]}
    sql = "UPDATE pair SET ended_at = coalesce(ended_at, :at) WHERE asker IN (:one, :other) AND asked IN (:one, :other)"
    change(db, sql, at=to_ms(now), **both)
    change(db, "UPDATE pair SET asker = :new WHERE asker IN (:one, :other)", new=new, **both)
    change(db, "UPDATE pair SET asked = :new WHERE asked IN (:one, :other)", new=new, **both)
    change(
        db,
        "UPDATE pair SET ended_at = :at WHERE ended_at IS NULL AND (asker = :new OR asked = :new) AND EXISTS"
        " (SELECT 1 FROM pair p WHERE p.ended_at IS NULL AND p.id != pair.id AND asker + asked = p.asker + p.asked"
        " AND (p.asker = :new OR p.asked = :new)"
        " AND (p.since_day IS NOT NULL, -p.id) > (pair.since_day IS NOT NULL, -pair.id))",
        at=to_ms(now),
        new=new,
    )
