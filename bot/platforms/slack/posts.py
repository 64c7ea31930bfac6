"""Posts that nobody asked for: sent once, found again by the key in their metadata, with a thread below."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.port import Post, Posted, PostError
from bot.platforms.slack.account import UNREACHABLE, careful, code_of
from bot.platforms.slack.blocks import Block, fine, heading, line, rich
from bot.platforms.slack.escape import fallback
from bot.platforms.slack.messages import Message, messages, pictures, words_of

log = structlog.get_logger(__name__)

EVENT = "epochbot_post"
LOOK_BACK, REMEMBERED = 30, 1_000
HOW_TO_DISCUSS = "Discuss here. Please keep answers and code behind a hint, so that others can still try."
UNSEEN = ("missing_scope", "channel_not_found", "not_in_channel", "thread_not_found", "no_permission")
LASTING = {
    "channel_not_found": "I cannot see this channel; invite me with /invite in it, or choose another.",
    "not_in_channel": "I am not in this channel; type /invite in it and choose me.",
    "is_archived": "This channel is archived; choose another.",
    "restricted_action": "An admin limits who may post in this channel; choose another, or ask them.",
    "restricted_action_read_only_channel": "Only some people may post in this channel; choose another.",
    "restricted_action_thread_only_channel": "This channel takes only threads; choose another.",
    "missing_scope": "The app lacks a scope; paste our manifest.json in its settings and install it again.",
    "account_inactive": "The app was removed from this workspace; install it again.",
    "token_revoked": "The app’s token was revoked; install it again.",
    "invalid_auth": "Slack no longer takes the app’s token; copy it anew.",
}


UNREACHED = dict.fromkeys(
    ("user_not_found", "user_not_visible", "user_disabled", "messages_tab_disabled"),
    "Slack does not let me write to this account.",
)


@contextmanager
def _told(lasting: Mapping[str, str]) -> Iterator[None]:
    """Turn what Slack refuses into words.

    Raises:
        PostError: it was refused.
    """
    try:
        yield
    except SlackApiError as fault:
        code = code_of(fault)
        raise PostError(lasting.get(code, f"Slack answers “{code}”."), lasting=code in lasting) from None
    except UNREACHABLE as fault:
        raise PostError(f"Slack was not reached: {type(fault).__name__}.", lasting=False) from None


@dataclass
class Posts:
    """What was posted lately, by channel and key; what is older is found in the channel itself."""

    sent: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)

    async def post(self, client: AsyncWebClient, post: Post) -> Posted:
        """Send a post, or find it where it was sent before.

        Raises:
            PostError: it did not arrive.
        """
        with _told(LASTING):
            return await self._post(client, post)

    async def direct(self, client: AsyncWebClient, user: str, post: Post) -> Posted:
        """Send a post to one person alone, or find it where it was sent before.

        Raises:
            PostError: it did not arrive; lasting where they cannot be written to.
        """
        with _told(LASTING | UNREACHED):
            opened = await careful(client).conversations_open(users=[user])
            channel = str(opened["channel"]["id"])
            return await self._post(client, replace(post, channel=channel, thread="", reply_to="", ping=""))

    async def _post(self, client: AsyncWebClient, post: Post) -> Posted:
        parts = _with_ping(messages(post.cards), post.ping)
        first = await self._once(client, post, parts[0], post.key, post.reply_to)
        under = post.reply_to or first
        for n, part in enumerate(parts[1:], 2):
            await self._once(client, post, part, f"{post.key}:{n}", under)
        await self._pictures(client, post, under)
        if not post.thread:
            return Posted(first)
        blocks = [*heading(post.thread), *fine(HOW_TO_DISCUSS)]
        await self._once(client, post, Message(words_of(blocks), tuple(blocks)), f"{post.key}:thread", under)
        return Posted(first, under)

    async def _once(self, client: AsyncWebClient, post: Post, message: Message, key: str, thread: str) -> str:
        """Send one message unless it is there; its timestamp, which is its id."""
        known = self.sent.get((post.channel, key)) or await _found(client, post, key, thread)
        if known is None:
            try:
                known = await _send(careful(client), post.channel, message, key, thread)
            except (SlackApiError, *UNREACHABLE) as fault:
                if isinstance(fault, SlackApiError) and code_of(fault) in LASTING:
                    raise
                known = await _found(client, post, key, thread)  # it may have arrived, and its answer not
                if known is None:
                    raise
        self._remember(post.channel, key, known)
        return known

    def _remember(self, channel: str, key: str, stamp: str) -> None:
        self.sent[(channel, key)] = stamp
        if len(self.sent) > REMEMBERED:
            self.sent.popitem(last=False)

    async def _pictures(self, client: AsyncWebClient, post: Post, thread: str) -> None:
        """Upload the pictures below the post, each once as far as we remember."""
        for picture in pictures(post.cards):
            key = f"{post.key}:{picture.name}"
            if (post.channel, key) in self.sent:
                continue
            await client.files_upload_v2(
                channel=post.channel,
                filename=picture.name,
                title=picture.name,
                file=picture.png,
                alt_txt=picture.alt[:1000],
                thread_ts=thread,
                request_file_info=False,
            )
            self._remember(post.channel, key, thread)


async def _send(client: AsyncWebClient, channel: str, message: Message, key: str, thread: str) -> str:
    answer = await client.chat_postMessage(
        channel=channel,
        text=message.text,
        blocks=list(message.blocks),
        thread_ts=thread or None,
        metadata={"event_type": EVENT, "event_payload": {"key": key}},
        mrkdwn=False,
        unfurl_links=False,
        unfurl_media=False,
    )
    return str(answer["ts"])


def _with_ping(parts: Sequence[Message], ping: str) -> list[Message]:
    """The messages, the first of which calls a user group."""
    if not ping or not parts:
        return list(parts)
    call: Block = rich(line({"type": "usergroup", "usergroup_id": ping}))
    text = f"<!subteam^{fallback(ping)}> {parts[0].text}" if ping.isalnum() else parts[0].text
    blocks = (call, *parts[0].blocks) if ping.isalnum() else parts[0].blocks
    return [Message(text, blocks), *parts[1:]]


async def _found(client: AsyncWebClient, post: Post, key: str, thread: str) -> str | None:
    """The message with a key among a channel's or a thread's latest; none when we may not look."""
    channel = post.channel
    try:
        if thread:
            answer = await client.conversations_replies(
                channel=channel, ts=thread, limit=LOOK_BACK, include_all_metadata=True
            )
        else:
            answer = await client.conversations_history(channel=channel, limit=LOOK_BACK, include_all_metadata=True)
    except SlackApiError as fault:
        log.info("cannot look for an earlier post", platform="slack", code=code_of(fault))
        if post.repeat and code_of(fault) not in UNSEEN:
            raise  # later we may see whether it is there
        return None
    some: list[dict[str, Any]] = answer.get("messages") or []
    return next((str(one["ts"]) for one in some if _key(one) == key), None)


def _key(message: dict[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("key", "")) if metadata.get("event_type") == EVENT else ""


async def missing(client: AsyncWebClient, channel: str) -> tuple[str, ...]:
    """Say what is missing for posts in a channel, and what to do."""
    try:
        found = (await client.conversations_info(channel=channel))["channel"] or {}
    except SlackApiError as fault:
        return (LASTING.get(code_of(fault), f"Slack answers “{code_of(fault)}” when asked about this channel."),)
    except UNREACHABLE as fault:
        return (f"Slack was not reached: {type(fault).__name__}. Try again in a moment.",)
    if found.get("is_archived"):
        return (LASTING["is_archived"],)
    if found.get("is_im") or found.get("is_member"):
        return ()
    return (LASTING["not_in_channel"],)
