"""Reading the log across learners: first answers to items, and code that did not pass."""

from __future__ import annotations

import json
from datetime import datetime

from sqlite_utils import Database

from bot.store.codec import from_ms, to_ms
from bot.store.connect import rows
from bot.store.insights_rows import FailedCode, FirstAnswer, GroupSize
from bot.xp import TOO_FAST_MS

MOST_CODE = 2_000  # submissions looked at together, the latest; one challenge of a large group has fewer

_MEMBERS = "SELECT m.user_id FROM membership m JOIN app_user u ON u.id = m.user_id WHERE m.group_id = :group_id AND u.sample = 0"
_FIRST = """
SELECT a.user_id, a.item_id, a.correct, a.score, a.verdict, a.answer_text, a.misconceptions, a.at, q.seed
FROM (SELECT min(id) AS id FROM attempt WHERE kind = 'quiz' AND {who} GROUP BY user_id, item_id) f
JOIN attempt a ON a.id = f.id JOIN question q ON q.id = a.question_id
WHERE coalesce(a.elapsed_ms, :fast) >= :fast ORDER BY a.id
"""
_FAILED = f"""
SELECT s.user_id, s.slug, s.source, s.verdict, s.report_json, s.at, a.misconceptions FROM submission s
JOIN attempt a ON a.submission_id = s.id
WHERE s.user_id IN ({_MEMBERS}) AND s.at >= :since AND a.correct = 0 ORDER BY s.id DESC LIMIT :most
"""  # noqa: S608 - a fixed statement in a fixed statement


def first_answers(db: Database, group_id: int | None) -> list[FirstAnswer]:
    """Read the first answer of every learner, or every member of a group, to every item; clicks too fast to be read are not."""
    sql = _FIRST.format(who="1" if group_id is None else f"user_id IN ({_MEMBERS})")
    named = {} if group_id is None else {"group_id": group_id}
    return [
        FirstAnswer(
            user_id=row["user_id"],
            item_id=row["item_id"],
            correct=bool(row["correct"]),
            score=row["score"],
            formative=row["verdict"] == "formative",
            text=row["answer_text"],
            seed=row["seed"],
            misconceptions=tuple(json.loads(row["misconceptions"])),
            at=from_ms(row["at"]),
        )
        for row in rows(db, sql, fast=TOO_FAST_MS, **named)
    ]


def failed_code(db: Database, group_id: int, since: datetime) -> list[FailedCode]:
    """Read what members of a group sent in since an instant that did not pass, the latest first."""
    return [
        FailedCode(
            user_id=row["user_id"],
            slug=row["slug"],
            source=row["source"],
            verdict=row["verdict"],
            report_json=row["report_json"],
            misconceptions=tuple(json.loads(row["misconceptions"])),
            at=from_ms(row["at"]),
        )
        for row in rows(db, _FAILED, group_id=group_id, since=to_ms(since), most=MOST_CODE)
    ]


def group_size(db: Database, group_id: int) -> GroupSize:
    """Count a group's members, and name them for those who must leave the names out."""
    sql = f"SELECT name, board_name FROM app_user WHERE id IN ({_MEMBERS})"  # noqa: S608 - a fixed statement
    found = rows(db, sql, group_id=group_id)
    names = {name for row in found for name in (row["name"], row["board_name"]) if name}
    return GroupSize(len(found), tuple(sorted(names)))
