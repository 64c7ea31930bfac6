"""Answers, submissions and hints: counted once, paid by the formula, and leading a streak; repeats change nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest

from bot.store import Attempt, Recorded, Store, StoreError
from bot.store.engine import sqlite3
from bot.streaks import DayKind, Streak

DAY = date(2026, 3, 4)
NOTHING = Streak(0, 0, 1, None, today_done=False)
ONE = Streak(1, 1, 1, DAY, today_done=True, to_next_freeze=6)


async def test_answer_is_recorded_with_all_that_follows(store: Store, ann: Any, clock: Any) -> None:
    (question,) = await ann.pose("item-1")
    group = await store.ensure_group("local", "g", "G")
    recorded = await ann.answer(question, misconceptions=("corr=cause",), elapsed_ms=5000, group_id=group.id)
    attempt = Attempt(
        id=1,
        user_id=ann.id,
        kind="quiz",
        item_id="item-1",
        answer_text="B",
        correct=True,
        score=1.0,
        verdict="correct",
        misconceptions=("corr=cause",),
        local_day=DAY,
        tz="UTC",
        at=clock(),
        elapsed_ms=5000,
        question_id=question.id,
        group_id=group.id,
    )
    assert recorded == Recorded(True, attempt, 8, 8, NOTHING, ONE)
    assert recorded.day_counted
    assert await store.attempts(ann.id) == [attempt]
    assert await store.answer_to(question.id) == attempt


async def test_day_counts_with_its_last_question_only(ann: Any) -> None:
    first, second = await ann.pose("a", "b")
    halfway = await ann.miss(first)
    assert not halfway.day_counted
    done = await ann.miss(second)
    assert (done.day_counted, done.streak_after) == (True, ONE)


async def test_extra_questions_do_not_count_for_the_day(ann: Any) -> None:
    (question,) = await ann.pose("a", purpose="quiz")
    assert (await ann.answer(question)).streak_after == NOTHING


async def test_set_finished_after_the_turn_counts_for_no_day(store: Store, ann: Any, clock: Any) -> None:
    (question,) = await ann.pose("a")
    clock.forward(hours=24)
    recorded = await ann.answer(question)
    assert (recorded.xp_gained, recorded.day_counted) == (8, False)
    assert await store.rebuild_check() == []


@pytest.mark.parametrize("same_key", [True, False])
async def test_second_answer_changes_nothing_and_tells_of_the_first(store: Store, ann: Any, same_key: bool) -> None:
    (question,) = await ann.pose("a")
    first = await ann.answer(question, idem="once")
    again = await ann.miss(question, idem="once" if same_key else "twice", answer_text="C")
    assert again == Recorded(False, first.attempt, 8, 8, ONE, ONE)
    assert len(await store.attempts(ann.id)) == 1
    assert (await store.progress(ann.id)).xp == 8


async def test_redelivered_answer_does_not_answer_the_next_question(ann: Any) -> None:
    first, second = await ann.pose("a", "b")
    original = await ann.answer(first, idem="k")
    again = await ann.answer(second, idem="k")
    assert (again.first, again.attempt) == (False, original.attempt)


async def test_of_simultaneous_answers_one_counts(store: Store, ann: Any) -> None:
    (question,) = await ann.pose("a")
    recorded = await asyncio.gather(*(ann.answer(question, answer_text=letter) for letter in "ABCDEFGH"))
    assert [one.first for one in recorded].count(True) == 1
    assert len({one.attempt for one in recorded}) == 1
    assert len(await store.attempts(ann.id)) == 1


async def test_answering_for_somebody_else_is_refused(newcomer: Callable[[str], Awaitable[Any]], ann: Any) -> None:
    eve = await newcomer("Eve")
    (question,) = await ann.pose("a")
    with pytest.raises(ValueError, match="somebody else"):
        await eve.answer(question)
    (own,) = await eve.pose("a")
    await ann.answer(question, idem="k")
    with pytest.raises(ValueError, match="somebody else"):
        await eve.answer(own, idem="k")
    await ann.submit("s", idem="ks")
    with pytest.raises(ValueError, match="somebody else"):
        await eve.submit("s", idem="ks")


async def test_answer_to_no_question_is_refused(store: Store, ann: Any) -> None:
    (question,) = await ann.pose("a")
    record = ann.answer_record(question)
    with pytest.raises(LookupError, match="no question 999"):
        await store.record_answer(
            type(record)(**{f: getattr(record, f) for f in record.__slots__} | {"question_id": 999})
        )


async def test_question_of_no_course_pays_once(ann: Any, clock: Any) -> None:
    paid = []
    for hours in (0, 1, 24):
        clock.forward(hours=hours)
        (question,) = await ann.pose("a", purpose="quiz")
        paid.append((await ann.answer(question)).xp_gained)
    assert paid == [8, 0, 0]


async def test_wrong_answer_pays_once_ever_and_haste_pays_nothing(ann: Any) -> None:
    paid = []
    for item, elapsed in (("a", None), ("a", None), ("b", 1999), ("c", 2000)):
        (question,) = await ann.pose(item, purpose="quiz")
        paid.append((await ann.miss(question, elapsed_ms=elapsed)).xp_gained)
    assert paid == [1, 0, 0, 1]


async def test_free_text_pays_four_once_and_is_no_mistake(store: Store, ann: Any) -> None:
    paid = []
    for _ in range(2):
        (question,) = await ann.pose("essay", purpose="quiz")
        paid.append((await ann.answer(question, correct=False, verdict="formative")).xp_gained)
    assert (paid, await store.last_mistake(ann.id)) == ([4, 0], None)


async def test_long_and_odd_answers_are_kept_within_bounds(store: Store, ann: Any) -> None:
    (question,) = await ann.pose("a")
    await ann.answer(question, answer_text="\ud800\x00" + "x" * 100_000)
    (attempt,) = await store.attempts(ann.id)
    assert attempt.answer_text == "?\x00" + "x" * 3998


async def test_day_flattens_after_a_hundred_xp(ann: Any, clock: Any) -> None:
    paid = [(await ann.submit(slug, level="hard")).xp_gained for slug in "abc"]
    assert paid == [80, 62, 36]
    clock.forward(hours=24)
    assert (await ann.submit("d", level="hard")).xp_gained == 80


async def test_first_pass_pays_less_for_failed_tries_and_hints_and_later_ones_nothing(store: Store, ann: Any) -> None:
    await ann.submit("s", "wrong", level="medium")
    await store.hints.take(ann.id, "s", (1, 2, 3), "k")
    passed = await ann.submit("s", level="medium")
    assert (passed.xp_gained, passed.day_counted, passed.streak_after) == (29, True, ONE)
    again = await ann.submit("s", level="medium")
    assert (again.first, again.xp_gained, again.xp_total) == (True, 0, 29)
    assert await store.best_verdicts(ann.id) == {"s": True}


async def test_passing_an_old_challenge_again_is_practice(store: Store, ann: Any, clock: Any) -> None:
    await ann.submit("s")
    clock.forward(hours=24)
    assert not (await ann.submit("s")).day_counted
    assert await store.streak_days(ann.id) == {DAY: DayKind.DONE, DAY + timedelta(days=1): DayKind.PRACTICE}


async def test_our_fault_is_kept_and_not_charged(store: Store, ann: Any) -> None:
    for _ in range(3):
        recorded = await ann.submit("s", "internal", level="hard")
        assert (recorded.first, recorded.attempt, recorded.xp_gained) == (True, None, 0)
    assert (await ann.submit("s", level="hard")).xp_gained == 80
    assert [one.verdict for one in await store.submissions(ann.id, "s")] == ["internal"] * 3 + ["accepted"]
    assert len(await store.attempts(ann.id)) == 1


@pytest.mark.parametrize("verdict", ["accepted", "wrong", "internal"])
async def test_repeated_submission_changes_nothing_and_tells_of_the_first(store: Store, ann: Any, verdict: str) -> None:
    first = await ann.submit("s", verdict, idem="k")
    again = await ann.submit("s", "accepted", idem="k", source="other")
    assert (again.first, again.attempt, again.submission_id) == (False, first.attempt, first.submission_id)
    assert (again.xp_gained, again.xp_total) == (first.xp_gained, first.xp_total)
    (kept,) = await store.submissions(ann.id, "s")
    assert (kept.verdict, await store.submission_by_key("k")) == (verdict, kept)


async def test_hints_come_in_order_until_none_is_left(store: Store, ann: Any) -> None:
    assert [(await store.hints.take(ann.id, "s", (1, 2), key)).new for key in "abcd"] == [1, 2, 0, 0]
    assert (await store.hints.taken(ann.id, "s"), await store.hints.taken(ann.id, "t")) == ((1, 2), ())


async def test_redelivered_hint_request_gets_its_own_again(store: Store, ann: Any) -> None:
    rungs = [(await store.hints.take(ann.id, "s", (1, 2, 3), key)).new for key in ("a", "b", "a", "b", "c")]
    assert (rungs, await store.hints.taken(ann.id, "s")) == ([1, 2, 1, 2, 3], (1, 2, 3))


async def test_seven_days_earn_a_freeze_and_a_missed_day_spends_one(store: Store, ann: Any, clock: Any) -> None:
    for _ in range(7):
        recorded = await ann.finish_day()
        clock.forward(days=1)
    assert (recorded.earned_freezes, recorded.streak_after.freezes) == (1, 2)
    clock.forward(days=1)
    missed = DAY + timedelta(days=7)
    assert await store.streak(ann.id, ann.today) == Streak(7, 7, 1, DAY + timedelta(days=6), False, (missed,), 7)
    assert (await store.streak_days(ann.id))[missed] is DayKind.FROZEN
    back = await ann.finish_day()
    assert (back.froze, back.streak_after.current, back.streak_after.freezes) == ((missed,), 8, 1)
    assert (await store.streak_days(ann.id))[missed] is DayKind.FROZEN
    assert await store.rebuild_check() == []


async def test_gap_too_long_for_the_freezes_keeps_them_and_starts_again(store: Store, ann: Any, clock: Any) -> None:
    await ann.finish_day()
    clock.forward(days=4)  # the first freeze and the newcomer's free one would cover two
    assert (await store.streak(ann.id, ann.today)).current == 0
    recorded = await ann.finish_day()
    assert (recorded.streak_after.current, recorded.streak_after.best, recorded.streak_after.freezes) == (1, 1, 1)


async def test_day_flown_back_into_joins_the_streak(store: Store, ann: Any, clock: Any) -> None:
    await ann.finish_day()
    clock.forward(days=-1)
    recorded = await ann.finish_day()
    assert (recorded.streak_after.current, recorded.streak_after.last_day) == (2, DAY)
    assert await store.rebuild_check() == []


async def test_date_samoa_skipped_is_not_missed(store: Store, ann: Any, clock: Any) -> None:
    await store.update_settings(ann.id, tz="Pacific/Apia")
    ann.user = await store.user(ann.id)
    clock.at = clock.at.replace(year=2011, month=12, day=29, hour=22)  # noon on the 29th there
    await ann.finish_day()
    clock.forward(hours=24)
    assert ann.today == date(2011, 12, 31)
    recorded = await ann.finish_day()
    assert (recorded.streak_after.current, recorded.streak_after.freezes) == (2, 1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attempt SET correct = 1",
        "DELETE FROM attempt",
        "INSERT OR REPLACE INTO attempt SELECT * FROM attempt",
        "UPDATE xp_ledger SET amount = 1000",
        "DELETE FROM xp_ledger",
        "UPDATE freeze_ledger SET delta = 2",
        "DELETE FROM freeze_ledger",
    ],
)
async def test_logs_refuse_to_be_rewritten(store: Store, ann: Any, clock: Any, statement: str) -> None:
    for days in (2, 0):
        await ann.finish_day()
        clock.forward(days=days)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        await store._write(lambda db: db.execute(statement).close())
    assert len(await store.attempts(ann.id)) == 2


async def test_closed_store_says_so(store: Store, ann: Any) -> None:
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await ann.submit("s")
    with pytest.raises(StoreError, match="closed"):
        await store.user(ann.id)
