"""A crowd that answers fast: many learners of one group, their answers recorded through the store, many per commit."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.days import local_day
from bot.store import AnswerRecord, Store, SubmissionRecord
from quizzes.grade import Graded, answer_key, grade
from quizzes.items import Item, Track
from quizzes.present import present

SEED = 7


@dataclass
class Crowd:
    """Learners of one group and what they do. A text of "right" or "wrong" stands for such an answer."""

    chat: Any
    track: Track
    group_id: int = 0
    members: dict[str, int] = field(default_factory=dict)
    keys: itertools.count = field(default_factory=itertools.count)

    @property
    def store(self) -> Store:
        """The store all goes through."""
        return self.chat.store

    async def member(self, name: str, *, joins: bool = True) -> int:
        """A learner, new or known."""
        if name not in self.members:
            user = await self.store.ensure_user("discord", name.lower(), name)
            self.members[name] = user.id
            if joins:
                place = self.chat.place
                group = await self.store.ensure_group(place.platform, place.external_id, place.name)
                self.group_id = group.id
                await self.store.join(group.id, user.id)
        return self.members[name]

    def item(self, item_id: str) -> Item:
        """An item of the course."""
        found = self.track.item(item_id)
        assert found is not None
        return found

    def typed(self, item: Item, what: str) -> str:
        """What is typed for an answer."""
        key = answer_key(item, present(item, SEED))
        if what == "right":
            return key
        return self.chat.wrong(Asked(item.id)) if what == "wrong" else what

    async def answer(
        self, name: str, item_id: str, what: str, *, at: datetime | None = None, elapsed_ms: int | None = None
    ) -> None:
        """One learner answers one item."""
        user_id, item, at = await self.member(name), self.item(item_id), at or self.chat.clock()
        day = local_day(at, "UTC", 3)
        (question,) = await self.store.pose(user_id, [(item_id, str(SEED))], "quiz", day)
        text = self.typed(item, what)
        graded = grade(item, present(item, SEED), text)
        assert isinstance(graded, Graded), graded
        verdict = "formative" if graded.formative else "correct" if graded.correct else "wrong"
        await self.store.record_answer(
            AnswerRecord(
                idem=f"crowd {next(self.keys)}", user_id=user_id, question_id=question.id, answer_text=text,
                correct=graded.correct, score=graded.score, verdict=verdict, misconceptions=graded.misconceptions,
                local_day=day, tz="UTC", at=at, elapsed_ms=elapsed_ms,
            )
        )  # fmt: skip

    async def answers(self, many: Iterable[tuple[str, str, str]], *, days_ago: float = 0) -> None:
        """Many answers at once: who, to what, how; each learner's in order."""
        at = self.chat.clock() - timedelta(days=days_ago)
        by_name: dict[str, list[tuple[str, str]]] = {}
        for name, item_id, what in many:
            by_name.setdefault(name, []).append((item_id, what))
        for name in by_name:
            await self.member(name)

        async def one(name: str) -> None:
            for item_id, what in by_name[name]:
                await self.answer(name, item_id, what, at=at)

        await asyncio.gather(*map(one, by_name))

    async def submit(self, name: str, slug: str, source: str, verdict: str = "wrong", report_json: str = "{}") -> None:
        """One learner sends code in."""
        at = self.chat.clock()
        await self.store.record_submission(
            SubmissionRecord(
                idem=f"crowd {next(self.keys)}", user_id=await self.member(name), slug=slug, level="easy", source=source,
                verdict=verdict, report_json=report_json, local_day=local_day(at, "UTC", 3), tz="UTC", at=at,
            )
        )  # fmt: skip


@dataclass
class Asked:
    """As much of a question as a wrong answer is made from."""

    item_id: str
    seed: str = str(SEED)


@pytest.fixture
def crowd(chat, track: Track) -> Crowd:
    """A crowd about the small course, in Mia's group."""
    return Crowd(chat, track)
