"""Placement tests as they are kept: asked one at a time, left and taken up, and what they found as the place to begin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.store import Store
from bot.store.learning_placement import Finding
from bot.store.learning_rows import PlacementRun
from bot.streaks import Streak
from quizzes.skill import Skill, update

Newcomer = Callable[[str], Awaitable[Any]]
FOUND = Finding(1.2, 0.5, {"bias": 0.9})
COURSE = {"concept": "loss", "section": "core"}


async def place(store: Store, learner: Any, *answers: bool, found: Finding = FOUND) -> None:
    """Take a whole test."""
    await store.learning.begin_placement(learner.id)
    for n, right in enumerate(answers):
        question = await store.learning.ask_placement(learner.id, f"test {n}", "7", learner.today)
        await learner.answer(question, correct=right, verdict="correct" if right else "wrong", **COURSE)
    await store.learning.end_placement(learner.id, found, learner.today)


async def test_a_test_is_asked_one_question_at_a_time_and_can_be_left(store: Store, ann: Any, clock: Any) -> None:
    learning = store.learning
    assert await learning.placement_run(ann.id) is None
    run = await learning.begin_placement(ann.id)
    assert run == PlacementRun(1)
    first = await learning.ask_placement(ann.id, "a", "7", ann.today)
    assert await learning.ask_placement(ann.id, "a", "7", ann.today) == first
    assert await learning.placement_run(ann.id) == PlacementRun(1, (("a", None),), first.public_id)
    clock.forward(days=3)
    assert await learning.begin_placement(ann.id) == PlacementRun(1, (("a", None),), first.public_id)
    await ann.answer(first, **COURSE)
    second = await learning.ask_placement(ann.id, "b", "7", ann.today)
    await ann.miss(second, **COURSE)
    run = await learning.placement_run(ann.id)
    assert run is not None
    assert (run.answered, run.open_question) == ((("a", True), ("b", False)), "")


async def test_a_question_that_is_gone_is_passed_over(store: Store, ann: Any) -> None:
    gone = await store.learning.ask_placement(ann.id, "gone", "7", ann.today)
    other = await store.learning.ask_placement(ann.id, "other", "7", ann.today)
    run = await store.learning.placement_run(ann.id)
    assert run is not None
    assert (gone != other, run.open_question, run.answered) == (True, other.public_id, ())


async def test_a_newcomer_begins_where_the_test_put_them(store: Store, ann: Any) -> None:
    await place(store, ann, True, False)
    learned = await store.learning.learned(ann.id)
    assert (learned.skill, learned.memories, learned.items) == (Skill(1.2), {}, {})
    assert learned.placement is not None
    assert (learned.placement.known, learned.placement.answers) == ({"bias": 0.9}, 2)
    assert ([row.item_id for row in learned.tested], learned.answered) == (["test 0", "test 1"], ())
    (question,) = await ann.pose("a", purpose="quiz")
    await ann.answer(question, **COURSE)
    after = (await store.learning.learned(ann.id)).skill
    assert after == update(Skill(1.2), Skill(), Skill(-0.5), guess=0.0, correct=True)[0]
    assert await store.rebuild_check() == []


@pytest.mark.parametrize(("answered", "moved"), [(1, True), (2, False), (3, False)])
async def test_a_test_weighs_no_more_than_its_answers(store: Store, ann: Any, answered: int, moved: bool) -> None:
    for n in range(answered):
        (question,) = await ann.pose(f"item {n}", purpose="quiz")
        await ann.answer(question, **COURSE)
    before = (await store.learning.learned(ann.id)).skill
    await place(store, ann, True, True)
    after = (await store.learning.learned(ann.id)).skill
    assert after == (Skill(1.2, answered) if moved else before)
    assert await store.rebuild_check() == []


async def test_a_test_earns_nothing_and_keeps_no_streak(store: Store, ann: Any) -> None:
    question = await store.learning.ask_placement(ann.id, "a", "7", ann.today)
    recorded = await ann.answer(question, **COURSE)
    assert (recorded.xp_gained, recorded.streak_after) == (0, Streak(0, 0, 1, None, today_done=False))


async def test_a_set_nobody_began_is_chosen_anew_and_a_begun_one_stays(store: Store, ann: Any) -> None:
    posed = await ann.pose("a", "b")
    await place(store, ann, True)
    assert await store.questions_today(ann.id, ann.today, "daily") == []
    kept = await store.questions_today(ann.id, ann.today, "quiz")
    assert [q.public_id for q in kept] == [q.public_id for q in posed], "what is shown already can still be answered"
    again = await ann.pose("c", "d")
    await ann.answer(again[0])
    await place(store, ann, True)
    assert [q.item_id for q in await store.questions_today(ann.id, ann.today, "daily")] == ["c", "d"]


async def test_ending_a_test_that_is_not_under_way_changes_nothing(store: Store, ann: Any) -> None:
    assert await store.learning.end_placement(ann.id, FOUND, ann.today) is None
    assert (await store.learning.learned(ann.id)).placement is None


async def test_the_latest_test_holds(store: Store, ann: Any) -> None:
    await place(store, ann, True)
    await place(store, ann, True, False, found=Finding(-0.4, 0.6, {}))
    learned = await store.learning.learned(ann.id)
    assert learned.placement is not None
    assert (learned.skill, learned.placement.known, await store.rebuild_check()) == (Skill(-0.4), {}, [])


async def test_tests_go_with_their_learner(store: Store, ann: Any, newcomer: Newcomer) -> None:
    bob = await newcomer("Bob")
    await place(store, ann, True)
    await store.learning.ask_placement(bob.id, "a", "7", bob.today)
    code = await store.links.make_code(ann.id, ("local", "ann"), 1)
    await store.links.link(bob.id, ("local", "bob"), code, "")
    new = await store.links.current(ann.id)
    run, found = await store.learning.placement_run(new), await store.learning.placement(new)
    assert (run is not None and run.asked, found is not None and found.ability) == ((("a", None),), 1.2)
    assert ((await store.learning.learned(new)).skill, await store.rebuild_check()) == (Skill(1.2), [])
