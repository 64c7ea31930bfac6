"""The fake Discord's interaction side: first responses, originals, follow-ups, each within its time."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.fakes.discord_answers import Refused, reply
from tests.fakes.discord_desk import Desk, read
from tests.fakes.discord_rules import EPHEMERAL_FLAG
from tests.fakes.discord_state import LOADING_FLAG, Interaction, Message

FIRST_RESPONSE = timedelta(seconds=3)
TOKEN_LIFE = timedelta(minutes=15)
USER_INSTALL_FOLLOW_UPS = 5
COMMAND, COMPONENT, SUGGEST, MODAL = 2, 3, 4, 5
ALLOWED = {COMMAND: {4, 5, 9}, COMPONENT: {4, 5, 6, 7, 9}, SUGGEST: {8}, MODAL: {4, 5, 6, 7}}


class Hooks:
    """The routes below /interactions and /webhooks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = desk.world

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        hook = "/webhooks/{application}/{token}"
        return [
            web.post("/interactions/{interaction}/{token}/callback", self.respond),
            web.post(hook, self.follow_up),
            web.get(hook + "/messages/{message}", self.show),
            web.patch(hook + "/messages/{message}", self.edit),
            web.delete(hook + "/messages/{message}", self.delete),
        ]

    async def respond(self, request: web.Request) -> web.Response:
        """The first response."""
        payload, files = await read(request)
        interaction = self._world.interactions.get(request.match_info["token"])
        if interaction is None or str(interaction.id) != request.match_info["interaction"]:
            raise Refused(404, 10062)
        if self._late(interaction):
            interaction.late_tries += 1
            interaction.touched.set()
            raise Refused(404, 10062)
        if interaction.callback is not None:
            if interaction.deliveries == 1:
                self._desk.inspector.faults.append(
                    f"second answer to an interaction (first {interaction.callback}, then {payload.get('type')})"
                )
            raise Refused(400, 40060)
        self._desk.inspector.callback(payload, files, interaction.source)
        kind = payload["type"]
        if kind not in ALLOWED[interaction.kind] or (kind in {6, 7} and interaction.source is None):
            self._desk.inspector.judge("callback", [f"type {kind} for an interaction of type {interaction.kind}"])
        interaction.callback = kind
        interaction.acked_at = time.monotonic()
        resource = self._carry_out(interaction, kind, payload.get("data") or {}, files)
        await self._tell(interaction)
        return reply(self._outcome(interaction, resource) if request.query.get("with_response") else None)

    async def _tell(self, interaction: Interaction) -> None:
        interaction.touched.set()
        await self._desk.notify()

    def _late(self, interaction: Interaction) -> bool:
        return interaction.callback is None and self._world.clock.now() - interaction.created > FIRST_RESPONSE

    def _carry_out(
        self, interaction: Interaction, kind: int, data: dict[str, Any], files: dict[str, bytes]
    ) -> Message | None:
        if kind in {4, 5}:
            interaction.original = self._write(interaction, data, files, loading=kind == 5)
        elif kind in {6, 7}:
            interaction.original = interaction.source
        elif kind == 8:
            interaction.choices = list(data.get("choices") or ())
        else:
            interaction.modal = data
        if kind == 7 and interaction.source is not None:
            self._world.change(interaction.source, data, files)
            interaction.edited.append(interaction.source)
        return interaction.original

    def _write(
        self, interaction: Interaction, data: dict[str, Any], files: dict[str, bytes], *, loading: bool = False
    ) -> Message:
        owner = interaction.user if (data.get("flags") or 0) & EPHEMERAL_FLAG else None
        message = self._world.write(interaction.channel, self._world.bot, data, files, owner)
        message.interaction = interaction.id
        if loading:
            message.flags |= LOADING_FLAG
        interaction.made.append(message)
        return message

    def _outcome(self, interaction: Interaction, message: Message | None) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": str(interaction.id), "type": interaction.kind}
        body: dict[str, Any] = {"interaction": shown}
        if message is not None:
            shown |= {
                "response_message_id": str(message.id),
                "response_message_ephemeral": message.ephemeral,
                "response_message_loading": message.loading,
            }
            if interaction.callback in {4, 5, 7}:
                body["resource"] = {"type": interaction.callback, "message": self._world.message_payload(message)}
        return body

    def _interaction(self, request: web.Request) -> Interaction:
        """The interaction whose token is still good.

        Raises:
            Refused: it was never answered, or too long ago.
        """
        interaction = self._world.interactions.get(request.match_info["token"])
        if (
            interaction is None
            or interaction.callback is None
            or request.match_info["application"] != str(self._world.application_id)
        ):
            raise Refused(404, 10015)
        if self._world.clock.now() - interaction.created > TOKEN_LIFE:
            raise Refused(401, 50027)
        return interaction

    async def follow_up(self, request: web.Request) -> web.Response:
        """A further message; the first after a promise takes the place of the promise."""
        payload, files = await read(request)
        interaction = self._interaction(request)
        if interaction.user_install_only and interaction.follow_ups >= USER_INSTALL_FOLLOW_UPS:
            raise Refused(400, 40094)
        self._desk.inspector.message("webhook:follow_up", "IncomingWebhookRequestPartial", payload, files)
        interaction.follow_ups += 1
        promise = interaction.original
        if promise is not None and promise.loading and not promise.deleted:
            self._world.change(promise, payload, files)
            message = promise
        else:
            message = self._write(interaction, payload, files)
        await self._tell(interaction)
        return reply(self._world.message_payload(message))

    def _message(self, request: web.Request, interaction: Interaction) -> Message:
        wanted = request.match_info["message"]
        found = interaction.original if wanted == "@original" else None
        if wanted.isdigit():
            found = next(
                (m for m in [*interaction.made, interaction.original] if m is not None and m.id == int(wanted)), None
            )
        if found is None or found.deleted:
            raise Refused(404, 10008)
        return found

    async def show(self, request: web.Request) -> web.Response:
        """A message of an interaction."""
        return reply(self._world.message_payload(self._message(request, self._interaction(request))))

    async def edit(self, request: web.Request) -> web.Response:
        """Edit a message of an interaction."""
        payload, files = await read(request)
        interaction = self._interaction(request)
        message = self._message(request, interaction)
        self._desk.inspector.message(
            "webhook:edit", "IncomingWebhookUpdateRequestPartial", payload, files, before=message
        )
        self._world.change(message, payload, files)
        interaction.edited.append(message)
        await self._tell(interaction)
        return reply(self._world.message_payload(message))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message of an interaction."""
        interaction = self._interaction(request)
        message = self._message(request, interaction)
        message.deleted = True
        interaction.original_gone |= message is interaction.original
        await self._tell(interaction)
        return reply(None)
