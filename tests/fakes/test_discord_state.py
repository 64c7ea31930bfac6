"""The fake Discord's own arithmetic: permissions, ids, time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.discord_state import (
    ADMINISTRATOR,
    ATTACH,
    EPOCH_MS,
    EVERYTHING,
    INVITED,
    MENTION_ALL,
    PEOPLE_MAY,
    SEND,
    VIEW,
    Channel,
    Clock,
    Message,
    permissions_in,
    snowflake,
)
from tests.fakes.discord_world import World


def place() -> tuple[World, Channel]:
    """A world with one channel."""
    world = World(Clock())
    return world, world.add_channel(world.add_guild("G"), "general")


def test_roles_add_up_and_the_channel_has_the_last_word() -> None:
    world, channel = place()
    assert channel.guild is not None
    ada = world.add_user("Ada")
    assert permissions_in(channel, ada) == 0
    role = world.add_role(channel.guild, "Teachers", permissions=1 << 40)
    channel.guild.members[ada.id] = {role.id}
    assert permissions_in(channel, ada) == PEOPLE_MAY | 1 << 40
    channel.overwrites[channel.guild.id] = (0, SEND | ATTACH)
    channel.overwrites[role.id] = (SEND, 0)
    assert permissions_in(channel, ada) & (SEND | ATTACH) == SEND
    channel.overwrites[ada.id] = (0, SEND)
    assert permissions_in(channel, ada) & SEND == 0


def test_who_cannot_see_a_channel_can_do_nothing_there() -> None:
    world, channel = place()
    channel.overwrites[world.bot.id] = (0, VIEW)
    assert permissions_in(channel, world.bot) == 0


def test_administrators_and_owners_can_do_everything() -> None:
    world, channel = place()
    assert channel.guild is not None
    root = world.add_user("Root")
    channel.guild.members[root.id] = {world.add_role(channel.guild, "Admin", permissions=ADMINISTRATOR).id}
    channel.overwrites[root.id] = (0, VIEW)
    owner = world.users[channel.guild.owner]
    assert [permissions_in(channel, user) for user in (root, owner)] == [EVERYTHING, EVERYTHING]


def test_thread_has_the_permissions_of_its_channel() -> None:
    world, channel = place()
    thread = world.add_thread(channel, "talk")
    channel.overwrites[world.bot.id] = (0, SEND)
    assert permissions_in(thread, world.bot) == permissions_in(channel, world.bot) == (INVITED | PEOPLE_MAY) & ~SEND


def test_everyone_and_closed_roles_are_pinged_only_by_who_may() -> None:
    world, channel = place()
    assert channel.guild is not None
    closed, opened = (world.add_role(channel.guild, n, mentionable=m) for n, m in (("closed", False), ("open", True)))
    payload = {
        "content": f"@everyone <@&{closed.id}> <@&{opened.id}>",
        "allowed_mentions": {"parse": ["everyone", "roles"]},
    }
    assert world.write(channel, world.bot, payload, {}).pings == {str(opened.id)}
    channel.overwrites[world.bot.id] = (MENTION_ALL, 0)
    assert world.write(channel, world.bot, payload, {}).pings == {"everyone", str(closed.id), str(opened.id)}
    listed = {**payload, "allowed_mentions": {"parse": [], "roles": [str(closed.id)]}}
    assert world.write(channel, world.bot, listed, {}).pings == {str(closed.id)}


@given(st.integers(min_value=0, max_value=2**41 - 1), st.integers(min_value=0))
def test_id_holds_the_millisecond_it_was_made(ms: int, count: int) -> None:
    when = datetime.fromtimestamp(EPOCH_MS // 1000, UTC) + timedelta(milliseconds=ms)
    assert abs((snowflake(when, count) >> 22) - ms) <= 1


def test_clock_stands_still_until_it_is_moved() -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.move(90)
    assert clock.now() == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)


def test_running_clock_runs() -> None:
    clock = Clock(running=True)
    assert clock.now() < clock.now()


def test_message_text_is_all_that_is_read() -> None:
    shown = Message.__new__(Message)
    shown.content, shown.components = "a", [{"type": 17, "components": [{"type": 10, "content": "b"}]}]
    shown.embeds = [{"title": "c", "fields": [{"name": "d", "value": "e"}]}]
    assert shown.text == "a\nb\nc\nd\ne"
