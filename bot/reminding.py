"""What people say about being written to: a time of day, and hours without messages. Pure."""

from __future__ import annotations

import re
from datetime import time

from bot.store import Quiet

TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?", re.ASCII)
HOURS = re.compile(r"(\d{1,2})(?::00)?\s*(?:-|–|to|until)\s*(\d{1,2})(?::00)?", re.ASCII)
NEVER = ("off", "none", "no", "never", "stop")


class UnclearError(Exception):
    """What was said cannot be read; the message says how to put it."""


def read_time(text: str) -> time | None:
    """Read a time of day, or None for never.

    Raises:
        UnclearError: it is neither.
    """
    said = text.strip().lower()
    if said in NEVER:
        return None
    found = TIME.fullmatch(said)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise UnclearError("Say a time of day such as 19:00, or off.")
    return time(int(found[1]), int(found[2] or 0))


def read_quiet(text: str) -> Quiet:
    """Read hours without messages, such as 22-8; `off` for none.

    Raises:
        UnclearError: it is neither.
    """
    said = text.strip().lower()
    if said in NEVER:
        return Quiet(0, 0)
    found = HOURS.fullmatch(said)
    if found is None or max(int(found[1]), int(found[2])) > 23:
        raise UnclearError("Say from which full hour to which, such as 22-8, or off.")
    return Quiet(int(found[1]), int(found[2]))


def quiet_text(quiet: Quiet) -> str:
    """Write hours without messages the way they are typed."""
    return f"{quiet.start}-{quiet.end}" if quiet.start != quiet.end else "off"
