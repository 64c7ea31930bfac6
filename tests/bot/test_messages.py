"""One line of text becomes a command, its arguments and a body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import parse_line


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("/daily", ("daily", "", "")),
        ("daily", ("daily", "", "")),
        ("  /Quiz   deep learning ", ("Quiz", "deep learning", "")),
        ("/answer q7f3 B", ("answer", "q7f3 B", "")),
        (
            "/submit ridge\nimport math\n\ndef f():\n    pass\n",
            ("submit", "ridge", "import math\n\ndef f():\n    pass"),
        ),
        ("True", ("True", "", "")),
        ("//x", ("/x", "", "")),
        ("/", ("", "", "")),
        ("", ("", "", "")),
        (" \n\t ", ("", "", "")),
    ],
)
def test_a_line_is_split_into_command_arguments_and_body(typed: str, parts: tuple[str, str, str]) -> None:
    assert parse_line(typed) == parts


@given(st.text(max_size=300))
def test_any_text_can_be_split(typed: str) -> None:
    command, args, body = parse_line(typed)
    assert (" " in command, args == args.strip(), "\n" in command + args) == (False, True, False)
    assert len(command) + len(args) + len(body) <= len(typed)
