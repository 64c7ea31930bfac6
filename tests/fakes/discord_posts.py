"""The fake Discord's channels: posts, edits, threads, private conversations, with their permissions and limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.fakes.discord_answers import Refused, reply
from tests.fakes.discord_desk import Desk, read
from tests.fakes.discord_gateway import GUILDS
from tests.fakes.discord_state import (
    ATTACH,
    HISTORY,
    PUBLIC_THREADS,
    SEND,
    SEND_IN_THREADS,
    VIEW,
    Channel,
    Message,
    permissions_in,
)

NONCE_LIFE = timedelta(minutes=5)
OLD = timedelta(hours=1)
ACTIVE_THREADS = 1000


class Posts:
    """The routes below /channels."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = desk.world
        self.old_edits_allowed = 5  # an hour, in one channel
        self._old_edits: dict[int, int] = {}
        self.active_threads_allowed = ACTIVE_THREADS

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        one = "/channels/{channel}/messages/{message}"
        return [
            web.post("/users/@me/channels", self.open_dm),
            web.get("/channels/{channel}", self.show_channel),
            web.patch("/channels/{channel}", self.change_channel),
            web.post("/channels/{channel}/typing", self.typing),
            web.get("/channels/{channel}/messages", self.history),
            web.post("/channels/{channel}/messages", self.post),
            web.get(one, self.show),
            web.patch(one, self.edit),
            web.delete(one, self.delete),
            web.post(one + "/threads", self.thread_below),
            web.post("/channels/{channel}/threads", self.thread),
        ]

    def _need(self, channel: Channel, wanted: int) -> None:
        have = permissions_in(channel, self._world.bot)
        if not have & VIEW:
            raise Refused(403, 50001)
        if wanted & ~have:
            raise Refused(403, 50013)

    def _may_write(self, channel: Channel, *, files: bool) -> None:
        self._need(channel, (SEND_IN_THREADS if channel.parent else SEND) | (ATTACH if files else 0))
        if channel.person and not channel.person.accepts_dms:
            raise Refused(403, 50007)
        if channel.archived:
            channel.archived = False

    async def open_dm(self, request: web.Request) -> web.Response:
        """Open a private conversation."""
        payload, _ = await read(request)
        self._desk.inspector.judge("dm", self._desk.inspector.against("CreatePrivateChannelRequest", payload))
        user = self._world.users.get(int(payload.get("recipient_id") or 0))
        if user is None:
            raise Refused(404, 10013)
        return reply(self._world.channel_payload(self._world.dm(user)))

    async def show_channel(self, request: web.Request) -> web.Response:
        """A channel."""
        channel = self._desk.channel(request)
        self._need(channel, 0)
        return reply(self._world.channel_payload(channel))

    async def change_channel(self, request: web.Request) -> web.Response:
        """Rename or archive a thread of the bot's."""
        payload, _ = await read(request)
        channel = self._desk.channel(request)
        self._need(channel, 0)
        if channel.parent is None:
            raise Refused(403, 50013)
        channel.name = payload.get("name", channel.name)
        channel.archived = payload.get("archived", channel.archived)
        await self._desk.gateway.publish(
            "THREAD_UPDATE", self._world.channel_payload(channel), channel.guild, intent=GUILDS
        )
        return reply(self._world.channel_payload(channel))

    async def typing(self, request: web.Request) -> web.Response:
        """Show that the bot is writing."""
        self._need(self._desk.channel(request), SEND)
        return reply(None)

    async def history(self, request: web.Request) -> web.Response:
        """The latest messages of a channel, newest first."""
        channel = self._desk.channel(request)
        self._need(channel, HISTORY)
        found = [m for m in self._world.messages.values() if m.channel is channel and not m.deleted and not m.ephemeral]
        limit = int(request.query.get("limit", "50"))
        return reply([self._world.message_payload(m) for m in reversed(found[-limit:])])

    async def post(self, request: web.Request) -> web.Response:
        """Write a message; with a nonce to be enforced, once."""
        payload, files = await read(request)
        channel = self._desk.channel(request)
        self._may_write(channel, files=bool(files))
        self._desk.inspector.message("message:create", "MessageCreateRequest", payload, files)
        message = self._same(channel, payload)
        if message is None:
            self._check_reference(channel, payload.get("message_reference"))
            message = self._world.write(channel, self._world.bot, payload, files)
        await self._desk.notify()
        return reply(self._world.message_payload(message))

    def _same(self, channel: Channel, payload: dict[str, Any]) -> Message | None:
        """The message of a few minutes ago that this is a repeat of."""
        if not payload.get("enforce_nonce"):
            return None
        since, nonce = self._world.clock.now() - NONCE_LIFE, str(payload.get("nonce"))
        mine = (m for m in self._world.messages.values() if m.channel is channel and m.author is self._world.bot)
        return next((m for m in mine if m.nonce == nonce and m.created >= since), None)

    def _check_reference(self, channel: Channel, reference: dict[str, Any] | None) -> None:
        if not reference:
            return
        self._need(channel, HISTORY)
        found = self._world.messages.get(int(reference.get("message_id") or 0))
        if (found is None or found.deleted) and reference.get("fail_if_not_exists", True):
            self._desk.inspector.judge("message:create", ["message_reference to an unknown message"])

    async def show(self, request: web.Request) -> web.Response:
        """A message."""
        channel = self._desk.channel(request)
        self._need(channel, HISTORY)
        return reply(self._world.message_payload(self._desk.message(request, channel)))

    async def edit(self, request: web.Request) -> web.Response:
        """Edit a message of the bot's."""
        payload, files = await read(request)
        channel = self._desk.channel(request)
        self._need(channel, 0)
        message = self._desk.message(request, channel)
        if message.author is not self._world.bot:
            raise Refused(403, 50005)
        self._desk.inspector.message("message:edit", "MessageEditRequestPartial", payload, files, before=message)
        if self._world.clock.now() - message.created > OLD:
            self._old_edits[channel.id] = self._old_edits.get(channel.id, 0) + 1
            if self._old_edits[channel.id] > self.old_edits_allowed:
                raise Refused(429, 30046, retry_after=0.05)
        self._world.change(message, payload, files)
        await self._desk.notify()
        return reply(self._world.message_payload(message))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message of the bot's."""
        channel = self._desk.channel(request)
        message = self._desk.message(request, channel)
        self._need(channel, 0 if message.author is self._world.bot else 1 << 13)
        message.deleted = True
        await self._desk.notify()
        return reply(None)

    async def thread_below(self, request: web.Request) -> web.Response:
        """Open a discussion below a message."""
        payload, _ = await read(request)
        channel = self._desk.channel(request)
        self._need(channel, PUBLIC_THREADS)
        message = self._desk.message(request, channel)
        if message.thread is not None:
            raise Refused(400, 160004)
        return await self._open_thread(channel, payload, "CreateTextThreadWithMessageRequest", message)

    async def thread(self, request: web.Request) -> web.Response:
        """Open a discussion of its own in a channel."""
        payload, _ = await read(request)
        channel = self._desk.channel(request)
        self._need(channel, PUBLIC_THREADS)
        return await self._open_thread(channel, payload, "CreateTextThreadWithoutMessageRequest", None)

    async def _open_thread(
        self, channel: Channel, payload: dict[str, Any], schema: str, message: Message | None
    ) -> web.Response:
        faults = self._desk.inspector.against(schema, payload)
        if not 1 <= len(str(payload.get("name") or "").strip()) <= 100:
            faults.append("thread name not of 1 to 100 characters")
        self._desk.inspector.judge("thread", faults)
        active = [
            c
            for c in self._world.channels.values()
            if c.parent and c.guild is channel.guild and not c.archived and not c.deleted
        ]
        if len(active) >= self.active_threads_allowed:
            raise Refused(400, 160006)
        thread = self._world.add_thread(channel, payload["name"], message)
        shown = self._world.channel_payload(thread)
        await self._desk.gateway.publish(
            "THREAD_CREATE", {**shown, "newly_created": True}, channel.guild, intent=GUILDS
        )
        await self._desk.notify()
        return reply(shown, status=201)
