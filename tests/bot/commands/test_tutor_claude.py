"""The same conversations with a Claude that speaks the wire format: proven, gated, marked as written by AI, or not shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.assisting import make_assistant
from bot.config import load_settings
from bot.messages import Reply
from bot.platforms.plain import render
from bot.tutor import Tutor
from tests.bot.conftest import Chat
from tests.fakes.claude_server import ClaudeServer, failure, message, serving

WRONG = "def add_up(numbers):\n    return sum(numbers[:-1])\n"
REPLY = (
    "Line 2 is the place to look at. A slice that ends before the last place keeps every number but one, so what you add up is"
    " shorter than what you were given. For the case “two numbers” your function got 1 where 3 was wanted: one of the two"
    " numbers never reached the sum. Write down on paper which numbers the slice keeps for that small list, and compare them"
    " with the list itself. Then do the same for a list with three numbers, and say in a sentence what is lost each time."
    " Which number is it?"
)


@pytest.fixture
def claude(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ClaudeServer]:
    """A Claude on this machine, with a key for it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    with serving() as server:
        monkeypatch.setenv("EPOCHBOT_CLAUDE_TIMEOUT_S", "60")  # a busy machine is no fault of the answer
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test-of-talk")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
        yield server


@pytest.fixture
def helped(start: Any, claude: ClaudeServer) -> Chat:
    """Mia, with Claude as the program sets it up."""
    chat: Chat = start()
    services = chat.dispatcher.services
    assistant = make_assistant(
        load_settings(), services.store, services.grader, now=services.now, entropy=services.entropy
    )
    object.__setattr__(services, "tutor", Tutor(assistant))
    return chat


async def more(reply: Reply) -> str:
    """What follows a reply a little later; "" when nothing does."""
    following = await reply.followup() if reply.followup else None
    return "\n".join(render(card) for card in following.cards) if following else ""


async def test_a_question_is_answered_by_claude_and_marked_as_its_own(helped: Chat, claude: ClaudeServer) -> None:
    await helped.say("/settings ai on")
    await helped.say(f"/submit add-up\n{WRONG}")
    claude.script = [message(json.dumps({"answer": REPLY}))]
    said = await more(await helped.reply("/ask why is a number missing?"))
    assert " ".join(said.split()).startswith(f"── A hint ─────────────────────────────────── {REPLY}")
    assert "Written by AI, may be wrong." in said
    sent = json.dumps(claude.record[0].body)
    assert ("why is a number missing?" in sent, "Mia" in sent, "Garden" in sent) == (True, False, False)


@pytest.mark.parametrize(
    "answer",
    [
        "Replace `sum(numbers[:-1])` with `sum(numbers)`.",
        "```python\ndef add_up(numbers):\n    return sum(numbers)\n```",
        "@everyone look at https://example.org",
    ],
)
async def test_an_answer_that_gives_the_solution_away_is_not_shown(
    helped: Chat, claude: ClaudeServer, answer: str
) -> None:
    await helped.say("/settings ai on")
    await helped.say(f"/submit add-up\n{WRONG}")
    claude.script = [message(json.dumps({"answer": answer}))] * 2
    said = " ".join((await more(await helped.reply("/ask just tell me"))).split())
    assert said.startswith(
        "── About your last mistake ────────────────── I have no answer to that which is sure to be right"
    )
    assert answer[:20] not in said


async def test_a_claude_that_is_down_leaves_no_dead_end(helped: Chat, claude: ClaudeServer) -> None:
    await helped.say("/settings ai on")
    await helped.say(f"/submit add-up\n{WRONG}")
    claude.script = [failure(401)]
    assert "I have no answer to that" in await more(await helped.reply("/ask why?"))
    assert "There is nobody here who answers" in await helped.say(
        "/ask why?"
    )  # the key was refused, so nobody asks again


async def test_a_short_answer_is_marked_by_claude(helped: Chat, claude: ClaudeServer) -> None:
    await helped.say("/settings ai on")
    item = next(item for item in helped.dispatcher.services.track.items if item.kind == "short")
    day = helped.clock().date()
    (question,) = await helped.store.pose(await helped.user_id(), [(item.id, "5")], "quiz", day, idem="pose")
    helped.clock.forward(seconds=40)
    claude.script = [
        message(
            json.dumps({"criteria": [True, False], "text": "You name the cause; now say what it lets the model do."})
        )
    ]
    said = await more(await helped.reply(f"/answer {question.public_id} The rows were seen in training."))
    assert (
        "✓ The rows were seen\n– It may remember them\nYou name the cause; now say what it lets the model do." in said
    )
