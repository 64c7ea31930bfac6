"""Our Markdown as Discord's, and text cut into pieces that still read as they should."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.discord.markup import measure, split, to_discord, without_marks


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one\ntwo\n\nthree", "one two\n\nthree"),
        ("- one\n  more\n* two", "- one more\n- two"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("say:\n\n    x = 1\n\n    y = 2\n\nend", "say:\n\n```py\nx = 1\n\ny = 2\n```\n\nend"),
        ("```python\na\n  b\n```", "```py\na\n  b\n```"),
        ("a **bold** `x_1` and x_2 * y_2", "a **bold** `x_1` and x\\_2 \\* y\\_2"),
        ("# no title", "\\# no title"),
        ("| a | b |", "\\| a \\| b \\|"),
        ("`` a`b ``", "a\\`b"),
        ("2**3**4", "2\\*\\*3\\*\\*4"),
        ("```not a block``` here", "`not a block` here"),
        ("", ""),
    ],
)
def test_markdown_is_written_as_discord_reads_it(written: str, shown: str) -> None:
    assert to_discord(written) == shown


def test_words_for_a_button_have_no_marks() -> None:
    assert without_marks("use `x_1`, **not `y`** or 2**3") == "use x_1, not y or 2**3"


PARTS = st.sampled_from(
    ["word ", "\n", "🔥", "x" * 30, "\n```py\ncode = 1\n  more\n```\n", "\n```\n" + "y" * 70 + "\n```\n", "\\*"]
)


@given(st.lists(PARTS, max_size=25).map("".join), st.integers(60, 200))
def test_pieces_fit_and_hold_everything_with_every_block_closed(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert [measure(piece) <= limit for piece in pieces] == [True] * len(pieces)
    assert [piece.count("```") % 2 for piece in pieces] == [0] * len(pieces)
    assert _letters("\n".join(pieces)) == _letters(text)


def _letters(text: str) -> str:
    return re.sub(r"```\w*|\s", "", text)


def test_code_goes_on_as_code_in_the_next_piece() -> None:
    text = "```py\n" + "\n".join(f"line = {n}" for n in range(12)) + "\n```"
    first, second, *_ = split(text, 80)
    assert (first.startswith("```py\nline = 0"), first.endswith("\n```"), second.startswith("```py\nline = ")) == (
        True,
        True,
        True,
    )
