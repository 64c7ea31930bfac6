"""What a card on the page may do: send one command."""

from __future__ import annotations

from typing import Protocol


class Send(Protocol):
    """Sends a command as if it had been typed."""

    async def __call__(self, text: str, body: str = "", *, shown: str | None = None, key: str | None = None) -> None:
        """Send `text`, with `body` as the lines below it."""
        ...
