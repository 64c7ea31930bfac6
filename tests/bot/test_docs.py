"""What holds for every command: help, a summary, usage, examples that work, a README row, and an honest button."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cards import Card
from bot.commands import discover
from bot.messages import MAX_COMMAND_ID, parse_line

README = Path(__file__).parents[2] / "README.md"
COMMANDS = discover()
CONTRACT = {
    "learn", "daily", "quiz", "answer", "challenge", "submit", "hint", "explain", "streak", "progress", "leaderboard",
    "settings", "link", "privacy", "group", "help",
}  # fmt: skip
REFUSALS = ("Not sure what you mean", "No such", "Not changed", "That was our fault")


def examples(name: str) -> list[str]:
    """The examples a command's help gives, without those that need the learner's own words."""
    line = COMMANDS[name].help.rsplit("\n", 1)[-1]
    found = re.match(r"Examples?: (.*)", line)
    assert found, f"/{name} has no line of examples at the end of its help"
    return [text.strip() for text in found[1].split(", ") if text.startswith("/") and "<" not in text]


def test_every_command_of_the_contract_is_there() -> None:
    assert set(COMMANDS) >= CONTRACT


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_in_one_line_and_in_full(name: str) -> None:
    command = COMMANDS[name]
    assert re.fullmatch(r"[a-z]{3,12}", command.name)
    assert 8 <= len(command.summary) <= 60
    assert (command.summary[-1].isalnum(), command.usage.startswith(f"/{name}")) == (True, True)
    assert 40 <= len(command.help) <= 500


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_row_in_the_readme(name: str) -> None:
    rows = [line for line in README.read_text("utf-8").splitlines() if line.startswith(f"| `/{name}")]
    assert len(rows) == 1


def test_the_readme_promises_no_command_that_is_not_there() -> None:
    told = re.findall(r"^\| `/(\w+)", README.read_text("utf-8"), re.MULTILINE)
    assert set(told) <= set(COMMANDS)


@pytest.mark.parametrize("example", [text for name in COMMANDS for text in examples(name)])
async def test_every_example_in_the_help_works_on_the_course_we_ship(
    start, shipped_track, shipped_bank, example: str
) -> None:
    chat = start(track=shipped_track, challenges=shipped_bank)
    await chat.say("/daily")
    if example.startswith("/hint"):
        await chat.say("/challenge")
    said = await chat.say(example)
    assert not any(refusal in said for refusal in REFUSALS), said


@pytest.mark.parametrize("command", [text for c in COMMANDS.values() for text in re.findall(r"/(\w+)", c.help)])
def test_help_mentions_only_commands_there_are(command: str) -> None:
    assert command in COMMANDS or command == "Paris"


def pressed(card: Card) -> list[str]:
    """What the buttons of a card stand for."""
    return [action.command for action in getattr(card, "actions", ())]


TALK = ("/daily", "/quiz nothing", "/learn", "/challenge", "/challenge list", "/challenge x", "/hint", "/leaderboard",
        "/progress", "/explain", "/settings", "/answer qzzz A", "/submit", "dayly", "")  # fmt: skip


async def test_every_button_is_a_command_that_works_and_fits(start, shipped_track, shipped_bank) -> None:
    chat = start(track=shipped_track, challenges=shipped_bank)
    replies = [await chat.reply(said) for said in TALK]
    commands = sorted({command for reply in replies for card in reply.cards for command in pressed(card)})
    assert len(commands) >= 30
    said = {command: await chat.say(command) for command in commands}
    assert {c for c, text in said.items() if any(refusal in text for refusal in REFUSALS)} == set()
    assert {c for c in commands if len(c.encode()) > MAX_COMMAND_ID or parse_line(c)[0] not in COMMANDS} == set()
