"""Learners, their settings, and the groups they belong to: SQL on the writer's connection or a reader's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from bot.days import DayRule, RuleChange, TooSoon, plan_change
from bot.store.codec import from_ms, plain_name, to_ms
from bot.store.connect import change, insert, one, rows, value
from bot.store.ledger import bridge
from bot.store.rows import Group, User

SETTINGS = frozenset({"tz", "day_start", "track", "path", "board_name", "board_opt_out", "ask_confidence"})
SETTING_CHARS = 80
_TEXTS = ("track", "path", "board_name")
_FLAGS = ("board_opt_out", "ask_confidence")


def find_user(db: Database, platform: str, external_id: str, now: datetime) -> User | None:
    """Find the learner behind a platform's account."""
    sql = "SELECT user_id, news FROM identity WHERE platform = :platform AND external_id = :external_id"
    row = one(db, sql, platform=platform, external_id=external_id)
    return None if row is None else replace(read_user(db, row["user_id"], now), news=row["news"])


def known_as(db: Database, platform: str, external_id: str, name: str, now: datetime) -> User | None:
    """Find a learner whose name needs no change; of several accounts the first one named the learner for good."""
    known = find_user(db, platform, external_id, now)
    if known is None or known.name == plain_name(name) or len(accounts(db, known.id)) > 1:
        return known
    return None


def ensure_user(db: Database, platform: str, external_id: str, name: str, tz: str, now: datetime) -> User:
    """Find the learner behind a platform's account, or welcome a new one; keep the display name current."""
    known = find_user(db, platform, external_id, now)
    if known is None:
        return read_user(db, _add_user(db, platform, external_id, name, tz, now), now)
    if len(accounts(db, known.id)) > 1:
        return known
    change(db, "UPDATE app_user SET name = :name WHERE id = :id", name=plain_name(name), id=known.id)
    return replace(known, name=plain_name(name))


def _add_user(db: Database, platform: str, external_id: str, name: str, tz: str, now: datetime) -> int:
    user_id = insert(
        db, "INSERT INTO app_user (created_at, name) VALUES (:at, :name)", at=to_ms(now), name=plain_name(name)
    )
    insert(
        db,
        "INSERT INTO identity (platform, external_id, user_id) VALUES (:platform, :external_id, :user_id)",
        platform=platform,
        external_id=external_id,
        user_id=user_id,
    )
    _add_rule(db, user_id, RuleChange(DayRule(tz), now), now, zone_change=False)
    return user_id


def current(db: Database, user_id: int) -> int:
    """Find who a learner is by now: they may have turned out to be one person with another."""
    while (into := value(db, "SELECT into_user FROM merger WHERE from_user = :id", id=user_id)) is not None:
        user_id = int(into)
    return user_id


def accounts(db: Database, user_id: int) -> list[tuple[str, str]]:
    """List a learner's accounts: platform and id there."""
    sql = "SELECT platform, external_id FROM identity WHERE user_id = :id ORDER BY platform, external_id"
    return [(row["platform"], row["external_id"]) for row in rows(db, sql, id=user_id)]


def tell(db: Database, user_id: int, news: str, but: tuple[str, str]) -> None:
    """Leave word on all accounts of a learner but one."""
    change(
        db,
        "UPDATE identity SET news = :news WHERE user_id = :id AND (platform, external_id) != (:platform, :external_id)",
        news=news,
        id=user_id,
        platform=but[0],
        external_id=but[1],
    )


def told(db: Database, platform: str, external_id: str) -> None:
    """Note that the news of an account have been told."""
    sql = "UPDATE identity SET news = '' WHERE platform = :platform AND external_id = :external_id"
    change(db, sql, platform=platform, external_id=external_id)


def read_user(db: Database, user_id: int, now: datetime) -> User:
    """Read a learner as of an instant.

    Raises:
        LookupError: when there is none of that id.
    """
    row = one(db, "SELECT * FROM app_user WHERE id = :id", id=user_id)
    if row is None:
        raise LookupError(f"no user {user_id}")
    rule = one(
        db,
        "SELECT tz, day_start FROM day_rule WHERE user_id = :user_id AND effective_at <= :now"
        " ORDER BY effective_at DESC, id DESC LIMIT 1",
        user_id=user_id,
        now=to_ms(now),
    )
    return User(
        id=user_id,
        name=row["name"],
        rule=DayRule(**rule) if rule else DayRule(),
        pending=_pending(db, user_id, now),
        track=row["track"],
        path=row["path"],
        board_name=row["board_name"],
        board_opt_out=bool(row["board_opt_out"]),
        ask_confidence=bool(row["ask_confidence"]),
        sample=bool(row["sample"]),
    )


def _pending(db: Database, user_id: int, now: datetime) -> RuleChange | None:
    row = one(
        db,
        "SELECT tz, day_start, effective_at FROM day_rule WHERE user_id = :user_id AND effective_at > :now"
        " ORDER BY effective_at DESC, id DESC LIMIT 1",
        user_id=user_id,
        now=to_ms(now),
    )
    return RuleChange(DayRule(row["tz"], row["day_start"]), from_ms(row["effective_at"])) if row else None


