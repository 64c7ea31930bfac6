"""Each rule lets a sound payload pass and catches its own fault, and only that."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.discord_command_rules import command_faults, commands_faults
from tests.fakes.discord_rules import V2_FLAG, choices_faults, message_faults, modal_faults
from tests.fakes.discord_schema import available, schema_faults

Payload = dict[str, Any]
Spoil = Callable[[Payload], object]


def button(**changes: Any) -> Payload:
    return {"type": 2, "style": 1, "label": "A", "custom_id": "a", **changes}


def row(*children: Payload) -> Payload:
    return {"type": 1, "components": list(children)}


def select(**changes: Any) -> Payload:
    options = [{"label": name, "value": name} for name in ("x", "y")]
    return {"type": 3, "custom_id": "s", "options": options, **changes}


def text(content: str = "words") -> Payload:
    return {"type": 10, "content": content}


def old() -> Payload:
    """A sound message of the first layout."""
    embed = {"title": "T", "description": "D", "fields": [{"name": "n", "value": "v"}]}
    allowed = {"parse": ["users"], "roles": ["5"]}
    return {
        "content": "hello",
        "embeds": [embed],
        "components": [row(button()), row(select())],
        "allowed_mentions": allowed,
        "nonce": "n",
        "enforce_nonce": True,
    }


def new() -> Payload:
    """A sound message of the second layout."""
    section = {"type": 9, "components": [text()], "accessory": button(custom_id="b")}
    return {"flags": V2_FLAG, "components": [{"type": 17, "components": [text(), section, row(button())]}]}


def modal() -> Payload:
    box = {"type": 4, "custom_id": "code", "style": 2, "value": "pass", "max_length": 4000}
    return {"custom_id": "m", "title": "Code", "components": [{"type": 18, "label": "Code", "component": box}]}


def box(payload: Payload) -> Payload:
    found: Payload = payload["components"][0]["component"]
    return found


def inner(payload: Payload) -> list[Payload]:
    found: list[Payload] = payload["components"][0]["components"]
    return found


def put(payload: Payload, *components: Payload) -> None:
    payload["components"] = [row(*components)]


def gallery(name: str) -> Payload:
    return {"type": 12, "items": [{"media": {"url": f"attachment://{name}"}}]}


OLD: list[tuple[str, Spoil]] = [
    ("content longer than 2000", lambda m: m.update(content="x" * 2001)),
    ("nonce longer than 25", lambda m: m.update(nonce="x" * 26)),
    ("enforce_nonce without nonce", lambda m: m.pop("nonce")),
    ("embed field without name or value", lambda m: m["embeds"][0]["fields"][0].update(value=" ")),
    (
        "embeds together longer than 6000",
        lambda m: m.update(embeds=[{"description": "x" * 4000}, {"description": "x" * 2001}]),
    ),
    ("allowed_mentions parses an unknown kind", lambda m: m["allowed_mentions"]["parse"].append("all")),
    ("allowed_mentions both parses and lists users", lambda m: m["allowed_mentions"].update(users=["1"])),
    (
        "allowed_mentions lists more than 100 roles",
        lambda m: m["allowed_mentions"].update(roles=[str(n) for n in range(101)]),
    ),
    ("custom_id 'a' twice", lambda m: m["components"].append(row(button()))),
    ("button of style 1 without custom_id", lambda m: put(m, {"type": 2, "style": 1, "label": "A"})),
    ("button of style 5 without url", lambda m: put(m, {"type": 2, "style": 5, "label": "A"})),
    ("button of style 5 with more than url", lambda m: put(m, button(style=5, url="https://a.example"))),
    ("button without label or emoji", lambda m: put(m, button(label=""))),
    (
        "button with a url of another scheme",
        lambda m: put(m, {"type": 2, "style": 5, "label": "A", "url": "javascript:1"}),
    ),
    ("select shares its row", lambda m: put(m, button(), select())),
    ("empty row", put),
    ("option value twice", lambda m: put(m, select(options=[{"label": n, "value": "x"} for n in "ab"]))),
    ("select without options", lambda m: put(m, select(options=[]))),
    ("min_values above max_values", lambda m: put(m, select(min_values=2))),
    ("max_values above the number of options", lambda m: put(m, select(max_values=3))),
    (
        "more defaults than max_values",
        lambda m: put(m, select(options=[{"label": n, "value": n, "default": True} for n in "ab"])),
    ),
    ("more than 5 rows", lambda m: m.update(components=[row(button(custom_id=str(n))) for n in range(6)])),
    (f"component of the second version without flag {V2_FLAG}", lambda m: m.update(components=[text()])),
    (
        "component shows attachment://a.png, which was not uploaded",
        lambda m: m.update(gallery("a.png"), flags=V2_FLAG, **NOTHING, components=[gallery("a.png")]),
    ),
]
NOTHING: Payload = {"content": None, "embeds": []}

NEW: list[tuple[str, Spoil]] = [
    (f"content in a message of flag {V2_FLAG}", lambda m: m.update(content="x")),
    (f"embeds in a message of flag {V2_FLAG}", lambda m: m.update(embeds=[{"title": "T"}])),
    (f"poll in a message of flag {V2_FLAG}", lambda m: m.update(poll={"question": {"text": "?"}})),
    ("more than 40 components", lambda m: inner(m).extend(text() for _ in range(35))),
    ("text displays together longer than 4000", lambda m: inner(m).append(text("x" * 4000))),
    ("empty text display", lambda m: inner(m).append(text(" "))),
    ("id 7 twice", lambda m: inner(m).extend([{**text(), "id": 7}, {**text(), "id": 7}])),
    ("custom_id 'b' twice", lambda m: inner(m).append(row(button(custom_id="b")))),
    (
        "file component without an uploaded file",
        lambda m: inner(m).append({"type": 13, "file": {"url": "https://a.example/a"}}),
    ),
    ("empty message", lambda m: m.update(components=[])),
]

MODAL: list[tuple[str, Spoil]] = [
    ("a modal has 1 to 5 components", lambda m: m.update(components=[text() for _ in range(6)])),
    ("component not allowed at the top of a modal", lambda m: m["components"].append(select())),
    (
        "text input in a row without label",
        lambda m: m["components"].append(row({"type": 4, "custom_id": "z", "style": 1})),
    ),
    ("modal without title", lambda m: m.update(title=" ")),
    ("min_length above max_length", lambda m: box(m).update(min_length=5, max_length=4, value="")),
    ("value longer than max_length", lambda m: box(m).update(max_length=3)),
    ("value shorter than min_length", lambda m: box(m).update(min_length=5)),
    ("custom_id 'code' twice", lambda m: m["components"].append(copy.deepcopy(m["components"][0]))),
]


def command() -> Payload:
    options = [
        {"type": 3, "name": "topic", "description": "Which one", "required": True, "autocomplete": True},
        {"type": 3, "name": "level", "description": "How hard", "choices": [{"name": "Easy", "value": "easy"}]},
    ]
    return {"name": "quiz", "type": 1, "description": "Asks", "options": options, "name_localizations": {"de": "frage"}}


def nested(depth: int) -> Payload:
    """Subcommands that deep."""
    leaf = {"type": 1, "name": "leaf", "description": "x"}
    return leaf if depth == 0 else {"type": 2, "name": "node", "description": "x", "options": [nested(depth - 1)]}


def long_command(letters: int) -> Payload:
    """Twenty-five options with choices, and that many characters in all."""
    choices = [{"name": f"{n:08}", "value": f"{n:05}"} for n in range(24)]
    options = [{"type": 3, "name": f"o{n:02}", "description": "d" * 5, "choices": choices} for n in range(24)]
    made = {"name": "c", "type": 1, "description": "d", "options": options}
    spare = letters - (2 + 24 * (3 + 5 + 24 * 13))
    made["options"] = [{**o, "description": "d" * (5 + min(90, max(0, spare - 90 * n)))} for n, o in enumerate(options)]
    return made


COMMAND: list[tuple[str, Spoil]] = [
    ("unknown field extra", lambda c: c.update(extra=1)),
    ("topic: unknown field extra", lambda c: c["options"][0].update(extra=1)),
    ("name 'Quiz' has characters that are not allowed", lambda c: c.update(name="Quiz")),
    ("name 'two words' has characters that are not allowed", lambda c: c.update(name="two words")),
    ("name 'a b' has characters that are not allowed", lambda c: c.update(name_localizations={"de": "a b"})),
    ("unknown locale xx", lambda c: c.update(name_localizations={"xx": "a"})),
    ("without description", lambda c: c.update(description="")),
    ("topic: without description", lambda c: c["options"][0].update(description=" ")),
    ("option name twice", lambda c: c["options"][1].update(name="topic")),
    ("required option after an optional one", lambda c: c["options"].reverse()),
    ("subcommands beside options", lambda c: c["options"].append(nested(0))),
    ("level: choices and autocomplete", lambda c: c["options"][1].update(autocomplete=True)),
    (
        "level: choice value not of 1 to 100 characters",
        lambda c: c["options"][1].update(choices=[{"name": "n", "value": "x" * 101}]),
    ),
    ("level: choice name twice", lambda c: c["options"][1].update(choices=[{"name": "n", "value": v} for v in "ab"])),
    ("topic: min_length above max_length", lambda c: c["options"][0].update(min_length=2, max_length=1)),
    ("node: node: nested where it must not be", lambda c: c.update(options=[nested(2)])),
    ("leaf: leaf: nested where it must not be", lambda c: c.update(options=[{**nested(0), "options": [nested(0)]}])),
]


@pytest.mark.parametrize(("fault", "spoil"), OLD, ids=[fault for fault, _ in OLD])
def test_first_layout_fault_is_caught(fault: str, spoil: Spoil) -> None:
    sound = old()
    assert message_faults(sound) == []
    spoil(sound)
    assert message_faults(sound) == [fault]


@pytest.mark.parametrize(("fault", "spoil"), NEW, ids=[fault for fault, _ in NEW])
def test_second_layout_fault_is_caught(fault: str, spoil: Spoil) -> None:
    sound = new()
    assert message_faults(sound) == []
    spoil(sound)
    assert message_faults(sound) == [fault]


@pytest.mark.parametrize(("fault", "spoil"), MODAL, ids=[fault for fault, _ in MODAL])
def test_modal_fault_is_caught(fault: str, spoil: Spoil) -> None:
    sound = modal()
    assert modal_faults(sound) == []
    spoil(sound)
    assert modal_faults(sound) == [fault]


@pytest.mark.parametrize(("fault", "spoil"), COMMAND, ids=[fault for fault, _ in COMMAND])
def test_command_fault_is_caught(fault: str, spoil: Spoil) -> None:
    sound = command()
    assert command_faults(sound) == []
    spoil(sound)
    assert command_faults(sound) == [fault]


def test_command_of_8000_characters_passes_and_of_8001_does_not() -> None:
    assert command_faults(long_command(8000)) == []
    assert command_faults(long_command(8001)) == ["longer than 8000 in all"]


def test_scope_takes_100_commands_of_distinct_names() -> None:
    many = [{**command(), "name": f"c{n}"} for n in range(101)]
    assert commands_faults(many[:100]) == []
    assert commands_faults(many) == ["more than 100 commands of type 1"]
    assert commands_faults([command(), command()]) == ["command name twice"]


def test_context_menu_takes_no_description() -> None:
    assert command_faults({"name": "Run this code", "type": 3}) == []
    assert command_faults({"name": "Run this code", "type": 3, "description": "x"}) == ["description on a context menu"]


@pytest.mark.parametrize(
    ("fault", "choices"),
    [
        ("choice without name", [{"name": "", "value": "a"}]),
        ("choice value not of 1 to 100 characters", [{"name": "a", "value": "x" * 101}]),
        ("choice name twice", [{"name": "a", "value": "x"}, {"name": "a", "value": "y"}]),
    ],
)
def test_suggestion_fault_is_caught(fault: str, choices: list[Payload]) -> None:
    assert choices_faults([{"name": "a", "value": "x"}]) == []
    assert choices_faults(choices) == [fault]


def test_edit_may_leave_everything_out_and_a_post_may_not() -> None:
    assert message_faults({}, partial=True) == []
    assert message_faults({}) == ["empty message"]
    assert message_faults({}, files=["a.txt"]) == []
    assert message_faults({}, files=[str(n) for n in range(11)]) == ["more than 10 files"]


def test_uploaded_file_may_be_shown() -> None:
    shown = {"flags": V2_FLAG, "components": [gallery("a.png")]}
    assert message_faults(shown, files=["a.png"]) == []


@pytest.mark.skipif(not available(), reason="no copy of the published schema")
@pytest.mark.parametrize(
    ("schema", "payload", "fault"),
    [
        ("MessageCreateRequest", {**old(), "embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
        ("MessageCreateRequest", {"components": [row(button(label="x" * 81))]}, "components.0.components.0.label"),
        (
            "MessageCreateRequest",
            {"components": [row(button(custom_id="x" * 101))]},
            "components.0.components.0.custom_id",
        ),
        ("MessageCreateRequest", {"components": [row(*[button()] * 6)]}, "components.0.components"),
        ("ModalInteractionCallbackRequest", {"type": 9, "data": {**modal(), "title": "x" * 46}}, "data.title"),
        ("ApplicationCommandUpdateRequest", {**command(), "name": "x" * 33}, "name"),
    ],
)
def test_schema_names_the_place_of_the_fault(schema: str, payload: Payload, fault: str) -> None:
    (found,) = schema_faults(schema, payload)
    assert found.startswith(f"{fault}: ")


@pytest.mark.skipif(not available(), reason="no copy of the published schema")
def test_sound_payloads_pass_the_schema() -> None:
    assert [schema_faults("MessageCreateRequest", m) for m in (old(), new())] == [[], []]
    assert schema_faults("ModalInteractionCallbackRequest", {"type": 9, "data": modal()}) == []
    assert schema_faults("ApplicationCommandUpdateRequest", command()) == []


def test_without_a_copy_of_the_schema_nothing_is_checked_against_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISCORD_SPEC", str(tmp_path / "none.json"))
    assert (available(), schema_faults("MessageCreateRequest", {"content": 1})) == (False, [])
