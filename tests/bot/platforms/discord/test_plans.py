"""What an event asks for is decided by its ids and values alone, whatever they hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import NoticeCard
from bot.messages import Actor, Place, Reply
from bot.platforms.discord.conversation import within
from bot.platforms.discord.events import Event, Kind, code_in, message_meant
from bot.platforms.discord.ids import Verb
from bot.platforms.discord.plans import Ack, Open, Run, Stale, plan, rested
from bot.platforms.discord.render import render

KNOWN = ("answer", "submit", "explain")


def event(kind: Kind, *, private: bool = False, **data: Any) -> Event:
    """Something Mia did."""
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Event(
        kind=kind,
        id=7,
        actor=Actor("discord", "1", "Mia"),
        place=Place("discord", "2", "Club"),
        at=at,
        data=data,
        private=private,
    )


@pytest.mark.parametrize(
    ("custom_id", "values", "private", "wanted"),
    [
        ("0|run|daily", [], False, Run("daily")),
        ("0|run|answer q7f3 B", [], True, Run("answer", "q7f3 B", ack=Ack.QUIET, question="q7f3")),
        ("0|run|answer q7f3 B", [], False, Run("answer", "q7f3 B", question="q7f3")),
        ("3|pick|1", ["challenge ridge"], True, Run("challenge", "ridge")),
        ("3|add|settings day", ["4"], True, Run("settings", "day 4")),
        ("3|share|leaderboard all", [], True, Run("leaderboard", "all", ack=Ack.PUBLIC)),
        ("3|ask|q7f3", [], True, Open(Verb.ASK, "q7f3", Run("answer", "q7f3"))),
        ("3|code|ridge", [], True, Open(Verb.CODE, "ridge", Run("challenge", "ridge"))),
        ("3|set|settings zone", [], True, Open(Verb.SET, "settings zone", Run("settings"))),
        ("3|set|group setup hour", [], True, Open(Verb.SET, "group setup hour", Run("group", "setup"))),
        ("3|pick|1", [], True, Stale()),
        ("nonsense", [], True, Stale()),
    ],
)
def test_a_control_means_its_command(custom_id: str, values: list[str], private: bool, wanted: object) -> None:
    assert plan(event(Kind.CONTROL, private=private, custom_id=custom_id, values=values), KNOWN) == wanted


@given(st.text(max_size=40), st.lists(st.text(max_size=10), max_size=2), st.sampled_from([Kind.CONTROL, Kind.FORM]))
def test_any_id_and_values_have_a_plan(custom_id: str, values: list[str], kind: Kind) -> None:
    assert plan(event(kind, custom_id=custom_id, values=values), KNOWN) is not None


MESSAGE = {
    "content": "see\n```py\nx = 1\n```",
    "attachments": [{"filename": "a.py", "url": "u", "size": 3}, {"filename": "b.png", "url": "v", "size": 3}],
}


def on_message(name: str, message: dict[str, Any], known: tuple[str, ...] = KNOWN) -> object:
    """What a menu of a message asks for."""
    data = {"type": 3, "name": name, "target_id": "9", "resolved": {"messages": {"9": message}}}
    return plan(event(Kind.COMMAND, **data), known)


def test_the_menu_of_a_message_runs_its_code_or_explains_it() -> None:
    file = message_meant({"target_id": "9", "resolved": {"messages": {"9": MESSAGE}}})[1]
    assert [one.name for one in file] == ["a.py"]
    assert on_message("Run this code", MESSAGE) == Run("submit", body="x = 1")
    assert on_message("Run this code", MESSAGE, (*KNOWN, "run")) == Run("run", body="x = 1")
    assert on_message("Run this code", {**MESSAGE, "content": ""}) == Run("submit", files=file)
    assert on_message("Explain this error", {"content": "ValueError: no"}) == Run("explain", body="ValueError: no")
    assert on_message("Something else", MESSAGE) == Stale()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x = 1", "x = 1"),
        ("```\nx = 1\n```", "x = 1"),
        ("```python\nx = 1\n  y\n```", "x = 1\n  y"),
        ("a ```x``` b", "x"),
        ("```py\na\n``` and ```py\nb\n```", "a\nb"),
        ("```py\nunclosed", "```py\nunclosed"),
        ("", ""),
    ],
)
def test_code_is_what_stands_in_fences(text: str, code: str) -> None:
    assert code_in(text) == code


def test_the_controls_of_one_question_rest_and_no_others() -> None:
    ids = ["0|run|answer q1 A", "1|ask|q1", "2|run|answer q2 A", "3|run|daily"]
    row = {"type": 1, "components": [{"type": 2, "custom_id": custom_id} for custom_id in ids]}
    done = rested([{"type": 17, "components": [row]}], "q1")
    assert done is not None
    assert [c.get("disabled", False) for c in done[0]["components"][0]["components"]] == [True, True, False, False]
    assert (rested([], "q1"), rested([{"type": 12, "items": []}], "q1")) == (None, None)


@pytest.mark.parametrize("room", [1, 2, 6])
def test_what_does_not_fit_the_messages_left_is_all_in_a_file(room: int, refused) -> None:
    cards = tuple(NoticeCard(title=f"Card {n}", text=f"word{n} " * 500) for n in range(9))
    sent = within(render(cards), room, Reply(cards))
    whole = sent[-1].files[0].content.decode()
    assert (len(sent), [refused(m) for m in sent], all(f"word{n}" in whole for n in range(9))) == (
        room,
        [[]] * room,
        True,
    )
    assert within(render(cards), 50, Reply(cards)) == render(cards)
