"""Our account: who we are, what an operator is told when Discord does not want us, and coming back by ourselves."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import discord
import pytest

from bot.config import ConfigError
from bot.operating import DISCORD_PERMISSIONS
from bot.platforms.discord.account import (
    PERMISSIONS,
    check_token,
    missing_permissions,
)
from bot.platforms.discord.host import DiscordHost
from bot.platforms.discord.options import DISCORD_API, DiscordOptions, point_library_at
from tests.fakes.discord_server import FakeDiscord

WANTED = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))


async def test_a_good_token_says_who_we_are() -> None:
    async with FakeDiscord() as fake:
        assert "Epochbot" in await check_token(DiscordOptions(fake.token, fake.api_url, fake.gateway_url))


@pytest.mark.parametrize("token", ["wrong", "with\nnewline", ""])
async def test_a_bad_token_is_told_with_what_to_do(token: str) -> None:
    async with FakeDiscord() as fake:
        with pytest.raises(ConfigError, match=r"Reset Token.*EPOCHBOT_DISCORD_TOKEN"):
            await check_token(DiscordOptions(token, fake.api_url, fake.gateway_url))


async def test_a_discord_out_of_reach_is_told() -> None:
    with pytest.raises(ConfigError, match="cannot be reached"):
        await check_token(DiscordOptions("token", "http://127.0.0.1:9/api/v10"))


async def test_a_host_with_a_bad_token_ends_with_advice(chat) -> None:
    async with FakeDiscord() as fake:
        host = DiscordHost(
            chat.dispatcher, DiscordOptions("wrong", fake.api_url, fake.gateway_url), now=chat.clock, new_key=str
        )
        with pytest.raises(ConfigError, match="Reset Token"):
            await host.run(asyncio.Event())


@pytest.mark.parametrize(("code", "advice"), [(4004, "Reset Token"), (4014, "intents")])
async def test_a_connection_closed_for_good_ends_with_advice(connect, code: int, advice: str) -> None:
    async with connect() as on:
        seen = await on.fake.slash("help", user=on.fake.person("Mia"), channel=on.fake.channel)
        assert seen.text
        await on.fake.drop(code)
        with pytest.raises(ConfigError, match=advice):
            await on.task
        on.task = asyncio.create_task(asyncio.sleep(0))


async def test_a_discord_that_fails_at_first_is_tried_again(connect) -> None:
    async with connect() as on:
        await on.leave()
        failing = on.fake.trouble(status=403, part="/users/@me", times=1)
        await on.restart()
        assert failing.times == 0


async def test_a_host_told_to_stop_before_it_is_connected_stops(chat) -> None:
    host = DiscordHost(chat.dispatcher, DiscordOptions("x", "http://127.0.0.1:9/api/v10"), now=chat.clock, new_key=str)
    stop = asyncio.Event()
    running = asyncio.create_task(host.run(stop))
    await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(running, 10)


def test_the_invitation_asks_for_what_posts_need_and_for_no_more() -> None:
    assert (WANTED.value, DISCORD_PERMISSIONS) == (309237763072, 309237763072)


def test_each_missing_permission_is_a_sentence() -> None:
    assert (
        missing_permissions(WANTED),
        missing_permissions(discord.Permissions(administrator=True)),
    ) == ((), ())
    assert len(missing_permissions(discord.Permissions.none())) == len(PERMISSIONS)


def test_a_token_is_never_shown_and_addresses_are_discords_own_unless_set() -> None:
    options = DiscordOptions("secret", "http://127.0.0.1:1/api/v10")
    assert "secret" not in repr(options)
    point_library_at(options)
    changed = discord.http.Route.BASE
    point_library_at(replace(options, api_url=None))
    assert (changed, discord.http.Route.BASE) == ("http://127.0.0.1:1/api/v10", DISCORD_API)
