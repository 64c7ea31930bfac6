"""A learner's day on Discord, over real sockets with the real library: asked, answered by buttons and forms, graded, counted."""

from __future__ import annotations

import asyncio

import pytest

from bot.cards import NoticeCard
from bot.messages import Reply, Visibility
from bot.platforms.discord.render import render
from challenges.model import Verdict
from quizzes.items import Kind
from tests.fakes.discord_state import MANAGE_GUILD


def control(message, verb: str) -> str:
    """The id of the first control that does something."""
    return next(c["custom_id"] for c in message.controls if f"|{verb}|" in c["custom_id"])


def values(kind: Kind, answer: str) -> dict[str, object]:
    """What one fills into the form of a question to give an answer."""
    words = answer.split()
    match kind:
        case Kind.MULTI:
            return {"choice": words}
        case Kind.MATCH:
            return {pair[:-1]: [pair[-1]] for pair in words}
        case Kind.BUG:
            return {"line": [words[0]], "choice": words[1]}
        case Kind.FILL:
            return {f"blank{n}": line for n, line in enumerate(answer.split("\n"), 1)}
        case _:
            return {"text": answer}


async def answer(on, seen, question, text: str, user):
    """Answer the question shown, as its controls let one."""
    kind = on.chat.item(question).kind
    if kind is Kind.SINGLE:
        return await on.fake.click(seen.messages[-1], text, user=user)
    form = await on.fake.click(seen.messages[-1], "Answer", user=user)
    return await on.fake.submit_modal(form, values(kind, text))


