"""The manifest that we ship is one that Slack takes, and asks for what the bot uses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.platforms import slack
from bot.platforms.slack.account import SCOPES
from tests.fakes import slack_schema

MANIFEST: dict[str, Any] = json.loads((Path(slack.__file__).parent / "manifest.json").read_text("utf-8"))
SCHEMA = slack_schema.folder() / "slack-manifest.schema.json"


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the published shapes are not beside the checkout")
def test_slack_takes_the_manifest() -> None:
    schema = Draft7Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert [error.message for error in schema.iter_errors(MANIFEST)] == []
    assert list(schema.iter_errors(MANIFEST | {"features": {"slash_commands": [{"command": 1}]}})) != []


def test_it_asks_for_the_scopes_that_are_checked_at_start() -> None:
    assert tuple(MANIFEST["oauth_config"]["scopes"]["bot"]) == SCOPES


def test_buttons_forms_shortcuts_and_the_home_tab_are_on() -> None:
    assert MANIFEST["settings"]["interactivity"] == {"is_enabled": True}
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"] is True
    assert [one["command"] for one in MANIFEST["features"]["slash_commands"]] == ["/learn"]
    assert [one["type"] for one in MANIFEST["features"]["shortcuts"]] == ["message", "global"]


def test_names_keep_to_their_limits() -> None:
    about = MANIFEST["display_information"]
    assert 174 <= len(about["long_description"]) <= 4000
    assert len(about["description"]) <= 140
    assert all(len(one["name"]) <= 24 for one in MANIFEST["features"]["shortcuts"])
