"""What an operator is told: an exact invite, and a file of settings that loses nothing."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operating import MANIFEST, QUESTIONS, application_id, invite_link, steps, with_values


def test_the_invite_asks_for_exactly_what_is_used() -> None:
    assert invite_link("123") == (
        "https://discord.com/oauth2/authorize?client_id=123&scope=bot+applications.commands&permissions=309237763072"
    )


@pytest.mark.parametrize(
    ("first", "found"),
    [
        (base64.urlsafe_b64encode(b"123456789012345678").decode().rstrip("="), "123456789012345678"),
        (base64.urlsafe_b64encode(b"not a number at all").decode(), ""),
        ("ü", ""),
        ("", ""),
    ],
)
def test_the_application_is_read_from_its_token(first: str, found: str) -> None:
    assert application_id(f"{first}.abc.def") == found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "A=1\nB=2\n"),
        ("# mine\nC=3\nB=old\n", "# mine\nC=3\nB=2\nA=1\n"),
        ("export A = old\nA=older\nAB=5", "A=1\nAB=5\nB=2\n"),
        ("# A=commented\n\n", "# A=commented\n\nA=1\nB=2\n"),
    ],
)
def test_variables_stand_once_and_other_lines_stay(before: str, after: str) -> None:
    assert with_values(before, {"A": "1", "B": "2"}) == after


@given(before=st.text(alphabet="AB=# \nx1", max_size=60))
def test_writing_twice_is_writing_once(before: str) -> None:
    once = with_values(before, {"A": "1"})
    assert (with_values(once, {"A": "1"}), once.splitlines().count("A=1")) == (once, 1)


@pytest.mark.parametrize("platform", QUESTIONS)
def test_the_steps_name_every_variable_that_is_asked_for(platform: str) -> None:
    assert [q.variable for q in QUESTIONS[platform] if q.variable not in steps(platform)] == []


def test_the_manifest_is_where_the_steps_say() -> None:
    assert (str(MANIFEST) in steps("slack"), "features" in json.loads(MANIFEST.read_text("utf-8"))) == (True, True)
