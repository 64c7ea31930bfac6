"""What Discord refuses in commands though its published schema lets it pass. Pure; knows no server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Payload = Mapping[str, Any]

SLASH, PERSON, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
NAME = re.compile(r"[-_'\w]{1,32}")
TOTAL = 8000
PER_SCOPE = {SLASH: 100, PERSON: 15, MESSAGE: 15}
LOCALES = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)
KEYS = frozenset(
    [
        "id",
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "options",
        "default_member_permissions",
        "dm_permission",
        "default_permission",
        "contexts",
        "integration_types",
        "handler",
        "nsfw",
    ]
)
OPTION_KEYS = frozenset(
    [
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "required",
        "options",
        "choices",
        "channel_types",
        "min_value",
        "max_value",
        "min_length",
        "max_length",
        "autocomplete",
    ]
)


def commands_faults(commands: Iterable[Payload]) -> list[str]:
    """Faults of all the commands of one scope."""
    given = list(commands)
    faults = [f"{command.get('name')}: {fault}" for command in given for fault in command_faults(command)]
    kinds = [(command.get("type") or SLASH, command.get("name")) for command in given]
    if len(set(kinds)) < len(kinds):
        faults.append("command name twice")
    for kind, most in PER_SCOPE.items():
        if sum(k == kind for k, _ in kinds) > most:
            faults.append(f"more than {most} commands of type {kind}")
    return faults


def command_faults(command: Payload) -> list[str]:
    """Faults of one command."""
    faults = [f"unknown field {key}" for key in command if key not in KEYS]
    faults += _locale_faults(command)
    if (command.get("type") or SLASH) == SLASH:
        faults += [*_name_faults(command), *_option_faults(command.get("options") or (), parent=0)]
        if not (command.get("description") or "").strip():
            faults.append("without description")
        if _length(command) > TOTAL:
            faults.append(f"longer than {TOTAL} in all")
    else:
        faults += [f"{key} on a context menu" for key in ("description", "options") if command.get(key)]
    return faults


def _name_faults(named: Payload) -> Iterator[str]:
    for name in (named.get("name") or "", *(named.get("name_localizations") or {}).values()):
        if not NAME.fullmatch(name) or name != name.lower():
            yield f"name {name!r} has characters that are not allowed"


def _locale_faults(named: Payload) -> Iterator[str]:
    for key in ("name_localizations", "description_localizations"):
        yield from (f"unknown locale {locale}" for locale in named.get(key) or {} if locale not in LOCALES)


def _option_faults(options: Iterable[Payload], parent: int) -> Iterator[str]:
    given = list(options)
    names = [option.get("name") for option in given]
    if len(set(names)) < len(names):
        yield "option name twice"
    needed = [bool(option.get("required")) for option in given]
    if needed != sorted(needed, reverse=True):
        yield "required option after an optional one"
    nested = [option.get("type") in {SUBCOMMAND, GROUP} for option in given]
    if any(nested) and not all(nested):
        yield "subcommands beside options"
    for option in given:
        yield from (f"{option.get('name')}: {fault}" for fault in _one_option_faults(option, parent))


def _one_option_faults(option: Payload, parent: int) -> Iterator[str]:
    yield from (f"unknown field {key}" for key in option if key not in OPTION_KEYS)
    yield from _name_faults(option)
    yield from _locale_faults(option)
    if not (option.get("description") or "").strip():
        yield "without description"
    if option.get("choices") and option.get("autocomplete"):
        yield "choices and autocomplete"
    yield from _choice_faults(option)
    for low, high in (("min_value", "max_value"), ("min_length", "max_length")):
        if option.get(low) is not None and option.get(high) is not None and option[low] > option[high]:
            yield f"{low} above {high}"
    kind = option.get("type") or 0
    if (kind == GROUP and parent) or (kind == SUBCOMMAND and parent == SUBCOMMAND):
        yield "nested where it must not be"
    yield from _option_faults(option.get("options") or (), kind)


def _choice_faults(option: Payload) -> Iterator[str]:
    choices = option.get("choices") or ()
    if any(isinstance(choice.get("value"), str) and not 1 <= len(choice["value"]) <= 100 for choice in choices):
        yield "choice value not of 1 to 100 characters"
    if len({choice.get("name") for choice in choices}) < len(choices):
        yield "choice name twice"


def _length(named: Payload) -> int:
    """The characters that count towards the limit; of translations the longest."""
    own = sum(
        max(len(text) for text in (named.get(key) or "", *(named.get(f"{key}_localizations") or {}).values()))
        for key in ("name", "description")
    )
    values = sum(len(str(choice.get(key) or "")) for choice in named.get("choices") or () for key in ("name", "value"))
    return own + values + sum(_length(option) for option in named.get("options") or ())
