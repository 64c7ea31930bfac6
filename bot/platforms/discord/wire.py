"""Sends what was rendered, through discord.py's own adapters: payloads are dictionaries, so that nothing is kept per view.

The library checks hardly any limit and keeps views and forms in memory; the packing in `parts` and the ids in `ids` make
both unnecessary. Decides nothing but which failures are ordinary.
"""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import discord
import structlog
from discord.http import MultipartParameters
from discord.webhook.async_ import async_context

from bot.platforms.discord.forms import Form
from bot.platforms.discord.parts import Attached, Message
from bot.platforms.discord.plans import Ack

log = structlog.get_logger(__name__)
T = TypeVar("T")

SAY, THINK, THINK_QUIETLY, SUGGEST, OPEN_FORM = 4, 5, 6, 8, 9
PRIVATE, COMPONENTS_V2 = 1 << 6, 1 << 15
NOBODY: dict[str, Any] = {"parse": []}
EXPIRED, ANSWERED, TOKEN_UNKNOWN, TOKEN_ENDED = 10062, 40060, 10015, 50027
ORDINARY = (EXPIRED, ANSWERED, TOKEN_UNKNOWN, TOKEN_ENDED)
VISITOR_FOLLOWUPS = 5  # what Discord allows an app that the server has not installed


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not succeed, with Discord's status and code, or zeros when it was not reached."""

    status: int
    code: int
    reason: str


async def attempt(doing: Awaitable[T]) -> T | Failure:
    """Wait for a call to Discord; what goes wrong on the way is a value."""
    (made,) = await asyncio.gather(doing, return_exceptions=True)
    if isinstance(made, discord.HTTPException):
        return Failure(made.status, made.code, made.text or type(made).__name__)
    if isinstance(made, Exception):
        return Failure(0, 0, f"{type(made).__name__}: {made}")
    if isinstance(made, BaseException):
        raise made
    return made


def packed(payload: dict[str, Any], files: tuple[Attached, ...]) -> MultipartParameters:
    """A payload with its files, as the library's adapters take it."""
    if not files:
        return MultipartParameters(payload=payload, multipart=None, files=None)
    described = [
        {"id": str(n), "filename": file.name, **({"description": file.alt} if file.alt else {})}
        for n, file in enumerate(files)
    ]
    holder = payload.get("data", payload)
    whole = json.dumps(_with_attachments(payload, holder, described))
    sent = [discord.File(io.BytesIO(file.content), filename=file.name) for file in files]
    parts: list[dict[str, Any]] = [{"name": "payload_json", "value": whole, "content_type": "application/json"}]
    for n, file in enumerate(sent):
        parts.append(
            {
                "name": f"files[{n}]",
                "value": file.fp,
                "filename": file.filename,
                "content_type": "application/octet-stream",
            }
        )
    return MultipartParameters(payload=None, multipart=parts, files=sent)


def _with_attachments(payload: dict[str, Any], holder: dict[str, Any], files: list[dict[str, Any]]) -> dict[str, Any]:
    filled = {**holder, "attachments": files}
    return {**payload, "data": filled} if holder is not payload else filled


def body(message: Message, *, private: bool = False) -> dict[str, Any]:
    """A message as Discord wants it: cards only, and nobody is ever mentioned."""
    flags = COMPONENTS_V2 | (PRIVATE if private else 0)
    return {"components": list(message.components), "flags": flags, "allowed_mentions": NOBODY}


class Exchange:
    """All that is said in answer to one interaction, in the order Discord allows it."""

    def __init__(
        self, interaction: discord.Interaction[Any], *, visiting: bool, heard: Callable[[float], None] | None = None
    ) -> None:
        """Begin to answer; `heard` is told how many seconds later the first answer has arrived."""
        self._heard, self._began = heard, time.perf_counter()
        self._id, self._token = interaction.id, interaction.token
        self._app = interaction.application_id
        self._session = interaction.followup.session
        self._left = VISITOR_FOLLOWUPS if visiting else 1000
        self.answered = False
        self._blank = False  # a "thinking" that waits to be filled in

    @property
    def room(self) -> int:
        """How many more messages may be sent."""
        return self._left + (self._blank or not self.answered)

    async def acknowledge(self, ack: Ack) -> bool:
        """Tell Discord that an answer is on its way. False when nobody waits for it any more."""
        data = {"flags": PRIVATE} if ack is Ack.PRIVATE else {}
        kind = THINK_QUIETLY if ack is Ack.QUIET else THINK
        self._blank = ack is not Ack.QUIET
        return await self._respond(kind, data)

    async def say(self, message: Message, *, private: bool = True) -> bool:
        """Send a message: into the "thinking" if there is one, below it otherwise."""
        if not self.answered:
            return await self._respond(SAY, body(message, private=private), message.files)
        if self._blank:
            self._blank = False
            return await self._edit(message)
        self._left -= 1
        return await self._follow(message, private=private)

    async def open_form(self, form: Form) -> bool:
        """Open a form, which only a first answer can."""
        return await self._respond(OPEN_FORM, form)

    async def suggest(self, choices: list[dict[str, str]]) -> bool:
        """Offer what fits what is being typed."""
        return await self._respond(SUGGEST, {"choices": choices})

    async def rest(self, components: list[dict[str, Any]]) -> bool:
        """Show the message that was clicked with other components."""
        return await self._edit(Message(tuple(components)))

    async def _respond(self, kind: int, data: dict[str, Any], files: tuple[Attached, ...] = ()) -> bool:
        call = async_context.get().create_interaction_response(
            self._id, self._token, session=self._session, params=packed({"type": kind, "data": data}, files)
        )
        self.answered = True
        fine = self._fine("answer", await attempt(call))
        if fine and self._heard:
            self._heard(time.perf_counter() - self._began)
        return fine

    async def _edit(self, message: Message) -> bool:
        made = packed(body(message), message.files)
        call = async_context.get().edit_original_interaction_response(
            self._app, self._token, session=self._session, **_as_arguments(made)
        )
        return self._fine("edit", await attempt(call))

    async def _follow(self, message: Message, *, private: bool) -> bool:
        made = packed(body(message, private=private), message.files)
        call = async_context.get().execute_webhook(
            self._app, self._token, session=self._session, wait=True, **_as_arguments(made)
        )
        return self._fine("followup", await attempt(call))

    def _fine(self, what: str, made: object) -> bool:
        if not isinstance(made, Failure):
            return True
        told = log.info if made.code in ORDINARY else log.warning
        told("discord did not take it", what=what, status=made.status, code=made.code, reason=made.reason[:300])
        return False


def _as_arguments(made: MultipartParameters) -> dict[str, Any]:
    if made.files:
        return {"multipart": made.multipart, "files": made.files}
    return {"payload": made.payload}
