"""How members of games see each other: by board name, and without a name when they are hidden. And leaving them word."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.connect import change, one

HIDDEN = "a hidden member"
MOST_NEWS = 500  # characters kept for somebody who does not come by


def public_name(db: Database, user_id: int) -> str:
    """The name others may see."""
    row = one(db, "SELECT name, board_name, board_opt_out FROM app_user WHERE id = :id", id=user_id)
    if row is None or row["board_opt_out"]:
        return HIDDEN
    return str(row["board_name"] or row["name"])


def leave_word(db: Database, user_id: int, news: str) -> None:
    """Tell a learner something on whichever account they use next, besides what else waits there."""
    change(
        db,
        "UPDATE identity SET news = substr(CASE news WHEN '' THEN :news ELSE news || char(10) || :news END, 1, :most)"
        " WHERE user_id = :id",
        news=news,
        most=MOST_NEWS,
        id=user_id,
    )
