"""What is due arrives once, where it belongs, whatever fails on the way; what is too late, or has nothing to say, does not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from bot.platforms.port import Post, PostError
from bot.schedule.engine import AT_A_TIME, Engine, Terms
from bot.schedule.kinds import Delivery, Kind
from bot.schedule.plan import key_of
from bot.services import Services
from bot.store import Posting, Spot
from tests.bot.schedule.conftest import A_WHILE, BUILDERS, GUILD, NINE, TEAM, World


async def nine(world: World, **more: float) -> None:
    """Let it be a little after nine."""
    world.clock.to(9)
    world.clock.forward(seconds=A_WHILE, **more)


async def test_a_question_comes_at_its_hour_once_a_day(world: World) -> None:
    await world.set_up()
    engine = await world.engine()
    await world.tick(engine)
    assert world.slack.arrived == []
    for _ in range(3):
        await nine(world)
        await world.tick(engine, 3)
        world.clock.to(8, days=1)
    assert world.slack.titles == [
        "question 2026-03-02 item-1",
        "question 2026-03-03 item-2",
        "question 2026-03-04 item-3",
    ]
    assert {post.channel for post in world.slack.arrived} == {"C1"}
    assert [post.key for post in world.slack.arrived] == [f"question:slack:T1:C1:2026-03-0{day}" for day in (2, 3, 4)]


async def test_a_day_of_a_place_has_its_posts_in_order(world: World) -> None:
    await world.set_up(only=None)
    engine = await world.engine()
    for _ in range(24 * 12):
        await world.tick(engine)
        world.clock.forward(minutes=5)
    kinds = [kind for kind, day, state, _ in await world.deliveries() if (day, state) == ("2026-03-02", "sent")]
    assert kinds == ["question", "recap", "challenge", "reveal"]


async def test_two_places_of_a_group_ask_the_same_and_each_is_told(world: World) -> None:
    await world.set_up()
    user = await world.store.ensure_user("slack", "T1:U1", "Ada")
    group = await world.store.ensure_group("slack", "T1", "Garden club")
    code = await world.store.places.make_code(user.id, TEAM, group.id, 12345)
    await world.store.places.join(user.id, GUILD, code)
    await world.store.places.set_posting(GUILD, Posting(channel="88", hour=11))
    for kind in (Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP):
        await world.store.deliveries.pause(GUILD, kind)
    engine = await world.engine()
    await nine(world)
    await world.tick(engine)
    world.clock.forward(hours=2)
    await world.tick(engine)
    assert world.slack.titles == world.discord.titles == ["question 2026-03-02 item-1"]
    both = await world.store.deliveries.sent_in_group(group.id, [Kind.QUESTION], date(2026, 3, 2))
    assert [(one.platform, one.channel, one.item_id) for one in both] == [
        ("slack", "C1", "item-1"),
        ("discord", "88", "item-1"),
    ]


async def test_places_that_choose_at_the_same_time_agree(world: World) -> None:
    await world.set_up()
    other = Spot("slack", "T1", "C9")
    await world.store.places.set_posting(other, replace(NINE, channel="C9"))
    for kind in (Kind.CHALLENGE, Kind.REVEAL, Kind.RECAP):
        await world.store.deliveries.pause(other, kind)
    await nine(world)
    await world.tick(await world.engine())
    assert world.slack.titles == ["question 2026-03-02 item-1"] * 2


async def test_two_processes_send_a_post_once(world: World) -> None:
    await world.set_up()
    one, other = await world.engine(), await world.engine()
    await nine(world)
    await asyncio.gather(one.tick(), other.tick(), one.tick(), other.tick())
    await asyncio.gather(one.settled(), other.settled())
    assert (len(world.slack.arrived), world.slack.asked) == (1, 1)


async def test_what_a_killed_process_held_another_sends_when_its_lease_has_run_out(world: World) -> None:
    await world.set_up()
    await world.engine()
    await nine(world)
    dead = await world.engine()
    await dead._deliveries.take(dead_asking(dead))
    alive = await world.engine()
    await world.tick(alive)
    assert world.slack.arrived == []
    world.clock.forward(seconds=61)
    await world.tick(alive)
    assert [(post.key, post.repeat) for post in world.slack.arrived] == [("question:slack:T1:C1:2026-03-02", True)]


def dead_asking(engine: Engine) -> Any:
    """What an engine asks for, as if it asked and were killed."""
    from bot.store.claims import Asking

    return Asking(engine._owner, ("slack",), 10, timedelta(seconds=60))


async def test_a_first_attempt_is_no_repeat(world: World) -> None:
    await world.set_up()
    await nine(world)
    engine = await world.engine()
    world.clock.to(8, days=1)
    await nine(world)
    await world.tick(engine)
    assert [post.repeat for post in world.slack.arrived] == [False]


async def test_a_long_post_keeps_its_lease_and_nobody_else_takes_it(world: World) -> None:
    await world.set_up()
    gate = asyncio.Event()

    async def slow(services: Services, delivery: Delivery) -> Any:
        await gate.wait()
        return await BUILDERS[Kind.QUESTION](services, delivery)

    one, other = await world.engine(dict.fromkeys(Kind, slow)), await world.engine()
    await nine(world)
    for _ in range(10):
        await one.tick()
        await world.tick(other)
        world.clock.forward(seconds=30)
    gate.set()
    await one.settled()
    assert (world.slack.asked, await world.deliveries()) == (1, [("question", "2026-03-02", "sent", 1)])


async def test_a_platform_that_fails_for_now_is_tried_again_with_longer_pauses(world: World) -> None:
    await world.set_up()
    engine = await world.engine()
    await nine(world)
    world.slack.before = [PostError("Slack was not reached", lasting=False) for _ in range(4)]
    asked = []
    for second in range(60):
        before = world.slack.asked
        await world.tick(engine)
        if world.slack.asked > before:
            asked.append(second)
        world.clock.forward(seconds=1)
    assert asked == [0, 2, 6, 14, 30]
    assert len(world.slack.arrived) == 1


async def test_a_builder_that_fails_is_tried_again_and_stops_nobody(world: World) -> None:
    await world.set_up(only=None)
    failing = [ValueError("no such item")]

    async def broken(services: Services, delivery: Delivery) -> Any:
        if failing:
            raise failing.pop()
        return await BUILDERS[Kind.QUESTION](services, delivery)

    engine = await world.engine({**BUILDERS, Kind.QUESTION: broken})
    await nine(world, minutes=15)
    await world.tick(engine)
    assert [title.split()[0] for title in world.slack.titles] == ["recap"]
    world.clock.forward(seconds=5)
    await world.tick(engine)
    assert [title.split()[0] for title in world.slack.titles] == ["recap", "question"]


async def test_what_is_refused_for_good_stops_its_schedule_until_it_is_mended(world: World) -> None:
    await world.set_up()
    engine = await world.engine()
    await nine(world)
    world.slack.before = [PostError("The channel is gone; choose another.", lasting=True)]
    await world.tick(engine)
    world.clock.to(9, 5, days=1)
    await world.tick(engine)
    trouble = await world.store.deliveries.trouble(TEAM)
    assert [(one.kind, one.why, one.active) for one in trouble] == [
        (Kind.QUESTION, "The channel is gone; choose another.", False)
    ]
    assert (world.slack.asked, await world.deliveries()) == (1, [("question", "2026-03-02", "failed", 1)])
    await world.store.places.set_posting(TEAM, replace(NINE, channel="C2"))
    assert await world.store.deliveries.trouble(TEAM) == []
    world.clock.to(9, 5, days=1)
    await world.tick(engine)
    assert [post.channel for post in world.slack.arrived] == ["C2"]


async def test_the_same_channel_may_be_tried_again_once_it_is_mended(world: World) -> None:
    await world.set_up()
    engine = await world.engine()
    await nine(world)
    world.slack.before = [PostError("I am not in this channel.", lasting=True)]
    await world.tick(engine)
    assert (await world.store.deliveries.retry(TEAM), await world.store.deliveries.retry(TEAM)) == (1, 0)
    world.clock.to(9, 5, days=1)
    await world.tick(engine)
    assert world.slack.titles == ["question 2026-03-03 item-2"]


async def test_nothing_to_say_is_no_post_and_no_repeat(world: World) -> None:
    await world.set_up()

    async def silent(services: Services, delivery: Delivery) -> None:
        return None

    engine = await world.engine(dict.fromkeys(Kind, silent))
    await nine(world)
    await world.tick(engine, 3)
    assert (world.slack.asked, await world.deliveries()) == (0, [("question", "2026-03-02", "skipped", 1)])


@pytest.mark.parametrize(
    ("hours", "titles"), [(5.9, ["question 2026-03-02 item-1"]), (6.1, []), (30, ["question 2026-03-03 item-1"])]
)
async def test_after_an_outage_todays_is_made_up_for_within_hours_and_never_yesterdays(
    world: World, hours: float, titles: list[str]
) -> None:
    await world.set_up()
    await world.engine()
    world.clock.to(9)
    world.clock.forward(hours=hours)
    await world.tick(await world.engine(), 3)
    assert [title.rsplit(" ", 1)[0] for title in world.slack.titles] == [title.rsplit(" ", 1)[0] for title in titles]


async def test_a_week_of_outage_is_one_post(world: World) -> None:
    await world.set_up()
    world.clock.to(9, 30, days=7)
    await world.tick(await world.engine(), 20)
    assert [title[:19] for title in world.slack.titles] == ["question 2026-03-09"]


async def test_a_platform_that_is_not_served_here_waits_for_who_serves_it(world: World) -> None:
    await world.set_up()
    await world.set_up(GUILD, replace(NINE, channel="88"))
    engine = await world.engine(slack=world.slack)
    await nine(world)
    await world.tick(engine, 3)
    assert (len(world.slack.arrived), world.discord.arrived) == (1, [])
    await world.tick(await world.engine(discord=world.discord))
    assert len(world.discord.arrived) == 1


async def test_a_clock_set_forward_and_back_again_loses_and_doubles_nothing(world: World) -> None:
    await world.set_up()
    engine = await world.engine()
    await nine(world)
    await world.tick(engine)
    world.clock.forward(days=400)
    await world.tick(engine)
    world.clock.forward(days=-400)
    await world.tick(engine)
    for _ in range(3):
        world.clock.forward(days=1)
        await world.tick(engine, 2)
    days = [title.split()[1] for title in world.slack.titles]
    assert days == ["2026-03-02", "2027-04-06", "2026-03-03", "2026-03-04", "2026-03-05"]


async def test_a_process_that_ends_gives_back_what_it_had_not_sent(world: World) -> None:
    await world.set_up()
    never = asyncio.Event()

    async def stuck(services: Services, delivery: Delivery) -> None:
        await never.wait()

    ending = await world.engine(dict.fromkeys(Kind, stuck))
    await nine(world)
    await ending.tick()
    await asyncio.sleep(0)
    await ending.finish()
    await world.tick(await world.engine())
    assert await world.deliveries() == [("question", "2026-03-02", "sent", 2)]


async def test_a_post_that_takes_too_long_is_tried_again(world: World) -> None:
    await world.set_up()
    await world.engine()
    never = asyncio.Event()

    async def stuck(post: Post) -> Any:
        await never.wait()

    world.slack.post, usual = stuck, world.slack.post  # type: ignore[method-assign]
    engine = Engine(world.services(), BUILDERS, owner="impatient", terms=Terms(patience_s=0.01))
    await nine(world)
    await world.tick(engine)
    world.slack.post = usual  # type: ignore[method-assign]
    world.clock.forward(seconds=5)
    await world.tick(engine)
    assert await world.deliveries() == [("question", "2026-03-02", "sent", 2)]


async def test_many_places_are_sent_a_few_at_a_time(world: World) -> None:
    for n in range(AT_A_TIME + 10):
        await world.set_up(Spot("slack", f"T{n}"), replace(NINE, channel=f"C{n}"))
    engine = await world.engine()
    await nine(world)
    await engine.tick()
    first = len(engine._sending)
    await engine.settled()
    await world.tick(engine)
    assert (first, len({post.key for post in world.slack.arrived}), len(world.slack.arrived)) == (AT_A_TIME, 74, 74)


async def test_a_reminder_is_written_to_the_person_on_their_clock(world: World) -> None:
    user = await world.store.ensure_user("slack", "T1:U1", "Ada", tz="Asia/Tokyo")
    await world.store.deliveries.set_reminder(user.id, Spot("slack", "T1:U1"), time(19, 30))
    engine = await world.engine()
    world.clock.to(10, 33)
    await world.tick(engine)
    assert [(post.channel, post.cards[0].title[:19]) for post in world.slack.arrived] == [
        ("T1:U1", "reminder 2026-03-02")
    ]  # type: ignore[union-attr]


async def test_a_reminder_follows_its_learner_to_another_zone(world: World) -> None:
    user = await world.store.ensure_user("slack", "T1:U1", "Ada")
    await world.store.deliveries.set_reminder(user.id, Spot("slack", "T1:U1"), time(19))
    engine = await world.engine()
    await world.store.update_settings(user.id, tz="America/New_York")
    for _ in range(48):
        await world.tick(engine, 2)
        world.clock.forward(minutes=30)
    sent = [key for key, *_ in [(post.key,) for post in world.slack.arrived]]
    assert sent == ["reminder:slack::T1:U1:2026-03-02"]
    assert (await world.store.deliveries.reminder_of(user.id)).rule.tz == "America/New_York"  # type: ignore[union-attr]


async def test_a_late_reminder_is_let_go(world: World) -> None:
    user = await world.store.ensure_user("slack", "T1:U1", "Ada")
    await world.store.deliveries.set_reminder(user.id, Spot("slack", "T1:U1"), time(19))
    engine = await world.engine()
    world.clock.to(21, 10)
    await world.tick(engine)
    assert (world.slack.asked, await world.deliveries()) == (0, [("reminder", "2026-03-02", "skipped", 0)])


def test_a_post_has_one_name_whoever_sends_it() -> None:
    one = Delivery(1, Kind.RECAP, "slack", "T1", "C1", 5, None, date(2026, 3, 2), "UTC")
    same = replace(one, id=9, item_id="x", group_id=7, message="m", ping="S1")
    others = [replace(one, kind=Kind.REVEAL), replace(one, channel="C2"), replace(one, local_date=date(2026, 3, 3))]
    assert key_of(one) == key_of(same) == "recap:slack:T1:C1:2026-03-02"
    assert len({key_of(one), *map(key_of, others)}) == 4
