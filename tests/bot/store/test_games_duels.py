"""Duels as they are kept: taken up once, asked in twins, ended when both are done or time is up, told to both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.duels import START_RATING, K, Result
from bot.store import Group, Store
from bot.store.games_duels import Taking
from bot.store.games_results import Ended

Newcomer = Callable[[str], Awaitable[Any]]
ITEMS = ("i1", "i2", "i3")


@pytest.fixture
async def group(store: Store) -> Group:
    return await store.ensure_group("local", "g", "G")


@pytest.fixture
async def two(store: Store, group: Group, newcomer: Newcomer) -> tuple[Any, Any]:
    found = (await newcomer("Ann"), await newcomer("Bob"))
    for one in found:
        await store.join(group.id, one.id)
    return found


async def start(store: Store, group: Group, two: tuple[Any, Any]) -> int:
    """A duel under way between two."""
    ann, bob = two
    assert await store.games.duels.challenge(ann.id, group.id)
    (challenge,) = await store.games.duels.challenges(bob.id, group.id)
    assert await store.games.duels.take(bob.id, group.id, challenge.id) is Taking.DONE
    assert await store.games.duels.set_items(challenge.id, ITEMS) == ITEMS
    return challenge.id


async def play(store: Store, clock: Any, one: Any, duel_id: int, right: str, seconds: int = 10) -> list[Any]:
    """Answer as many questions as `right` has letters, y for a right one; what came after each."""
    after = []
    for good in right:
        seeds = [f"{one.id}{n}" for n in range(3)]
        question = await store.games.duels.pose(one.id, duel_id, seeds, one.today)
        assert question is not None
        clock.forward(seconds=seconds)
        await (one.answer if good == "y" else one.miss)(question)
        after.append(await store.games.duels.after(question.id))
    return after


async def news(store: Store, name: str) -> str:
    return (await store.ensure_user("local", name.lower(), name)).news


async def test_an_open_challenge_waits_for_one_taker(store: Store, group: Group, two: Any, newcomer: Newcomer) -> None:
    ann, bob = two
    duels = store.games.duels
    assert [await duels.challenge(ann.id, group.id) for _ in range(2)] == [True, False]
    (mine,), (theirs,) = await duels.challenges(ann.id, group.id), await duels.challenges(bob.id, group.id)
    assert (mine.mine, theirs.mine, theirs.by) == (True, False, "Ann")
    assert await duels.take(ann.id, group.id, mine.id) is Taking.OWN
    assert await duels.take(bob.id, group.id + 1, mine.id) is Taking.UNKNOWN
    assert await duels.take(bob.id, group.id, mine.id) is Taking.DONE
    assert await duels.take((await newcomer("Eve")).id, group.id, mine.id) is Taking.UNKNOWN
    assert await duels.challenges(bob.id, group.id) == []
    assert await news(store, "Ann") == "Bob takes up your duel: /duel shows your questions."
    assert not await duels.challenge(bob.id, group.id)  # one at a time


async def test_a_challenge_can_be_taken_back_and_runs_out(store: Store, clock: Any, group: Group, two: Any) -> None:
    ann, bob = two
    duels = store.games.duels
    await duels.challenge(ann.id, group.id)
    assert [await duels.withdraw(ann.id) for _ in range(2)] == [True, False]
    assert await duels.challenge(ann.id, group.id)
    clock.forward(hours=48)
    assert await duels.challenges(bob.id, group.id) == []
    assert await duels.take(bob.id, group.id, 2) is Taking.UNKNOWN
    assert await duels.challenge(ann.id, group.id)


async def test_a_code_reaches_one_person(store: Store, group: Group, two: Any, newcomer: Newcomer) -> None:
    ann, bob = two
    duels = store.games.duels
    code = await duels.make_code(ann.id, 42)
    assert await duels.take_by_code(ann.id, group.id, code) is Taking.OWN
    assert await duels.take_by_code(bob.id, group.id, code) is Taking.DONE
    assert await duels.take_by_code((await newcomer("Eve")).id, group.id, code) is Taking.UNKNOWN
    other = await duels.make_code(ann.id, 43)
    assert await duels.take_by_code((await newcomer("Kim")).id, group.id, other) is Taking.BUSY
    running = await duels.running(ann.id)
    assert running is not None
    assert (running.rival_name, running.items, running.open) == ("Bob", (), None)


async def test_both_get_the_same_items_with_their_own_seeds(store: Store, clock: Any, group: Group, two: Any) -> None:
    duel_id = await start(store, group, two)
    assert await store.games.duels.set_items(duel_id, ("other",)) == ITEMS  # settled once
    posed = {}
    for one in two:
        await play(store, clock, one, duel_id, "yyy")
        posed[one.id] = [(q.item_id, q.seed) for q in await store.questions_today(one.id, one.today)]
    assert posed == {one.id: [(item, f"{one.id}{n}") for n, item in enumerate(ITEMS)] for one in two}


async def test_a_question_stays_until_it_is_answered(store: Store, group: Group, two: Any) -> None:
    ann, _ = two
    duel_id = await start(store, group, two)
    posed = [await store.games.duels.pose(ann.id, duel_id, ["1", "2", "3"], ann.today) for _ in range(2)]
    assert posed[0] == posed[1]


async def test_more_right_wins_and_both_learn_of_it(store: Store, clock: Any, group: Group, two: Any) -> None:
    ann, bob = two
    duel_id = await start(store, group, two)
    assert await play(store, clock, ann, duel_id, "yny") == [False, False, True]
    ended = Ended(duel_id, "Ann", Result(3, 60_000), Result(2, 30_000), 1.0, K / 2)
    assert await play(store, clock, bob, duel_id, "yyy", 20) == [False, False, ended]
    assert await store.games.duels.past(ann.id) == [
        Ended(duel_id, "Bob", Result(2, 30_000), Result(3, 60_000), 0.0, -K / 2)
    ]
    assert [await store.games.duels.rating(one.id) for one in two] == [START_RATING - K / 2, START_RATING + K / 2]
    assert await store.games.duels.running(bob.id) is None
    told = await news(store, "Ann")
    assert told.splitlines()[-1] == "Your duel with Bob is over: /duel shows how."
    assert await news(store, "Bob") == ""  # they saw it happen
    assert await store.rebuild_check() == []


async def test_ending_twice_is_ending_once(store: Store, clock: Any, group: Group, two: Any) -> None:
    ann, bob = two
    duel_id = await start(store, group, two)
    for one in two:
        await play(store, clock, one, duel_id, "yyy")
    (last,) = (await store.questions_today(bob.id, bob.today))[-1:]
    again = [await store.games.duels.after(last.id) for _ in range(3)]
    assert again == [(await store.games.duels.past(bob.id))[0]] * 3
    assert await store.games.duels.rating(ann.id) == START_RATING  # a draw between equals


async def test_after_two_days_what_is_missing_is_wrong(store: Store, clock: Any, group: Group, two: Any) -> None:
    ann, bob = two
    duel_id = await start(store, group, two)
    await play(store, clock, ann, duel_id, "yy")
    await play(store, clock, bob, duel_id, "y")
    clock.forward(hours=48)
    assert await store.games.duels.running(bob.id) is None
    (ended,) = await store.games.duels.past(ann.id)
    assert (ended.mine.correct, ended.theirs.correct, ended.scored) == (2, 1, 1.0)
    assert ["is over: /duel shows how." in await news(store, name) for name in ("Ann", "Bob")] == [True, True]


async def test_a_duel_one_never_began_changes_nothing(store: Store, clock: Any, group: Group, two: Any) -> None:
    ann, _ = two
    duel_id = await start(store, group, two)
    await play(store, clock, ann, duel_id, "yyy")
    clock.forward(hours=48)
    assert await store.games.duels.running(ann.id) is None
    assert (await store.games.duels.past(ann.id), await store.games.duels.rating(ann.id)) == ([], START_RATING)


async def test_an_answer_after_the_end_does_not_count_for_it(store: Store, clock: Any, group: Group, two: Any) -> None:
    ann, bob = two
    duel_id = await start(store, group, two)
    await play(store, clock, bob, duel_id, "n")
    question = await store.games.duels.pose(ann.id, duel_id, ["1", "2", "3"], ann.today)
    assert question is not None
    clock.forward(hours=49)
    await store.games.duels.running(bob.id)
    await ann.answer(question)
    assert await store.games.duels.after(question.id) is True
    assert await store.games.duels.past(bob.id) == []


async def test_other_questions_are_no_duels(store: Store, two: Any) -> None:
    ann, _ = two
    (question,) = await ann.pose("item")
    assert await store.games.duels.after(question.id) is None


async def test_hidden_duellists_have_no_names(store: Store, clock: Any, group: Group, two: Any) -> None:
    ann, bob = two
    await store.update_settings(ann.id, board_opt_out=True)
    duel_id = await start(store, group, two)
    for one in two:
        await play(store, clock, one, duel_id, "yyy")
    assert (await store.games.duels.past(bob.id))[0].rival_name == "a hidden member"
    assert "Ann" not in await news(store, "Bob")


async def test_a_merger_takes_duels_and_rating_along(
    store: Store, clock: Any, group: Group, two: Any, newcomer: Newcomer
) -> None:
    ann, bob = two
    duel_id = await start(store, group, two)
    await play(store, clock, ann, duel_id, "yyy")
    await play(store, clock, bob, duel_id, "nnn")
    eve = await newcomer("Eve")
    code = await store.links.make_code(ann.id, ("local", "ann"), 3)
    await store.links.link(eve.id, ("local", "eve"), code, "news")
    new = await store.links.current(ann.id)
    assert await store.games.duels.rating(new) == START_RATING + K / 2
    assert [ended.scored for ended in await store.games.duels.past(new)] == [1.0]
    assert [ended.scored for ended in await store.games.duels.past(bob.id)] == [0.0]


async def test_a_duel_with_oneself_never_was(store: Store, clock: Any, group: Group, two: Any) -> None:
    ann, bob = two
    duel_id = await start(store, group, two)
    await play(store, clock, ann, duel_id, "yyy")
    code = await store.links.make_code(ann.id, ("local", "ann"), 3)
    await store.links.link(bob.id, ("local", "bob"), code, "news")
    new = await store.links.current(ann.id)
    assert await store.games.duels.running(new) is None
    assert (await store.games.duels.past(new), await store.games.duels.rating(new)) == ([], START_RATING)
    assert await store.rebuild_check() == []
