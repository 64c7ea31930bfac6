"""What Slack tells an app: the payloads of commands, clicks, submissions, shortcuts and events. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.fakes.slack_world import Channel, Json, Message, User, View

VERIFICATION = "verification-token"


@dataclass(frozen=True)
class Who:
    """A person at a time, with what lets the app react."""

    user: User
    team_name: str
    ts: str
    trigger: str = ""
    response_url: str = ""

    def person(self) -> Json:
        """The user of an interaction."""
        return {
            "id": self.user.id,
            "username": self.user.name.lower(),
            "name": self.user.name.lower(),
            "team_id": self.user.team,
        }

    def common(self, kind: str) -> Json:
        """What all interactions hold."""
        return {
            "type": kind, "user": self.person(), "team": {"id": self.user.team, "domain": "garden"}, "enterprise": None,
            "token": VERIFICATION, "is_enterprise_install": False,
        }  # fmt: skip


def command(who: Who, channel: Channel, name: str, text: str) -> Json:
    """A slash command."""
    return {
        "token": VERIFICATION, "team_id": who.user.team, "team_domain": "garden", "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name, "user_id": who.user.id,
        "user_name": who.user.name.lower(), "command": name, "text": text, "api_app_id": "A1", "is_enterprise_install": "false",
        "response_url": who.response_url, "trigger_id": who.trigger,
    }  # fmt: skip


def action_on_message(who: Who, channel: Channel, message: Message, action: Json, state: Json) -> Json:
    """Something done to an element of a message. An ephemeral's own content is not sent back."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(message.only_for),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    whole = who.common("block_actions") | {
        "api_app_id": "A1", "container": container, "trigger_id": who.trigger, "response_url": who.response_url,
        "channel": {"id": channel.id, "name": channel.name}, "state": {"values": state}, "actions": [action],
    }  # fmt: skip
    return whole if message.only_for else whole | {"message": message.shown()}


def action_on_view(who: Who, view: View, action: Json) -> Json:
    """Something done to an element of a modal or a home."""
    return who.common("block_actions") | {
        "api_app_id": "A1", "container": {"type": "view", "view_id": view.id}, "trigger_id": who.trigger, "view": view.shown(),
        "actions": [action],
    }  # fmt: skip


def submission(who: Who, view: View) -> Json:
    """A modal handed in."""
    return who.common("view_submission") | {"api_app_id": "A1", "trigger_id": who.trigger, "view": view.shown()}


def closing(who: Who, view: View, *, cleared: bool) -> Json:
    """A modal closed without handing in."""
    return who.common("view_closed") | {"api_app_id": "A1", "view": view.shown(), "is_cleared": cleared}


def message_action(who: Who, channel: Channel, message: Message, callback_id: str) -> Json:
    """A shortcut chosen from the menu of a message."""
    whole = who.common("message_action") | {
        "callback_id": callback_id, "trigger_id": who.trigger, "response_url": who.response_url, "message_ts": message.ts,
        "message": message.shown(), "channel": {"id": channel.id, "name": channel.name}, "action_ts": who.ts,
    }  # fmt: skip
    del whole["user"]["username"]
    return whole


def global_shortcut(who: Who, callback_id: str) -> Json:
    """A shortcut chosen from anywhere."""
    whole = who.common("shortcut") | {"callback_id": callback_id, "trigger_id": who.trigger, "action_ts": who.ts}
    del whole["user"]["name"]
    return whole


def event(who: Who, number: int, bot: str, inner: Json) -> Json:
    """An event of the Events API."""
    return {
        "token": VERIFICATION, "team_id": who.user.team, "api_app_id": "A1", "type": "event_callback", "event_id": f"Ev{number}",
        "event_time": int(float(who.ts)), "is_ext_shared_channel": False, "event_context": f"4-{number}",
        "authorizations": [
            {"enterprise_id": None, "team_id": who.user.team, "user_id": bot, "is_bot": True, "is_enterprise_install": False}
        ],
        "event": inner | {"event_ts": who.ts},
    }  # fmt: skip


