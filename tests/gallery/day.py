"""A learner's day with the course we ship, played through the real commands on a clock that stands where it is put."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import open_app
from bot.cards import Card, ChallengeCard, Input, QuestionCard
from bot.config import load_settings
from bot.messages import Place, Reply
from bot.store import Question
from challenges.model import Verdict
from quizzes.items import Kind
from runner import Run
from tests.bot.conftest import Chat, Clock, in_this_process

FIRST_DAY = datetime(2026, 11, 9, 18, tzinfo=UTC)  # a Monday
DAYS = 25  # then comes the day that is shown, a Friday
HERE = Place("discord", "garden", "Garden club")
CHALLENGE = "precision-recall-f1"
MISSED = (5, 17)  # days off, each bridged by a freeze
OTHERS = {"Ravi": (18, 21, 22, 23, 24), "Zoé": (21, 23), "Ben": (24,)}  # who learns along, and on which days
FORMS = {Input.BUG: "bug", Input.MATCH: "match", Input.CHOICES: "several"}
PROGRAM = "import numpy as np\nprint(np.arange(6).reshape(2, 3).mean(axis=0))"
THOUGHT = {"seconds": 40.0}  # what is answered faster earns nothing
WRONG = ("wrong", "A wrong answer, and why it is tempting")
RIGHT = ("right", "A right answer, and what comes next")


@dataclass(frozen=True)
class Scene:
    """One thing that is said, and what comes back.

    Attributes:
        asked: the question that these cards answer; it stays in sight above them.
        form: the card whose form is open on top.
    """

    name: str
    about: str
    said: str
    cards: tuple[Card, ...]
    asked: QuestionCard | None = None
    form: QuestionCard | ChallengeCard | None = None


@dataclass
class Story:
    """What has been seen so far."""

    chat: Chat
    scenes: list[Scene] = field(default_factory=list)

    async def say(self, name: str, about: str, line: str, asked: QuestionCard | None = None) -> tuple[Card, ...]:
        """Say something after some thought, and keep what came back."""
        self.chat.clock.forward(**THOUGHT)
        cards = (await self.chat.reply(line)).cards
        self.scenes.append(Scene(name, about, line.split("\n")[0], cards, asked))
        return cards

    def open(self, name: str, about: str, card: QuestionCard | ChallengeCard) -> None:
        """Keep the form that a card opens."""
        self.scenes.append(Scene(name, about, "", (), form=card))


@asynccontextmanager
async def opened(home: Path, run: Run | None = in_this_process) -> AsyncIterator[Chat]:
    """Start the bot in a folder of its own. Without `run`, code runs where a learner's would."""
    clock, bits = Clock(FIRST_DAY), itertools.count(7)
    settings = load_settings(home=home, demo_members=False)
    async with open_app(settings, now=clock, random_bits=lambda: next(bits), run=run) as dispatcher:
        yield Chat(dispatcher, clock, place=HERE, platform=HERE.platform)


async def play(chat: Chat) -> tuple[Scene, ...]:
    """Some weeks of learning, and then the day that is shown."""
    for day in range(DAYS):
        chat.clock.at = FIRST_DAY + timedelta(days=day)
        for name in ["Mia"] * (day not in MISSED) + [other for other, days in OTHERS.items() if day in days]:
            await _learn(Chat(chat.dispatcher, chat.clock, name, chat.place, chat.platform, chat.keys))
    chat.clock.at = FIRST_DAY + timedelta(days=DAYS)
    story = Story(chat)
    await _questions(story)
    await _code(story)
    await _standing(story)
    return tuple(story.scenes)


async def _learn(chat: Chat) -> None:
    """One person's questions of a day, the second one wrong."""
    await chat.reply("daily")
    for n, question in enumerate(await chat.questions()):
        slips = n == 1 and chat.item(question).kind is not Kind.FILL
        answer = chat.wrong(question) if slips else chat.right(question)
        chat.clock.forward(**THOUGHT)
        await chat.reply(f"answer {question.public_id} {answer}")


async def _questions(story: Story) -> None:
    """Today's five, and practice where the day has too few with letters: the first of those goes wrong, the next one right."""
    chat, told = story.chat, iter((WRONG, RIGHT))
    for question in await _posed(chat):
        reply = await chat.reply("daily")
        card = next(card for card in reply.cards if isinstance(card, QuestionCard))
        shown = next(told, None) if card.input is Input.CHOICE else None
        if shown:
            await _lettered(story, shown, "daily", reply)
        else:
            chat.clock.forward(**THOUGHT)
            await chat.reply(f"answer {question.public_id} {chat.right(question)}")
    for shown in told:
        await _lettered(story, shown, *await _practice(chat, Input.CHOICE))
    await _form(story)


async def _lettered(story: Story, shown: tuple[str, str], said: str, reply: Reply) -> None:
    """Answer a question that has letters, for all to see."""
    chat = story.chat
    card = next(card for card in reply.cards if isinstance(card, QuestionCard))
    question = await chat.store.question(card.public_id)
    assert question is not None
    if shown is WRONG:
        story.scenes.append(Scene("question", "A question of the day, answered by a button", said, reply.cards))
    answer = chat.wrong(question) if shown is WRONG else chat.right(question)
    await story.say(*shown, f"answer {card.public_id} {answer}", card)


async def _posed(chat: Chat) -> list[Question]:
    await chat.reply("daily")
    return await chat.questions()


async def _form(story: Story) -> None:
    """Questions that no row of buttons can hold."""
    for kind, name in FORMS.items():
        line, reply = await _practice(story.chat, kind)
        story.scenes.append(Scene(name, f"A question with a form: {name}", line, reply.cards))
        story.open(f"{name}-form", "Its form", next(card for card in reply.cards if isinstance(card, QuestionCard)))


async def _practice(chat: Chat, kind: Input) -> tuple[str, Reply]:
    """Ask for practice until a question is answered in the wanted way."""
    for concept in dict.fromkeys(item.concept for item in chat.dispatcher.services.track.items):
        reply = await chat.reply(f"quiz {concept}")
        if any(isinstance(card, QuestionCard) and card.input is kind for card in reply.cards):
            return f"quiz {concept}", reply
    raise LookupError(f"the course poses no question that is answered by {kind}")


async def _code(story: Story) -> None:
    challenge = story.chat.dispatcher.services.challenges[CHALLENGE]
    mistake = next(wrong for wrong in challenge.wrong if wrong.verdict is Verdict.WRONG)
    cards = await story.say("challenge", "A coding challenge", f"challenge {CHALLENGE}")
    story.open("editor", "Its editor", next(card for card in cards if isinstance(card, ChallengeCard)))
    await story.say("verdict", "A verdict with a failing case", f"submit {CHALLENGE}\n{mistake.source}")
    await story.say("explanation", "Why it fails, with one next step", "explain")
    await story.say("hint", "A hint, when asked for", f"hint {CHALLENGE}")
    await story.say("run", "A program that nobody judges", f"run\n{PROGRAM}")
    await story.say("accepted", "The same challenge, passed", f"submit {CHALLENGE}\n{challenge.solution}")


async def _standing(story: Story) -> None:
    await story.say("leaderboard", "The study group’s week", "leaderboard")
    await story.say("streak", "The streak and its calendar", "streak")
    await story.say("progress", "Progress, section by section", "progress")
    await story.say("settings", "Settings", "settings")
    await story.say("help", "Help", "help")
    await story.say("track", "The whole track", "learn")
    await story.say("notice", "Something that was not understood", "settings zone Pariss")
