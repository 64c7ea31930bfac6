"""What happened on Discord, without Discord's types: who, where, and what they pressed, typed or sent.

`read_event` is the only function that touches an object of the library's; everything else is pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

import discord

from bot.messages import Actor, Place

PLATFORM = "discord"
SUBCOMMAND = 1


class Kind(IntEnum):
    """What a person did, as Discord numbers it."""

    COMMAND = 2
    CONTROL = 3
    TYPING = 4
    FORM = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One interaction.

    Attributes:
        data: what came with it, as Discord sent it.
        private: the control is on a message that only this person sees.
        visiting: the app belongs to the person and not to the server, which limits how often it may speak.
        message: the components of the message a control is on.
    """

    kind: Kind
    id: int
    actor: Actor
    place: Place
    at: datetime
    data: Mapping[str, Any]
    admin: bool = False
    locale: str = ""
    private: bool = False
    visiting: bool = False
    message: tuple[dict[str, Any], ...] = field(default=(), repr=False)


def read_event(interaction: discord.Interaction[Any], at: datetime) -> Event | None:
    """Read what the library received; None for what is not for us, such as a ping."""
    if interaction.type.value not in Kind._value2member_map_:
        return None
    user, message = interaction.user, interaction.message
    rights = interaction.permissions
    return Event(
        kind=Kind(interaction.type.value),
        id=interaction.id,
        actor=Actor(PLATFORM, str(user.id), user.display_name),
        place=_place(interaction),
        at=at,
        data=dict(interaction.data or {}),
        admin=interaction.guild_id is not None and (rights.manage_guild or rights.administrator),
        locale=str(interaction.locale),
        private=message is not None and message.flags.ephemeral,
        visiting=interaction.is_user_integration() and not interaction.is_guild_integration(),
        message=tuple({**component.to_dict()} for component in message.components) if message else (),
    )


def _place(interaction: discord.Interaction[Any]) -> Place:
    channel = str(interaction.channel_id or "")
    if interaction.guild_id is None:
        return Place(PLATFORM, f"dm:{interaction.user.id}", "Direct messages", channel)
    name = interaction.guild.name if interaction.guild else ""
    return Place(PLATFORM, str(interaction.guild_id), name or "Discord server", channel)


@dataclass(frozen=True, slots=True)
class File:
    """A file somebody sent, still with Discord."""

    name: str
    url: str
    size: int


def options(data: Mapping[str, Any]) -> dict[str, str]:
    """What was filled into a command, by name; files by their id."""
    return {str(o["name"]): str(o["value"]) for o in _leaves(data.get("options") or []) if o.get("value") is not None}


def part_used(data: Mapping[str, Any]) -> str:
    """The part of a command that was used, such as the “setup” of “group”; "" for a command without parts."""
    return next((str(o["name"]) for o in data.get("options") or [] if o.get("type") == SUBCOMMAND), "")


def being_typed(data: Mapping[str, Any]) -> tuple[str, str]:
    """The option being typed and what is in it so far."""
    focused = next((o for o in _leaves(data.get("options") or []) if o.get("focused")), {})
    return str(focused.get("name", "")), str(focused.get("value", ""))


def _leaves(some: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Options that hold a value, however deep in subcommands."""
    for option in some:
        yield from _leaves(option.get("options") or []) if option.get("type") == SUBCOMMAND else [option]


def files(data: Mapping[str, Any], ids: Sequence[str]) -> tuple[File, ...]:
    """The files among what came along that have these ids."""
    sent = (data.get("resolved") or {}).get("attachments") or {}
    return tuple(_file(sent[one]) for one in ids if one in sent)


def _file(sent: Mapping[str, Any]) -> File:
    return File(str(sent.get("filename", "")), str(sent.get("url", "")), int(sent.get("size", 0)))


def message_meant(data: Mapping[str, Any]) -> tuple[str, tuple[File, ...]]:
    """The text and the Python files of the message a menu was opened on."""
    messages = (data.get("resolved") or {}).get("messages") or {}
    message = messages.get(str(data.get("target_id"))) or {}
    attached = tuple(_file(sent) for sent in message.get("attachments") or [])
    return str(message.get("content") or ""), tuple(file for file in attached if file.name.endswith(".py"))


def code_in(text: str) -> str:
    """The code of a message: what stands in its fences, or all of it when there are none."""
    parts = text.split("```")
    blocks = parts[1::2] if len(parts) > 2 else []
    return "\n".join(map(_unlabelled, blocks)) if blocks else text.strip("\n")


def _unlabelled(block: str) -> str:
    """A fenced block without the language named on its first line."""
    first, newline, rest = block.partition("\n")
    named = bool(newline) and first.strip().isalnum()
    return (rest if named or not first.strip() else block).strip("\n")
