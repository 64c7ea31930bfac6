"""A store in a scratch folder with a clock that stands still, and learners to act on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.days import local_day
from bot.store import AnswerRecord, Question, Recorded, Store, SubmissionRecord, User, connect, migrate
from bot.store.engine import sqlite3

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday


@dataclass
class Clock:
    """A clock that moves only when told."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Learner:
    """One learner acting on a store, each act with a key of its own."""

    store: Store
    clock: Clock
    user: User
    acts: int = field(default=0)

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def today(self) -> date:
        return local_day(self.clock(), self.user.tz, self.user.day_start)

    def key(self) -> str:
        self.acts += 1
        return f"key {self.id}.{self.acts}"

    async def pose(self, *items: str, purpose: str = "daily") -> list[Question]:
        pairs = [(item, "7") for item in items]
        return await self.store.pose(self.id, pairs, "quiz" if purpose == "quiz" else "daily", self.today)

    def answer_record(self, question: Question, **changed: object) -> AnswerRecord:
        plain: dict[str, object] = {
            "idem": changed.pop("idem", None) or self.key(),
            "user_id": self.id,
            "question_id": question.id,
            "answer_text": "B",
            "correct": True,
            "score": 1.0,
            "verdict": "correct",
            "difficulty": 1,
            "local_day": self.today,
            "tz": self.user.tz,
            "at": self.clock(),
        }
        return AnswerRecord(**{**plain, **changed})  # type: ignore[arg-type]  # a table of keyword arguments

    async def answer(self, question: Question, **changed: object) -> Recorded:
        return await self.store.record_answer(self.answer_record(question, **changed))

    async def miss(self, question: Question, **changed: object) -> Recorded:
        return await self.answer(question, correct=False, score=0.0, verdict="wrong", **changed)

    def submission_record(self, slug: str, verdict: str = "accepted", **changed: object) -> SubmissionRecord:
        plain: dict[str, object] = {
            "idem": changed.pop("idem", None) or self.key(),
            "user_id": self.id,
            "slug": slug,
            "level": "easy",
            "source": "def f(): ...",
            "verdict": verdict,
            "local_day": self.today,
            "tz": self.user.tz,
            "at": self.clock(),
        }
        return SubmissionRecord(**{**plain, **changed})  # type: ignore[arg-type]  # a table of keyword arguments

    async def submit(self, slug: str, verdict: str = "accepted", **changed: object) -> Recorded:
        return await self.store.record_submission(self.submission_record(slug, verdict, **changed))

    async def finish_day(self) -> Recorded:
        """Do the least that makes a day count."""
        (question,) = await self.pose("item")
        return await self.answer(question)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "epochbot.db"


@pytest.fixture
async def store(path: Path, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.open(path, now=clock)
    yield opened
    await opened.close()


@pytest.fixture
def newcomer(store: Store, clock: Clock) -> Callable[[str], Awaitable[Learner]]:
    async def make(name: str) -> Learner:
        return Learner(store, clock, await store.ensure_user("local", name.lower(), name))

    return make


@pytest.fixture
async def ann(newcomer: Callable[[str], Awaitable[Learner]]) -> Learner:
    return await newcomer("Ann")


@pytest.fixture
def db() -> Iterator[Database]:
    """A database in memory with today's schema, for operations without threads."""
    wrapped = connect.wrap(sqlite3.connect(":memory:", isolation_level=None))
    wrapped.execute("PRAGMA foreign_keys = 1")
    migrate.migrate(wrapped, Path(":memory:"), migrate.scripts())
    yield wrapped
    wrapped.close()
