"""What the tutor keeps: consent, money to the billionth of a dollar, answers, and whose they are."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import Store, tutoring_money
from bot.store.tutoring_money import Expense, Limits, Reserved, Short, Spent, Used

PLENTY = Limits(learner_day=10**12, group_day=10**12, month=10**12)


def expense(user_id: int, group_id: int = 1, most: int = 100, purpose: str = "explain") -> Expense:
    """A request that costs at most so much."""
    return Expense(user_id, group_id, "claude-of-the-day", purpose, most)


async def test_a_group_on_ones_own_machine_has_it_on_and_a_server_has_it_off_until_it_decides(store: Store) -> None:
    here = await store.ensure_group("local", "local", "Us")
    there = await store.ensure_group("discord", "1", "Them")
    assert [await store.tutoring.opted_in(group.id) for group in (here, there)] == [True, False]
    for on in (False, True):
        await store.tutoring.set_opt_in(here.id, on)
        await store.tutoring.set_opt_in(there.id, on)
        assert [await store.tutoring.opted_in(group.id) for group in (here, there)] == [on, on]
    assert await store.tutoring.opted_in(99) is False


async def test_a_learner_may_object_where_the_group_agrees(store: Store) -> None:
    group, mia = await store.ensure_group("local", "local", "Us"), await store.ensure_user("local", "mia", "Mia")
    before = await store.tutoring.is_off(mia.id), await store.tutoring.may_send(mia.id, group.id)
    await store.tutoring.set_off(mia.id, True)
    after = await store.tutoring.is_off(mia.id), await store.tutoring.may_send(mia.id, group.id)
    await store.tutoring.set_off(mia.id, False)
    assert (before, after, await store.tutoring.may_send(mia.id, group.id)) == ((False, True), (True, False), True)


async def test_a_learner_is_told_once(store: Store) -> None:
    mia = await store.ensure_user("local", "mia", "Mia")
    seen = [await store.tutoring.first_use_seen(mia.id)]
    await store.tutoring.note_first_use(mia.id)
    await store.tutoring.note_first_use(mia.id)
    assert [*seen, await store.tutoring.first_use_seen(mia.id), await store.tutoring.is_off(mia.id)] == [
        False,
        True,
        False,
    ]


async def test_an_installation_keeps_the_secret_it_made_first(store: Store) -> None:
    first, second = await store.tutoring.secret(lambda: 7), await store.tutoring.secret(lambda: 8)
    assert (first == second, first) == (True, (7).to_bytes(8, "big") * 4)


async def test_two_hundred_requests_at_once_never_pass_a_limit(store: Store) -> None:
    learners = [await store.ensure_user("local", f"l{n}", f"L{n}") for n in range(4)]
    limits = Limits(learner_day=1_000, group_day=3_100, month=3_250)
    wanted = [expense(learners[n % 4].id, group_id=1 + n % 2, most=100) for n in range(200)]
    got = await asyncio.gather(*(store.tutoring.reserve(one, limits) for one in wanted))
    granted = [one for one in got if isinstance(one, Reserved)]
    assert len(granted) == 32
    assert {one for one in got if not isinstance(one, Reserved)} <= {Short.LEARNER, Short.MONTH}
    assert (await store.tutoring.spent("2026-03")).open == 3_200


@pytest.mark.parametrize(
    ("limits", "short"),
    [
        (Limits(learner_day=150, group_day=999, month=999), Short.LEARNER),
        (Limits(learner_day=999, group_day=150, month=999), Short.GROUP),
        (Limits(learner_day=999, group_day=999, month=150), Short.MONTH),
    ],
)
async def test_it_is_said_whose_money_does_not_reach(store: Store, limits: Limits, short: Short) -> None:
    mia = await store.ensure_user("local", "mia", "Mia")
    first = await store.tutoring.reserve(expense(mia.id), limits)
    assert isinstance(first, Reserved)
    assert await store.tutoring.reserve(expense(mia.id), limits) is short
    await store.tutoring.settle(first, 50, Used(10, 5))
    assert isinstance(await store.tutoring.reserve(expense(mia.id), limits), Reserved)


async def test_a_new_day_brings_new_money_and_a_month_goes_on(store: Store, clock) -> None:
    mia = await store.ensure_user("local", "mia", "Mia")
    limits = Limits(learner_day=100, group_day=100, month=200)
    days = []
    for _ in range(3):
        days.append(await store.tutoring.reserve(expense(mia.id), limits))
        clock.forward(days=1)
    assert [type(day) for day in days[:2]] == [Reserved, Reserved]
    assert days[2] is Short.MONTH
    clock.at = datetime(2026, 4, 1, tzinfo=UTC)
    assert isinstance(await store.tutoring.reserve(expense(mia.id), limits), Reserved)


async def test_what_nobody_knows_counts_in_full_and_what_is_known_as_it_was(store: Store) -> None:
    mia = await store.ensure_user("local", "mia", "Mia")
    known, unknown, free = [await store.tutoring.reserve(expense(mia.id), PLENTY) for _ in range(3)]
    assert isinstance(known, Reserved)
    assert isinstance(unknown, Reserved)
    assert isinstance(free, Reserved)
    await store.tutoring.settle(known, 37, Used(input=9, output=3, read=1, written=2))
    await store.tutoring.settle(known, 99)
    await store.tutoring.settle(unknown, None)
    await store.tutoring.settle(free, 0)
    assert await store.tutoring.spent("2026-03-04") == Spent(calls=3, cost=37, open=100)
    limits = Limits(learner_day=237, group_day=237, month=237)
    assert isinstance(await store.tutoring.reserve(expense(mia.id), limits), Reserved)
    assert await store.tutoring.reserve(expense(mia.id, most=1), limits) is Short.LEARNER


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 500), st.none() | st.integers(0, 500), st.booleans()), max_size=12))
async def test_a_bill_is_the_sum_of_its_requests(store: Store, requests: list[tuple[int, int | None, bool]]) -> None:
    mia = await store.ensure_user("local", "mia", "Mia")
    before = (await store.tutoring.spent("2026")), await store.tutoring.reserve(expense(mia.id, most=0), PLENTY)
    due = 0
    for most, cost, ended in requests:
        reserved = await store.tutoring.reserve(expense(mia.id, most=most), PLENTY)
        assert isinstance(reserved, Reserved)
        if ended:
            await store.tutoring.settle(reserved, cost)
        due += most if cost is None or not ended else cost
    after = await store.tutoring.spent("2026")
    assert after.cost + after.open - before[0].cost - before[0].open == due
    bill = await store.tutoring._read(lambda db: tutoring_money._of_group(db, 1, "2026-03-04"))
    assert bill == after.cost + after.open


async def test_an_answer_is_found_again_for_a_month(store: Store, clock) -> None:
    mia = await store.ensure_user("local", "mia", "Mia")
    await store.tutoring.keep_answer("k", mia.id, "{}")
    await store.tutoring.keep_answer("none", 0, "")
    found = [await store.tutoring.answer(key) for key in ("k", "none", "other")]
    clock.forward(days=31)
    assert (found, await store.tutoring.answer("k")) == (["{}", "", None], None)


async def test_two_accounts_that_become_one_keep_what_either_was_told_and_paid(store: Store) -> None:
    one, other = await store.ensure_user("discord", "1", "Mia"), await store.ensure_user("slack", "U1", "Mia")
    await store.tutoring.note_first_use(one.id)
    await store.tutoring.set_off(other.id, True)
    await store.tutoring.keep_answer("k", other.id, "{}")
    for user in (one, other):
        assert isinstance(await store.tutoring.reserve(expense(user.id), PLENTY), Reserved)
    code = await store.links.make_code(one.id, ("discord", "1"), 12345)
    await store.links.link(other.id, ("slack", "U1"), code, "linked")
    new = await store.ensure_user("discord", "1", "Mia")
    assert new.id not in (one.id, other.id)
    assert (await store.tutoring.first_use_seen(one.id), await store.tutoring.is_off(new.id)) == (True, True)
    limits = Limits(learner_day=250, group_day=999, month=999)
    assert await store.tutoring.reserve(expense(new.id), limits) is Short.LEARNER
    exported = await store.privacy.export(new.id)
    assert [len(exported[table]) for table in ("tutor_call", "tutor_answer", "tutor_learner")] == [2, 1, 1]


async def test_who_is_forgotten_takes_answers_along_and_the_months_sum_stays(store: Store) -> None:
    mia = await store.ensure_user("local", "mia", "Mia")
    reserved = await store.tutoring.reserve(expense(mia.id), PLENTY)
    late = await store.tutoring.reserve(expense(mia.id), PLENTY)
    assert isinstance(reserved, Reserved)
    assert isinstance(late, Reserved)
    await store.tutoring.settle(reserved, 60)
    await store.tutoring.keep_answer("k", mia.id, "{}")
    await store.privacy.erase(mia.id)
    await store.tutoring.settle(late, 20)  # it was under way
    await store.tutoring.keep_answer("l", mia.id, "{}")
    await store.tutoring.note_first_use(mia.id)
    await store.tutoring.set_off(mia.id, True)
    assert (await store.tutoring.answer("k"), await store.tutoring.spent("2026-03")) == (None, Spent(0, 0, 0))
    assert await store.tutoring.is_off(mia.id) is False
    limits = Limits(learner_day=999, group_day=999, month=179)
    assert await store.tutoring.reserve(expense(0), limits) is Short.MONTH
    assert isinstance(await store.tutoring.reserve(expense(0, most=99), limits), Reserved)


async def test_answers_about_old_code_go_with_the_code(store: Store, clock) -> None:
    mia = await store.ensure_user("local", "mia", "Mia")
    await store.tutoring.keep_answer("k", mia.id, "{}")
    clock.forward(days=3)
    await store.privacy.forget_words(clock())
    assert await store.tutoring.answer("k") is None


async def test_a_look_at_the_money_sets_none_aside(store: Store) -> None:
    mia = await store.ensure_user("local", "mia", "Mia")
    tight = Limits(learner_day=99, group_day=999, month=999)
    looks = [await store.tutoring.affords(expense(mia.id), limits) for limits in (PLENTY, PLENTY, tight)]
    assert (looks, await store.tutoring.spent("2026")) == ([True, True, False], Spent(0, 0, 0))
