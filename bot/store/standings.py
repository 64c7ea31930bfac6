"""Leaderboards of a group, from the index for all time and from the ledger for a week; and the demo group's members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot import boards, days
from bot.boards import Placed, Score
from bot.store import games_ranks, ledger, people
from bot.store.codec import from_ms, plain_name, to_ms
from bot.store.connect import change, insert, one, rows, value
from bot.store.rows import BoardRow, Group, SampleMember

TOP = 10
AROUND = 2

_ABOVE = (
    "SELECT user_id, xp FROM membership WHERE group_id = :group_id AND hidden = 0"
    " AND (xp > :xp OR (xp = :xp AND user_id < :me)) ORDER BY xp, user_id DESC LIMIT :most"
)
_BELOW = (
    "SELECT user_id, xp FROM membership WHERE group_id = :group_id AND hidden = 0 AND xp > 0"
    " AND (xp < :xp OR (xp = :xp AND user_id >= :me)) ORDER BY xp DESC, user_id LIMIT :most"
)


def leaderboard(db: Database, group_id: int, since_ms: int | None, me: int | None, top: int = TOP) -> list[BoardRow]:
    """Read a group's board: its top and the reader's neighbourhood. Members who opted out or have no XP are not on it."""
    if since_ms is None:
        placed = all_time(db, group_id, me, top)
    else:
        placed = boards.excerpt(boards.rank(week_scores(db, group_id, since_ms)), me, top=top, around=AROUND)
    return [named(db, place, me) for place in placed]


def week_scores(db: Database, group_id: int, since_ms: int) -> list[Score]:
    """Add up what each member on the board earned in the week from an instant on."""
    found = rows(
        db,
        "SELECT m.user_id, sum(x.amount) AS xp FROM membership m JOIN xp_ledger x ON x.user_id = m.user_id"
        " WHERE m.group_id = :group_id AND m.hidden = 0 AND x.at >= :since AND x.at < :until GROUP BY m.user_id",
        group_id=group_id,
        since=since_ms,
        until=_week_ends(since_ms, people.read_group(db, group_id).tz),
    )
    return [Score(**row) for row in found]


def _week_ends(since_ms: int, tz: str) -> int:
    """Find where the week after begins: its Monday may come an hour early or late, so it is looked up from its middle."""
    return to_ms(days.week_begins(from_ms(since_ms) + timedelta(days=7, hours=12), tz))


def all_time(db: Database, group_id: int, me: int | None, top: int) -> list[Placed]:
    """Take the top and the reader's neighbourhood from the index, and rank each place by counting those ahead."""
    sql = (
        "SELECT user_id, xp FROM membership WHERE group_id = :group_id AND hidden = 0 AND xp > 0"
        " ORDER BY xp DESC, user_id LIMIT :top"
    )
    shown = {Score(**row) for row in rows(db, sql, group_id=group_id, top=top)}
    mine = _my_xp(db, group_id, me)
    if me is not None and mine is not None:
        here = {"group_id": group_id, "xp": mine, "me": me}
        shown |= {Score(**row) for row in rows(db, _ABOVE, most=AROUND, **here)}
        shown |= {Score(**row) for row in rows(db, _BELOW, most=AROUND + 1, **here)}
    ordered = sorted(shown, key=lambda score: (-score.xp, score.user_id))
    ranks = {xp: 1 + games_ranks.ahead(db, group_id, xp) for xp in {score.xp for score in ordered}}
    return [Placed(ranks[score.xp], *score) for score in ordered]


def _my_xp(db: Database, group_id: int, user_id: int | None) -> int | None:
    """Read a member's XP; None for who is not on the board."""
    sql = "SELECT xp FROM membership WHERE group_id = :group_id AND user_id = :user_id AND hidden = 0 AND xp > 0"
    found: int | None = value(db, sql, group_id=group_id, user_id=user_id)
    return found


def rank_of(db: Database, group_id: int, user_id: int) -> int | None:
    """Find a member's all-time rank; None for who is not on the board."""
    return games_ranks.rank(db, group_id, user_id)


