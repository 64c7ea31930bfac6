"""Reads an object of plain JSON that anyone may have written, one checked field after the other.

Knows nothing of jobs: it offers types, ranges and lengths, and names the field that breaks one.
"""
from __future__ import annotations

import json
import math
from enum import Enum
from typing import Any, NoReturn, TypeVar

MAX_DIGITS = 21  # with a sign
MAX_NUMBER = 32  # characters of a number with a point or an exponent

E = TypeVar("E", bound=Enum)


class WireError(ValueError):
    """What came is not what may be said; names the field, never what a stranger put there."""

    def __init__(self, field: str, message: str) -> None:
        """Say which field, and what about it."""
        super().__init__(f"{field}: {message}")
        self.field = field


class OverLimitError(WireError):
    """A field asks for more than the other side allows."""


def parse(line: bytes, what: str, *, most: int) -> Fields:
    """Read one JSON object.

    Args:
        line: the text.
        what: the name it has in messages.
        most: more bytes than this are refused unread.

    Raises:
        WireError: when it is anything but one object with each name once, finite numbers and bounded integers.
    """
    if len(line) > most:
        raise WireError(what, f"{len(line)} bytes, more than the {most} allowed")
    try:
        tree = json.loads(
            line.decode("ascii"),
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_refuse,
        )
    except UnicodeDecodeError:
        raise WireError(what, "not ASCII") from None
    except (json.JSONDecodeError, RecursionError):
        raise WireError(what, "not JSON") from None
    except _Refused as refused:
        raise WireError(what, refused.why) from None
    return Fields(tree, what)


class _Refused(Exception):  # noqa: N818 - never leaves this file
    """Carries a reason out of the parser."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("a name twice in one object")
    return found


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Refused("an integer that is too long")
    return int(text)


def _number(text: str) -> float:
    value = float(text) if len(text) <= MAX_NUMBER else math.inf
    if not math.isfinite(value):
        raise _Refused("a number that is too large")
    return value


def _refuse(_text: str) -> NoReturn:
    raise _Refused("a number that is none")


class Fields:
    """The fields of one object; each is taken once, and what is left over at the end is refused."""

    def __init__(self, tree: object, path: str) -> None:
        """Start with an object as parsed."""
        if type(tree) is not dict:
            raise WireError(path, "not an object")
        self.left: dict[str, Any] = dict(tree)
        self.path = path

    def name(self, field: str) -> str:
        """Return a field's whole name."""
        return f"{self.path}.{field}"

    def take(self, field: str) -> Any:
        """Return a field unchecked."""
        if field not in self.left:
            raise WireError(self.name(field), "is missing")
        return self.left.pop(field)

    def text(self, field: str, *, most: int) -> str:
        """Return a string of at most so many characters."""
        value = self.take(field)
        if type(value) is not str:
            raise WireError(self.name(field), "must be a string")
        if len(value) > most:
            raise WireError(self.name(field), f"has {len(value)} characters, more than the {most} allowed")
        return value

    def flag(self, field: str) -> bool:
        """Return true or false."""
        value = self.take(field)
        if type(value) is not bool:
            raise WireError(self.name(field), "must be true or false")
        return value

    def integer(self, field: str, *, least: int, most: int) -> int:
        """Return an integer between two others."""
        value = self.take(field)
        if type(value) is not int:
            raise WireError(self.name(field), "must be an integer")
        self._between(field, value, least, most)
        return value

    def integer_or_none(self, field: str, *, least: int, most: int) -> int | None:
        """Return an integer between two others, or nothing for null."""
        if self.left.get(field, least) is None:
            del self.left[field]
            return None
        return self.integer(field, least=least, most=most)

    def number(self, field: str, *, least: float, most: float) -> float:
        """Return a number between two others."""
        value = self.take(field)
        if type(value) not in (int, float):
            raise WireError(self.name(field), "must be a number")
        self._between(field, value, least, most)
        return float(value)

    def choice(self, field: str, kind: type[E]) -> E:
        """Return one of an enumeration."""
        value = self.take(field)
        names = [str(member.value) for member in kind]
        if type(value) is not str or value not in names:
            raise WireError(self.name(field), f"must be one of {', '.join(names)}")
        return kind(value)

    def inner(self, field: str) -> Fields:
        """Return the fields of an object within."""
        return Fields(self.take(field), self.name(field))

    def each(self, field: str, *, most: int) -> list[Fields]:
        """Return the fields of every object in a list of at most so many."""
        value = self.take(field)
        if type(value) is not list:
            raise WireError(self.name(field), "must be a list")
        if len(value) > most:
            raise WireError(self.name(field), f"has {len(value)} entries, more than the {most} allowed")
        return [Fields(item, f"{self.name(field)}[{at}]") for at, item in enumerate(value)]

    def end(self) -> None:
        """Refuse what nobody has taken."""
        if self.left:
            raise WireError(self.path, f"has {len(self.left)} unknown fields")

    def _between(self, field: str, value: float, least: float, most: float) -> None:
        if value < least:
            raise WireError(self.name(field), f"is {value}, less than {least}")
        if value > most:
            raise OverLimitError(self.name(field), f"is {value}, more than the {most} allowed")
