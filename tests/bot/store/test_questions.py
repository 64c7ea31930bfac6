"""Posing questions and finding them again; looking back at what was done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from bot.store import Answered, Mistake, Progress, Question, Store, Submission, Tries


async def test_posed_questions_are_what_was_asked_for(ann: Any, clock: Any) -> None:
    assert await ann.pose("a", "b") == [
        Question(1, "qkgv", ann.id, "a", "7", "daily", date(2026, 3, 4), 0, clock()),
        Question(2, "q71p", ann.id, "b", "7", "daily", date(2026, 3, 4), 1, clock()),
    ]


async def test_day_has_one_daily_set_however_often_it_is_asked_for(store: Store, ann: Any) -> None:
    sets = await asyncio.gather(*(ann.pose(f"item {n}") for n in range(10)))
    assert len({tuple(one) for one in sets}) == 1
    assert await store.questions_today(ann.id, ann.today) == sets[0]


async def test_next_day_has_its_own_set(ann: Any, clock: Any) -> None:
    first = await ann.pose("a")
    clock.forward(days=1)
    assert (await ann.pose("b"))[0].item_id == "b" != first[0].item_id


async def test_extra_questions_are_new_each_time_unless_the_request_is_the_same(store: Store, ann: Any) -> None:
    plain = [(await store.pose(ann.id, [("a", "1")], "quiz", ann.today))[0].id for _ in range(2)]
    keyed = [(await store.pose(ann.id, [("a", "1")], "quiz", ann.today, idem="k"))[0].id for _ in range(2)]
    assert (plain, keyed) == ([1, 2], [3, 3])


async def test_questions_of_a_day_can_be_told_apart_by_purpose(store: Store, ann: Any) -> None:
    extra = await ann.pose("x", purpose="quiz")
    daily = await ann.pose("d")
    assert await store.questions_today(ann.id, ann.today) == extra + daily
    assert await store.questions_today(ann.id, ann.today, "daily") == daily


async def test_open_question_is_the_oldest_unanswered_of_today(store: Store, ann: Any, clock: Any) -> None:
    first, second = await ann.pose("a", "b")
    assert await store.open_question(ann.id) == first
    await ann.answer(first)
    assert await store.open_question(ann.id) == second
    await ann.answer(second)
    assert await store.open_question(ann.id) is None
    await ann.pose("x", purpose="quiz")
    clock.forward(days=1)
    assert await store.open_question(ann.id) is None


async def test_question_is_found_by_its_short_id_in_any_case(store: Store, ann: Any) -> None:
    (question,) = await ann.pose("a")
    assert await store.question(f" {question.public_id.upper()} ") == question
    assert [await store.question(odd) for odd in ("", "nope", "q" * 100_000, "\ud800", "'--")] == [None] * 5


async def test_question_tells_whether_and_how_it_was_answered(store: Store, ann: Any) -> None:
    right, wrong, still_open = await ann.pose("a", "b", "c")
    await ann.answer(right)
    await ann.miss(wrong)
    found = await store.questions_today(ann.id, ann.today)
    assert [(one.correct, one.answered) for one in found] == [(True, True), (False, True), (None, False)]
    assert found[2] == still_open


async def test_history_holds_quiz_answers_only_oldest_first(store: Store, ann: Any, clock: Any) -> None:
    first, second = await ann.pose("a", "b")
    await ann.miss(second)
    await ann.submit("s")
    await ann.answer(first)
    today = ann.today
    assert await store.history(ann.id) == [Answered("b", today, False, clock()), Answered("a", today, True, clock())]


async def test_attempts_can_begin_at_a_day(store: Store, ann: Any, clock: Any) -> None:
    await ann.finish_day()
    clock.forward(days=1)
    await ann.finish_day()
    assert [one.id for one in await store.attempts(ann.id, ann.today)] == [2]


async def test_progress_counts_by_item_and_challenge(store: Store, ann: Any, clock: Any) -> None:
    assert await store.progress(ann.id) == Progress({}, {}, 0, 0)
    for correct in (True, False):
        (question,) = await ann.pose("a", purpose="quiz")
        await (ann.answer if correct else ann.miss)(question)
    await ann.submit("s", "wrong")
    await ann.submit("s")
    today = ann.today
    expected = Progress({"a": Tries(2, 1, today, False)}, {"s": Tries(2, 1, today, True)}, 8 + 16, 1)
    assert await store.progress(ann.id) == expected
    assert await store.best_verdicts(ann.id) == {"s": True}


async def test_latest_mistake_comes_with_what_belongs_to_it(store: Store, ann: Any) -> None:
    assert await store.last_mistake(ann.id) is None
    (question,) = await ann.pose("a")
    missed = await ann.miss(question)
    (asked,) = await store.questions_today(ann.id, ann.today)
    assert await store.last_mistake(ann.id) == Mistake(missed.attempt, asked)
    failed = await ann.submit("s", "wrong", source="return 1", report_json='{"cases": []}')
    await ann.submit("t")
    for text in ("first words", "better words"):
        await store.save_explanation(failed.attempt.id, "offline", text)
    mistake = await store.last_mistake(ann.id)
    assert mistake is not None
    assert mistake.explanation is not None
    assert (mistake.attempt, mistake.explanation.body) == (failed.attempt, "better words")
    assert mistake.submission == (await store.submissions(ann.id, "s"))[0]
    assert await store.explanation(failed.attempt.id) == mistake.explanation


async def test_submission_is_kept_as_it_came(store: Store, ann: Any, clock: Any) -> None:
    source = "def f():\n    return '🦉'\n" + "#" * 100_000
    await ann.submit("s", "wrong", source=source, report_json='{"cases": [1]}')
    (kept,) = await store.submissions(ann.id, "s")
    expected = Submission(1, ann.id, "s", source, kept.source_hash, "wrong", '{"cases": [1]}', ann.today, clock())
    assert (kept, len(kept.source_hash)) == (expected, 64)


async def test_one_learner_sees_nothing_of_another(
    store: Store, ann: Any, newcomer: Callable[[str], Awaitable[Any]]
) -> None:
    await ann.finish_day()
    await ann.submit("s", "wrong")
    bob = await newcomer("Bob")
    seen = [
        await store.questions_today(bob.id, bob.today),
        await store.attempts(bob.id),
        await store.history(bob.id),
        await store.submissions(bob.id, "s"),
        await store.best_verdicts(bob.id),
        await store.last_mistake(bob.id),
        await store.streak_days(bob.id),
    ]
    assert seen == [[], [], [], [], {}, None, {}]
