"""Tells systemd how we are: ready, still alive, stopping. A datagram each, to the socket it names; without one, nothing.

The protocol is that of sd_notify(3).
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

US = 1_000_000


@dataclass(frozen=True, slots=True)
class Notifier:
    """Where to tell it, empty for nowhere, and how often it wants a sign of life, in seconds; 0 for never."""

    address: str = ""
    watchdog_s: float = 0.0

    @classmethod
    def of(cls, environment: Mapping[str, str], pid: int) -> Notifier:
        """Read what systemd says in the environment of the process it started."""
        address = environment.get("NOTIFY_SOCKET", "")
        every, whose = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
        ours = every.isdecimal() and whose in ("", str(pid))
        return cls(address, int(every) / US if ours else 0.0)

    def ready(self) -> None:
        """Say that we serve now."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Give a sign of life."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that we end."""
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        if not self.address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.connect(self.address.replace("@", "\0", 1) if self.address.startswith("@") else self.address)
            out.send(state.encode())
