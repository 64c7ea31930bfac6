"""What a chat platform offers the rest of the program: a life of its own, and posts that nobody asked for.

Events come in through the dispatcher; this is the other direction. No platform type passes this border.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from bot.cards import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Cards for everyone in a channel.

    Attributes:
        channel: the platform's id of the channel.
        key: the same for a repeat of the same post, so that the platform, or its host, sends it once.
        thread: the title of a discussion to open below it; none when empty.
        reply_to: the message below which it belongs, as `Posted.message` said; at the channel's end when empty.
        ping: the platform's id of the one role or user group to notify; nobody when empty.
        repeat: it may have been sent before, so the host looks for it first.
    """

    channel: str
    cards: tuple[Card, ...]
    key: str
    thread: str = ""
    reply_to: str = ""
    ping: str = ""
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a post is: the platform's ids of its message and of the thread below it, if any."""

    message: str
    thread: str = ""


class PostError(Exception):
    """A post that did not arrive.

    Attributes:
        lasting: it will not arrive later either, until someone mends what the message says.
    """

    def __init__(self, message: str, *, lasting: bool) -> None:
        super().__init__(message)
        self.lasting = lasting


class Host(Protocol):
    """One platform, connected with one account of ours."""

    @property
    def name(self) -> str:
        """The platform as `Actor.platform` and `Place.platform` name it."""
        ...

    @property
    def ready(self) -> bool:
        """Whether it is connected, so that what people do arrives."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until asked to stop, reconnecting by itself; finish what is under way, then return.

        Raises:
            ConfigError: the platform refuses our account for good; the message says what to do.
        """
        ...

    async def check(self, channel: str) -> tuple[str, ...]:
        """Say what is missing for posts in a channel, a sentence each with what to do; nothing when all is well."""
        ...

    async def post(self, post: Post) -> Posted:
        """Send a post.

        Raises:
            PostError: it did not arrive.
        """
        ...

    async def direct(self, person: str, post: Post) -> Posted:
        """Send a post to one person alone, as a direct message; its channel, thread and ping mean nothing.

        Args:
            person: as `Actor.external_id` names them.
            post: what to send.

        Raises:
            PostError: it did not arrive; lasting where they take no messages from us.
        """
        ...
