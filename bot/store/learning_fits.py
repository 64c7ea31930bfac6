"""Parameters of memory fitted to groups: what there is to fit, and whose memories follow them."""

from __future__ import annotations

import json
from datetime import datetime

from sqlite_utils import Database

from bot.store import learning_replay
from bot.store.codec import to_ms
from bot.store.connect import change, insert, one, rows, value
from bot.store.learning_replay import Review
from quizzes.memory import Parameters

_MEMBERS = (
    "SELECT m.user_id FROM membership m JOIN app_user u ON u.id = m.user_id"
    " WHERE m.group_id = :group_id AND u.sample = 0 ORDER BY m.user_id"
)


def groups(db: Database, fewest: int) -> list[int]:
    """Name the groups whose members gave at least so many answers that may move a memory."""
    found = rows(
        db,
        "SELECT m.group_id FROM membership m JOIN attempt a ON a.user_id = m.user_id"
        " JOIN attempt_review r ON r.attempt_id = a.id WHERE r.reviewed = 1"
        " GROUP BY m.group_id HAVING count(*) >= :fewest ORDER BY m.group_id",
        fewest=fewest,
    )
    return [row["group_id"] for row in found]


def members(db: Database, group_id: int) -> list[int]:
    """Name a group's members, sample members left out."""
    return [row["user_id"] for row in rows(db, _MEMBERS, group_id=group_id)]


def sequences(db: Database, group_id: int) -> list[tuple[Review, ...]]:
    """Read the reviews of a group's members that counted: one sequence per member and concept, oldest first."""
    return [
        tuple(reviews)
        for user_id in members(db, group_id)
        for reviews in learning_replay.replay(db, user_id).reviews.values()
    ]


def reviews_of_fit(db: Database, group_id: int) -> int:
    """Count the reviews a group's parameters rest on; 0 when it has none of its own."""
    sql = "SELECT reviews FROM fitted WHERE group_id = :group_id ORDER BY id DESC LIMIT 1"
    return int(value(db, sql, group_id=group_id) or 0)


def keep(db: Database, group_id: int, parameters: Parameters, reviews: int, now: datetime) -> int:
    """Keep parameters fitted to a group's reviews; nobody's memories follow them yet. Gives their key."""
    return insert(
        db,
        "INSERT INTO fitted (group_id, parameters, reviews, at) VALUES (:group_id, :parameters, :reviews, :at)",
        group_id=group_id,
        parameters=json.dumps(parameters),
        reviews=reviews,
        at=to_ms(now),
    )


def follow(db: Database, user_id: int, fitted_id: int) -> bool:
    """Work a learner's memories out with fitted parameters, unless they follow another group's that rest on more reviews."""
    row = one(
        db,
        "SELECT n.group_id = o.group_id OR n.reviews > o.reviews AS better FROM learner_fit l"
        " JOIN fitted o ON o.id = l.fitted_id JOIN fitted n ON n.id = :fitted_id WHERE l.user_id = :user_id",
        user_id=user_id,
        fitted_id=fitted_id,
    )
    if row is not None and not row["better"]:
        return False
    change(
        db,
        "INSERT INTO learner_fit (user_id, fitted_id) VALUES (:user_id, :fitted_id)"
        " ON CONFLICT (user_id) DO UPDATE SET fitted_id = excluded.fitted_id",
        user_id=user_id,
        fitted_id=fitted_id,
    )
    learning_replay.rebuild(db, user_id)
    return True
