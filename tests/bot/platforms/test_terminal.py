"""The terminal: lines in, text out, code by file or typed, and a greeting only for a person."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.dispatch import MAX_FILE
from bot.messages import Actor
from bot.platforms.terminal import GREETING, Terminal

Talk = Callable[..., object]
RIGHT = "def add_up(numbers):\n    return sum(numbers)\n"


@pytest.fixture
def talk(chat) -> Talk:
    """Type some lines and read everything that comes back."""

    async def through(*lines: str, interactive: bool = False) -> str:
        out = io.StringIO()
        keys = (f"terminal:{n}" for n in range(100))
        terminal = Terminal(
            dispatcher=chat.dispatcher,
            actor=Actor("local", "mia", "Mia"),
            place=chat.place,
            now=chat.clock,
            new_key=lambda: next(keys),
            lines=io.StringIO("\n".join(lines)),
            out=out,
            interactive=interactive,
        )
        await terminal.converse()
        return out.getvalue()

    return through


async def test_a_script_is_echoed_and_answered(talk, chat) -> None:
    assert await talk("/leaderboard", "", "/learn x") == (
        f"> /leaderboard\n{await chat.say('/leaderboard')}\n> /learn x\n{await chat.say('/learn x')}\n"
    )


async def test_a_person_is_greeted_and_prompted_and_may_press_return(talk) -> None:
    said = await talk("", "/quit", "/help", interactive=True)
    assert said.startswith(f"{GREETING}\n\n> ── Not sure what you mean")
    assert (said.count("\n> "), "What you can do here" in said) == (2, False)


@pytest.mark.parametrize("word", ["/quit", "quit", "EXIT", "/exit"])
async def test_leaving_ends_the_conversation(talk, word: str) -> None:
    assert await talk(word, "/help") == f"> {word}\n"


async def test_code_can_be_typed_up_to_a_single_dot(talk) -> None:
    said = await talk("/submit add-up", *RIGHT.splitlines(), ".", "/streak")
    assert "> /submit add-up\nRunning your code in isolation …\n── Add up (+20 XP, streak 1) ───" in said
    assert said.count("\n> ") == 1


async def test_typed_code_may_end_with_the_input(talk) -> None:
    assert "Accepted: every case passes." in await talk("/submit add-up", *RIGHT.splitlines())


async def test_a_person_is_told_how_to_end_their_code(talk) -> None:
    said = await talk("/submit add-up", ".", interactive=True)
    assert "> Type or paste your code; a line with a single dot ends it.\n" in said
    assert "There is no code to grade" in said


@pytest.mark.parametrize("line", ["/submit add-up {file}", "/Submit {file}", "submit   add-up   {file}"])
@pytest.mark.parametrize("name", ["solution.py", "my first try.py"])
async def test_code_can_come_from_a_file(talk, chat, tmp_path: Path, line: str, name: str) -> None:
    (tmp_path / name).write_text(RIGHT)
    await chat.say("/challenge add-up")
    assert "Accepted: every case passes." in await talk(line.format(file=tmp_path / name))


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("no/such/file.py", "No such file or directory"),
        ("/tmp.py/x.py", "No such file or directory"),
        ("\0.py", "that is no file name"),
        ("~nobody-of-that-name/x.py", "that is no file name"),
        ("x" * 5000 + ".py", "File name too long"),
    ],
)
async def test_a_file_that_cannot_be_read_is_explained(talk, path: str, why: str) -> None:
    said = await talk(f"/submit add-up {path}")
    assert said.endswith(f": {why}. Give the path of a .py file, or type the code after /submit.\n")


async def test_a_folder_and_a_huge_file_are_refused(talk, tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "huge.py").write_bytes(b"#" * (MAX_FILE * 3))
    said = await talk(f"/submit add-up {tmp_path}/folder.py", f"/submit add-up {tmp_path}/huge.py")
    assert "Is a directory" in said
    assert "That file is larger than the 256 kB I read." in said


async def test_a_challenge_says_how_to_submit_here(talk) -> None:
    said = await talk("/challenge add-up")
    assert said.endswith("\nOr type /submit add-up, then your code, then a line with a single dot.\n")


async def test_escape_codes_in_a_script_do_not_reach_the_screen(talk) -> None:
    assert "\x1b" not in await talk("\x1b[2J\x1b[31mred", "/learn \x1b[2J", "/submit \x1b]0;x\x07.py")
