"""Owns what can go wrong for the operator: each error says what failed, why it matters and what to do next.

    CannotIsolate          this host cannot keep a job apart from itself well enough
    └── MissingLibrary     a profile's libraries are not installed
"""
from __future__ import annotations


class CannotIsolate(Exception):  # noqa: N818 - reads as what it says, in `except` and in messages
    """Nothing was run, because running it would not have been safe."""

    def __init__(self, what: str, advice: str = "") -> None:
        """Say what failed, and what to do about it."""
        super().__init__(f"{what} {advice}".strip())
        self.what = what
        self.advice = advice


class MissingLibrary(CannotIsolate):
    """A job asked for a profile whose libraries are not installed here."""
