"""Which content items have, since when, and which are not asked: versions and quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from bot.store.codec import from_ms, to_ms
from bot.store.connect import change, one, rows
from bot.store.insights_rows import Quarantined, Suspicion


def quarantined(db: Database) -> frozenset[str]:
    """Name the items that are not asked just now."""
    return frozenset(row["item_id"] for row in rows(db, "SELECT item_id FROM quarantine WHERE lifted_at IS NULL"))


def listed(db: Database) -> list[Quarantined]:
    """Read the items that are not asked just now, with the evidence, the oldest first."""
    sql = "SELECT item_id, since, why, evidence FROM quarantine WHERE lifted_at IS NULL ORDER BY id"
    return [
        Quarantined(row["item_id"], from_ms(row["since"]), row["why"], json.loads(row["evidence"]))
        for row in rows(db, sql)
    ]


def note_content(db: Database, hashes: Mapping[str, str], now: datetime) -> dict[str, datetime]:
    """Note the content items have, release those whose content is new, and say since when each has it."""
    known = {row["item_id"]: row["hash"] for row in rows(db, "SELECT item_id, hash FROM item_version")}
    for item_id, content in hashes.items():
        if known.get(item_id) != content:
            _note(db, item_id, content, to_ms(now) if item_id in known else 0)
            _lift(db, item_id, "new content", to_ms(now))
    return since_when(db)


def _note(db: Database, item_id: str, content: str, since: int) -> None:
    change(
        db,
        "INSERT INTO item_version (item_id, hash, since) VALUES (:item_id, :hash, :since)"
        " ON CONFLICT (item_id) DO UPDATE SET hash = excluded.hash, since = excluded.since",
        item_id=item_id,
        hash=content,
        since=since,
    )


def since_when(db: Database) -> dict[str, datetime]:
    """Say since when each item has its content; what was never noted is missing."""
    return {row["item_id"]: from_ms(row["since"]) for row in rows(db, "SELECT item_id, since FROM item_version")}


def put_in(db: Database, found: Iterable[Suspicion], now: datetime) -> list[str]:
    """Put items into quarantine and name those that are new there. What an operator released stays out until it changes."""
    new = []
    for one_of in found:
        version = one(db, "SELECT hash FROM item_version WHERE item_id = :id", id=one_of.item_id)
        if version is None or _judged(db, one_of.item_id, version["hash"]):
            continue
        change(
            db,
            "INSERT INTO quarantine (item_id, hash, since, why, evidence) VALUES (:item_id, :hash, :at, :why, :evidence)",
            item_id=one_of.item_id,
            hash=version["hash"],
            at=to_ms(now),
            why=one_of.why,
            evidence=json.dumps(one_of.evidence, sort_keys=True),
        )
        new.append(one_of.item_id)
    return new


def _judged(db: Database, item_id: str, content: str) -> bool:
    """Tell whether this very content is in quarantine, or was let out by an operator."""
    sql = (
        "SELECT 1 AS found FROM quarantine WHERE item_id = :item_id"
        " AND (lifted_at IS NULL OR (hash = :hash AND lifted_by = 'operator'))"
    )
    return one(db, sql, item_id=item_id, hash=content) is not None


def release(db: Database, item_id: str, now: datetime) -> bool:
    """Let an item be asked again because an operator says so; False when it was not in quarantine."""
    return _lift(db, item_id, "operator", to_ms(now))


def _lift(db: Database, item_id: str, by: str, at: int) -> bool:
    sql = "UPDATE quarantine SET lifted_at = :at, lifted_by = :by WHERE item_id = :item_id AND lifted_at IS NULL"
    return change(db, sql, at=at, by=by, item_id=item_id) > 0
