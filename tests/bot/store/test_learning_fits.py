"""Parameters fitted to a group: what there is to fit, and whose memories follow which."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.store import Group, Store
from bot.store.learning_replay import Review
from quizzes.memory import DEFAULT, Parameters, Rating

Newcomer = Callable[[str], Awaitable[Any]]
SLOW: Parameters = (0.4, 1.0, 1.5, *DEFAULT[3:])
SLOWER: Parameters = (0.2, 0.5, 0.8, *DEFAULT[3:])


@pytest.fixture
async def garden(store: Store, ann: Any) -> Group:
    """A group with Ann in it."""
    group = await store.ensure_group("local", "garden", "Garden")
    await store.join(group.id, ann.id)
    return group


async def learn(learner: Any, clock: Any, *, concept: str = "loss", days: tuple[int, ...] = (0, 3, 9)) -> None:
    """Answer on a concept on several days, right but for the last time."""
    begun = clock.at
    for n, day in enumerate(days):
        clock.at = begun + timedelta(days=day)
        (question,) = await learner.pose(f"{concept} {n}", purpose="quiz")
        right = {} if n < len(days) - 1 else {"correct": False, "verdict": "wrong"}
        await learner.answer(question, concept=concept, section="core", **right)
    clock.at = begun


async def test_reviews_that_counted_are_one_sequence_per_member_and_concept(
    store: Store, ann: Any, newcomer: Newcomer, garden: Group, clock: Any
) -> None:
    bob, eve = await newcomer("Bob"), await newcomer("Eve")
    await store.join(garden.id, bob.id)
    start = clock.at
    await learn(ann, clock)
    await learn(ann, clock, concept="bias", days=(0, 0, 1))
    await learn(bob, clock, days=(2,))
    await learn(eve, clock)
    good, again = Rating.GOOD, Rating.AGAIN

    def sequence(*reviews: tuple[int, Rating]) -> tuple[Review, ...]:
        return tuple(Review(rating, start + timedelta(days=day)) for day, rating in reviews)

    assert sorted(await store.learning.review_sequences(garden.id)) == sorted(
        [
            sequence((0, good), (3, good), (9, again)),
            sequence((0, good), (1, again)),
            sequence((2, again)),
        ]
    )
    assert [await store.learning.groups_to_fit(n) for n in (7, 8)] == [[garden.id], []]


async def test_fitted_parameters_hold_for_the_past_and_for_what_comes(
    store: Store, ann: Any, garden: Group, clock: Any
) -> None:
    await learn(ann, clock, days=(0, 3))
    before = (await store.learning.learned(ann.id)).memories
    assert await store.learning.keep_fit(garden.id, SLOW, 600) == 1
    after = await store.learning.learned(ann.id)
    assert after.parameters == SLOW
    assert after.memories != before
    clock.forward(days=5)
    await learn(ann, clock, concept="bias", days=(0, 0))
    assert (await store.rebuild_check(), await store.learning.reviews_of_fit(garden.id)) == ([], 600)


async def test_a_member_of_two_groups_follows_the_one_that_has_seen_more(store: Store, ann: Any, garden: Group) -> None:
    pond = await store.ensure_group("local", "pond", "Pond")
    await store.join(pond.id, ann.id)
    assert await store.learning.keep_fit(garden.id, SLOW, 600) == 1
    followed = [await store.learning.keep_fit(pond.id, SLOWER, reviews) for reviews in (600, 601)]
    assert (followed, (await store.learning.learned(ann.id)).parameters) == ([0, 1], SLOWER)
    assert await store.learning.keep_fit(pond.id, SLOW, 100) == 1, (
        "a group's own newer parameters replace its older ones"
    )


async def test_whoever_is_in_no_group_with_a_fit_has_the_general_parameters(store: Store, ann: Any) -> None:
    assert ((await store.learning.learned(ann.id)).parameters, await store.learning.reviews_of_fit(1)) == (DEFAULT, 0)


async def test_of_two_accounts_the_parameters_that_rest_on_more_stay(
    store: Store, ann: Any, newcomer: Newcomer, garden: Group, clock: Any
) -> None:
    bob = await newcomer("Bob")
    pond = await store.ensure_group("local", "pond", "Pond")
    await store.join(pond.id, bob.id)
    await learn(ann, clock)
    await learn(bob, clock, days=(1, 4))
    await store.learning.keep_fit(garden.id, SLOW, 700)
    await store.learning.keep_fit(pond.id, SLOWER, 600)
    code = await store.links.make_code(ann.id, ("local", "ann"), 1)
    await store.links.link(bob.id, ("local", "bob"), code, "")
    new = await store.links.current(ann.id)
    assert ((await store.learning.learned(new)).parameters, await store.rebuild_check()) == (SLOW, [])
