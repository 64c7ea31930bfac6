"""Logs: JSON without a terminal, and nothing in them that people sent, whatever they send and whatever fails."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from bot.messages import Attachment
from runner import Job, Result

CANARY = "canary-7d1f"
SECRET = "MTA0.Zz-secret-token-of-nobody.abcdef"


class Stream(io.StringIO):
    """Standard error, perhaps a terminal."""

    terminal = False

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture
def stream() -> Iterator[Stream]:
    """A stream to log to; logging is put back afterwards."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield Stream()
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def lines(stream: Stream) -> list[dict[str, object]]:
    """What was logged, every line of it one object."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail() -> None:
    """Fail with what somebody sent in the message."""
    int(CANARY)


def test_ours_and_the_libraries_lines_have_one_form(stream: Stream) -> None:
    logs.set_up("info", stream)
    with structlog.contextvars.bound_contextvars(platform="slack", command="daily", request="ab12"):
        structlog.get_logger("ours").info("posted", tries=2)
        logging.getLogger("theirs").warning("slow by %d s", 3)
    ours, theirs = lines(stream)
    shared = {"platform": "slack", "command": "daily", "request": "ab12"}
    assert {**ours, "timestamp": ""} == {**shared, "event": "posted", "tries": 2, "level": "info", "timestamp": ""}
    assert {**theirs, "timestamp": ""} == {
        **shared, "event": "slow by 3 s", "level": "warning", "logger": "theirs", "timestamp": "",
    }  # fmt: skip


def test_a_terminal_gets_lines_to_read(stream: Stream) -> None:
    stream.terminal = True
    logs.set_up("info", stream)
    structlog.get_logger().info("posted", tries=2)
    assert "posted" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("theirs", [False, True])
def test_an_exception_is_its_type_and_place_and_not_its_message(stream: Stream, terminal: bool, theirs: bool) -> None:
    stream.terminal = terminal
    logs.set_up("info", stream)
    try:
        fail()
    except ValueError:
        if theirs:
            logging.getLogger("theirs").exception("failed")
        else:
            structlog.get_logger().exception("failed")
    assert CANARY not in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "test_logs.py" in stream.getvalue()


def test_what_caused_an_exception_is_told_the_same_way(stream: Stream) -> None:
    logs.set_up("info", stream)
    try:
        try:
            fail()
        except ValueError as fault:
            raise RuntimeError(CANARY) from fault
    except RuntimeError as fault:
        structlog.get_logger().error("failed", exc_info=fault)
    (line,) = lines(stream)
    told = [part for part in str(line["exception"]).splitlines() if ":" not in part]
    assert (told, CANARY in stream.getvalue()) == (["RuntimeError", "ValueError"], False)


def test_on_ones_own_machine_the_message_can_be_had(stream: Stream) -> None:
    logs.set_up("debug", stream)
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("failed")
    assert CANARY in stream.getvalue()


def test_secrets_that_are_set_are_blanked_wherever_they_turn_up(stream: Stream) -> None:
    logs.set_up("debug", stream, [SECRET, "short"])
    structlog.get_logger().info(f"token {SECRET}", url=f"https://x/{SECRET}", deep=[{"a": SECRET}], n=1, word="short")
    logging.getLogger("theirs").warning("Bearer %s", SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        structlog.get_logger().exception("failed")
    assert SECRET not in stream.getvalue()
    assert stream.getvalue().count(logs.HIDDEN) >= 5
    assert lines(stream)[0]["n"] == 1


def test_chatty_libraries_are_quiet_below_a_warning(stream: Stream) -> None:
    logs.set_up("debug", stream)
    for name in logs.NOISY:
        chatty = logging.getLogger(f"{name}.client")
        chatty.setLevel(logging.DEBUG)  # as slack_bolt does by itself
        chatty.debug("payload %s", CANARY)
    assert stream.getvalue() == ""


HOSTILE = (
    f"/answer {CANARY}", f"/quiz {CANARY}", CANARY, f"/{CANARY} {SECRET}", f"/report {CANARY} wrong {CANARY}",
    f"/settings board {CANARY}", f"/settings tz {CANARY}", f"/settings {CANARY} {CANARY}", f"/link {CANARY}",
    f"/pair {CANARY}", f"/duel {CANARY}", f"/privacy {CANARY}", f"/group join {CANARY}", f"/group {CANARY}",
    f"/submit {CANARY}", f"/submit add-up\nraise ValueError('{CANARY}')", f"/submit add-up\n{CANARY} = (",
    f"/submit add-up\nprint('{SECRET}')\ndef add_up(xs):\n    return '{CANARY}'", f"/explain\n{CANARY}",
    f"/run\nprint('{CANARY}')\nraise KeyError('{SECRET}')", f"/run\nimport {CANARY.replace('-', '_')}", f"/challenge {CANARY}",
    f"/hint {CANARY}", f"/learn {CANARY}", f"/help {CANARY}", f"/today {CANARY}", f"\x1b[31m{CANARY}", f"{CANARY}\n" * 3,
    f"{CANARY} \ud800", CANARY * 20_000,
)  # fmt: skip


async def test_nothing_that_is_typed_is_ever_logged_in_commands_that_work(stream: Stream, start, boxed) -> None:
    logs.set_up("info", stream, [SECRET])
    chat = start(CANARY, run=boxed)
    await chat.say("/daily")
    for said in HOSTILE:
        await chat.reply(said)
    assert len(lines(stream)) >= len(HOSTILE)
    assert (CANARY in stream.getvalue(), SECRET in stream.getvalue()) == (False, False)


async def test_nothing_that_is_typed_is_ever_logged_when_everything_fails(
    stream: Stream, start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command raises what it was given, as a careless library would."""

    async def quote(job: Job) -> Result:
        raise ValueError(f"cannot run {job.source!r}")

    logs.set_up("info", stream, [SECRET])
    chat = start(CANARY, run=quote)
    commands = chat.dispatcher.commands

    async def careless(context) -> None:
        raise KeyError(f"{context.request.args} {context.request.body} {context.request.actor.name}")

    for name, command in list(commands.items()):
        broken = type(command)(**{f: getattr(command, f) for f in command.__dataclass_fields__} | {"handle": careless})
        commands[name] = broken
    for said in HOSTILE:
        await chat.reply(said)
    told = lines(stream)
    assert sum(line["event"] == "command failed" for line in told) >= len(HOSTILE) // 2
    assert (CANARY in stream.getvalue(), SECRET in stream.getvalue()) == (False, False)


async def test_files_are_not_logged_either(stream: Stream, start, boxed) -> None:
    logs.set_up("info", stream)
    chat = start(run=boxed)
    file = Attachment(name=f"{CANARY}.py", content=f"x = '{CANARY}'\nraise OSError(x)".encode())
    await chat.reply("/submit add-up", files=(file,))
    assert [(line["event"], line["command"]) for line in lines(stream)] == [("command", "submit")]
    assert CANARY not in stream.getvalue()
