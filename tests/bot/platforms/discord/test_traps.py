"""Each known trap of the library and the platform, sprung on purpose: clicks live through restarts, forms are everybody's own,
faults are answered politely, and what arrives twice happens once."""

from __future__ import annotations

import asyncio

import discord
import pytest
from structlog.testing import capture_logs

from bot.cards import NoticeCard
from bot.messages import Reply
from bot.platforms.discord.host import Client
from bot.platforms.discord.options import point_library_at
from tests.fakes.discord_state import MANAGE_GUILD


def controls(message) -> list[str]:
    """What can be used on a message."""
    return [c["custom_id"] for c in message.controls]


async def asked(on, user, **how):
    """A learner with their first question in sight."""
    seen = await on.fake.slash("daily", user=user, channel=on.fake.channel, **how)
    return seen, (await on.questions(user))[0]


# 1 and 5: views that die, time out, or are kept for ever


async def test_a_button_works_after_a_restart_and_nothing_is_kept_for_it(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        seen, _ = await asked(on, mia)
        await on.restart()
        after = await on.fake.click(seen.message, controls(seen.message)[0], user=mia)
        store = on.host._client._connection._view_store
        assert (bool(after.messages), len(store._views), len(store._modals), len(store._dynamic_items)) == (
            True,
            0,
            0,
            0,
        )


async def test_buttons_stay_alive_however_long_they_wait_and_however_many_are_used(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        help_ = await on.fake.slash("challenge", {"name": "list"}, user=mia, channel=on.fake.channel)
        await on.fake.advance(3600)
        for _ in range(3):
            assert (await on.fake.click(help_.messages[-1], controls(help_.messages[-1])[0], user=mia)).messages


# 2: forms are keyed by their id alone


async def test_two_people_in_the_same_form_send_their_own(connect, bank) -> None:
    slug = next(iter(bank))
    async with connect() as on:
        people = [on.fake.person(name) for name in ("Mia", "Ben")]
        forms = [
            await on.fake.slash("submit", {"challenge": slug}, user=one, channel=on.fake.channel) for one in people
        ]
        assert forms[0].modal["custom_id"] != forms[1].modal["custom_id"]
        sent = [
            await on.fake.submit_modal(form, {"code": code})
            for form, code in zip(forms, (bank[slug].solution, "x = 1"), strict=True)
        ]
        again = await on.fake.submit_modal(forms[0], {"code": bank[slug].solution})
        assert ["Accepted" in seen.text for seen in (*sent, again)] == [True, False, True]


async def test_a_form_sent_after_a_restart_arrives(connect, bank) -> None:
    slug = next(iter(bank))
    async with connect() as on:
        mia = on.fake.person("Mia")
        form = await on.fake.slash("submit", {"challenge": slug}, user=mia, channel=on.fake.channel)
        await on.restart()
        assert "Accepted" in (await on.fake.submit_modal(form, {"code": bank[slug].solution})).text


# 3 and 4: faults that the library only logs, and controls of older versions


@pytest.mark.parametrize(
    "custom_id", ["old|thing", "0|walk|x", "q1:2:3", "0|run|", "0|ask|nothing", "0|set|nothing at all"]
)
async def test_a_control_that_nobody_knows_gets_an_answer(connect, custom_id: str) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        seen = await on.fake.slash("help", user=mia, channel=on.fake.channel)
        assert (await on.fake.click(seen.message, custom_id, user=mia, force=True)).text.strip()


async def test_a_fault_of_ours_gets_a_polite_answer(connect, monkeypatch) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")

        async def broken(request: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr(on.chat.dispatcher, "handle", broken)
        by_command = await on.fake.slash("daily", user=mia, channel=on.fake.channel)
        by_form = await on.fake.slash("submit", user=mia, channel=on.fake.channel)
        assert ["our fault" in seen.text and seen.message.ephemeral for seen in (by_command, by_form)] == [True, True]


async def test_an_event_that_cannot_be_read_gets_a_polite_answer(connect, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("what Discord added last night")

    async with connect() as on:
        monkeypatch.setattr("bot.platforms.discord.host.read_event", broken)
        seen = await on.fake.slash("daily", user=on.fake.person("Mia"), channel=on.fake.channel)
        assert ("our fault" in seen.text, seen.message.ephemeral) == (True, True)


async def test_a_follow_up_that_fails_takes_nothing_back(connect, monkeypatch) -> None:
    failed = asyncio.Event()

    async def fails() -> None:
        failed.set()
        raise RuntimeError("a bug")

    async def handle(request) -> Reply:
        return Reply((NoticeCard(title="Graded", text="fine"),), followup=fails)

    async with connect() as on:
        monkeypatch.setattr(on.chat.dispatcher, "handle", handle)
        seen = await on.fake.slash("help", user=on.fake.person("Mia"), channel=on.fake.channel)
        await failed.wait()
        await on.leave()
        assert [m.text for m in seen.messages] == ["### Graded\nfine"]


async def test_a_file_that_does_not_come_or_is_too_large_is_told(connect, bank) -> None:
    async with connect() as on:
        mia, slug, here = on.fake.person("Mia"), next(iter(bank)), on.fake.channel
        large = {"challenge": slug, "file": ("s.py", b"#" * 300_000)}
        refused = await on.fake.slash("submit", large, user=mia, channel=here)
        held = on.fake.hold(part="/callback")
        sent = await on.fake.slash(
            "submit", {"challenge": slug, "file": ("s.py", b"x")}, user=mia, channel=here, wait="none"
        )
        on.fake.world.uploads.clear()
        held.set()
        await on.fake.settle(sent)
        assert ["larger than the 256 kB" in refused.text, "did not arrive" in sent.text] == [True, True]
        assert await on.attempts(mia) == []


async def test_where_nothing_can_be_remembered_commands_are_sent_at_every_start(connect) -> None:
    async with connect() as on:
        (on.options.state / "discord-commands").unlink()
        on.options.state.rmdir()
        on.options.state.write_text("a file, not a folder", "utf-8")
        await on.restart()
        assert sum(method == "PUT" for method, _, _ in on.fake.desk.requests) == 2


# 6: nothing is scheduled by the library; 7: limits, with and without the header that tells whose they are


async def test_a_limit_is_waited_for(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        on.fake.trouble(status=429, part="/callback", retry_after=0.01)
        on.fake.trouble(status=429, part="/messages/@original", retry_after=0.01)
        assert (await asked(on, mia))[0].message.ephemeral


async def test_a_refusal_that_looks_like_a_ban_is_no_reason_to_fall(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        on.fake.trouble(status=429, part="/callback", via=False)
        seen = await on.fake.slash("daily", user=mia, channel=on.fake.channel, wait="none")
        await on.fake.until(lambda: on.fake.desk.requests[-1][2] == 429)
        assert (seen.messages, await on.questions(mia)) == ([], [])
        assert (await asked(on, mia))[0].messages


async def test_a_server_error_is_tried_again(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        on.fake.trouble(status=500, part="/callback")
        assert (await asked(on, mia))[0].messages


# 8: commands are sent when they change


async def test_commands_are_sent_once_and_again_when_they_change(connect) -> None:
    async with connect() as on:

        def sent() -> int:
            return sum(method == "PUT" for method, _, _ in on.fake.desk.requests)

        first = sent()
        await on.restart()
        unchanged = sent()
        (on.options.state / "discord-commands").write_text("others", "utf-8")
        await on.restart()
        assert (first, unchanged, sent()) == (1, 1, 2)


async def test_commands_that_discord_refuses_are_sent_again_at_the_next_start(connect) -> None:
    async with connect() as on:
        (on.options.state / "discord-commands").unlink()
        on.fake.trouble(status=400, method="PUT")
        await on.restart()
        assert not (on.options.state / "discord-commands").exists()
        assert (await asked(on, on.fake.person("Mia")))[0].messages


# 9: mentions


async def test_nobody_is_ever_mentioned_by_what_a_learner_wrote(connect) -> None:
    async with connect() as on:
        mia, ben = on.fake.person("@everyone <@1>"), on.fake.person("Ben")
        said = f"@everyone @here <@{ben.id}> <@!{ben.id}> <#{on.fake.channel.id}>"
        seen = await on.fake.slash("quiz", {"topic": said}, user=mia, channel=on.fake.channel)
        board = await on.fake.slash("leaderboard", user=mia, channel=on.fake.channel)
        shared = await on.fake.click(board.message, "Share", user=mia)
        for message in (*seen.messages, *shared.messages):
            assert (message.pings, f"<@{ben.id}>" in message.text, "@everyone" in message.text) == (set(), False, False)


# 10: servers that did not install the app


async def test_in_a_server_we_are_not_in_people_still_learn(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia", installed=True)
        _, channel = await on.fake.add_guild("Elsewhere", has_bot=False)
        seen = await on.fake.slash("leaderboard", user=mia, channel=channel)
        assert "Discord server" in seen.text


# Beyond the list: time, repeats, rights, the gateway


async def test_an_event_that_expired_is_left_alone_and_costs_nothing(connect, bank) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        seen, _ = await asked(on, mia)
        late = await on.fake.click(seen.message, controls(seen.message)[0], user=mia, expired=True)
        assert (late.failed, late.messages, await on.attempts(mia)) == (True, [], [])
        assert (await on.fake.click(seen.message, controls(seen.message)[0], user=mia)).messages


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_an_answer_that_comes_too_late_or_twice_is_ordinary(connect, status: int, code: int) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        seen, _ = await asked(on, mia)
        on.fake.trouble(status=status, code=code, part="/callback")
        with capture_logs() as logs:
            await on.fake.click(seen.message, controls(seen.message)[0], user=mia, wait="none")
            await on.fake.until(lambda: on.fake.desk.requests[-1][2] == status)
            await on.leave()
        told = [(line["log_level"], line["code"]) for line in logs if "code" in line]
        assert (told, await on.attempts(mia)) == ([("info", code)], [])


async def test_work_that_outlives_its_token_is_kept_and_ordinary(connect, bank, monkeypatch) -> None:
    slug = next(iter(bank))
    async with connect() as on:
        mia, handle = on.fake.person("Mia"), on.chat.dispatcher.handle
        form = await on.fake.slash("submit", {"challenge": slug}, user=mia, channel=on.fake.channel)

        async def for_long(request):
            reply = await handle(request)
            await on.fake.advance(16 * 60)
            return reply

        monkeypatch.setattr(on.chat.dispatcher, "handle", for_long)
        with capture_logs() as logs:
            await on.fake.submit_modal(form, {"code": bank[slug].solution}, wait="first")
            await on.leave()
        assert [line["log_level"] for line in logs if "code" in line] == ["info"]
        assert [a.verdict for a in await on.attempts(mia)] == ["accepted"]


async def test_what_is_delivered_twice_happens_once(connect, bank) -> None:
    slug = next(iter(bank))
    async with connect() as on:
        mia = on.fake.person("Mia")
        form = await on.fake.slash("submit", {"challenge": slug}, user=mia, channel=on.fake.channel)
        sent = await on.fake.submit_modal(form, {"code": bank[slug].solution}, twice=True)
        await on.fake.redeliver(sent)
        other = await on.fake.slash("help", user=mia, channel=on.fake.channel)
        assert (len(await on.attempts(mia)), bool(other.messages)) == (1, True)
        calls = [
            path
            for _, path, _ in on.fake.desk.requests
            if sent.interaction.token in path and path.endswith("/callback")
        ]
        assert len(calls) == 1


async def test_an_answer_counts_once_across_programs(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        seen, _ = await asked(on, mia)
        button = next(each for each in controls(seen.message) if "placement" not in each)
        first = await on.fake.click(seen.message, button, user=mia, force=True)
        if first.interaction.modal:
            pytest.skip("the first question of this day is answered in a form")
        await on.restart()
        second = await on.fake.click(seen.message, button, user=mia, force=True)
        assert ("Already answered" in second.text, len(await on.attempts(mia))) == (True, 1)


async def test_a_form_that_would_come_too_late_becomes_a_message(connect, bank, monkeypatch) -> None:
    slug = next(iter(bank))
    monkeypatch.setattr("bot.platforms.discord.conversation.FORM_WITHIN", 0.01)
    async with connect() as on:
        slow, mia = asyncio.Event(), on.fake.person("Mia")
        handle = on.chat.dispatcher.handle

        async def slowly(request):
            await slow.wait()
            return await handle(request)

        monkeypatch.setattr(on.chat.dispatcher, "handle", slowly)
        seen = await on.fake.slash("submit", {"challenge": slug}, user=mia, channel=on.fake.channel, wait="first")
        slow.set()
        await on.fake.until(lambda: bool(seen.messages))
        assert "Write your code" in [label for message in seen.messages for label in message.labels]


async def test_who_may_manage_the_server_is_told_to_commands(connect, monkeypatch) -> None:
    async with connect() as on:
        told = []
        handle = on.chat.dispatcher.handle

        async def noting(request):
            told.append(
                (
                    request.admin,
                    request.place.external_id == str(on.fake.guild.id),
                    request.place.channel == str(on.fake.channel.id),
                )
            )
            return await handle(request)

        monkeypatch.setattr(on.chat.dispatcher, "handle", noting)
        for user in (on.fake.person("Mia"), on.fake.person("Ada", permissions=MANAGE_GUILD)):
            await on.fake.slash("help", user=user, channel=on.fake.channel)
        await on.fake.slash("help", user=user, channel=on.fake.world.dm(user))
        assert told == [(False, True, True), (True, True, True), (False, False, False)]


async def test_a_lost_connection_is_resumed(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        await asked(on, mia)
        await on.fake.drop()
        await on.fake.ready(sessions=2)
        assert (await asked(on, mia))[0].messages
        assert on.fake.gateway.resumes == 1


async def test_what_is_under_way_ends_before_the_program(connect, bank, monkeypatch) -> None:
    slug = next(iter(bank))
    async with connect() as on:
        mia = on.fake.person("Mia")
        form = await on.fake.slash("submit", {"challenge": slug}, user=mia, channel=on.fake.channel)
        going, leave, handle = asyncio.Event(), asyncio.Event(), on.chat.dispatcher.handle

        async def slowly(request):
            going.set()
            await leave.wait()
            return await handle(request)

        monkeypatch.setattr(on.chat.dispatcher, "handle", slowly)
        sent = await on.fake.submit_modal(form, {"code": bank[slug].solution}, wait="first")
        await going.wait()
        on.stop.set()
        late = await on.fake.slash("daily", user=mia, channel=on.fake.channel)
        assert ("Restarting" in late.text, on.task.done()) == (True, False)
        leave.set()
        await on.task
        assert "Accepted" in sent.text


async def test_in_a_crowd_everyone_is_heard_before_anyone_is_served(connect, monkeypatch) -> None:
    async with connect() as on:
        people, served = [on.fake.person(f"P{n}") for n in range(12)], []
        handle = on.chat.dispatcher.handle

        async def noting(request):
            served.append(sum(path.endswith("/callback") for _, path, _ in on.fake.desk.requests))
            return await handle(request)

        monkeypatch.setattr(on.chat.dispatcher, "handle", noting)
        monkeypatch.setattr("bot.platforms.discord.conversation.OTHERS_FIRST_S", 5.0)
        monkeypatch.setattr("bot.platforms.discord.conversation.CROWD", 1)
        await asyncio.gather(*(on.fake.slash("help", user=one, channel=on.fake.channel) for one in people))
        assert served == [12] * 12


async def test_only_servers_are_listened_to_and_no_one_is_remembered(connect) -> None:
    async with connect() as on:
        client = on.host._client
        assert isinstance(client, Client)
        assert (client.intents.value, client._connection.max_messages, client.allowed_mentions.to_dict()) == (
            1,
            None,
            {"parse": []},
        )
        assert client._connection.member_cache_flags == discord.MemberCacheFlags.none()
        point_library_at(on.options)
