"""Claude as an assistant, through the real SDK over a real socket: what holds is shown, and whatever goes wrong the offline text stands."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.store import Store
from bot.store.tutoring_money import Limits, Spent
from bot.tutor import Asking, DraftOrder, Explanation, Marked, Turn, Who
from bot.tutor.claude import Box, ClaudeAssistant, ClaudeOptions, Model
from bot.tutor.claude.prompt import EXPLAIN
from challenges.grade import NO_STOCK, Grader
from challenges.model import CaseReport, Challenge, Report, Verdict
from runner import Run

KEY = "sk-ant-test-0123456789-secret"
SOURCE = "def add_up(numbers):\n    return sum(numbers[:-1])\n"
FIX = "def add_up(numbers):\n    return sum(numbers)\n"
OFFLINE = Explanation(source="known", specific=True, text="You stop one number too early.")
CASE = CaseReport(
    name="two numbers", verdict=Verdict.WRONG, given="[1, 2]", expected="3", got="1", message="the result is 1"
)
REPORT = Report(
    verdict=Verdict.WRONG, cases=(CASE,), hidden_passed=1, hidden_total=6, failing=("two numbers",)
)
TIER = (
    "Look closely at line 2, where your function decides which numbers take part. In the case “two numbers” the list holds a one and "
    "a two, yet only the first of them reaches your total. Whatever stands last never gets its turn. Take a pencil, write the list "
    "down, and cross out every number that your code really visits, one after the other. Then look at what is left on the paper. It "
    "tells you which part of line 2 leaves something behind, and why a list with a single number gives you nothing at all."
)
GOOD = {
    "misconception": "the end of a slice is included",
    "line": 2,
    "failing_case": "two numbers",
    "place": TIER,
    "question": TIER.replace("It tells you", "Does it tell you") ,
    "concept": TIER,
    "example": TIER,
    "fix": FIX,
}
SHOWN = Explanation(source="ai", specific=True, text=TIER, line=2, code_line="return sum(numbers[:-1])")
CHEAP = ClaudeOptions(api_key=KEY, model=Model("claude-of-the-day", "medium", "disabled"), strong=Model("claude-strong", "low"), timeout_s=2.0, whole_s=6.0)


@dataclass
class Mia:
    """A learner whose group agreed, a failed submission, and Claude at the other end of a socket."""

    assistant: ClaudeAssistant
    store: Store
    who: Who
    challenge: Challenge

    def asking(self, source: str = SOURCE, rung: int = 1, **changes: Any) -> Asking:
        """Her submission, or one with other parts."""
        return replace(Asking(self.challenge, source, REPORT, OFFLINE, self.who, rung), **changes)

    async def improve(self, source: str = SOURCE, rung: int = 1) -> Explanation | None:
        """Ask for a better explanation."""
        return await self.assistant.improve(self.asking(source, rung))


Open = Callable[..., Any]


@pytest.fixture
async def opened(
    claude: Any, bank: dict[str, Challenge], tmp_path: Path, clock: Any, in_process: Run
) -> AsyncIterator[Open]:
    """Mia with Claude set up in one way or another."""
    store = await Store.open(tmp_path / "tutor.sqlite3", now=clock)
    bits = itertools.count(7)
    grader = Grader(in_process, lambda: next(bits), capacity=NO_STOCK)
    made: list[ClaudeAssistant] = []

    async def open_(**changes: Any) -> Mia:
        options = replace(CHEAP, **{"base_url": claude.address, **changes})
        box = Box(grader.grade, grader.passing)
        made.append(ClaudeAssistant(options, store.tutoring, box, now=clock, entropy=lambda: next(bits)))
        user = await store.ensure_user("local", "mia", "Mia Wallace")
        group = await store.ensure_group("local", "local", "Us")
        return Mia(made[-1], store, Who(user.id, group.id), bank["add-up"])

    yield open_
    for assistant in made:
        await assistant.desk.settled()
    await grader.close()
    await store.close()


@pytest.fixture
async def mia(opened: Open) -> Mia:
    """Mia with Claude set up as usual."""
    opened_: Mia = await opened()
    return opened_


def says(wire: ModuleType, **changes: object) -> Any:
    """A step in which Claude explains."""
    return wire.message(json.dumps({**GOOD, **changes}))


async def test_an_answer_whose_fix_passes_and_whose_words_hold_is_shown(claude: Any, wire: ModuleType, mia: Mia) -> None:
    claude.script = [says(wire)]
    with capture_logs() as events:
        said = await mia.improve()
    assert (said, events, claude.complaints, claude.faults) == (SHOWN, [], [], [])
