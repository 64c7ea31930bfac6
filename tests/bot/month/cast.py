"""What the eight of the group do over and over: today's questions, one more, the group's question, code. Each act is written down."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from bot.store import Question, learning_state
from bot.store.connect import value
from challenges.model import Verdict
from quizzes.items import Item, Kind
from quizzes.memory import DEFAULT
from quizzes.present import present
from quizzes.skill import guess_floor
from tests.bot.conftest import Chat
from tests.bot.month.model import Noted
from tests.bot.month.naive import Did, Life
from tests.bot.month.people import OnDiscord, OnSlack, Person
from tests.bot.month.world import World

GAIN = re.compile(r"\+(\d+) XP")
Entry = tuple[Did, str] | Noted


@dataclass
class Member:
    """Somebody of the group as the script knows them: their host, their clock, and how often they are right."""

    key: str
    person: Person
    life: Life
    skill: float = 0.75


@dataclass
class Cast:
    """Everybody, what they did, and a diary to read."""

    world: World
    members: dict[str, Member] = field(default_factory=dict)
    record: list[Entry] = field(default_factory=list)
    diary: list[str] = field(default_factory=list)
    hints: dict[tuple[str, str], int] = field(default_factory=dict)
    weights: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def add(self, key: str, person: Person, zone: str, skill: float = 0.75) -> Member:
        """Let somebody in, who lives by a zone from the beginning."""
        life = Life([(datetime.min.replace(tzinfo=self.world.clock.at.tzinfo), zone)])
        self.members[key] = Member(key, person, life, skill)
        return self.members[key]

    def day(self, key: str) -> date:
        """Which day it is for somebody."""
        return self.members[key].life.day(self.world.clock())

    def write(self, who: str, said: str, heard: str, lines: int = 14) -> None:
        """Put something into the diary."""
        at = self.world.clock()
        short = [line.strip() for line in heard.splitlines() if line.strip()]
        cut = [*short[:lines], *(["…"] if len(short) > lines else [])]
        self.diary.append(
            f"{at:%a %d %b %H:%M} UTC  {who}: {said}\n" + "\n".join(f"      {line[:200]}" for line in cut)
        )

    async def say(self, key: str, line: str, *, lines: int = 14) -> str:
        """Let somebody say something that the diary keeps."""
        heard = await self.members[key].person.say(line)
        self.write(key, f"/{line}", heard, lines)
        return heard

    async def press(self, key: str, label: str) -> str:
        """Let somebody press a button of what they saw last."""
        heard = await self.members[key].person.press(label)
        self.write(key, f"[{label}]", heard)
        return heard

    def note(self, what: str, who: str, days: tuple[date, ...] = (), other: str = "") -> None:
        """Write down what is no answer."""
        self.record.append(Noted(what, self.world.clock(), who, days, other))

    async def look_for_fits(self) -> None:
        """Write down whose memory was found in the night to fade otherwise than thought."""
        store = self.world.store
        for key, member in self.members.items():
            if not await store._read(lambda db: value(db, "SELECT 1 FROM fitted")):
                return
            user_id = await member.person.user_id()
            weights = await store._read(lambda db, user_id=user_id: learning_state.parameters(db, user_id))
            if weights != self.weights.get(key, DEFAULT):
                self.weights[key] = weights
                self.record.append(Noted("fitted", self.world.clock(), key, weights=weights))

    # Questions

    async def daily(self, key: str, *, most: int = 5, sure: bool = False) -> None:
        """Do today's questions, or some of them."""
        member = self.members[key]
        by_hand = isinstance(member.person, OnDiscord | OnSlack) and self.day(key).toordinal() % 5 == 0
        heard = await member.person.say("daily")
        user_id, today = await member.person.user_id(), self.day(key)
        questions = await self.world.store.questions_today(user_id, today, "daily")
        assert len(questions) == 5, (key, today, heard)
        left = [question for question in questions if not question.answered][:most]
        for n, question in enumerate(left):
            if by_hand and n:
                heard = await member.person.press(f"Next question ({5 - question.slot} left)")
            heard = await self.answer(key, question, "daily", by_hand=by_hand, sure=sure)
        self.write(key, f"/daily, {len(left)} answered", heard, lines=4)

    async def practise(self, key: str, times: int = 1) -> None:
        """Practise."""
        for _ in range(times):
            heard = await self.members[key].person.say("quiz")
            heard = await self.answer(key, await self._latest(key), "quiz")
        self.write(key, f"/quiz, {times} answered", heard, lines=4)

    async def together(self, key: str) -> None:
        """Answer the group's question, if its answer is not out yet."""
        heard = await self.members[key].person.say("today")
        if "Nothing to answer" in heard or "out already" in heard:
            self.write(key, "/today", heard)
            return
        heard = await self.answer(key, await self._latest(key), "quiz")
        self.write(key, "/today, answered", heard, lines=4)

    async def duel(self, key: str) -> str:
        """Answer the next question of a duel."""
        await self.members[key].person.say("duel")
        return await self.answer(key, await self._latest(key), "quiz")

    async def _latest(self, key: str) -> Question:
        """The question shown last."""
        asked = self.world.up.services.asked
        found = await self.world.store.question(asked[await self.members[key].person.user_id()])
        assert found is not None
        return found

    async def answer(
        self,
        key: str,
        question: Question,
        purpose: Literal["daily", "quiz"],
        *,
        by_hand: bool = False,
        sure: bool = False,
    ) -> str:
        """Answer one question, right as often as this learner is, and write it down."""
        member, dice = self.members[key], random.Random(f"{key} {question.item_id} {self.day(key)}")  # noqa: S311
        chat = Chat(self.world.up.dispatcher, self.world.clock)
        item = chat.item(question)
        good = dice.random() < member.skill
        text = chat.right(question) if good else _wrong(chat, question, item)
        percent = dice.choice((30, 60, 95)) if sure and item.kind is not Kind.SHORT else None
        self.world.wait(dice.randrange(5, 40))
        heard = await self._given(member, question, item, text, percent, by_hand=by_hand)
        self._did(
            key, item, purpose, "free" if item.kind is Kind.SHORT else "right" if good else "wrong", heard, percent
        )
        return heard

    async def _given(
        self, member: Member, question: Question, item: Item, text: str, percent: int | None, *, by_hand: bool
    ) -> str:
        if by_hand:
            return await member.person.give(question, item.kind, text)
        line = text.replace("\n", "; " if item.kind is Kind.FILL else " ") + (
            f" ~{percent}" if percent is not None else ""
        )
        return await member.person.say(f"answer {question.public_id} {line}")

    def _did(
        self,
        key: str,
        item: Item,
        purpose: Literal["daily", "quiz"],
        outcome: Literal["right", "wrong", "free"],
        heard: str,
        sure: int | None,
    ) -> None:
        words = {"right": "Correct", "wrong": ("Not quite", "Partly right"), "free": "Thank you"}[outcome]
        assert any(word in heard for word in ((words,) if isinstance(words, str) else words)), (key, item.id, heard)
        found, at = GAIN.search(heard), self.world.clock()
        act = Did(
            who=key, at=at, day=self.day(key), outcome=outcome, item=item.id, concept=item.concept,
            section=item.section, difficulty=item.difficulty, guess=guess_floor(item), purpose=purpose, sure=sure,
            gain=int(found[1]) if found else 0,
        )  # fmt: skip
        self.record.append((act, self.members[key].life.zone(at)))

    # Code

    async def hint(self, key: str, slug: str) -> None:
        """Ask for a hint."""
        await self.say(key, f"hint {slug}", lines=5)
        self.hints[key, slug] = self.hints.get((key, slug), 0) + 1

    async def code(self, key: str, slug: str, *, good: bool = True) -> None:
        """Send in the solution of a challenge, or a typical mistake."""
        member, challenge = self.members[key], self.world.bank[slug]
        mistake = next(wrong for wrong in challenge.wrong if wrong.verdict is Verdict.WRONG)
        self.world.wait(300)
        heard = await member.person.submit(slug, challenge.solution if good else mistake.source)
        self.write(key, f"/submit {slug}", heard, lines=5)
        assert ("Accepted" in heard) is good, heard
        found, at = GAIN.search(heard), self.world.clock()
        act = Did(
            who=key, at=at, day=self.day(key), outcome="passed" if good else "failed", item=slug, purpose="code",
            level=challenge.level, hints=self.hints.get((key, slug), 0), gain=int(found[1]) if found else 0,
        )  # fmt: skip
        self.record.append((act, member.life.zone(at)))

    # Days and zones

    async def fly(self, key: str, zone: str) -> None:
        """Ask for another time zone."""
        heard = await self.say(key, f"settings zone {zone.rpartition(chr(47))[2]}")
        assert "Your time zone is" in heard, heard
        lost = self.members[key].life.move(self.world.clock(), zone)
        self.note("moved", key, tuple(lost))


def _wrong(chat: Chat, question: Question, item: Item) -> str:
    """A wrong answer that can be read."""
    if item.kind is Kind.FILL:
        return "\n".join(["no_such_name"] * present(item, int(question.seed)).blanks)
    return chat.wrong(question)