def home_opened(who: Who, channel: str, view: View | None) -> Json:
    """The home tab came into view."""
    inner: Json = {"type": "app_home_opened", "user": who.user.id, "channel": channel, "tab": "home"}
    return inner | ({"view": view.shown()} if view else {})


def said(who: Who, channel: Channel, message: Message, bot: str) -> Json:
    """Somebody wrote something: to our app by name, or in a channel it is in."""
    kind = "app_mention" if f"<@{bot}>" in message.text and channel.kind != "im" else "message"
    inner: Json = {
        "type": kind,
        "user": who.user.id,
        "text": message.text,
        "ts": message.ts,
        "channel": channel.id,
        "team": who.user.team,
    }
    if kind == "message":
        inner["channel_type"] = channel.kind
    if message.thread_ts:
        inner["thread_ts"] = message.thread_ts
    if message.blocks:
        inner["blocks"] = message.blocks
    if message.files:
        inner |= {"subtype": "file_share", "files": message.files}
    return inner


def action(element: Json, block_id: str, value: Any, ts: str) -> Json:
    """What was done to an element; `value` is a choice where there is one to make.

    Raises:
        ValueError: nobody could have done that.
    """
    kind = element["type"]
    found: Json = {"type": kind, "action_id": element["action_id"], "block_id": block_id, "action_ts": ts}
    if kind == "button":
        return (
            found | {"text": element["text"]} | {name: element[name] for name in ("value", "style") if name in element}
        )
    return found | state_of(element, value)


def state_of(element: Json, value: Any) -> Json:
    """What an element holds when somebody put `value` into it, as `state.values` shows it.

    Raises:
        ValueError: nobody could have put that in.
    """
    kind = element["type"]
    if kind in ("static_select", "radio_buttons", "overflow", "external_select"):
        return {"type": kind, "selected_option": None if value is None else _chosen(element, value)}
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": [_chosen(element, one) for one in value or ()]}
    if kind == "file_input":
        return {"type": kind, "files": list(value or ())}
    if kind in SELECTED:
        return {"type": kind, SELECTED[kind]: value}
    return {"type": kind, "value": _typed(element, value)}


SELECTED = {
    "users_select": "selected_user", "channels_select": "selected_channel", "conversations_select": "selected_conversation",
    "multi_users_select": "selected_users", "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations", "datepicker": "selected_date", "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}  # fmt: skip
INITIAL = ("initial_value", "initial_option", "initial_options", "initial_user", "initial_channel", "initial_conversation", "initial_date",
           "initial_time", "initial_date_time")  # fmt: skip


def initial(element: Json) -> Any:
    """What an element holds before anybody touched it, as `state_of` takes it."""
    found = next((element[name] for name in INITIAL if name in element), None)
    if isinstance(found, dict) and "value" in found:
        return found["value"]
    return (
        [one["value"] for one in found] if isinstance(found, list) and found and isinstance(found[0], dict) else found
    )


def options(element: Json) -> list[Json]:
    """What an element offers."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def _chosen(element: Json, value: Any) -> Json:
    for option in options(element):
        if option.get("value") == value or option["text"]["text"] == value:
            return option
    raise ValueError(f"{value!r} is not offered; there are {[one.get('value') for one in options(element)]}")


def _typed(element: Json, value: Any) -> str | None:
    text = None if value in (None, "") else str(value)
    if text is not None and len(text) > int(element.get("max_length", 3000)):
        raise ValueError(f"{len(text)} characters do not fit into {element['action_id']!r}")
    if text is not None and element["type"] == "number_input":
        number = float(text)
        least, most = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
        if not least <= number <= most or (not element["is_decimal_allowed"] and not number.is_integer()):
            raise ValueError(f"{text} does not go into {element['action_id']!r}")
    return text
