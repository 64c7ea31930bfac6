"""How values are written into columns and read back: times, days, texts, and the short ids of questions.

Pure. Knows no table.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

NAME_CHARS = 80
ANSWER_CHARS = 4_000
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # no i, l, o, u: they are misread
_SHORTEST = 3
_STRIDE = 0x5A2D4E1B  # odd, so multiplying by it permutes every power of two


def to_ms(at: datetime) -> int:
    """Write an instant as UTC epoch milliseconds.

    Raises:
        ValueError: for a naive one.
    """
    if at.tzinfo is None:
        raise ValueError("the store needs aware datetimes; pass one with a time zone")
    return round(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    """Read an instant."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def day_text(day: date) -> str:
    """Write a local day."""
    return day.isoformat()


def to_day(text: str) -> date:
    """Read a local day."""
    return date.fromisoformat(text)


def plain_name(text: str) -> str:
    """Make a display name one line of bounded length."""
    readable = text[: 4 * NAME_CHARS].encode("utf-8", "replace").decode("utf-8")
    return " ".join(readable.split())[:NAME_CHARS] or "someone"


def public_id(number: int) -> str:
    """Turn a question's number into a short id such as `q7f3`.

    Neighbouring numbers look unrelated, and no two numbers share an id: within a length this is a permutation.
    """
    length = _SHORTEST
    while number >= 32**length:
        length += 1
    mixed = number * _STRIDE % 32**length
    return "q" + "".join(ALPHABET[mixed >> 5 * place & 31] for place in reversed(range(length)))