async def test_a_whole_day(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        seen = await on.fake.slash("daily", user=mia, channel=on.fake.channel)
        assert seen.message.ephemeral
        questions = await on.questions(mia)
        for n, question in enumerate(questions):
            text = on.chat.wrong(question) if n == 1 else on.chat.right(question)
            asked, seen = seen, await answer(on, seen, question, text, mia)
            await on.fake.until(
                lambda shown=asked.messages[-1], own=question.public_id: all(
                    c.get("disabled") for c in shown.controls if own in c["custom_id"]
                )
            )  # it rests
            assert ("✅" in seen.text) or ("📝" in seen.text) or n == 1
            if n < len(questions) - 1:
                seen = await on.fake.click(
                    seen.messages[-1], f"Next question ({len(questions) - 1 - n} left)", user=mia
                )
        assert len(await on.attempts(mia)) == len(questions)
        assert (on.fake.messages(on.fake.channel), on.fake.faults) == ([], [])


async def test_the_same_day_leaves_the_same_as_anywhere_else(connect, shipped_track, bank, played) -> None:
    """With the course we ship: five answers of which one is wrong, and a challenge failed, explained and passed."""
    challenge = next(c for c in bank.values() if any(w.verdict is Verdict.WRONG for w in c.wrong))
    mistake = next(w for w in challenge.wrong if w.verdict is Verdict.WRONG)
    async with connect(chat={"track": shipped_track}) as on:
        mia, here = on.fake.person("Mia"), on.fake.channel
        seen = await on.fake.slash("daily", user=mia, channel=here)
        questions = await on.questions(mia)
        slip = next(q.slot for q in questions if on.chat.item(q).kind is not Kind.SHORT)
        for question in questions:
            text = on.chat.wrong(question) if question.slot == slip else on.chat.right(question)
            seen = await answer(on, seen, question, text, mia)
            if question is questions[2]:
                await on.restart()
            seen = await on.fake.slash("daily", user=mia, channel=here)
        for code in (mistake.source, challenge.solution):
            form = await on.fake.slash("submit", {"challenge": challenge.slug}, user=mia, channel=here)
            await on.fake.submit_modal(form, {"code": code})
        said = await on.fake.slash("streak", user=mia, channel=here)
        assert "1 day, and today is done." in said.text
        assert await left_behind(on, mia, type(played)) == played
        assert sum(on.fake.validated.values()) > 20


async def left_behind(on, user, whole_day):
    """What a day has left in the database."""
    store, attempts = on.chat.store, await on.attempts(user)
    known = await store.ensure_user("discord", str(user.id), user.name)
    group = await store.ensure_group("discord", str(on.fake.guild.id), on.fake.guild.name)
    streak = await store.streak(known.id, on.chat.clock().date())
    board = {row.user_id: row.xp for row in await store.leaderboard(group.id)}
    quizzes = [a for a in attempts if a.kind == "quiz"]
    return whole_day(
        answers=len(quizzes),
        wrong_answers=sum(not a.correct for a in quizzes),
        submissions=tuple(a.verdict for a in attempts if a.kind == "challenge"),
        streak=streak.current,
        today_done=streak.today_done,
        xp_adds_up=board.get(known.id, 0) == (await store.progress(known.id)).xp > 0,
        projections_differ=bool(await store.rebuild_check()),
    )


async def test_every_question_we_ship_can_be_asked_and_answered(connect, shipped_track) -> None:
    """One of each kind, as the store poses it, through its own control."""
    async with connect(chat={"track": shipped_track}) as on:
        mia, seen_kinds = on.fake.person("Mia"), set()
        kinds = {item.kind: item.concept for item in shipped_track.items}
        for concept in kinds.values():
            seen = await on.fake.slash("quiz", {"topic": concept}, user=mia, channel=on.fake.channel)
            question = await newest_question(on, mia)
            seen_kinds.add(on.chat.item(question).kind)
            done = await answer(on, seen, question, on.chat.right(question), mia)
            assert ("✅" in done.text) or ("📝" in done.text), on.chat.item(question).id
        assert len(seen_kinds) >= 5


async def newest_question(on, user):
    """The question shown last."""
    known = await on.chat.store.ensure_user("discord", str(user.id), user.name)
    return await on.chat.store.question(on.chat.dispatcher.services.asked[known.id])


@pytest.fixture
def slug(bank) -> str:
    """A challenge of the small course."""
    return next(iter(bank))


async def test_code_is_sent_from_the_editor_and_as_a_file(connect, bank, slug: str) -> None:
    challenge = bank[slug]
    wrong = challenge.wrong[0]
    async with connect() as on:
        mia = on.fake.person("Mia")
        shown = await on.fake.slash("challenge", {"name": slug}, user=mia, channel=on.fake.channel)
        form = await on.fake.click(shown.messages[-1], "Write your code", user=mia)
        assert form.modal["components"][0]["component"]["value"] == challenge.starter
        failed = await on.fake.submit_modal(form, {"code": wrong.source})
        assert "❌" in failed.text
        again = await on.fake.slash("submit", {"challenge": slug}, user=mia, channel=on.fake.channel)
        assert again.modal["components"][0]["component"]["value"] == wrong.source.rstrip("\n") or again.modal
        by_form = await on.fake.submit_modal(again, {"file": [("solution.py", challenge.solution.encode())]})
        assert "Accepted" in by_form.text
        by_option = await on.fake.slash(
            "submit",
            {"challenge": slug, "file": ("s.py", challenge.solution.encode())},
            user=mia,
            channel=on.fake.channel,
        )
        assert "Accepted" in by_option.text
        assert [a.verdict for a in await on.attempts(mia)] == [wrong.verdict.value, "accepted", "accepted"]


async def test_settings_change_by_menu_and_by_form(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        form = await on.fake.slash("settings", user=mia, channel=on.fake.channel)
        menu = control(form.message, "add")
        saved = await on.fake.select(form.message, menu, ["4"], user=mia)
        assert "04:00" in saved.text
        opened = await on.fake.click(form.message, "Change", user=mia)
        assert "Europe/Paris" in (await on.fake.submit_modal(opened, {"text": "Europe/Paris"})).text


async def test_pictures_come_with_words_and_a_streak_can_be_shared(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        seen = await on.fake.slash("streak", user=mia, channel=on.fake.channel)
        assert [
            file["filename"].endswith(".png") and bool(file["description"]) for file in seen.message.attachments
        ] == [True]
        shared = await on.fake.click(seen.message, "Share", user=mia)
        assert ([m.ephemeral for m in shared.messages], [m.labels for m in shared.messages]) == ([False], [[]])
        assert [m.text for m in shared.messages] == ["### Mia shares this\n" + seen.message.text]
        board = await on.fake.slash("leaderboard", user=mia, channel=on.fake.channel)
        assert "You are not on it yet" in board.text
        assert "You" not in (await on.fake.click(board.message, "Share", user=mia)).text


async def test_a_file_comes_to_its_owner_alone(connect) -> None:
    async with connect() as on:
        seen = await on.fake.slash("privacy", user=on.fake.person("Mia"), channel=on.fake.channel, options={"what": "export"})
        assert [file["filename"].endswith("epochbot-my-data.json") for file in seen.message.attachments] == [True]
        assert seen.message.ephemeral


async def test_words_are_completed_while_they_are_typed(connect, bank) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia")
        zones = await on.fake.autocomplete(
            "settings", "value", "berl", user=mia, channel=on.fake.channel, options={"what": "zone"}
        )
        challenges = await on.fake.autocomplete("challenge", "name", "", user=mia, channel=on.fake.channel)
        assert ([z["value"] for z in zones], {c["value"] for c in challenges}) == (["Europe/Berlin"], set(bank))


async def test_code_of_a_message_is_run_for_whoever_asks(connect, bank, slug: str) -> None:
    async with connect() as on:
        mia, ben = on.fake.person("Mia"), on.fake.person("Ben")
        said = on.fake.say(on.fake.channel, ben, f"Does this work?\n```py\n{bank[slug].solution}\n```")
        seen = await on.fake.message_command("Run this code", said, user=mia)
        assert ("It ran to its end" in seen.text, seen.message.ephemeral) == (True, True)
        assert await on.attempts(mia) == []
        broken = on.fake.say(on.fake.channel, mia, "What is this?\n```\nZeroDivisionError: division by zero\n```")
        explained = await on.fake.message_command("Explain this error", broken, user=ben)
        assert ("ZeroDivisionError" in explained.text, explained.message.ephemeral) == (True, True)


async def test_learning_alone_needs_no_server(connect) -> None:
    async with connect() as on:
        mia = on.fake.person("Mia", installed=True)
        elsewhere, channel = await on.fake.add_guild("Elsewhere", has_bot=False)
        for where in (on.fake.world.dm(mia), channel):
            seen = await on.fake.slash("daily", user=mia, channel=where)
            assert "Question 1 of 5" in seen.text
        assert elsewhere.has_bot is False


async def test_a_visitor_gets_all_of_a_long_reply_within_what_discord_allows(connect, monkeypatch) -> None:
    cards = tuple(NoticeCard(title=f"Card {n}", text=f"word{n} " * 500) for n in range(9))

    async def long(request) -> Reply:
        return Reply(cards, followup=lambda: asyncio.sleep(0, Reply(cards[:1])))

    async with connect() as on:
        monkeypatch.setattr(on.chat.dispatcher, "handle", long)
        mia, ben = on.fake.person("Mia", installed=True), on.fake.person("Ben")
        _, channel = await on.fake.add_guild("Elsewhere", has_bot=False)
        visiting = await on.fake.slash("help", user=mia, channel=channel)
        at_home = await on.fake.slash("help", user=ben, channel=on.fake.channel)
        await on.fake.until(lambda: [len(visiting.messages), len(at_home.messages)] == [6, len(render(cards)) + 1])
        assert [a["filename"] for m in visiting.messages for a in m.attachments] == ["1-all.txt"]
        assert visiting.messages[-1].text == "### Card 0\n" + "word0 " * 499 + "word0 "


async def test_a_reply_for_everyone_is_seen_by_everyone(connect, monkeypatch) -> None:
    async def aloud(request) -> Reply:
        return Reply((NoticeCard(title="Hear", text="this"),), visibility=Visibility.PUBLIC)

    async with connect() as on:
        monkeypatch.setattr(on.chat.dispatcher, "handle", aloud)
        await on.fake.slash("help", user=on.fake.person("Mia"), channel=on.fake.channel)
        await on.fake.until(lambda: len(on.fake.messages(on.fake.channel)) == 1)


async def test_an_admin_sets_up_posts_by_menus_and_by_one_command(connect) -> None:
    async with connect() as on:
        ada = on.fake.person("Ada", permissions=MANAGE_GUILD)
        form = await on.fake.slash("group setup", user=ada, channel=on.fake.channel)
        menus = {c["type"]: c["custom_id"] for c in form.message.controls if "|add|group setup" in c["custom_id"]}
        role = on.fake.world.add_role(on.fake.guild, "learners", mentionable=True)
        chosen = await on.fake.select(form.message, menus[8], [on.fake.channel], user=ada)
        called = await on.fake.select(form.message, menus[6], [role], user=ada)
        assert [("Saved" in seen.text) for seen in (chosen, called)] == [True, True]
        opened = await on.fake.click(form.message, "Change", user=ada)
        assert "Saved" in (await on.fake.submit_modal(opened, {"text": "Europe/Paris"})).text
        whole = {"channel": on.fake.channel, "hour": 9, "zone": "Europe/Berlin", "ping": role}
        said = await on.fake.slash("group setup", whole, user=ada, channel=on.fake.channel)
        assert ("Saved" in said.text, "09:00" in said.text, "Europe/Berlin" in said.text) == (True, True, True)
        zones = await on.fake.autocomplete("group setup", "zone", "berl", user=ada, channel=on.fake.channel)
        assert [zone["value"] for zone in zones] == ["Europe/Berlin"]


async def test_who_manages_nothing_is_not_offered_the_set_up(connect) -> None:
    async with connect() as on:
        mia, ada = on.fake.person("Mia"), on.fake.person("Ada", permissions=MANAGE_GUILD)
        offered = [
            ["group" in on.fake.commands(user, where)]
            for user, where in ((mia, on.fake.channel), (ada, on.fake.channel), (ada, on.fake.world.dm(ada)))
        ]
        assert offered == [[False], [True], [False]]
