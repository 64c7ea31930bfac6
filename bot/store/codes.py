"""Codes that one account shows and another types: made, tried and spent. Only their hashes are in the database."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlite_utils import Database

from bot.store.codec import ALPHABET, to_ms
from bot.store.connect import Row, change, insert, one, value

CODE_CHARS = 8
CODE_LIFE = timedelta(minutes=10)
MOST_TRIES = 5  # wrong ones of one learner in the time a code lives
_READ_AS = str.maketrans("oil", "011", "- ")

Code = Literal["link", "group"]


class Making(NamedTuple):
    """A code about to be given out: for what, to whom, and from which account or place."""

    code: str
    purpose: Code
    user_id: int
    platform: str
    external_id: str
    group_id: int | None = None


def code_text(bits: int) -> str:
    """Turn random bits into a code as people read it, such as `7K3M-9QXP`; no two of its characters look alike."""
    text = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(CODE_CHARS)).upper()
    return f"{text[:4]}-{text[4:]}"


def read_code(typed: str) -> str:
    """Read a code as a person typed it: any case, with or without its dash, o for 0 and l for 1."""
    return typed.strip().lower().translate(_READ_AS)


def make(db: Database, making: Making, now: datetime) -> None:
    """Keep a new code for ten minutes, and forget those of yesterday."""
    change(db, "DELETE FROM code WHERE expires_at < :old", old=to_ms(now - timedelta(days=1)))
    change(db, "DELETE FROM code_try WHERE at < :old", old=to_ms(now - timedelta(days=1)))
    change(
        db,
        "INSERT INTO code (hash, purpose, user_id, group_id, platform, external_id, made_at, expires_at)"
        " VALUES (:hash, :purpose, :user_id, :group_id, :platform, :external_id, :at, :until)"
        " ON CONFLICT (hash) DO NOTHING",
        hash=_hash(making.code),
        at=to_ms(now),
        until=to_ms(now + CODE_LIFE),
        **{key: item for key, item in making._asdict().items() if key != "code"},
    )


def tried_too_often(db: Database, user_id: int, now: datetime) -> bool:
    """Tell whether a learner typed so many wrong codes that they have to wait."""
    sql = "SELECT count(*) FROM code_try WHERE user_id = :user_id AND at > :since"
    return int(value(db, sql, user_id=user_id, since=to_ms(now - CODE_LIFE))) >= MOST_TRIES


def find(db: Database, typed: str, purpose: Code) -> Row | None:
    """Find a code, spent and expired ones too."""
    return one(db, "SELECT * FROM code WHERE hash = :hash AND purpose = :purpose", hash=_hash(typed), purpose=purpose)


def is_live(code: Row, now: datetime) -> bool:
    """Tell whether a code may still be used."""
    return code["used_at"] is None and to_ms(now) < code["expires_at"]


def note_try(db: Database, user_id: int, now: datetime) -> None:
    """Count a wrong code."""
    insert(db, "INSERT INTO code_try (user_id, at) VALUES (:user_id, :at)", user_id=user_id, at=to_ms(now))


def spend(db: Database, code: Row, now: datetime) -> None:
    """Use a code up."""
    change(db, "UPDATE code SET used_at = :at WHERE hash = :hash", at=to_ms(now), hash=code["hash"])


def _hash(typed: str) -> str:
    return hashlib.sha256(f"epochbot code {read_code(typed)}".encode("utf-8", "replace")).hexdigest()
