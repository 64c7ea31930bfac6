"""Learners' reports on items: one open one per learner and item, resolved by an operator, told to who made it."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from bot.store import questions
from bot.store.codec import from_ms, to_ms
from bot.store.connect import change, one, rows, value
from bot.store.insights_rows import Reason, Report, Reported
from bot.store.rows import Question

WORDS_CHARS = 500
MOST_LISTED = 200


def add(db: Database, user_id: int, platform: str, report: Report, now: datetime) -> Reported:
    """Keep a learner's report; what they say again on the item takes the place of what they said before."""
    known = one(
        db,
        "SELECT id FROM item_report WHERE user_id = :user_id AND item_id = :item_id AND resolved_at IS NULL",
        user_id=user_id,
        item_id=report.item_id,
    )
    if known is None:
        sql = (
            "INSERT INTO item_report (user_id, platform, item_id, reason, words, at)"
            " VALUES (:user_id, :platform, :item_id, :reason, :words, :at)"
        )
    else:
        sql = (
            "UPDATE item_report SET reason = :reason, words = coalesce(nullif(:words, ''), words), platform = :platform,"
            " at = :at WHERE user_id = :user_id AND item_id = :item_id AND resolved_at IS NULL"
        )
    change(
        db,
        sql,
        user_id=user_id,
        platform=platform,
        item_id=report.item_id,
        reason=report.reason,
        words=report.words[:WORDS_CHARS],
        at=to_ms(now),
    )
    return Reported(known is None, _reporters(db, report.item_id))


def _reporters(db: Database, item_id: str) -> int:
    sql = "SELECT count(DISTINCT user_id) FROM item_report WHERE item_id = :item_id AND resolved_at IS NULL"
    return int(value(db, sql, item_id=item_id))


def reporters(db: Database) -> dict[str, int]:
    """Count the learners whose report on an item is open."""
    sql = "SELECT item_id, count(DISTINCT user_id) AS n FROM item_report WHERE resolved_at IS NULL GROUP BY item_id"
    return {row["item_id"]: row["n"] for row in rows(db, sql)}


def open_ones(db: Database, group_id: int | None) -> list[Report]:
    """Read the open reports of all learners, or of a group's members, the latest first."""
    sql = (
        "SELECT item_id, reason, words, at FROM item_report WHERE resolved_at IS NULL AND (:group_id IS NULL OR user_id IN"
        " (SELECT user_id FROM membership WHERE group_id = :group_id)) ORDER BY at DESC, id DESC LIMIT :most"
    )
    return [
        Report(row["item_id"], _reason(row["reason"]), row["words"], from_ms(row["at"]))
        for row in rows(db, sql, group_id=group_id, most=MOST_LISTED)
    ]


def _reason(text: str) -> Reason:
    known: tuple[Reason, ...] = ("key", "unclear", "typo")
    return next((reason for reason in known if reason == text), "other")


def resolve(db: Database, item_id: str, news: str, now: datetime) -> int:
    """Close the open reports on an item, leave word where each was made, and say how many there were."""
    sql = "SELECT user_id, platform FROM item_report WHERE item_id = :item_id AND resolved_at IS NULL"
    for row in rows(db, sql, item_id=item_id):
        change(
            db,
            "UPDATE identity SET news = CASE news WHEN '' THEN :news ELSE news || char(10) || :news END"
            " WHERE user_id = :user_id AND platform = :platform",
            news=news,
            **row,
        )
    sql = "UPDATE item_report SET resolved_at = :at WHERE item_id = :item_id AND resolved_at IS NULL"
    return change(db, sql, at=to_ms(now), item_id=item_id)


def hand_over(db: Database, old: tuple[int, int], new: int) -> None:
    """Give the reports of two learners to the one they become; where both reported an item, the later word stands."""
    both = {"one": old[0], "other": old[1]}
    change(
        db,
        "UPDATE item_report SET resolved_at = at WHERE resolved_at IS NULL AND user_id IN (:one, :other) AND EXISTS"
        " (SELECT 1 FROM item_report b WHERE b.item_id = item_report.item_id AND b.resolved_at IS NULL"
        " AND b.user_id IN (:one, :other) AND (b.at, b.id) > (item_report.at, item_report.id))",
        **both,
    )
    change(db, "UPDATE item_report SET user_id = :new WHERE user_id IN (:one, :other)", new=new, **both)


def last_answered(db: Database, user_id: int) -> Question | None:
    """Find the question a learner answered last."""
    sql = "SELECT question_id FROM attempt WHERE user_id = :id AND kind = 'quiz' ORDER BY id DESC LIMIT 1"
    question_id = value(db, sql, id=user_id)
    return questions.by_id(db, question_id) if question_id is not None else None
