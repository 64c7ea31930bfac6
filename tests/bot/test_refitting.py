"""The night's fitting: groups that answered enough get parameters of their own, once until they have answered more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.refitting import history, refit
from bot.store import AnswerRecord, Store, attempts, questions
from bot.store.learning_replay import Review
from quizzes.fitting import FEWEST
from quizzes.memory import DEFAULT, Rating

CONCEPTS, DAYS = 40, (0, 1, 3, 7, 12, 20)


def live(db: Any, user_id: int, begun: datetime, concepts: int) -> None:
    """Answer on many concepts as somebody who forgets quickly: right after a day, wrong after several."""
    for number in range(concepts):
        for before, after in zip((0, *DAYS), DAYS, strict=False):
            at = begun + timedelta(days=after, minutes=number)
            posing = questions.Posing(user_id, ((f"item {number}", "7"),), "quiz", at.date())
            (question,) = questions.pose(db, posing, at)
            right = after - before <= 2 + number % 3
            attempts.record_answer(
                db,
                AnswerRecord(
                    idem=f"{user_id} {number} {after}", user_id=user_id, question_id=question.id, answer_text="B",
                    correct=right, score=float(right), verdict="correct" if right else "wrong", difficulty=1,
                    concept=f"concept {number}", section="core", guess=0.25, local_day=at.date(), tz="UTC", at=at,
                ),
            )  # fmt: skip


async def learn(store: Store, name: str, begun: datetime, concepts: int = CONCEPTS) -> int:
    """Somebody in the garden group who learns a lot."""
    user = await store.ensure_user("local", name, name)
    group = await store.ensure_group("local", "garden", "Garden club")
    await store.join(group.id, user.id)
    await store._write(lambda db: live(db, user.id, begun, concepts))
    return user.id


async def test_a_group_is_fitted_once_it_has_answered_enough(chat: Any) -> None:
    services, store = chat.dispatcher.services, chat.store
    begun = datetime(2026, 9, 1, 12, tzinfo=UTC)
    users = [await learn(store, name, begun) for name in ("ada", "bob")]
    assert await refit(services) == 0, "480 reviews are too few"
    users.append(await learn(store, "eve", begun, 10))
    assert (await refit(services), await refit(services)) == (1, 0)
    found = [(await store.learning.learned(user)).parameters for user in users]
    assert (len(set(found)), len(found[0]), found[0] != DEFAULT) == (1, 21, True)
    assert await store.rebuild_check() == []


async def test_without_answers_there_is_nothing_to_fit(chat: Any) -> None:
    assert await refit(chat.dispatcher.services) == 0
    assert FEWEST == 512


def test_a_history_says_how_many_days_lie_between() -> None:
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    reviews = [Review(Rating.GOOD, at), Review(Rating.AGAIN, at + timedelta(hours=36))]
    assert (history(reviews), history([])) == ([(Rating.GOOD, 0.0), (Rating.AGAIN, 1.5)], [])
