"""The whole way of an explanation by Claude, with real parts: store, grader, gates, SDK and socket; only the mind behind is ours."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.store import Store
from bot.store.tutoring_money import Limits
from bot.tutor import Asking, Explanation, Tutor, Who
from bot.tutor.claude import Box, ClaudeAssistant, ClaudeOptions
from challenges.grade import NO_STOCK, Grader
from challenges.model import Challenge, Verdict
from runner import Run
from tests.bot.conftest import MORNING, in_this_process
from tests.bot.tutor.adversary.targets import Target, targets

KEY = "sk-ant-test-of-the-adversary"
PLENTY = Limits(10**15, 10**15, 10**15)
PATIENT = {"timeout_s": 30.0, "whole_s": 60.0}  # on a machine with much else to do
SLUGS = ("precision-recall-f1", "canary-decision", "chunk-with-overlap", "byte-pair-merges")
"""Challenges whose code needs no library, so that it runs at once in this process."""


async def nothing_passes(*_: Any) -> tuple[str, ...]:
    """Find no program that passes."""
    return ()


@dataclass
class Way:
    """From a submission to what its learner is shown."""

    tutor: Tutor
    grader: Grader
    claude: Any
    store: Store
    who: Who
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    offline: dict[str, Explanation] = field(default_factory=dict)

    async def submit(
        self, target: Target, source: str = "", *, rung: int = 1, who: Who | None = None
    ) -> Explanation | None:
        """Submit a program like no other before, and get what follows the offline explanation."""
        fresh = f"{source or target.source}\nN = {next(self.numbers)}\n"
        return await self.submit_again(target, fresh, rung=rung, who=who)

    def asking(self, target: Target, number: int) -> Asking:
        """One of many failed submissions of a crowd: each another program, all with the same report."""
        report, told = target.report(), self.offline.get(target.source)
        if told is None:
            told = self.offline[target.source] = self.tutor.explain(target.challenge, target.source, report)
        return Asking(target.challenge, f"{target.source}\nN = {number}\n", report, told, self.who)

    async def submit_again(
        self, target: Target, source: str, *, rung: int = 1, who: Who | None = None
    ) -> Explanation | None:
        """Submit a program as it is."""
        report = await self.grader.grade(target.challenge, source)
        assert report.verdict not in (Verdict.ACCEPTED, Verdict.INTERNAL)
        offline = self.tutor.explain(target.challenge, source, report)
        assert offline.text
        return await self.tutor.improve(Asking(target.challenge, source, report, offline, who or self.who, rung))


@pytest.fixture(scope="session")
def aims(shipped_bank: dict[str, Challenge]) -> list[Target]:
    """One-line mistakes of a few challenges."""
    return [target for slug in SLUGS for target in targets(shipped_bank[slug], 4)]


Open = Callable[..., Any]


@pytest.fixture
async def open_way(tmp_path: Path, claude: Any) -> AsyncIterator[Open]:
    """Open the way, with options of Claude's changed."""
    store = await Store.open(tmp_path / "tutor.sqlite3", now=lambda: MORNING)
    bits = itertools.count(11)
    graders: list[Grader] = []
    user = await store.ensure_user("local", "zacharias-quill", "Zacharias Quill")
    group = await store.ensure_group("local", "garden", "Garden club")

    def begin(
        run: Run = in_this_process,
        now: Callable[[], datetime] = lambda: MORNING,
        *,
        trusting: bool = False,
        **changes: Any,
    ) -> Way:
        """`trusting` tries no texts by running, for crowds that are all told the same honest text."""
        grader = Grader(run, lambda: next(bits), capacity=NO_STOCK)
        graders.append(grader)
        options = ClaudeOptions(**{"api_key": KEY, "base_url": claude.address, "limits": PLENTY, **PATIENT, **changes})
        box = Box(grader.grade, nothing_passes if trusting else grader.passing, grader.apart)
        assistant = ClaudeAssistant(options, store.tutoring, box, now=now, entropy=lambda: next(bits))
        return Way(Tutor(assistant), grader, claude, store, Who(user.id, group.id))

    yield begin
    for grader in graders:
        await grader.close()
    await store.close()


@pytest.fixture
def way(open_way: Open) -> Way:
    """The way as it is set up by default."""
    way: Way = open_way()
    return way
