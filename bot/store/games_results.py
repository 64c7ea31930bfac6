"""How duels end: what each of the two did, what that does to their ratings, and who is told."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot import duels
from bot.duels import Result
from bot.store.codec import to_ms
from bot.store.connect import Row, change, insert, one, rows, value
from bot.store.games_names import leave_word, public_name

SHOWN = 5  # past duels in a list


class Ended(NamedTuple):
    """A duel that is over, as one of the two sees it. `scored` is 1 for won, 0.5 for drawn, 0 for lost."""

    id: int
    rival_name: str
    mine: Result
    theirs: Result
    scored: float
    delta: float


def result(db: Database, duel_id: int, user_id: int) -> Result | None:
    """Add up what one answered, by when each question was shown; None for who answered nothing."""
    row = one(
        db,
        "SELECT count(*) AS n, sum(a.correct) AS correct, sum(a.at - q.posed_at) AS took FROM duel_question d"
        " JOIN question q ON q.id = d.question_id JOIN attempt a ON a.question_id = q.id"
        " WHERE d.duel_id = :duel AND d.user_id = :user",
        duel=duel_id,
        user=user_id,
    )
    return Result(int(row["correct"]), max(0, int(row["took"]))) if row and row["n"] else None


def settle(db: Database, row: Row, now: datetime, teller: int | None) -> None:
    """Settle a duel: results, ratings, and word to whoever is not reading this."""
    both = (row["challenger"], row["rival"])
    results = [result(db, row["id"], user_id) or Result(0, 0) for user_id in both]
    ratings = [rating(db, user_id) for user_id in both]
    scored = duels.score(results[0], results[1])
    delta = duels.gain(ratings[0], ratings[1], scored)
    change(db, "UPDATE duel SET ended_at = :at WHERE id = :id", at=to_ms(now), id=row["id"])
    for user_id, did, moved in zip(both, results, (delta, -delta), strict=True):
        insert(
            db,
            "INSERT INTO duel_score (duel_id, user_id, correct, took_ms, delta) VALUES (:duel, :user, :right, :took, :delta)",
            duel=row["id"],
            user=user_id,
            right=did.correct,
            took=did.took_ms,
            delta=moved,
        )
    for user_id in both:
        if user_id != teller:
            leave_word(db, user_id, f"Your duel with {public_name(db, other(row, user_id))} is over: /duel shows how.")


def rating(db: Database, user_id: int) -> float:
    """Read a learner's rating: the start, and what each duel did to it."""
    sql = "SELECT coalesce(sum(delta), 0) FROM duel_score WHERE user_id = :id"
    return duels.START_RATING + float(value(db, sql, id=user_id))


def past(db: Database, me: int) -> list[Ended]:
    """List a learner's latest duels, the last first."""
    found = rows(
        db,
        "SELECT m.duel_id, m.correct, m.took_ms, m.delta, t.user_id AS rival, t.correct AS correct_2, t.took_ms AS took_2"
        " FROM duel_score m JOIN duel_score t ON t.duel_id = m.duel_id AND t.user_id != m.user_id"
        " WHERE m.user_id = :me ORDER BY m.duel_id DESC LIMIT :most",
        me=me,
        most=SHOWN,
    )
    return [_ended(db, row) for row in found]


def _ended(db: Database, row: Row) -> Ended:
    mine, theirs = Result(row["correct"], row["took_ms"]), Result(row["correct_2"], row["took_2"])
    name = public_name(db, row["rival"])
    return Ended(row["duel_id"], name, mine, theirs, duels.score(mine, theirs), row["delta"])


def other(row: Row, me: int) -> int:
    """Name the rival of one of the two in a duel."""
    return int(row["rival"] if row["challenger"] == me else row["challenger"])
