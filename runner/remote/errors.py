"""Owns what can go wrong between two hosts for their operators; a learner's run that fails is a result, never one of these.

    SetupError               what was asked for cannot be started, or not safely
    CannotIsolate            (runner.errors) the other host cannot isolate well enough
    └── RemoteRefused        the other host would not take jobs of ours, or is no runner
        └── WrongSecret      it does not know our secret
"""
from __future__ import annotations

from runner.errors import CannotIsolate


class SetupError(Exception):
    """A server or an address cannot be used as asked for; nothing was started."""

    def __init__(self, what: str, advice: str = "") -> None:
        """Say what is wrong, and what to do about it."""
        super().__init__(f"{what} {advice}".strip())
        self.what = what
        self.advice = advice


class RemoteRefused(CannotIsolate):
    """The remote runner would not take a job; trying again would not help."""


class WrongSecret(RemoteRefused):
    """The remote runner does not know our secret."""
