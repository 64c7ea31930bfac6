"""No text of a learner's mentions anyone, links anywhere, closes its code block or turns text around."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.discord.escape import BREAK, escape, fenced, inline_code, label
from bot.platforms.plain import UNSAFE, clean

SPELLS = [
    "@everyone", "@here", "<@123>", "<@!123>", "<@&123>", "<#123>", "<:smile:1>", "<a:dance:2>", "<t:0:R>", "</daily:3>",
    "<id:guide>", "https://evil.example", "http://x", "[text](https://x.y)", "discord://x", "```", "``", "`", "```ansi\n\x1b[31m",
    "\u202e", "\u2066", "\x1b[2J", "**", "__", "~~", "||", "> ", "# ", "-# ", "- ", "1. ", "\\", "\n", " ", "a", "ß", "🔥", "<", "@", ">",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(SPELLS) | st.text(max_size=4), max_size=20).map("".join)
MENTION = re.compile(r"@everyone|@here|<@[!&]?\d+>|<#\d+>|<a?:\w+:\d+>|<t:-?\d+|</[\w ]+:\d+>|<id:\w+>", re.IGNORECASE)
LINK = re.compile(r"[a-z]://", re.IGNORECASE)


def shown(text: str) -> str:
    """What a reader sees of escaped text."""
    return re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", text.replace(BREAK, ""))


@given(TEXTS)
def test_text_stays_text_and_is_read_as_typed(text: str) -> None:
    safe = escape(text)
    assert (MENTION.search(safe), LINK.search(safe), "```" in safe) == (None, None, False)
    assert UNSAFE.search(safe.replace(BREAK, "")) is None
    assert shown(safe) == clean(text)


@given(TEXTS)
def test_every_mark_of_text_has_its_backslash(text: str) -> None:
    bare = re.sub(r"\\[\\`*_~|<>\[\]()#+\-.]", "x", escape(text))
    assert re.search(r"[`*_~|<>\[\]()]|^\s*(#|-#|-|\+|\d+[.)])\s", bare, re.MULTILINE) is None


@given(TEXTS)
def test_nothing_ends_a_code_block_but_its_own_fence(text: str) -> None:
    block = fenced(text, "py")
    inside = block.removeprefix("```py\n").removesuffix("\n```")
    assert (block.count("```"), MENTION.search(inside)) == (2, None)
    assert inside.replace(BREAK, "") == clean(text)
    assert UNSAFE.search(inside.replace(BREAK, "")) is None


@given(TEXTS)
def test_code_in_a_line_never_leaves_its_line(text: str) -> None:
    made = inline_code(text)
    assert MENTION.search(made) is None
    if made.startswith("`"):
        assert made.count("`") == 2
        assert "\n" not in made
    else:
        assert made == escape(text)


@pytest.mark.parametrize("code", ["@dataclass\nclass A: ...", "a < b and c @ d", "x = {'a': [1, 2]}", "f'`{x}`'"])
def test_ordinary_code_is_copied_as_it_is(code: str) -> None:
    assert fenced(code) == f"```\n{code}\n```"


def test_the_spells_do_work_where_nothing_escapes_them() -> None:
    found = [spell for spell in SPELLS if MENTION.search(spell) or LINK.search(spell)]
    assert len(found) >= 13, "the patterns of these tests find what they look for"


def test_a_label_is_one_clean_line() -> None:
    assert label("  two\r\nlines \u202eand\x1b[0m more ") == "two lines and[0m more"
