"""Owns the types that stand for what cannot cross as itself, and the caps both directions share."""
from __future__ import annotations

import re
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Opaque:
    """Stands for a value that cannot be carried; equal only to itself, so it is never a right answer."""

    type_name: str
    text: str

    def __eq__(self, other: object) -> bool:
        """Compare by identity: two opaque values may look alike and still differ."""
        return self is other

    def __hash__(self) -> int:
        """Hash by identity, to agree with equality."""
        return id(self)


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """An array or a dict of columns that was a `tensor`, a `series` or a `frame` where it came from."""

    kind: str
    value: Any


def untag(value: Any) -> Any:
    """Return the array or dict inside a `Tagged`, and anything else as it is."""
    return value.value if type(value) is Tagged else value
