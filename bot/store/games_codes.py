"""Codes by which members of any platform find each other for a pair or a duel; they last two days. Only hashes are kept."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from bot.store.codec import to_ms
from bot.store.codes import note_try, read_code, tried_too_often
from bot.store.connect import change, one

CODE_LIFE = timedelta(hours=48)
Game = Literal["pair", "duel"]


def make(db: Database, game: Game, code: str, user_id: int, now: datetime) -> None:
    """Keep a new code; the learner's earlier one for the same game, and everybody's old ones, are forgotten."""
    change(
        db,
        "DELETE FROM game_code WHERE expires_at < :old OR (user_id = :user_id AND purpose = :game AND used_at IS NULL)",
        old=to_ms(now - CODE_LIFE),
        user_id=user_id,
        game=game,
    )
    change(
        db,
        "INSERT INTO game_code (hash, purpose, user_id, expires_at) VALUES (:hash, :game, :user_id, :until)"
        " ON CONFLICT (hash) DO NOTHING",
        hash=_hash(code),
        game=game,
        user_id=user_id,
        until=to_ms(now + CODE_LIFE),
    )


def owner(db: Database, game: Game, typed: str, user_id: int, now: datetime) -> int | Literal["unknown", "too often"]:
    """Find who made a code that is still good; wrong ones are counted, so that nobody guesses."""
    if tried_too_often(db, user_id, now):
        return "too often"
    row = one(
        db,
        "SELECT user_id FROM game_code WHERE hash = :hash AND purpose = :game AND used_at IS NULL AND expires_at > :now",
        hash=_hash(typed),
        game=game,
        now=to_ms(now),
    )
    if row is None:
        note_try(db, user_id, now)
        return "unknown"
    return int(row["user_id"])


def spend(db: Database, typed: str, now: datetime) -> None:
    """Use a code up."""
    change(db, "UPDATE game_code SET used_at = :at WHERE hash = :hash", at=to_ms(now), hash=_hash(typed))


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Give two learners' codes to the one they became."""
    sql = "UPDATE game_code SET user_id = :new WHERE user_id IN (:one, :other)"
    change(db, sql, new=new, one=old[0], other=old[1])


def _hash(typed: str) -> str:
    return hashlib.sha256(f"epochbot game {read_code(typed)}".encode("utf-8", "replace")).hexdigest()
