"""What one answer says of memory and ability: how things stood before it, and what it moves, in the answer's own transaction."""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

from bot import xp
from bot.reviewing import Kept, is_due, remember
from bot.store import learning_state as state
from bot.store.codec import from_ms, to_ms
from bot.store.connect import insert, one
from bot.store.rows import AnswerRecord, Question
from quizzes.memory import Rating, rate
from quizzes.skill import Skill, expected, prior, update

FORMATIVE = "formative"
GUESSED_BELOW = 50
"""Confidence in per cent under which a right answer counts as a guess."""


class Standing(NamedTuple):
    """How things stood before an answer. `met` and `paid` say whether the item was answered before, and answered right
    where that pays."""

    kept: Kept | None
    learner: Skill
    section: Skill
    item: Skill
    expected: float
    met: bool
    paid: bool


def standing(db: Database, record: AnswerRecord, item_id: str) -> Standing:
    """Read how things stand before an answer."""
    skills = state.skills(db, record.user_id)
    learner = skills.get(state.OVERALL, Skill())
    section = skills.get(record.section, Skill()) if record.section else Skill()
    item = state.item_skill(db, item_id) or Skill(prior(record.difficulty))
    before = one(
        db,
        "SELECT count(*) AS met, coalesce(sum((a.correct OR a.verdict = 'formative') AND q.purpose != 'placement'), 0) AS paid"
        " FROM attempt a JOIN question q ON q.id = a.question_id"
        " WHERE a.user_id = :user_id AND a.kind = 'quiz' AND a.item_id = :item_id",
        user_id=record.user_id,
        item_id=item_id,
    ) or {"met": 0, "paid": 0}
    return Standing(
        kept=state.memory(db, record.user_id, record.concept) if record.concept else None,
        learner=learner,
        section=section,
        item=item,
        expected=expected(learner, section, item, record.guess),
        met=before["met"] > 0,
        paid=before["paid"] > 0,
    )


def points(record: AnswerRecord, question: Question, before: Standing) -> int:
    """Price an answer. A placement test pays nothing, and so does a right answer again before its concept is due."""
    if question.purpose == "placement":
        return 0
    formative = record.verdict == FORMATIVE  # nobody can be wrong, so nothing is surprising
    return xp.quiz_points(
        correct=record.correct or formative,
        expected=1.0 if formative else before.expected,
        met_before=before.met,
        paid_before=before.paid and not is_due(before.kept, record.local_day),
        hints=record.hints,
        elapsed_ms=record.elapsed_ms,
    )


def learn(db: Database, record: AnswerRecord, question: Question, before: Standing, attempt_id: int) -> None:
    """Note an answer's facts and move memory and ratings.

    Memory moves by `bot.reviewing`; ratings only when a learner meets an item for the first time. Answers too fast to have
    been read move neither, nor do a placement test's, which is judged as a whole. A free text, which nobody marks, is a
    weak review and says nothing of ability.
    """
    if not record.concept:
        return
    heeded = not xp.too_fast(record.elapsed_ms) and question.purpose != "placement"
    rated = heeded and not before.met and record.verdict != FORMATIVE
    rating = _rating(record)
    _note(db, record, before, attempt_id, rating=rating, rated=rated, reviewed=heeded)
    if heeded:
        weights, at = state.parameters(db, record.user_id), from_ms(to_ms(record.at))
        kept = remember(before.kept, rating, at, record.local_day, weights)
        state.keep_memory(db, record.user_id, record.concept, kept)
    if rated:
        moved = update(before.learner, before.section, before.item, guess=record.guess, correct=record.correct)
        state.keep_skills(db, record.user_id, {state.OVERALL: moved[0], record.section: moved[1]})
        state.keep_item(db, question.item_id, moved[2])


def _rating(record: AnswerRecord) -> Rating:
    if record.verdict == FORMATIVE:
        return Rating.HARD
    guessed = record.confidence is not None and record.confidence < GUESSED_BELOW
    return rate(correct=record.correct, hinted=record.hints > 0, guessed=guessed)


def _note(
    db: Database,
    record: AnswerRecord,
    before: Standing,
    attempt_id: int,
    *,
    rating: Rating,
    rated: bool,
    reviewed: bool,
) -> None:
    insert(
        db,
        "INSERT INTO attempt_review (attempt_id, concept, section, rating, hints, confidence, guess, expected,"
        " learner_rating, section_rating, item_rating, rated, reviewed) VALUES (:attempt_id, :concept, :section, :rating,"
        " :hints, :confidence, :guess, :expected, :learner, :in_section, :item, :rated, :reviewed)",
        attempt_id=attempt_id,
        concept=record.concept,
        section=record.section,
        rating=int(rating),
        hints=record.hints,
        confidence=record.confidence,
        guess=float(record.guess),
        expected=before.expected,
        learner=before.learner.rating,
        in_section=before.section.rating,
        item=before.item.rating,
        rated=int(rated),
        reviewed=int(reviewed),
    )