def update_settings(db: Database, user_id: int, fields: dict[str, str | int | bool], now: datetime) -> User | TooSoon:
    """Change a learner's settings, all of them or, when the zone has to wait, none.

    Raises:
        ValueError: for a field that is not a setting.
    """
    unknown = sorted(set(fields) - SETTINGS)
    if unknown:
        raise ValueError(f"not a setting: {', '.join(unknown)}; there are {', '.join(sorted(SETTINGS))}")
    user = read_user(db, user_id, now)
    refused = _change_rule(db, user, fields, now)
    if refused is not None:
        return refused
    wanted = {**{key: getattr(user, key) for key in (*_TEXTS, *_FLAGS)}, **fields}
    change(
        db,
        "UPDATE app_user SET track = :track, path = :path, board_name = :board_name, board_opt_out = :board_opt_out,"
        " ask_confidence = :ask_confidence WHERE id = :id",
        **{key: str(wanted[key])[:SETTING_CHARS] for key in _TEXTS},
        **{key: int(bool(wanted[key])) for key in _FLAGS},
        id=user_id,
    )
    change(
        db,
        "UPDATE membership SET hidden = (SELECT board_opt_out FROM app_user WHERE id = :id) WHERE user_id = :id",
        id=user_id,
    )
    return read_user(db, user_id, now)


def _change_rule(db: Database, user: User, fields: dict[str, str | int | bool], now: datetime) -> TooSoon | None:
    """Record a new day rule if one is asked for; a newcomer's begins at once, since no day of theirs can break."""
    expected = user.pending.rule if user.pending else user.rule
    wanted = DayRule(str(fields.get("tz", expected.tz)), int(fields.get("day_start", expected.day_start)))
    if wanted == expected:
        return None
    moves_zone = wanted.tz != expected.tz
    if value(db, "SELECT 1 FROM attempt WHERE user_id = :id LIMIT 1", id=user.id) is None:
        _add_rule(db, user.id, RuleChange(wanted, now), now, zone_change=False)
        return None
    planned = plan_change(user.rule, wanted, now, zone_changes=_zone_changes(db, user.id), pending=user.pending)
    if isinstance(planned, TooSoon):
        return planned
    _add_rule(db, user.id, planned, now, zone_change=moves_zone)
    return None


def _zone_changes(db: Database, user_id: int) -> list[datetime]:
    sql = "SELECT set_at FROM day_rule WHERE user_id = :user_id AND zone_change = 1 ORDER BY id DESC LIMIT 3"
    return [from_ms(row["set_at"]) for row in rows(db, sql, user_id=user_id)]


def _add_rule(db: Database, user_id: int, planned: RuleChange, now: datetime, *, zone_change: bool) -> None:
    insert(
        db,
        "INSERT INTO day_rule (user_id, tz, day_start, set_at, effective_at, zone_change)"
        " VALUES (:user_id, :tz, :day_start, :set_at, :effective_at, :zone_change)",
        user_id=user_id,
        tz=planned.rule.tz,
        day_start=planned.rule.day_start,
        set_at=to_ms(now),
        effective_at=to_ms(planned.effective_at),
        zone_change=int(zone_change),
    )
    for day in planned.bridged:
        bridge(db, user_id, day, now)


_GROUP = "SELECT id, platform, external_id, name, tz FROM grp "


def find_group(db: Database, platform: str, external_id: str) -> Group | None:
    """Find a group by its platform's id."""
    sql = _GROUP + "WHERE platform = :platform AND external_id = :external_id"
    row = one(db, sql, platform=platform, external_id=external_id)
    return Group(**row) if row else None


def ensure_group(db: Database, platform: str, external_id: str, name: str, tz: str | None, now: datetime) -> Group:
    """Find a group by its platform's id, or add it; keep its name, and its zone if one is given, current."""
    change(
        db,
        "INSERT INTO grp (platform, external_id, name, tz, joined_at)"
        " VALUES (:platform, :external_id, :name, coalesce(:tz, 'UTC'), :at)"
        " ON CONFLICT (platform, external_id) DO UPDATE SET name = excluded.name, tz = coalesce(:tz, tz)",
        platform=platform,
        external_id=external_id,
        name=plain_name(name),
        tz=tz,
        at=to_ms(now),
    )
    group = find_group(db, platform, external_id)
    if group is None:
        raise LookupError(f"group {external_id} is gone")
    return group


def read_group(db: Database, group_id: int) -> Group:
    """Read a group.

    Raises:
        LookupError: when there is none of that id.
    """
    row = one(db, _GROUP + "WHERE id = :id", id=group_id)
    if row is None:
        raise LookupError(f"no group {group_id}")
    return Group(**row)


def is_member(db: Database, group_id: int, user_id: int) -> bool:
    """Tell whether a learner belongs to a group."""
    sql = "SELECT 1 FROM membership WHERE group_id = :group_id AND user_id = :user_id"
    return value(db, sql, group_id=group_id, user_id=user_id) is not None


def focus(db: Database, user_id: int) -> str:
    """Read which challenge a learner opened last; empty for none."""
    return str(value(db, "SELECT focus FROM app_user WHERE id = :id", id=user_id) or "")


def set_focus(db: Database, user_id: int, slug: str) -> None:
    """Remember which challenge a learner opened last."""
    change(db, "UPDATE app_user SET focus = :slug WHERE id = :id", slug=slug[:SETTING_CHARS], id=user_id)


def join(db: Database, group_id: int, user_id: int, now: datetime) -> None:
    """Make a learner a member of a group, once; they bring the XP they have."""
    change(
        db,
        "INSERT INTO membership (group_id, user_id, joined_at, xp, hidden)"
        " SELECT :group_id, id, :at, (SELECT coalesce(sum(amount), 0) FROM xp_ledger WHERE user_id = app_user.id),"
        " board_opt_out FROM app_user WHERE id = :user_id ON CONFLICT DO NOTHING",
        group_id=group_id,
        user_id=user_id,
        at=to_ms(now),
    )
