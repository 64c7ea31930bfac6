"""Owns the types that stand for what cannot cross as itself, and the caps both directions share.

Imported in every box before anything runs, so it does without `dataclasses`, which would double that time.
"""
from __future__ import annotations

import re
from typing import Any

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 250_000
MAX_INT_HEX = 16_384
MAX_NAME = 200
MAX_REPR = 500
MAX_DIMS = 32

KINDS = ("tensor", "series", "frame")
DTYPE = re.compile(r"[<>|](?:b1|i[1248]|u[1248]|f[248]|c8|c16|U[1-9][0-9]{0,4})")


class EncodeError(ValueError):
    """The value is too large, too deep or has too many parts to be carried."""


class DecodeError(ValueError):
    """The text is not a value: nothing but this ever comes out of `decode`."""


class Opaque:
    """Stands for a value that cannot be carried; equal only to itself, so it is never a right answer."""

    __slots__ = ("text", "type_name")

    def __init__(self, type_name: str, text: str) -> None:
        """Keep what people are shown."""
        self.type_name = type_name
        self.text = text

    def __repr__(self) -> str:
        """Show both."""
        return f"Opaque({self.type_name!r}, {self.text!r})"


class Tagged:
    """An array or a dict of columns that was a `tensor`, a `series` or a `frame` where it came from."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: str, value: Any) -> None:
        """Keep the kind and the plain value."""
        self.kind = kind
        self.value = value

    def __repr__(self) -> str:
        """Show both."""
        return f"Tagged({self.kind!r}, {self.value!r})"


def untag(value: Any) -> Any:
    """Return the array or dict inside a `Tagged`, and anything else as it is."""
    return value.value if type(value) is Tagged else value
