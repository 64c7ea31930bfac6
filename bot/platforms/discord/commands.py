"""The commands Discord offers, made from those the bot has; and what people type into them, as one line of text.

Pure. A command that this file does not know by name still appears, with one free text to fill in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.commands import Command
from bot.platforms.discord.parts import short

Payload = dict[str, Any]
Translate = Callable[[str, str], str | None]
"""Turns an English name or description into a locale's, or None where there is no translation."""

CHAT, ON_MESSAGE = 1, 3
SUBCOMMAND, STRING, INTEGER, BOOLEAN, CHANNEL, ROLE, ATTACHMENT = 1, 3, 4, 5, 7, 8, 11
POSTABLE = (0, 5)  # channels of text and of announcements
SERVER, PERSON = 0, 1  # where the app is installed
IN_SERVER, IN_DM, IN_PRIVATE = 0, 1, 2
MANAGE_GUILD = 1 << 5
DESCRIPTION, MOST_CHOICES = 100, 25
ADMIN_COMMANDS = ("group",)
RUN_THIS, EXPLAIN_THIS = "Run this code", "Explain this error"
LOCALES = (
    "da", "de", "en-GB", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr",
    "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko", "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to fill in. `suggest` names what is offered while it is typed."""

    name: str
    about: str
    required: bool = False
    suggest: str = ""
    choices: tuple[str, ...] = ()
    kind: int = STRING
    between: tuple[int, int] | None = None


SETTINGS = (
    "zone", "day", "track", "path", "name", "board", "confidence", "ai", "weekly-goal", "reminder", "quiet", "samples",
)  # fmt: skip
OPTIONS: dict[str, tuple[Option, ...]] = {
    "learn": (Option("track", "The track to look at; yours if empty"),),
    "daily": (),
    "answer": (
        Option("answer", "A letter, a number, or a few words", required=True),
        Option("question", "The id below the question; the open one if empty"),
    ),
    "quiz": (Option("topic", "A section or a concept; the next one if empty", suggest="topic"),),
    "challenge": (Option("name", "The challenge; the next one on your path if empty", suggest="challenge"),),
    "submit": (
        Option("challenge", "The challenge; the one you opened last if empty", suggest="challenge"),
        Option("file", "Your code as a .py file; without one, an editor opens", kind=ATTACHMENT),
    ),
    "run": (
        Option("code", "A line of code"),
        Option("file", "A program as a .py file", kind=ATTACHMENT),
    ),
    "hint": (
        Option("challenge", "A challenge, a question’s id, or solution; what is open if empty", suggest="challenge"),
    ),
    "explain": (),
    "ask": (Option("question", "What you want to know about the last explanation", required=True),),
    "vote": (Option("answer", "Whether the last explanation helped", required=True, choices=("yes", "no")),),
    "streak": (
        Option("what", "Your streak is shown if empty", choices=("pause", "resume", "repair", "why")),
        Option("value", "Days off such as 7, or until 2026-12-01; with why, a date"),
    ),
    "progress": (),
    "leaderboard": (
        Option(
            "period",
            "This week if empty",
            choices=("week", "full", "all", "improvement", "consistency", "league"),
        ),
    ),
    "settings": (
        Option("what", "The setting to change; all are shown if empty", choices=SETTINGS),
        Option("value", "Its new value", suggest="value"),
    ),
    "link": (Option("code", "The code from your other account; a new one is made if empty"),),
    "privacy": (
        Option("what", "What is kept is explained if empty", choices=("export", "anki", "delete")),
        Option("code", "The code that confirms a deletion"),
    ),
    "help": (Option("command", "The command to explain", suggest="command"),),
}
GROUP: dict[str, tuple[str, tuple[Option, ...]]] = {
    "show": ("How the study group of this place is set up", ()),
    "setup": (
        "Choose where and when posts come; a form opens if nothing is filled in",
        (
            Option("channel", "Where posts go", kind=CHANNEL),
            Option("hour", "At which full hour they come", kind=INTEGER, between=(0, 23)),
            Option("zone", "Whose clock the hour follows", suggest="zone"),
            Option("track", "What posts are about", suggest="track"),
            Option("ping", "The role that posts call; nobody if empty", kind=ROLE),
            Option("question", "Whether one question for all comes", choices=("on", "off")),
            Option("challenge", "At which hour the challenge comes, or off"),
            Option("reveal", "At which hour the question is resolved, or off"),
            Option("recap", "Whether Mondays look back at the week", choices=("on", "off")),
            Option("days", "On which days: every day, weekdays, or such as mon wed fri"),
        ),
    ),
    "pause": (
        "Let no posts come for a while",
        (Option("until", "The day on which they come again, such as 2027-01-07; open if empty"),),
    ),
    "resume": ("Let posts come again", ()),
    "code": ("A code with which another place shares this group", ()),
    "join": (
        "Share the group of another place",
        (
            Option("code", "What /group code said there", required=True),
            Option("everywhere", "All of this server joins, not this channel alone", kind=BOOLEAN),
        ),
    ),
    "leave": ("Leave the group of another place", ()),
    "test": ("Send a test post", ()),
    "report": ("What the group finds hard, without names", ()),
    "goal": (
        "What the group aims at in a week",
        (Option("goal", "XP in a week such as 600, or auto; share 60 for the group streak; shown if empty"),),
    ),
    "ai": (
        "Whether Claude may help members with failing code",
        (Option("choice", "Shown if empty", choices=("on", "off")),),
    ),
    "amnesty": (
        "Make a day neutral for every streak, after something was down",
        (
            Option("day", "Such as 2026-11-20, or undo 2026-11-20; a list if empty"),
            Option("reason", "What was down, for everyone to read"),
        ),
    ),
}
BARE_PARTS = ("report", "goal", "ai", "amnesty")  # of group: what is filled in is typed as it is
SUBCOMMANDS = {"group": GROUP}
FREE = (Option("text", "What you would type behind the command"),)


def options_of(command: Command) -> tuple[Option, ...]:
    """What a command asks for."""
    takes_more = command.usage.strip().lstrip("/") != command.name
    return OPTIONS.get(command.name, FREE if takes_more else ())


def options_named(name: str, part: str) -> tuple[Option, ...]:
    """What a command, or a part of it such as the “setup” of “group”, asks for."""
    return SUBCOMMANDS[name].get(part, ("", ()))[1] if name in SUBCOMMANDS else OPTIONS.get(name, FREE)


def command_payloads(commands: Iterable[Command], translate: Translate | None = None) -> list[Payload]:
    """Everything Discord is to offer: the commands, and two entries in the menu of a message."""
    made = [_chat_command(command, translate) for command in commands]
    return [*made, *(_on_message(name, translate) for name in (RUN_THIS, EXPLAIN_THIS))]


def fingerprint(payloads: list[Payload]) -> str:
    """The same for the same commands, so that they are sent only when they have changed."""
    return hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()


def _chat_command(command: Command, translate: Translate | None) -> Payload:
    made = {
        "type": CHAT,
        **_named(command.name, command.summary, translate),
        "options": _parts(command.name, translate) or [_option(option, translate) for option in options_of(command)],
    }
    if command.name in ADMIN_COMMANDS:
        here = {"integration_types": [SERVER], "contexts": [IN_SERVER]}
        return {**made, **here, "default_member_permissions": MANAGE_GUILD}
    return {**made, **_anywhere()}


def _parts(name: str, translate: Translate | None) -> list[Payload]:
    """The parts of a command that has some, each with its own options."""
    return [
        {
            "type": SUBCOMMAND,
            **_named(part, about, translate),
            "options": [_option(option, translate) for option in some],
        }
        for part, (about, some) in SUBCOMMANDS.get(name, {}).items()
    ]


def _anywhere() -> Payload:
    return {"integration_types": [SERVER, PERSON], "contexts": [IN_SERVER, IN_DM, IN_PRIVATE]}


def _on_message(name: str, translate: Translate | None) -> Payload:
    translated = _translations(name, translate)
    return {
        "type": ON_MESSAGE,
        "name": name,
        **({"name_localizations": translated} if translated else {}),
        **_anywhere(),
    }


def _option(option: Option, translate: Translate | None) -> Payload:
    made = {
        "type": option.kind,
        **_named(option.name, option.about, translate),
        "required": option.required,
    }
    if option.choices:
        made["choices"] = [{"name": choice, "value": choice} for choice in option.choices]
    if option.suggest:
        made["autocomplete"] = True
    if option.kind == CHANNEL:
        made["channel_types"] = list(POSTABLE)
    if option.between:
        made["min_value"], made["max_value"] = option.between
    return made


def _named(name: str, about: str, translate: Translate | None) -> Payload:
    described = short(about[:1].upper() + about[1:], DESCRIPTION)
    made: Payload = {"name": name, "description": described}
    names, descriptions = _translations(name, translate), _translations(described, translate)
    return (
        made
        | ({"name_localizations": names} if names else {})
        | ({"description_localizations": descriptions} if descriptions else {})
    )


def _translations(text: str, translate: Translate | None) -> dict[str, str]:
    if translate is None:
        return {}
    found = ((locale, translate(text, locale)) for locale in LOCALES)
    return {locale: said for locale, said in found if said}


def arguments(name: str, part: str, values: Mapping[str, str]) -> str:
    """What was filled in, as the text one would type behind the command."""
    if name == "group":
        return _group_arguments(part, values)
    if name == "answer":
        return f"{values.get('question', '')} {values.get('answer', '')}".strip()
    if name == "settings" and not values.get("what"):
        return values.get("value", "")
    known = OPTIONS.get(name, FREE)
    return " ".join(
        values[option.name].strip() for option in known if values.get(option.name) and option.kind != ATTACHMENT
    )


def _group_arguments(part: str, values: Mapping[str, str]) -> str:
    if part == "join":
        everywhere = "everywhere" if values.get("everywhere") == "True" else ""
        return f"join {values.get('code', '').strip()} {everywhere}".strip()
    some = [option.name for option in options_named("group", part) if option.name in values]
    if part in BARE_PARTS:
        return " ".join((part, *(values[name].strip() for name in some))).strip()
    pairs = (f"{name}={values[name]}" for name in some)
    return " ".join(("" if part == "show" else part, *pairs)).strip()
