"""Pairs: both agree, a day counts when both did theirs on their own calendar, and mergers keep what was agreed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import Store, connect
from bot.store.games_pairs import MOST_FRIENDS, Pair, Pairing, _Days, common_streak

Newcomer = Callable[[str], Awaitable[Any]]
FIRST = date(2026, 3, 2)


@pytest.fixture
async def two(newcomer: Newcomer) -> tuple[Any, Any]:
    return await newcomer("Ann"), await newcomer("Bob")


async def pair_up(store: Store, one: Any, other: Any, bits: int = 99) -> Pairing:
    code = await store.games.pairs.make_code(one.id, bits)
    return await store.games.pairs.join(other.id, code, other.today)


async def news(store: Store, name: str) -> str:
    return (await store.ensure_user("local", name.lower(), name)).news


async def test_a_code_makes_a_pair_once_and_tells_its_maker(store: Store, two: Any, newcomer: Newcomer) -> None:
    ann, bob = two
    code = await store.games.pairs.make_code(ann.id, 12345)
    assert await store.games.pairs.join(ann.id, code, ann.today) is Pairing.OWN
    assert await store.games.pairs.join(bob.id, f" {code.lower()} ", bob.today) is Pairing.DONE
    assert await store.games.pairs.join((await newcomer("Eve")).id, code, bob.today) is Pairing.UNKNOWN
    assert await pair_up(store, bob, ann, 5) is Pairing.ALREADY
    assert await store.games.pairs.all_of(ann.id) == [Pair(1, "Bob")]
    assert await store.games.pairs.all_of(bob.id) == [Pair(1, "Ann")]
    assert await news(store, "Ann") == "Bob and you are a pair now: /pair shows your common streak."


async def test_a_code_lasts_two_days_and_a_new_one_replaces_it(store: Store, clock: Any, two: Any) -> None:
    ann, bob = two
    first = await store.games.pairs.make_code(ann.id, 1)
    second = await store.games.pairs.make_code(ann.id, 2)
    assert await store.games.pairs.join(bob.id, first, bob.today) is Pairing.UNKNOWN
    clock.forward(hours=48)
    assert await store.games.pairs.join(bob.id, second, bob.today) is Pairing.UNKNOWN


async def test_guessing_codes_is_stopped(store: Store, two: Any) -> None:
    ann, bob = two
    code = await store.games.pairs.make_code(ann.id, 1)
    said = [await store.games.pairs.join(bob.id, f"0000-000{n}", bob.today) for n in range(6)]
    assert said == [Pairing.UNKNOWN] * 5 + [Pairing.TOO_OFTEN]
    assert await store.games.pairs.join(bob.id, code, bob.today) is Pairing.TOO_OFTEN


async def test_who_is_asked_by_account_agrees_or_not(store: Store, two: Any) -> None:
    ann, bob = two
    pairs = store.games.pairs
    assert await pairs.ask(ann.id, ("local", "nobody"), ann.today) is Pairing.UNKNOWN
    assert await pairs.ask(ann.id, ("local", "ann"), ann.today) is Pairing.OWN
    assert [await pairs.ask(ann.id, ("local", "bob"), ann.today) for _ in range(2)] == [Pairing.ASKED] * 2
    assert await pairs.all_of(bob.id) == [Pair(1, "Ann", "me")]
    assert await pairs.all_of(ann.id) == [Pair(1, "Bob", "them")]
    assert "Ann would like to keep a streak together" in await news(store, "Bob")
    assert await pairs.accept(ann.id, 1, ann.today) is Pairing.UNKNOWN  # only the asked one may
    assert [await pairs.accept(bob.id, 1, bob.today) for _ in range(2)] == [Pairing.DONE, Pairing.ALREADY]
    assert await pairs.all_of(ann.id) == [Pair(1, "Bob")]


async def test_asking_back_is_agreeing(store: Store, two: Any) -> None:
    ann, bob = two
    await store.games.pairs.ask(ann.id, ("local", "bob"), ann.today)
    assert await store.games.pairs.ask(bob.id, ("local", "ann"), bob.today) is Pairing.DONE


async def test_a_refused_invitation_and_an_ended_pair_are_gone_for_both(
    store: Store, two: Any, newcomer: Newcomer
) -> None:
    ann, bob = two
    eve = await newcomer("Eve")
    await store.games.pairs.ask(ann.id, ("local", "bob"), ann.today)
    assert not await store.games.pairs.end(eve.id, 1)
    assert [await store.games.pairs.end(bob.id, 1) for _ in range(2)] == [True, False]
    assert await store.games.pairs.accept(bob.id, 1, bob.today) is Pairing.UNKNOWN
    assert await store.games.pairs.all_of(ann.id) == []
    assert await pair_up(store, ann, bob) is Pairing.DONE  # and they may try again


async def test_five_friends_fit(store: Store, two: Any, newcomer: Newcomer) -> None:
    ann, bob = two
    for number in range(MOST_FRIENDS):
        assert await pair_up(store, ann, await newcomer(f"F{number}"), number) is Pairing.DONE
    assert await pair_up(store, ann, bob, 77) is Pairing.FULL
    assert await store.games.pairs.ask(bob.id, ("local", "ann"), bob.today) is Pairing.FULL


async def test_a_hidden_friend_has_no_name(store: Store, two: Any) -> None:
    ann, bob = two
    await store.update_settings(bob.id, board_opt_out=True)
    await pair_up(store, ann, bob)
    assert await store.games.pairs.all_of(ann.id) == [Pair(1, "a hidden member")]
    assert "Bob" not in await news(store, "Ann")
    await store.update_settings(bob.id, board_opt_out=False, board_name="Owl")
    assert await store.games.pairs.all_of(ann.id) == [Pair(1, "Owl")]


async def test_a_day_counts_when_both_did_theirs(store: Store, clock: Any, two: Any) -> None:
    ann, bob = two
    await ann.finish_day()
    await pair_up(store, ann, bob)
    assert await store.games.pairs.all_of(ann.id) == [Pair(1, "Bob", "", 0, 0, True, False)]
    await bob.finish_day()
    assert await store.games.pairs.all_of(bob.id) == [Pair(1, "Ann", "", 1, 1, True, True)]
    clock.forward(days=1)
    for one in two:
        await one.finish_day()
    assert await store.games.pairs.all_of(ann.id) == [Pair(1, "Bob", "", 2, 2, True, True)]


async def test_what_was_before_they_agreed_does_not_count(store: Store, clock: Any, two: Any) -> None:
    for _ in range(3):
        for one in two:
            await one.finish_day()
        clock.forward(days=1)
    await pair_up(store, *two)
    assert (await store.games.pairs.all_of(two[0].id))[0].streak == 0
    for one in two:
        await one.finish_day()
    assert (await store.games.pairs.all_of(two[0].id))[0].streak == 1


async def test_each_on_their_own_calendar(store: Store, clock: Any, two: Any) -> None:
    ann, bob = two
    await store.update_settings(bob.id, tz="Pacific/Auckland")
    await store.update_settings(ann.id, tz="Pacific/Honolulu")
    for one in two:
        one.user = await store.user(one.id)
    clock.at = datetime(2026, 3, 4, 20, tzinfo=UTC)  # the 4th in Honolulu, the 5th in Auckland
    code = await store.games.pairs.make_code(bob.id, 3)
    await store.games.pairs.join(ann.id, code, ann.today)
    for _ in range(3):
        await ann.finish_day()
        await bob.finish_day()
        clock.forward(days=1)
    streaks = [(await store.games.pairs.all_of(one.id))[0].streak for one in two]
    assert streaks == [2, 2]  # the 5th and the 6th; in Honolulu the 7th has not begun


async def test_a_merger_takes_pairs_along_and_makes_doubles_one(
    store: Store, clock: Any, two: Any, newcomer: Newcomer
) -> None:
    ann, bob = two
    eve = await newcomer("Eve")
    assert [await pair_up(store, *pair, bits) for bits, pair in enumerate(((ann, eve), (eve, bob), (ann, bob)))] == [
        Pairing.DONE
    ] * 3
    for one in (ann, bob, eve):
        await one.finish_day()
    code = await store.links.make_code(ann.id, ("local", "ann"), 9)
    await store.links.link(bob.id, ("local", "bob"), code, "news")
    new = await store.links.current(ann.id)
    assert [(pair.friend, pair.streak) for pair in await store.games.pairs.all_of(new)] == [("Eve", 1)]
    assert len(await store.games.pairs.all_of(eve.id)) == 1
    live = await store._read(lambda db: connect.rows(db, "SELECT id FROM pair WHERE ended_at IS NULL"))
    assert live == [{"id": 1}]


DAYS = st.sets(st.integers(0, 12)).map(lambda days: {FIRST + timedelta(days=n) for n in days})


@given(DAYS, DAYS, DAYS, st.integers(0, 13))
def test_a_common_streak_is_never_longer_than_the_days_both_did(
    mine: set[date], theirs: set[date], frozen: set[date], today: int
) -> None:
    now = FIRST + timedelta(days=today)
    both = (_Days(mine, frozen - mine, now), _Days(theirs, set(), now))
    run = common_streak(*both, FIRST)
    assert run == common_streak(*reversed(both), FIRST)
    assert 0 <= run.current <= run.best <= len(mine & theirs)
    without = common_streak(_Days(mine, set(), now), _Days(theirs, set(), now), FIRST)
    assert run.best >= without.best  # a freeze only helps


def test_a_freeze_of_one_keeps_a_day_the_other_did_but_not_one_the_other_missed() -> None:
    day = [FIRST + timedelta(days=n) for n in range(4)]
    kept = common_streak(_Days({day[0], day[2]}, {day[1]}, day[2]), _Days(set(day[:3]), set(), day[2]), FIRST)
    missed = common_streak(_Days({day[0], day[2]}, {day[1]}, day[2]), _Days({day[0], day[2]}, set(), day[2]), FIRST)
    assert (kept.current, missed.current) == (2, 1)
