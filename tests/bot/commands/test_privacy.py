"""`/privacy`: plain words first, everything as a file, mistakes for Anki, and an erasure that asks once more."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from bot.cards import FileCard, NoticeCard
from bot.messages import Place, Visibility
from bot.platforms.terminal import Terminal
from tests.bot.conftest import Chat

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


async def code_for(chat: Chat) -> str:
    """Ask to be forgotten, and read the code."""
    found = CODE.search(await chat.say("privacy delete"))
    assert found
    return found[0]


async def test_it_says_in_plain_words_what_is_kept_where_how_long_and_who_sees_it(chat) -> None:
    reply = await chat.reply("privacy")
    [card] = reply.cards
    assert isinstance(card, NoticeCard)
    heads = [line.partition(":")[0] for line in card.text.split("\n")]
    assert heads == ["What is kept", "Where", "Who sees it", "Claude", "How long"]
    assert "code and free text for 365 days" in card.text
    assert max(map(len, card.text.split("\n"))) < 330  # a paragraph on a phone
    assert [action.command for action in card.actions] == ["privacy export", "privacy anki", "privacy delete"]
    assert reply.visibility is Visibility.PRIVATE


async def test_all_of_it_comes_as_one_file_of_json(chat) -> None:
    await chat.say("daily")
    [card] = (await chat.reply("privacy export")).cards
    assert isinstance(card, FileCard)
    told = json.loads(card.content)
    assert (card.name, list(told)) == ("epochbot-my-data.json", ["about", "made_at", "tables"])
    assert [row["name"] for row in told["tables"]["app_user"]] == ["Mia"]
    assert len(told["tables"]["question"]) == len(await chat.questions())


async def test_mistakes_come_as_a_deck_and_none_without_mistakes(chat) -> None:
    assert "nothing to learn from in Anki" in await chat.say("privacy anki")
    await chat.say("daily")
    for question in await chat.questions():
        await chat.say(f"answer {question.public_id} {chat.wrong(question)}")
    [card] = (await chat.reply("privacy anki")).cards
    assert isinstance(card, FileCard)
    assert zipfile.ZipFile(io.BytesIO(card.content)).namelist() == ["collection.anki2", "media"]


async def test_the_terminal_keeps_files_for_their_owner_and_says_where(chat, tmp_path) -> None:
    async def say(folder: Path | None) -> str:
        out = io.StringIO()
        terminal = Terminal(
            dispatcher=chat.dispatcher,
            actor=(await actor_of(chat)),
            place=chat.place,
            now=chat.clock,
            new_key=lambda: "k",
            lines=io.StringIO("/privacy export\n"),
            out=out,
            interactive=False,
            exports=folder,
        )
        await terminal.converse()
        return out.getvalue().rstrip().split("\n")[-1]

    folder = tmp_path / "exports"
    path = folder / "epochbot-my-data.json"
    assert await say(folder) == f"Saved as {path}"
    assert json.loads(path.read_bytes())["tables"]["identity"][0]["external_id"] == "mia"
    assert (path.stat().st_mode & 0o077, folder.stat().st_mode & 0o077) == (0, 0)
    assert await say(path) == f"It could not be saved as {path / path.name}: File exists."
    assert "can read it" in await say(None)


async def actor_of(chat: Chat):
    """Who speaks in a chat."""
    from bot.messages import Actor

    return Actor(chat.platform, chat.name.lower(), chat.name)


async def test_nothing_is_deleted_before_the_code_is_given(chat) -> None:
    await chat.say("daily")
    [card] = (await chat.reply("privacy delete")).cards
    assert isinstance(card, NoticeCard)
    code = CODE.search(card.text)
    assert code
    assert [action.command for action in card.actions] == ["privacy export", f"privacy delete {code[0]}"]
    assert len(await chat.questions()) > 0


async def test_the_code_forgets_and_the_next_word_is_of_somebody_new(chat) -> None:
    await chat.say("daily")
    before = await chat.user_id()
    assert "You are forgotten" in await chat.say(f"privacy delete {await code_for(chat)}")
    assert "No streak yet" in await chat.say("streak")
    assert await chat.user_id() != before


@pytest.mark.parametrize("typed", ["{}", "{} ", "lower"])
async def test_a_code_may_be_typed_in_any_case(chat, typed: str) -> None:
    code = await code_for(chat)
    typed = code.lower().replace("-", "") if typed == "lower" else typed.format(code)
    assert "You are forgotten" in await chat.say(f"privacy delete {typed}")


async def test_a_code_is_good_for_ten_minutes_and_for_its_owner_alone(chat, start) -> None:
    code = await code_for(chat)
    assert "not known any more" in await start("Ravi").say(f"privacy delete {code}")
    ravi = start("Ravi")
    await ravi.say("privacy delete")
    assert "not the code you were given" in await ravi.say(f"privacy delete {code}")
    chat.clock.forward(minutes=10)
    assert "not known any more" in await chat.say(f"privacy delete {code}")


async def test_a_new_code_makes_the_old_one_void(chat) -> None:
    old, new = await code_for(chat), await code_for(chat)
    assert old != new
    assert "Not deleted" in await chat.say(f"privacy delete {old}")
    assert "You are forgotten" in await chat.say(f"privacy delete {new}")


async def test_linked_accounts_are_named_and_forgotten_together(chat) -> None:
    there = Chat(chat.dispatcher, chat.clock, "Mimi", Place("discord", "s1", "Server"), "discord", chat.keys)
    await there.say("daily")
    code = CODE.search(await chat.say("link"))
    assert code
    await there.say(f"link {code[0]}")
    asked = await there.say("privacy delete")
    assert "on Discord and your own machine" in " ".join(asked.split())
    found = CODE.search(asked)
    assert found
    assert "You are forgotten" in await chat.say(f"privacy delete {found[0]}")  # shown on one, typed on the other
    assert [await one.store.attempts(await one.user_id()) for one in (chat, there)] == [[], []]
    assert await chat.user_id() != await there.user_id()


async def test_a_wish_of_before_a_link_forgets_nobody_after_it(chat) -> None:
    there = Chat(chat.dispatcher, chat.clock, "Mimi", Place("discord", "s1", "Server"), "discord", chat.keys)
    wish = await code_for(there)
    code = CODE.search(await chat.say("link"))
    assert code
    await there.say(f"link {code[0]}")
    assert "Not deleted" in await there.say(f"privacy delete {wish}")


async def test_a_group_goes_on_without_who_left(chat, start) -> None:
    ravi = start("Ravi")
    for one in (chat, ravi):
        await one.say("daily")
        for question in await one.questions():
            one.clock.forward(seconds=40)
            await one.say(f"answer {question.public_id} {one.right(question)}")
    assert "Mia" in await ravi.say("leaderboard all")
    await chat.say(f"privacy delete {await code_for(chat)}")
    board = await ravi.say("leaderboard all")
    assert ("Mia" in board, "Ravi" in board) == (False, True)
    assert await chat.store.rebuild_check() == []
