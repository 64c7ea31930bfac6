"""What controls carry: a verb and a command's text, within a hundred bytes, so that a click means the same after a restart.

Pure. No secret is in an id, and nothing in it is believed: whoever clicks is asked for by the platform, and commands check.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.messages import MAX_COMMAND_ID

ROOM = 4  # "39|" before an id makes it the only one of its message
FORM_REST = 64  # bytes of what opens a form: the form's own id needs a longer start


class Verb(StrEnum):
    """What happens on a click."""

    RUN = "run"  # the rest is a command
    PICK = "pick"  # each option's value is a command
    ADD = "add"  # the rest is a command that wants the chosen values
    ASK = "ask"  # opens the form of a question; the rest is its id
    CODE = "code"  # opens the editor of a challenge; the rest is its slug
    SET = "set"  # opens a form for one value; the rest is a command that wants it
    SHARE = "share"  # shows to everyone what the command in the rest shows


@dataclass(frozen=True, slots=True)
class ControlId:
    """A click, read from the id of its control."""

    verb: Verb
    rest: str


@dataclass(frozen=True, slots=True)
class FormId:
    """A form that was sent: the command its fields complete."""

    command: str


def control_id(verb: Verb, rest: str) -> str | None:
    """Write an id without its number, or None when the rest does not fit one."""
    made = f"{verb}|{rest}"
    most = FORM_REST if verb in (Verb.ASK, Verb.CODE, Verb.SET) else MAX_COMMAND_ID
    return made if len(made.encode()) <= MAX_COMMAND_ID - ROOM and len(rest.encode()) <= most else None


def numbered(made: str, number: int) -> str:
    """Make an id the only one of its kind in a message."""
    return f"{number}|{made}"


def read_control(custom_id: str) -> ControlId | None:
    """Read a control's id; None for one that no version of ours wrote."""
    number, _, made = custom_id.partition("|")
    verb, bar, rest = made.partition("|")
    if not (number.isdigit() and bar and verb in Verb._value2member_map_):
        return None
    return ControlId(Verb(verb), rest)


def form_id(opening: int, command: str) -> str:
    """Write a form's id; `opening` sets apart each opening of it, so that no two people share one."""
    return f"form|{opening}|{command}"


def read_form(custom_id: str) -> FormId | None:
    """Read a form's id; None for one that no version of ours wrote."""
    kind, _, rest = custom_id.partition("|")
    opening, bar, command = rest.partition("|")
    return FormId(command) if kind == "form" and opening.isdigit() and bar and command else None
