"""What Discord offers is what the bot has, Discord takes it, and what is filled in is one line of text."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.commands import discover, group, leaderboard, settings, streak
from bot.platforms.discord.commands import (
    MANAGE_GUILD,
    OPTIONS,
    arguments,
    command_payloads,
    fingerprint,
)
from bot.platforms.discord.suggest import suggestions

NAME = re.compile(r"[a-z0-9_-]{1,32}")


def german(text: str, locale: str) -> str | None:
    """A translator that knows one word of one language."""
    return "heute" if (text, locale) == ("daily", "de") else None


def payload(name: str, **more: object) -> dict[str, object]:
    """What is offered for one command."""
    return next(made for made in command_payloads(discover().values(), **more) if made["name"] == name)


def every(made: dict[str, Any]) -> list[dict[str, Any]]:
    """A command with its parts and options."""
    return [made, *(inner for option in made.get("options", []) for inner in every(option))]


def test_every_command_is_offered_and_two_entries_in_a_messages_menu() -> None:
    made = command_payloads(discover().values())
    assert [one["name"] for one in made] == [*discover(), "Run this code", "Explain this error"]


def test_discord_takes_all_of_them(schema) -> None:
    made = command_payloads(discover().values(), german)
    assert [fault for one in made for fault in schema("ApplicationCommandUpdateRequest", one)] == []
    chat = [one for one in made if one["type"] == 1]
    assert all(
        NAME.fullmatch(part["name"]) and 1 <= len(part["description"]) <= 100
        for one in chat
        for part in (one, *one["options"])
    )
    for one in (part for made in chat for part in every(made)):
        options = [option for option in one.get("options", []) if option["type"] != 1]
        needed = [bool(option["required"]) for option in options]
        assert needed == sorted(needed, reverse=True), "what must be filled in comes first"
        assert not any("choices" in option and "autocomplete" in option for option in options)


def test_whoever_manages_the_server_alone_sees_what_is_for_them() -> None:
    made = payload("group")
    assert (made["default_member_permissions"], made["contexts"], made["integration_types"]) == (MANAGE_GUILD, [0], [0])
    assert (payload("daily")["contexts"], payload("daily")["integration_types"]) == ([0, 1, 2], [0, 1])
    assert "default_member_permissions" not in payload("daily")


def choices(name: str) -> set[str]:
    """What the first option of a command offers."""
    return {choice["value"] for choice in payload(name)["options"][0]["choices"]}  # type: ignore[index]  # it has some


def test_all_that_can_be_typed_elsewhere_can_be_chosen() -> None:
    """A command's own words, so that one that is added to it cannot be forgotten here."""
    assert {part["name"] for part in payload("group")["options"]} == {"show", *group.HANDLERS}  # type: ignore[attr-defined]
    assert choices("streak") == set(streak.HANDLERS)
    assert choices("settings") == set(settings.SETTERS)
    assert choices("leaderboard") == {*(next(filter(None, names)) for names, _ in leaderboard.VIEWS), "full"}


def test_names_are_translated_where_there_is_a_word() -> None:
    assert (payload("daily", translate=german)["name_localizations"], "name_localizations" in payload("quiz")) == (
        {"de": "heute"},
        False,
    )


def test_the_same_commands_have_the_same_fingerprint_and_others_another() -> None:
    made = command_payloads(discover().values())
    assert fingerprint(made) == fingerprint(command_payloads(discover().values()))
    assert fingerprint(made) != fingerprint(made[:-1])


@pytest.mark.parametrize(
    ("name", "part", "values", "args"),
    [
        ("streak", "", {"what": "pause", "value": "7"}, "pause 7"),
        ("group", "amnesty", {"day": "2026-11-20", "reason": "power cut"}, "amnesty 2026-11-20 power cut"),
        ("group", "goal", {"goal": "share 60"}, "goal share 60"),
        ("group", "report", {}, "report"),
        ("answer", "", {"answer": "B"}, "B"),
        ("answer", "", {"answer": "A C", "question": "q7f3"}, "q7f3 A C"),
        ("settings", "", {"what": "zone", "value": "Europe/Paris"}, "zone Europe/Paris"),
        ("settings", "", {}, ""),
        ("submit", "", {"challenge": "ridge", "file": "123"}, "ridge"),
        ("leaderboard", "", {"period": "all"}, "all"),
        ("group", "show", {}, ""),
        (
            "group",
            "setup",
            {"channel": "123456789", "hour": "9", "zone": "Europe/Paris"},
            "setup channel=123456789 hour=9 zone=Europe/Paris",
        ),
        ("group", "join", {"code": "ABC", "everywhere": "True"}, "join ABC everywhere"),
        ("group", "join", {"code": "ABC", "everywhere": "False"}, "join ABC"),
        ("unheard-of", "", {"text": "on please"}, "on please"),
    ],
)
def test_what_is_filled_in_is_what_one_would_type(name: str, part: str, values: dict[str, str], args: str) -> None:
    assert arguments(name, part, values) == args


def test_every_option_names_a_command_there_is() -> None:
    assert set(OPTIONS) <= set(discover())


@pytest.mark.parametrize(
    ("kind", "typed", "setting", "first"),
    [
        ("topic", "", "", None),
        ("challenge", "", "", None),
        ("challenge", "zzzzz", "", ""),
        ("value", "pari", "zone", "Europe/Paris"),
        ("value", "new york", "zone", "America/New_York"),
        ("value", "", "day", "0"),
        ("value", "", "board", "on"),
        ("command", "dai", "", "daily"),
        ("", "x", "", ""),
    ],
)
def test_what_is_offered_while_typing_fits(
    kind: str, typed: str, setting: str, first: str | None, shipped_track, shipped_bank
) -> None:
    found = suggestions(kind, typed, setting, track=shipped_track, challenges=shipped_bank, commands=discover())
    assert len(found) <= 25
    assert all(0 < len(one["name"]) <= 100 and 0 < len(one["value"]) <= 100 for one in found)
    if first is None:
        assert len(found) > 5
    else:
        assert [one["value"] for one in found[:1]] == ([first] if first else [])
