"""What Slack sends becomes the command that was meant, from whom and where."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.cards import Input
from bot.messages import Actor, Place
from bot.platforms.slack.forms import Origin, answer_of, faults_of, packed, question_form, ticked, unpacked
from bot.platforms.slack.parse import (
    command_origin,
    event_origin,
    interaction_origin,
    key_of,
    parted,
    place_of,
    request_of,
    said_line,
    snippet,
    without_mention,
)
from bot.platforms.slack.questions import form
from tests.bot.platforms.slack.worst import question

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("  ", ""),
        ("menu", ""),
        ("daily", "daily"),
        ("/daily", "daily"),
        ("/learn daily", "daily"),
        ("Quiz  gradient descent", "Quiz gradient descent"),
        ("board all", "leaderboard all"),
        ("?", "help"),
        ("B", "B"),
        ("learn", "learn"),
        ("answer q1 a &lt; b", "answer q1 a < b"),
        ("submit ridge\nx = 1\ny = 2", "submit ridge\nx = 1\ny = 2"),
    ],
)
def test_a_line_is_read_forgivingly(typed: str, meant: str) -> None:
    assert said_line(typed) == meant


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("submit ridge ```x = 1\ny = 2```", ("submit ridge", "x = 1\ny = 2")),
        ("submit ridge\n```python\nx = a &lt; b\n```", ("submit ridge", "x = a < b")),
        ("daily", ("daily", "")),
    ],
)
def test_a_code_block_is_the_body(typed: str, found: tuple[str, str]) -> None:
    assert parted(typed) == found


def test_our_name_in_front_is_no_part_of_what_was_said() -> None:
    assert without_mention("<@UBOT1>: daily") == " daily".strip()


COMMAND = {
    "team_id": "T1", "team_domain": "garden", "user_id": "U1", "user_name": "ada", "channel_id": "C1",
    "response_url": "https://h/1", "trigger_id": "9.8.7", "text": "daily",
}  # fmt: skip


def test_a_command_becomes_a_request() -> None:
    request = request_of(command_origin(COMMAND), "submit ridge\nx = 1", key_of(COMMAND), NOW)
    assert (request.actor, request.place) == (Actor("slack", "T1:U1", "ada"), Place("slack", "T1", "garden", "C1"))
    assert (request.command, request.args, request.body) == ("submit", "ridge", "x = 1")
    assert request.idempotency_key == "slack:9.8.7"


def test_a_conversation_of_two_is_a_place_of_its_own() -> None:
    origin = Origin("T1", "U1", channel="D7")
    assert place_of(origin) == Place("slack", "dm:T1:U1", "Private messages", "D7")


def test_with_many_workspaces_a_channel_is_named_with_its_own() -> None:
    assert place_of(Origin("T1", "U1", channel="C1"), many=True).channel == "T1/C1"


def test_an_event_is_keyed_by_its_id_and_a_form_by_each_time_it_is_sent() -> None:
    view = {"type": "view_submission", "view": {"id": "V1", "hash": "h"}}
    assert key_of({"event_id": "Ev1", "event": {}}) == "slack:Ev1"
    assert key_of(view | {"trigger_id": "1"}) != key_of(view | {"trigger_id": "2"})
    assert key_of(view | {"trigger_id": "1"}) == key_of(view | {"trigger_id": "1"})


def test_a_form_knows_where_it_was_asked_for() -> None:
    origin = Origin("T1", "U1", channel="C1", thread="1.5", message="1.6", url="https://h/1", private=True)
    body = {
        "type": "view_submission", "user": {"id": "U1"}, "team": {"id": "T1"}, "trigger_id": "t",
        "view": question_form(question(Input.NUMBER), origin),
    }  # fmt: skip
    again = interaction_origin(body)
    assert (again.channel, again.thread, again.message, again.url, again.private) == ("C1", "1.5", "1.6", "https://h/1", True)


def test_what_a_form_carries_never_grows_too_long_and_is_read_back_or_ignored() -> None:
    assert packed(Origin("T1", "U1", url="u" * 4_000)) == "{}"
    assert [unpacked(text) for text in ("", "no json", "[1]")] == [{}, {}, {}]


def test_an_event_in_a_conversation_of_two_is_private() -> None:
    body = {"team_id": "T1", "event": {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1"}}
    assert event_origin(body) == Origin("T1", "U1", channel="D1", private=True)


def test_a_snippet_is_the_code_block_as_it_was_typed() -> None:
    pre = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "if a < b:\n    f(a)"}]}
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}]}, pre]}]
    assert snippet({"text": "hi ```if a &lt; b```", "blocks": blocks}) == "if a < b:\n    f(a)"
    assert snippet({"text": "look: ```if a &lt; b:\n  f()```"}) == "if a < b:\n  f()"
    assert snippet({"text": "print(1 &amp; 2)"}) == "print(1 & 2)"
    assert snippet({}) == ""


def field(value: str) -> dict[str, object]:
    """A field of a form, chosen or typed."""
    return {"value": {"selected_option": {"value": value}}} if len(value) < 3 else {"value": {"value": value}}


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        (Input.NUMBER, {"text.0": field("0.25")}, "0.25"),
        (Input.LINES, {f"blank.{n}": field(f"word{n}") for n in range(3)}, "word0\nword1\nword2"),
        (Input.ORDER, {f"choice.{n}": field(letter) for n, letter in enumerate("BADC")}, "B A D C"),
        (Input.MATCH, {f"{n}.0": field(letter) for n, letter in enumerate("BADC", 1)}, "1B 2A 3D 4C"),
        (Input.BUG, {"line.0": field("7"), "choice.0": field("C")}, "7 C"),
        (Input.ESSAY, {"text.0": field("Because it converges.")}, "Because it converges."),
    ],
)
def test_a_form_becomes_the_answer_as_one_would_type_it(kind: Input, values: dict[str, object], text: str) -> None:
    assert (answer_of(question(kind), values), faults_of(question(kind), values)) == (text, {})


def test_a_step_chosen_twice_is_said_at_both_fields() -> None:
    values = {f"choice.{n}": field(letter) for n, letter in enumerate("ABCA")}
    assert faults_of(question(Input.ORDER), values) == {
        "choice.0": "You chose A more than once.", "choice.3": "You chose A more than once.",
    }  # fmt: skip


def test_a_step_that_does_not_belong_is_left_out_at_the_end() -> None:
    nothing = {"value": {"type": "static_select", "selected_option": None}}
    chosen = {f"choice.{n}": field(letter) for n, letter in enumerate("BDA")}
    left_out, gap = {**chosen, "choice.3": nothing}, {**chosen, "choice.1": nothing, "choice.3": field("D")}
    order = question(Input.ORDER)
    assert (answer_of(order, left_out), faults_of(order, left_out)) == ("B D A", {})
    assert list(faults_of(order, gap)) == ["choice.1"]
    assert list(faults_of(order, dict.fromkeys(chosen, nothing))) == ["choice.0"]
    steps = [block for block in form(order) if block["type"] == "input"]
    assert [block.get("optional", False) for block in steps] == [False, True, True, True]
    assert steps[-1]["hint"]["text"] == order.expects


def test_what_is_empty_is_said_at_its_field() -> None:
    assert faults_of(question(Input.LINES), {"blank.0": field("x" * 4), "blank.1": {"value": {"value": None}}}) == {
        "blank.1": "Fill in every blank first."
    }


def test_ticks_are_letters() -> None:
    state = {"ticks:q1": {"tick": {"selected_options": [{"value": "A"}, {"value": "C"}]}}}
    assert (ticked(state, "q1"), ticked(state, "q2"), ticked({}, "q1")) == ("A C", "", "")
