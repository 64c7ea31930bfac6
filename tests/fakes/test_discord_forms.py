"""What people choose and type reaches the bot as the platform sends it, and what their screen forbids is no way to cheat."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord_forms import fill, modal_data, slash_data, visible
from tests.fakes.discord_state import ADMINISTRATOR, INVITED, MANAGE_GUILD, Clock
from tests.fakes.discord_world import World

FIELDS: list[dict[str, Any]] = [
    {"type": 4, "custom_id": "text", "style": 1, "value": "old", "min_length": 2, "max_length": 5},
    {"type": 3, "custom_id": "pick", "options": [{"label": n.upper(), "value": n} for n in "ab"]},
    {"type": 21, "custom_id": "radio", "options": [{"label": n.upper(), "value": n} for n in "ab"]},
    {"type": 22, "custom_id": "boxes", "max_values": 2, "options": [{"label": n.upper(), "value": n} for n in "ab"]},
    {"type": 23, "custom_id": "box"},
    {"type": 19, "custom_id": "file", "required": False},
]
MODAL = {"custom_id": "m", "components": [{"type": 18, "label": f["custom_id"], "component": f} for f in FIELDS]}
GOOD: dict[str, Any] = {"pick": ["A"], "radio": "b", "boxes": ["a", "B"], "box": True}


@pytest.fixture
def world() -> World:
    return World(Clock())


def values(data: dict[str, Any]) -> dict[str, Any]:
    """The values of a modal that was sent, by custom id."""
    fields = [top["component"] for top in data["components"]]
    return {f["custom_id"]: f.get("value", f.get("values")) for f in fields}


def test_modal_sends_what_was_chosen_and_what_was_prefilled(world: World) -> None:
    data = modal_data(MODAL, GOOD, world)
    assert values(data) == {"text": "old", "pick": ["a"], "radio": "b", "boxes": ["a", "b"], "box": True, "file": []}


def test_modal_sends_files_with_their_addresses(world: World) -> None:
    data = modal_data(MODAL, {**GOOD, "file": [("a.py", b"pass")]}, world)
    (identity,) = values(data)["file"]
    shown = data["resolved"]["attachments"][identity]
    assert (shown["filename"], shown["size"], world.uploads[f"/attachments/{identity}/a.py"]) == ("a.py", 4, b"pass")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"text": "x"}, "text is too short"),
        ({"text": "x" * 6}, "text is too long"),
        ({"text": ""}, "text must be filled in"),
        ({"pick": ["c"]}, "pick offers"),
        ({"pick": ["a", "b"]}, "pick: too many chosen"),
        ({"pick": []}, "pick must be filled in"),
        ({"radio": None}, "radio must be filled in"),
        ({"file": [("a", b""), ("b", b"")]}, "file: too many files"),
        ({"other": 1}, "the modal has no field"),
    ],
)
def test_modal_refuses_what_the_screen_would_not_send(world: World, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        modal_data(MODAL, {**GOOD, **changes}, world)


COMMAND: dict[str, Any] = {
    "id": "1",
    "name": "group",
    "options": [
        {
            "type": 1,
            "name": "setup",
            "options": [
                {"type": 7, "name": "channel", "required": True},
                {"type": 4, "name": "hour", "min_value": 0, "max_value": 23},
                {"type": 3, "name": "track", "choices": [{"name": "AI", "value": "ai"}]},
                {"type": 3, "name": "zone", "autocomplete": True, "max_length": 8},
                {"type": 11, "name": "file"},
            ],
        }
    ],
}


def test_nested_command_carries_options_things_and_files(world: World) -> None:
    channel = world.add_channel(world.add_guild("G"), "daily")
    data = slash_data(COMMAND, "group setup", {"channel": channel, "hour": 9, "file": ("a.py", b"1")}, world)
    (file,) = data["resolved"]["attachments"]
    sub = data["options"][0]
    assert (sub["name"], sub["type"]) == ("setup", 1)
    assert [(o["name"], o["value"]) for o in sub["options"]] == [
        ("channel", str(channel.id)),
        ("hour", 9),
        ("file", file),
    ]
    assert list(data["resolved"]["channels"]) == [str(channel.id)]


def test_typing_into_an_option_needs_no_other(world: World) -> None:
    data = slash_data(COMMAND, "group setup", {"zone": "Eur"}, world, focused="zone")
    assert data["options"][0]["options"] == [{"name": "zone", "type": 3, "value": "Eur", "focused": True}]


@pytest.mark.parametrize(
    ("name", "options", "complaint"),
    [
        ("group", {}, "needs one of"),
        ("group other", {}, "no subcommand other"),
        ("group setup", {}, "requires"),
        ("group setup", {"nothing": 1}, "has no option"),
    ],
)
def test_command_refuses_what_the_screen_would_not_send(
    world: World, name: str, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        slash_data(COMMAND, name, options, world)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"hour": 24}, "above max_value"),
        ({"hour": "9"}, "takes"),
        ({"track": "ml"}, "offers"),
        ({"zone": "x" * 9}, "above max_length"),
    ],
)
def test_option_refuses_values_it_does_not_take(world: World, options: dict[str, Any], complaint: str) -> None:
    channel = world.add_channel(world.add_guild("G"), "daily")
    with pytest.raises(AssertionError, match=complaint):
        slash_data(COMMAND, "group setup", {"channel": channel, **options}, world)


def test_channel_select_carries_the_channel(world: World) -> None:
    channel = world.add_channel(world.add_guild("G"), "daily")
    data = fill({"type": 8, "custom_id": "c"}, [channel], world)
    assert (data["values"], list(data["resolved"]["channels"])) == ([str(channel.id)], [str(channel.id)])


def test_command_is_offered_where_it_is_installed_and_allowed(world: World) -> None:
    here, there = (world.add_channel(world.add_guild(n, has_bot=h), "c") for n, h in (("here", True), ("there", False)))
    ada, own = world.add_user("Ada"), world.add_user("Own", installed=True)
    dm = world.dm(ada)
    admin: dict[str, Any] = {"default_member_permissions": str(MANAGE_GUILD)}
    personal: dict[str, Any] = {"integration_types": [0, 1]}
    guild_only: dict[str, Any] = {"contexts": [0]}
    offered = [
        visible({}, here, ada, INVITED),
        visible({}, dm, ada, INVITED),
        visible({}, there, own, INVITED),
        visible(personal, there, own, INVITED),
        visible(personal, there, ada, INVITED),
        visible(guild_only, dm, ada, INVITED),
        visible(admin, here, ada, INVITED),
        visible(admin, here, ada, MANAGE_GUILD),
        visible(admin, here, ada, ADMINISTRATOR),
    ]
    assert offered == [True, True, False, True, False, False, False, True, True]
