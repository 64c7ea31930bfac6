"""Two learners who use everything there is, so that what is kept of one can be told from what is kept of the other."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.messages import Place
from tests.bot.conftest import Chat

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


@dataclass
class Life:
    """One learner: the way they talk to the bot, and every text that leads to them."""

    chat: Chat
    marks: set[str]

    async def say(self, text: str) -> str:
        """Say something after some thought."""
        self.chat.clock.forward(seconds=40)
        return await self.chat.say(text)


async def live(life: Life, mark: str) -> None:
    """Answer, code, hint, report, plan and set what can be set, leaving words of one's own everywhere."""
    chat = life.chat
    await life.say("daily")
    for n, question in enumerate(await chat.questions()):
        await life.say(f"answer {question.public_id} {chat.wrong(question) if n % 2 else chat.right(question)}")
    await life.say(f"submit add-up\ndef add_up(numbers):\n    {mark}_code = 1\n    return {mark}_code")
    await life.say("hint add-up")
    await life.say(f"report typo {mark} words")
    await life.say(f"settings name {mark} board")
    await life.say("settings weekly-goal 4")
    await life.say("settings reminder 18:30")
    await life.say("settings quiet 22-8")
    await life.say("streak pause 3")
    await life.say("placement")
    for question in (await chat.questions())[-1:]:
        await life.say(f"answer {question.public_id} {chat.right(question)}")
    await life.say("pair code")
    await life.say("link 0000-0000")
    await life.say("link")
    await life.say("privacy delete")


async def play_together(one: Life, other: Life) -> None:
    """Be a pair, and in the middle of a duel."""
    code = CODE.search(await one.say("pair code"))
    assert code, "no code to pair with"
    await other.say(f"pair {code[0]}")
    code = CODE.search(await one.say("duel code"))
    assert code, "no code for a duel"
    await other.say(f"duel {code[0]}")
    for life in (one, other):
        await life.say("duel")
        question = await life.chat.store.open_question(await life.chat.user_id())
        assert question is not None
        await life.say(f"answer {question.public_id} {life.chat.right(question)}")


async def link(life: Life, platform: str, name: str, place: Place) -> Chat:
    """Come to the bot on another platform, alone with it, and make both accounts one."""
    there = Chat(life.chat.dispatcher, life.chat.clock, name, place, platform, life.chat.keys)
    await there.say("daily")
    code = CODE.search(await life.say("link"))
    assert code
    assert "Linked" in await there.say(f"link {code[0]}")
    return there