def named(db: Database, place: Placed, me: int | None) -> BoardRow:
    """Put the name others may see to a place."""
    user = one(db, "SELECT name, board_name, sample FROM app_user WHERE id = :id", id=place.user_id) or {}
    name = user["board_name"] or user["name"]
    return BoardRow(place.rank, place.user_id, name, place.xp, place.user_id == me, bool(user["sample"]))


def seed_demo(db: Database, group: Group, members: Sequence[SampleMember], now: datetime) -> None:
    """Give a group sample members with XP, earlier and in the running week.

    In another week their XP is entered anew in place of the old, so that it never adds up. Once removed they stay away.
    """
    if value(db, "SELECT 1 FROM meta WHERE key = :key", key=_removed_key(group.id)) is not None:
        return
    monday = days.week_begins(now, group.tz)
    for member in members:
        user_id = _sample_user(db, group.id, plain_name(member.name), now)
        if not _seeded(db, user_id, monday):
            _forget_xp(db, user_id)
            _sample_week(db, user_id, member, monday, now)


def _removed_key(group_id: int) -> str:
    return f"samples of group {group_id} removed"


def _sample_user(db: Database, group_id: int, name: str, now: datetime) -> int:
    known = value(
        db,
        "SELECT u.id FROM membership m JOIN app_user u ON u.id = m.user_id"
        " WHERE m.group_id = :group_id AND u.sample = 1 AND u.name = :name",
        group_id=group_id,
        name=name,
    )
    if known is not None:
        return int(known)
    sql = "INSERT INTO app_user (created_at, name, sample) VALUES (:at, :name, 1)"
    user_id = insert(db, sql, at=to_ms(now), name=name)
    people.join(db, group_id, user_id, now)
    return user_id


def _seeded(db: Database, user_id: int, monday: datetime) -> bool:
    sql = "SELECT 1 FROM xp_ledger WHERE user_id = :id AND source_kind = 'sample' AND source_id LIKE :week LIMIT 1"
    return value(db, sql, id=user_id, week=f"{monday.isoformat()} %") is not None


def _forget_xp(db: Database, user_id: int) -> None:
    """Take a sample member back to no XP; the ledger of real members refuses this."""
    change(db, "DELETE FROM xp_ledger WHERE user_id = :id", id=user_id)
    change(db, "UPDATE membership SET xp = 0 WHERE user_id = :id", id=user_id)


def _sample_week(db: Database, user_id: int, member: SampleMember, monday: datetime, now: datetime) -> None:
    week = monday.isoformat()
    _sample_xp(db, user_id, f"{week} earlier", member.earlier_xp, monday - timedelta(days=3))
    for index, amount in enumerate(member.week_xp):
        at = monday + (now - monday) * (index + 1) / (len(member.week_xp) + 1)
        _sample_xp(db, user_id, f"{week} {index}", amount, at)


def _sample_xp(db: Database, user_id: int, source: str, amount: int, at: datetime) -> None:
    payment = ledger.Payment(user_id, amount, "sample", "sample", source, at.date(), at)
    if amount > 0:
        ledger.enter(db, payment, amount)


def remove_demo(db: Database, group_id: int) -> int:
    """Remove a group's sample members with everything of theirs, for good, and say how many; real members stay."""
    sql = (
        "SELECT m.user_id FROM membership m JOIN app_user u ON u.id = m.user_id"
        " WHERE m.group_id = :group_id AND u.sample = 1"
    )
    samples = [row["user_id"] for row in rows(db, sql, group_id=group_id)]
    for user_id in samples:
        change(db, "DELETE FROM xp_ledger WHERE user_id = :id", id=user_id)
        change(db, "DELETE FROM membership WHERE user_id = :id", id=user_id)
        change(db, "DELETE FROM app_user WHERE id = :id AND sample = 1", id=user_id)
    if samples:
        change(db, "INSERT INTO meta (key, value) VALUES (:key, '1')", key=_removed_key(group_id))
    return len(samples)
