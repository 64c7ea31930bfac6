"""Forms that were sent: checked in the little time there is, acknowledged with what is wrong at a field, or acted upon."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages import Attachment
from bot.platforms.slack.account import code_of
from bot.platforms.slack.conversation import Conversation
from bot.platforms.slack.files import fetch
from bot.platforms.slack.forms import (
    Origin,
    View,
    answer_of,
    faults_of,
    files_of,
    filled_in,
    message_form,
)
from bot.platforms.slack.forms import code_of as typed_code
from bot.platforms.slack.names import Names
from bot.platforms.slack.parse import interaction_origin, key_of

log = structlog.get_logger(__name__)

Body = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]
IN_TIME_S = 2.0  # to look at a form before it must be acknowledged
RUNNING = ("Running your code", "Your code runs in isolation. What comes of it is shown where you opened this form.")
DONE = ("Done", "The result is where you opened this form, or under Messages.")


@dataclass(frozen=True, slots=True)
class Submissions:
    """What forms are for. `work` does something where whoever drains us can see it."""

    conversation: Conversation
    names: Names
    work: Callable[[Awaitable[object]], Awaitable[None]]

    async def take(self, ack: Ack, client: AsyncWebClient, body: Body, *, new: bool) -> None:
        """A form that was sent: looked at within the time there is, acknowledged with what is wrong, or done."""
        view = body.get("view") or {}
        does, _, about = str(view.get("callback_id", "")).partition(":")
        origin, values = interaction_origin(body), (view.get("state") or {}).get("values") or {}
        if does == "answer" and new:
            await self._answered(ack, client, origin, about, values)
        elif does == "submit" and new:
            await self._submitted(ack, client, origin, about, body, values)
        else:
            await ack()
            if does == "set" and new:
                await self.work(self._set(client, origin, about, values, key_of(body)))

    async def _set(self, client: AsyncWebClient, origin: Origin, command: str, values: Body, key: str) -> None:
        """A setting that was typed into a form."""
        value = dict(filled_in(values)).get("text", "")
        named = await self.names.of(client, origin)
        await self.conversation.say(client, named, f"{command} {value}".strip(), key)

    async def _answered(self, ack: Ack, client: AsyncWebClient, origin: Origin, public_id: str, values: Body) -> None:
        text = ""
        faults: dict[str, str] = {}
        try:
            async with asyncio.timeout(IN_TIME_S):
                origin = await self.names.of(client, origin)
                text, faults = await self._read(origin, public_id, values)
        except TimeoutError:
            log.warning("form not checked in time", platform="slack")
            text = " ".join(value for _, value in filled_in(values))
        await (ack(response_action="errors", errors=faults) if faults else ack())
        if not faults:
            await self.work(self.conversation.answer_question(client, origin, public_id, text))

    async def _read(self, origin: Origin, public_id: str, values: Body) -> tuple[str, dict[str, str]]:
        """The answer in a form, and what to say below which field."""
        card = await self.conversation.find_question(origin, public_id)
        if card is None:
            return "?", {}
        faults = faults_of(card, values)
        text = answer_of(card, values)
        if not faults:
            why = await self.conversation.unreadable(origin, public_id, text)
            faults = {next(iter(values)): why} if why else {}
        return text, faults

    async def _submitted(
        self, ack: Ack, client: AsyncWebClient, origin: Origin, slug: str, body: Body, values: Body
    ) -> None:
        code, sent = typed_code(values), files_of(values)
        if not code.strip() and not sent:
            await ack(response_action="errors", errors={"code.0": "Type your code, or choose a file below."})
            return
        await ack(response_action="update", view=message_form(*RUNNING, origin))
        view_id = str((body.get("view") or {}).get("id", ""))
        await self.work(self._graded(client, origin, slug, key_of(body), view_id, code, sent))

    async def _graded(
        self,
        client: AsyncWebClient,
        origin: Origin,
        slug: str,
        key: str,
        view_id: str,
        code: str,
        sent: tuple[Mapping[str, Any], ...],
    ) -> None:
        """Run what was sent, show what came of it, and say so in the form, if it is still open."""
        origin = await self.names.of(client, origin)
        found = [await fetch(client, file) for file in sent[:1]]
        files = tuple(file for file in found if isinstance(file, Attachment))
        if found and not files:
            await self.conversation.tell(client, origin, "No file", str(found[0]))
        else:
            await self.conversation.say(client, origin, f"submit {slug}", key, body="" if files else code, files=files)
        await _update(client, view_id, message_form(*DONE, origin))


async def _update(client: AsyncWebClient, view_id: str, view: View) -> None:
    try:
        await client.views_update(view_id=view_id, view=view)
    except SlackApiError as fault:
        log.debug("form was closed", platform="slack", code=code_of(fault))
