"""How the fake Discord refuses: the codes of the real one, and the checks that lead to them. Knows no sockets but the reply's form."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes import discord_command_rules, discord_rules
from tests.fakes.discord_schema import CALLBACKS, schema_faults
from tests.fakes.discord_state import Message

TEXTS = {
    0: "404: Not Found",
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10011: "Unknown Role",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10062: "Unknown interaction",
    10063: "Unknown application command",
    30034: "Max number of daily application command creates has been reached (200)",
    30046: "Maximum number of edits to messages older than 1 hour reached. Try again later",
    40005: "Request entity too large",
    40060: "Interaction has already been acknowledged.",
    40094: "This interaction has hit the maximum number of follow up messages",
    50001: "Missing Access",
    50005: "Cannot edit a message authored by another user",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50013: "Missing Permissions",
    50027: "Invalid Webhook Token",
    50035: "Invalid Form Body",
    50083: "Thread is archived",
    50278: "Cannot send messages to this user due to having no mutual guilds",
    160004: "A thread has already been created for this message",
    160006: "Maximum number of active threads reached",
}


class Refused(Exception):  # noqa: N818 - the word for what the platform does
    """A request the platform answers with an error."""

    def __init__(
        self,
        status: int,
        code: int = 0,
        *,
        retry_after: float | None = None,
        scope: str = "user",
        via: bool = True,
        details: list[str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code} {TEXTS.get(code, '')}")
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.scope = scope
        self.via = via
        self.details = details or []

    def response(self) -> web.Response:
        """The answer over HTTP."""
        body: dict[str, Any] = {"message": TEXTS.get(self.code, str(self.status)), "code": self.code}
        headers: dict[str, str] = {}
        if self.details:
            body["errors"] = {"_errors": [{"code": "INVALID", "message": text} for text in self.details]}
        if self.retry_after is not None:
            text = "You are being rate limited." if self.code == 0 else body["message"]
            body = {
                "message": text,
                "retry_after": self.retry_after,
                "global": self.scope == "global",
                "code": self.code,
            }
            headers = {"Retry-After": str(self.retry_after), "X-RateLimit-Scope": self.scope}
            if self.scope == "global":
                headers["X-RateLimit-Global"] = "true"
        if self.via:
            headers["Via"] = "1.1 fake"
        return reply(body, status=self.status, headers=headers)


def reply(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON with exactly the content type that clients compare with."""
    if body is None:
        return web.Response(status=204, headers=headers)
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json", **(headers or {})}
    )


ALL_VALIDATED: Counter[str] = Counter()
"""What all the fakes of this process have checked, by kind."""


@dataclass
class Inspector:
    """Checks every payload, counts the sound ones, keeps the faults.

    Attributes:
        schema: check against the published schema too.
        validated: payloads checked, by kind.
        faults: what was wrong with payloads or with how the API was used.
    """

    schema: bool = True
    validated: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def judge(self, kind: str, faults: list[str]) -> None:
        """Count the payload and refuse it if there are faults.

        Raises:
            Refused: there are.
        """
        self.validated[kind] += 1
        ALL_VALIDATED[kind] += 1
        if faults:
            self.faults += [f"{kind}: {fault}" for fault in faults]
            raise Refused(400, 50035, details=faults)

    def against(self, name: str, payload: Any) -> list[str]:
        """Faults by the schema of that name."""
        return schema_faults(name, _with_text_ids(payload)) if self.schema else []

    def message(
        self, kind: str, schema: str, payload: dict[str, Any], files: dict[str, bytes], before: Message | None = None
    ) -> None:
        """Check a message, or an edit of the one given."""
        self.judge(kind, [*self.against(schema, payload), *_faults(payload, files, before)])

    def callback(self, payload: dict[str, Any], files: dict[str, bytes], before: Message | None) -> None:
        """Check the first response to an interaction by its type."""
        kind, data = payload.get("type"), payload.get("data") or {}
        if not isinstance(kind, int) or kind not in CALLBACKS:
            self.judge("callback", [f"unknown type {kind}"])
            return
        faults = self.against(CALLBACKS[kind], payload)
        if kind == 4:
            faults += _faults(data, files, None)
        elif kind == 7:
            faults += _faults(data, files, before)
        elif kind == 8:
            faults += discord_rules.choices_faults(data.get("choices") or ())
        elif kind == 9:
            faults += discord_rules.modal_faults(data)
        names = {4: "message", 5: "defer", 6: "defer_update", 7: "update", 8: "autocomplete", 9: "modal"}
        self.judge(f"callback:{names[kind]}", faults)

    def commands(self, payload: Any, schema: str = "ApplicationCommandUpdateRequest") -> None:
        """Check all the commands of one scope."""
        faults = [f"{c.get('name')}: {fault}" for c in payload for fault in self.against(schema, c)]
        self.judge("commands", [*faults, *discord_command_rules.commands_faults(payload)])


def _faults(payload: dict[str, Any], files: dict[str, bytes], before: Message | None) -> list[str]:
    """Faults of a message; those of an edit are found in what it makes of the message before."""
    if before is None:
        return discord_rules.message_faults(payload, files=files)
    kept = {str(item.get("id")) for item in payload.get("attachments") or ()}
    names = [str(a["filename"]) for a in before.attachments if "attachments" not in payload or a["id"] in kept]
    after = {"content": before.content, "embeds": before.embeds, "components": before.components, **payload}
    after["flags"] = (payload.get("flags") or 0) | before.flags
    # Controls that stand already were checked when they were sent, and may show files by their addresses by now.
    shown = after if "components" in payload else {**after, "components": []}
    faults = discord_rules.message_faults(shown, partial=True, files=[*files, *names])
    if (
        not files
        and not names
        and not before.poll
        and not any(after[key] for key in ("content", "embeds", "components"))
    ):
        faults.append("empty message")
    return faults


ID_KEYS = frozenset({"id", "recipient_id", "message_id", "channel_id", "guild_id", "parent_id", "target_id"})
ID_LISTS = frozenset({"users", "roles", "sticker_ids", "applied_tags"})


def _with_text_ids(payload: Any, key: str = "") -> Any:
    """The same with ids as text: the schema knows only those, the platform takes numbers as well."""
    if isinstance(payload, dict):
        # The id of a component is a number for the schema too.
        return {k: v if k == "id" and "type" in payload else _with_text_ids(v, k) for k, v in payload.items()}
    if isinstance(payload, list):
        return [_with_text_ids(item, "id" if key in ID_LISTS else "") for item in payload]
    return str(payload) if key in ID_KEYS and type(payload) is int else payload
