"""What every platform turns its events into, and what it gets back to render.

No platform type ever passes this border. A button, a select and a form are each equal to one text command.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.cards import Card

MAX_COMMAND_ID = 100  # bytes a control may carry on the narrowest platform
LOCAL_PLATFORM = "local"  # the page and the terminal on one's own machine: one person, known to both
PLATFORM_NAMES = {"discord": "Discord", "slack": "Slack", LOCAL_PLATFORM: "your own machine"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks: a person as one platform knows them."""

    platform: str
    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where they speak: a server, workspace or local page, which is a study group to us.

    `channel` is the id of the channel there, "" where there are no channels; a channel may belong to another group.
    """

    platform: str
    external_id: str
    name: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came along. Its name is the learner's text: show it, never open it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One command. `args` is the rest of its first line, `body` the lines below it (code, a long answer).

    `admin` says that the platform lets this person manage the place; `locale` is the language they use it in, such
    as "en-GB", or "".
    """

    actor: Actor
    place: Place
    command: str
    args: str
    idempotency_key: str
    received_at: datetime
    body: str = ""
    attachments: tuple[Attachment, ...] = ()
    admin: bool = False
    locale: str = ""


class Visibility(StrEnum):
    """Who sees a reply. Answers, scores and explanations are private unless their owner shares them."""

    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Reply:
    """Cards to show now, and optionally a promise of more: a hint that needs a slow service."""

    cards: tuple[Card, ...]
    visibility: Visibility = Visibility.PRIVATE
    followup: Callable[[], Awaitable[Reply | None]] | None = None


def parse_line(text: str) -> tuple[str, str, str]:
    """Split what a person typed into command, arguments and body.

    A leading slash is optional. The command keeps its case, for it may be the first word of an answer, and is "" when
    there is none.
    """
    head, _, body = text.strip().partition("\n")
    name, _, args = head.strip().partition(" ")
    return name.removeprefix("/"), args.strip(), body.strip("\n")
