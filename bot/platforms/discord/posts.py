"""Posts that nobody asked for: to a channel, at our own pace, once however often they are tried."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import discord

from bot.platforms.discord.parts import MOST_COMPONENTS, MOST_TEXT, TEXT, Message, count_of, short, text_of
from bot.platforms.discord.render import render
from bot.platforms.discord.wire import Failure, attempt, body, packed
from bot.platforms.port import Post, Posted, PostError

PER_SECOND = 30  # posts in all; Discord allows fifty calls, and answers need theirs
AT_A_TIME = 10
NONCE = 25
LOOK_BACK = 50  # messages among which a repeat is looked for
MARKED: Final = 1 << 30
UNREAD = (403, 404)  # whether we may not look or there is nothing, sending says more
THREAD_NAME = 100
DAY: Final = 1440  # minutes without a word before Discord tidies a thread away
THREAD_EXISTS = 160004
UNKNOWN = (10003, 10008)  # the channel or message is gone
CLOSED = "Discord does not let me write to you; allow direct messages from members of a server we share."


class Pace:
    """Spreads calls evenly: each gets the next free moment."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._gap, self._clock, self._next = 1 / per_second, clock, 0.0

    def reserve(self) -> float:
        """Take the next moment, and say how many seconds away it is."""
        now = self._clock()
        at = max(now, self._next)
        self._next = at + self._gap
        return at - now


class Poster:
    """Sends posts with the library's own client, which waits where Discord asks it to."""

    def __init__(self, client: discord.Client, clock: Callable[[], float]) -> None:
        self._client, self._pace = client, Pace(PER_SECOND, clock)
        self._few = asyncio.Semaphore(AT_A_TIME)

    async def post(self, post: Post) -> Posted:
        """Send a post.

        Raises:
            PostError: it did not arrive.
        """
        if self._client.user is None:
            raise PostError("Discord is not connected just now.", lasting=False)
        messages = with_ping(render(post.cards), post.ping)
        if not messages:
            raise PostError("There is nothing in this post.", lasting=True)
        async with self._few:
            target, reference = await self._target(post)
            known = await self._known(target) if post.repeat else {}
            sent = [
                known.get(marker(post.key, n))
                or await self._send(target, message, (post.key, n), post.ping, reference if n == 0 else "")
                for n, message in enumerate(messages)
            ]
            thread = await self._open_thread(post.channel, sent[0], post.thread) if post.thread else ""
        return Posted(sent[0], thread)

    async def direct(self, person: str, post: Post) -> Posted:
        """Send a post to one person alone.

        Raises:
            PostError: it did not arrive; lasting where they take no messages from us.
        """
        if not (person.isascii() and person.isdigit()):
            raise PostError(CLOSED, lasting=True)
        await asyncio.sleep(self._pace.reserve())
        opened = await attempt(self._client.http.start_private_message(int(person)))
        if isinstance(opened, Failure):
            raise _closed(opened)
        try:
            return await self.post(replace(post, channel=str(opened["id"]), thread="", reply_to="", ping=""))
        except PostError as fault:
            if not fault.lasting:
                raise
            raise PostError(CLOSED, lasting=True) from None

    async def _target(self, post: Post) -> tuple[str, str]:
        """Where a post goes: into the thread below the message it belongs to if there is one, else as a reply to it."""
        if not post.reply_to:
            return post.channel, ""
        found = await attempt(self._client.http.get_channel(number(post.reply_to)))
        return (post.channel, post.reply_to) if isinstance(found, Failure) else (post.reply_to, "")

    async def _known(self, channel: str) -> dict[int, str]:
        """Our latest messages in a channel, by their markers; Discord itself knows a nonce for a few minutes only."""
        await asyncio.sleep(self._pace.reserve())
        found = await attempt(self._client.http.logs_from(number(channel), limit=LOOK_BACK))
        if isinstance(found, Failure):
            if found.status in UNREAD:
                return {}
            raise refusal(found)
        me = self._client.user.id if self._client.user else 0
        mine = [message for message in found if int(message["author"]["id"]) == me]
        return {int(c.get("id") or 0): str(message["id"]) for message in mine for c in message.get("components") or ()}

    async def _send(self, channel: str, message: Message, once: tuple[str, int], ping: str, reply_to: str) -> str:
        payload = {**body(marked(message, marker(*once))), "nonce": nonce(*once), "enforce_nonce": True}
        if ping:
            payload["allowed_mentions"] = {"parse": [], "roles": [ping]}
        if reply_to:
            payload["message_reference"] = {"message_id": reply_to, "fail_if_not_exists": False}
        await asyncio.sleep(self._pace.reserve())
        made = await attempt(self._client.http.send_message(number(channel), params=packed(payload, message.files)))
        if isinstance(made, Failure):
            raise refusal(made)
        return str(made["id"])

    async def _open_thread(self, channel: str, message: str, title: str) -> str:
        """Open the thread below a message, or find it there; a post without its thread is still a post."""
        await asyncio.sleep(self._pace.reserve())
        call = self._client.http.start_thread_with_message(
            number(channel), int(message), name=short(title, THREAD_NAME), auto_archive_duration=DAY
        )
        made = await attempt(call)
        if isinstance(made, Failure):
            return message if made.code == THREAD_EXISTS else ""  # a message's thread has the message's id
        return str(made["id"])


def number(channel: str) -> int:
    """A channel's id as the library wants it.

    Raises:
        PostError: it is none.
    """
    if not (channel.isascii() and channel.isdigit()):
        raise PostError(f"“{channel}” is no channel of Discord’s; choose one with /group setup.", lasting=True)
    return int(channel)


def nonce(key: str, part: int) -> str:
    """What Discord knows a repeat of a message by."""
    return hashlib.sha256(f"{part}|{key}".encode()).hexdigest()[:NONCE]


def marker(key: str, part: int) -> int:
    """What we know a repeat of a message by: the id of its first component, above all those Discord gives by itself."""
    number = int.from_bytes(hashlib.sha256(f"{part}|{key}".encode()).digest()[:4])
    return MARKED | number % MARKED


def marked(message: Message, mark: int) -> Message:
    """A message with its marker."""
    first, *others = message.components
    return Message(({**first, "id": mark}, *others), message.files)


def refusal(made: Failure) -> PostError:
    """What to tell about a post that did not arrive."""
    if made.status == 404 or made.code in UNKNOWN:
        return PostError("The channel is gone; choose another with /group setup.", lasting=True)
    if made.status == 403:
        advice = "Allow me to view it, send messages, embed links and attach files there"
        return PostError(f"Discord does not let me post in this channel ({made.reason[:100]}). {advice}.", lasting=True)
    return PostError(
        f"Discord did not take the post ({made.status or 'not reached'}: {made.reason[:200]}).", lasting=False
    )


def _closed(opened: Failure) -> PostError:
    """What to tell about a private conversation that was not opened."""
    if opened.status in (400, 403, 404):
        return PostError(CLOSED, lasting=True)
    return refusal(opened)


def with_ping(messages: tuple[Message, ...], role: str) -> tuple[Message, ...]:
    """Messages that begin by naming the one role to notify."""
    if not (messages and role.isdigit()):
        return messages
    first = messages[0]
    named: dict[str, Any] = {"type": TEXT, "content": f"<@&{role}>"}
    if _room_for(first, named):
        return (Message((named, *first.components), first.files), *messages[1:])
    return (Message((named,)), *messages)


def _room_for(message: Message, more: dict[str, Any]) -> bool:
    every = (*message.components, more)
    return sum(map(count_of, every)) <= MOST_COMPONENTS and sum(map(text_of, every)) <= MOST_TEXT
