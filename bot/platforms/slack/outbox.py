"""Sends what is to be said: to one person where they asked, or to everyone in a channel. Knows no command.

A private answer takes the first way that is open: the address Slack gave for it, the conversation of two, a message that
only they see in the channel, and at last a message of its own.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.cards import Card
from bot.platforms.plain import render as in_words
from bot.platforms.slack.account import UNREACHABLE, code_of, retry_handlers
from bot.platforms.slack.blocks import Block, fine, pieces
from bot.platforms.slack.escape import literal
from bot.platforms.slack.forms import Origin
from bot.platforms.slack.messages import BLOCKS, Message, files, messages, pictures

log = structlog.get_logger(__name__)

MOST = 4  # messages of one answer, for an address takes five; what is longer comes as a file
Send = Callable[[Message], Awaitable[object]]
IN_A_FILE = "This is only how it begins; all of it is in a file, under Messages."


class ClosedAddressError(Exception):
    """An address for answers that takes no more of them: used too often, or too old."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an answer goes out: who sees it, and what it takes the place of."""

    public: bool = False
    replace: bool = False


async def answer(
    client: AsyncWebClient,
    origin: Origin,
    cards: Sequence[Card],
    way: Way = Way(),
    *,
    above: Sequence[Block] = (),
    below: Sequence[Block] = (),
) -> None:
    """Show cards to whoever asked, or to everyone where they asked.

    Args:
        above: what stands in the first message before the cards.
        below: controls under the last message.
    """
    parts = list(messages(cards, above=above))
    long = len(parts) > MOST
    if long:
        parts = [replace_blocks(parts[0], [*parts[0].blocks[: BLOCKS - 1], *fine(IN_A_FILE)])]
    if below and parts and len(parts[-1].blocks) + len(below) <= BLOCKS:
        parts[-1] = replace_blocks(parts[-1], [*parts[-1].blocks, *below])
    for n, part in enumerate(parts):
        await send(client, origin, part, replace_way(way, first=n == 0))
    if long:
        text = literal("\n\n".join(in_words(card) for card in cards))
        await _upload(client, origin, way, name="answer.txt", content=text.encode(), alt="")
    for picture in pictures(cards):
        await _upload(client, origin, way, name=picture.name, content=picture.png, alt=picture.alt)
    for file in files(cards):  # what is in a file is its owner's
        await _upload(client, origin, replace(way, public=False), name=file.name, content=file.content, alt="")


def replace_blocks(message: Message, blocks: Sequence[Block]) -> Message:
    """The same words with other blocks."""
    return replace(message, blocks=tuple(blocks))


def replace_way(way: Way, *, first: bool) -> Way:
    """Only the first of several messages takes another's place."""
    return way if first else replace(way, replace=False)


async def send(client: AsyncWebClient, origin: Origin, message: Message, way: Way) -> None:
    """Try each way in turn; what Slack finds wrong with the blocks is sent as words."""
    ways = _public(client, origin, way) if way.public else _private(client, origin, way)
    refused: list[str] = []
    for name, send in ways:
        try:
            await _as_blocks_or_words(send, message)
        except SlackApiError as fault:
            refused.append(f"{name}: {code_of(fault)}")
        except (ClosedAddressError, *UNREACHABLE) as fault:
            refused.append(f"{name}: {type(fault).__name__}")
        else:
            return
    log.error("an answer did not arrive", platform="slack", tried=refused)


async def _as_blocks_or_words(send: Send, message: Message) -> None:
    try:
        await send(message)
    except (ClosedAddressError, SlackApiError) as fault:
        code = code_of(fault) if isinstance(fault, SlackApiError) else str(fault)
        if not code.startswith(("invalid_blocks", "msg_blocks_too_long")):
            raise
        log.error("blocks refused", platform="slack", code=code)
        await send(Message(message.text, ()))


def _private(client: AsyncWebClient, origin: Origin, way: Way) -> list[tuple[str, Send]]:
    async def only_there(message: Message) -> None:
        await client.chat_postEphemeral(
            channel=origin.channel,
            user=origin.user,
            text=message.text,
            blocks=list(message.blocks) or None,
            thread_ts=origin.thread or None,
        )

    ways: list[tuple[str, Send]] = []
    direct = ("conversation", _poster(client, origin.channel, origin.thread))
    if origin.url and (way.replace or not origin.direct):
        ways.append(("address", _by_address(origin, way)))
    if origin.direct:
        ways.append(direct)
        if origin.url:
            ways.append(("address", _by_address(origin, replace(way, replace=False))))
    elif origin.channel:
        ways.append(("only there", only_there))
    return [*ways, ("message", _poster(client, origin.user, ""))]


def _public(client: AsyncWebClient, origin: Origin, way: Way) -> list[tuple[str, Send]]:
    ways: list[tuple[str, Send]] = []
    if origin.channel:
        ways.append(("channel", _poster(client, origin.channel, origin.thread)))
    if origin.url:
        ways.append(("address", _by_address(origin, way)))
    return ways or [("message", _poster(client, origin.user, ""))]


def _poster(client: AsyncWebClient, channel: str, thread: str) -> Send:
    async def send(message: Message) -> None:
        await client.chat_postMessage(
            channel=channel,
            text=message.text,
            blocks=list(message.blocks) or None,
            thread_ts=thread or None,
            mrkdwn=False,
            unfurl_links=False,
            unfurl_media=False,
        )

    return send


def _by_address(origin: Origin, way: Way) -> Send:
    async def send(message: Message) -> None:
        hook = AsyncWebhookClient(origin.url, retry_handlers=retry_handlers())
        body: dict[str, object] = {
            "response_type": "in_channel" if way.public else "ephemeral",
            "replace_original": way.replace,
            "text": message.text,
            "mrkdwn": False,
        }
        body |= {"blocks": list(message.blocks)} if message.blocks else {}
        body |= {"thread_ts": origin.thread} if origin.thread and not way.replace else {}
        answer = await hook.send_dict(body)
        if refusal := refusal_in(answer.status_code, answer.body):
            raise ClosedAddressError(refusal)

    return send


def refusal_in(status: int, body: str) -> str:
    """Slack's word for why an address did not take an answer, which may come with any status; "" when it did."""
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if isinstance(told, dict) and told.get("ok") is False:
        return str(told.get("error") or status)
    return "" if status == 200 else body or str(status)


async def _upload(client: AsyncWebClient, origin: Origin, way: Way, *, name: str, content: bytes, alt: str) -> None:
    """Send a file where everyone sees it, or else where only they do: a file cannot be shown to one person in a channel."""
    try:
        here = way.public and origin.channel
        channel = (
            origin.channel if here or (origin.direct and origin.private) else await _conversation(client, origin.user)
        )
        await client.files_upload_v2(
            channel=channel,
            filename=name,
            title=name,
            file=content,
            alt_txt=alt[:1000] or None,
            thread_ts=(origin.thread or None) if here else None,
            request_file_info=False,
        )
    except SlackApiError as fault:
        log.error("a file did not arrive", platform="slack", code=code_of(fault))
    except UNREACHABLE as fault:
        log.error("a file did not arrive", platform="slack", fault=type(fault).__name__)


async def _conversation(client: AsyncWebClient, user: str) -> str:
    answer = await client.conversations_open(users=[user])
    return str(answer["channel"]["id"])


def shared_by(name: str) -> list[Block]:
    """Say who shares what stands below; their name is shown, and nobody is called."""
    return [block for piece in pieces(f"{name} shares:") for block in fine(piece)]
