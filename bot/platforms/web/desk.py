"""What the cards on one open page share: how to send a command, which controls are live, and code not sent yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bot.messages import Reply


class Send(Protocol):
    """Sends a command as if it had been typed."""

    async def __call__(
        self, text: str, body: str = "", *, shown: str | None = None, key: str | None = None, typed: bool = False
    ) -> Reply:
        """Send `text`, with `body` as the lines below it, and show what comes back.

        Args:
            shown: what the learner's bubble says; the command itself by default.
            key: the same for a repeat of the same press, so that it changes nothing twice.
            typed: it came from the message line, where the focus stays.
        """
        ...


class Live(Protocol):
    """Controls that are out of date once something has happened elsewhere."""

    def retire(self) -> None:
        """Stop taking input."""
        ...


class CodeEditor(Live, Protocol):
    """An editor whose look follows the palette."""

    def set_dark(self, dark: bool) -> None:
        """Change to the dark or the light palette."""
        ...


@dataclass
class Desk:
    """One open page's live controls. `drafts` outlives the page: code by challenge, kept as it is typed."""

    send: Send
    drafts: dict[str, str]
    dark: bool = False
    questions: dict[str, Live] = field(default_factory=dict)
    editors: dict[str, CodeEditor] = field(default_factory=dict)
