"""What we listen to in Slack. Each listener acknowledges first, then works; what was seen before does nothing more."""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards import ChallengeCard
from bot.messages import Attachment
from bot.platforms.slack.account import UNREACHABLE, code_of
from bot.platforms.slack.conversation import Conversation
from bot.platforms.slack.files import fetch
from bot.platforms.slack.forms import (
    Origin,
    code_form,
    question_form,
    setting_form,
    ticked,
)
from bot.platforms.slack.names import Names
from bot.platforms.slack.parse import (
    command_origin,
    event_origin,
    interaction_origin,
    key_of,
    parted,
    snippet,
    without_mention,
)
from bot.platforms.slack.submissions import Submissions

log = structlog.get_logger(__name__)

Body = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]
ANYTHING = re.compile(r".*", re.DOTALL)
REMEMBERED = 5_000  # events of the last minutes; Slack sends one again within the hour, and the store knows it then
OLD_BUTTON = "That button is from an older version of me. Here is what I can do now."
NO_CODE = "I found no code in that message. Put it between ``` marks, and try again."


@dataclass
class Listeners:
    """The way in from Slack. `busy` are the tasks that have something under way."""

    conversation: Conversation
    names: Names = field(default_factory=Names)
    seen: OrderedDict[str, None] = field(default_factory=OrderedDict)
    busy: set[asyncio.Task[Any]] = field(default_factory=set)

    def listen(self, app: AsyncApp) -> None:
        """Take in everything an app is sent, so that nothing stays without an answer."""
        app.command(ANYTHING)(self._command)
        app.action(ANYTHING)(self._action)
        app.view(ANYTHING)(self._view)
        app.view_closed(ANYTHING)(self._only_ack)
        app.shortcut(ANYTHING)(self._shortcut)
        app.options(ANYTHING)(self._only_ack)
        app.event(ANYTHING)(self._event)
        app.error(self._failed)

    async def drain(self, within_s: float) -> int:
        """Wait for what is under way; say how much of it was not done in time."""
        mine = self.busy - {asyncio.current_task()}
        if not mine:
            return 0
        _, late = await asyncio.wait(mine, timeout=within_s)
        for task in late:
            task.cancel()
        return len(late)

    def _is_new(self, body: Body) -> bool:
        """Whether this was not seen before; from now on it was."""
        key = key_of(body)
        new = key not in self.seen
        self.seen[key] = None
        if len(self.seen) > REMEMBERED:
            self.seen.popitem(last=False)
        return new

    async def _work(self, doing: Awaitable[object]) -> None:
        """Do something, where whoever drains us can see it."""
        task = asyncio.current_task()
        if task is not None:
            self.busy.add(task)
        try:
            await doing
        except SlackApiError as fault:
            log.error("slack refused", code=code_of(fault))
        except UNREACHABLE as fault:
            log.error("slack did not answer", fault=type(fault).__name__)
        finally:
            if task is not None:
                self.busy.discard(task)

    async def _failed(self, error: Exception, body: Body) -> BoltResponse:
        """Log a fault of ours; it is acknowledged all the same, for sending it again would not help."""
        log.error("listener failed", platform="slack", kind=body.get("type", "command"), exc_info=error)
        return BoltResponse(status=200)

    async def _only_ack(self, ack: Ack) -> None:
        await ack()

    async def _command(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        await ack()
        if self._is_new(body):
            await self._work(self._typed(client, command_origin(body), str(body.get("text") or ""), key_of(body)))

    async def _typed(
        self, client: AsyncWebClient, origin: Origin, text: str, key: str, files: tuple[Attachment, ...] = ()
    ) -> None:
        """What somebody typed: a command, an answer, nothing at all, or a wish to send code that is not there yet."""
        line, body = parted(text)
        origin = await self.names.of(client, origin)
        if not line and not files:
            await self.conversation.show_menu(client, origin)
        elif _sends_no_code(line, body, files) and origin.trigger:
            await self._open_code(client, origin, line.partition(" ")[2], key)
        else:
            await self.conversation.say(client, origin, line or "submit", key, body=body, files=files)

    async def _event(self, body: Body, client: AsyncWebClient) -> None:
        event = body.get("event") or {}
        if not self._is_new(body):
            return
        origin = event_origin(body)
        match event.get("type"):
            case "app_home_opened" if event.get("tab", "home") == "home":
                await self._work(self._opened_home(client, origin))
            case "app_mention":
                text = without_mention(str(event.get("text") or ""))
                await self._work(self._typed(client, origin, text, key_of(body)))
            case "message" if _from_a_person(event):
                await self._work(self._written(client, origin, event, key_of(body)))

    async def _opened_home(self, client: AsyncWebClient, origin: Origin) -> None:
        await self.conversation.publish_home(client, await self.names.of(client, origin))

    async def _written(self, client: AsyncWebClient, origin: Origin, event: Body, key: str) -> None:
        """A message to us alone, perhaps with a file."""
        found = [await fetch(client, file) for file in (event.get("files") or ())[:1]]
        files = tuple(file for file in found if isinstance(file, Attachment))
        for refused in (file for file in found if isinstance(file, str)):
            await self.conversation.tell(client, origin, "No file", refused)
            return
        await self._typed(client, origin, str(event.get("text") or ""), key, files)

    async def _shortcut(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        await ack()
        if self._is_new(body):
            await self._work(self._chosen(client, body))

    async def _chosen(self, client: AsyncWebClient, body: Body) -> None:
        """A shortcut: today's questions from anywhere, or the code in somebody's message."""
        origin, message = await self.names.of(client, interaction_origin(body)), body.get("message") or {}
        if body.get("type") != "message_action":
            await self.conversation.say(client, origin, "daily", key_of(body))
            return
        below = replace(origin, thread=str(message.get("thread_ts") or message.get("ts") or ""), message="")
        code = snippet(message)
        if not code.strip():
            await self.conversation.tell(client, below, "No code there", NO_CODE)
            return
        runs = "run" in self.conversation.dispatcher.commands
        line = "run" if runs else "submit"
        await self.conversation.say(client, below, line, key_of(body), body=code, public=runs)

    async def _action(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        await ack()
        if self._is_new(body):
            for action in body.get("actions") or ():
                await self._work(self._pressed(client, interaction_origin(body), action, body))

    async def _pressed(self, client: AsyncWebClient, origin: Origin, action: Mapping[str, Any], body: Body) -> None:
        """A control: its id says what it does, its value to what."""
        does, _, about = str(action.get("action_id", "")).partition(":")
        if does == "tick":  # sent with the button below it
            return
        origin = await self.names.of(client, origin)
        value, key, talk = str(action.get("value") or ""), key_of(body), self.conversation
        match does:
            case "do":
                await self._typed_by_button(client, origin, value, key)
            case "answer":
                public_id, _, letter = about.partition(":")
                await talk.answer_question(client, origin, public_id, letter)
            case "ticked":
                await self._ticked(client, origin, about, body)
            case "form" | "code" | "fill":
                await self._open(client, origin, does, about, value, key)
            case "set":
                chosen = (action.get("selected_option") or {}).get("value", "")
                await talk.say(client, origin, f"{about.partition(':')[2]} {chosen}", key)
            case "share":
                if not await talk.share(client, origin, about):
                    await talk.tell(
                        client, origin, "Not shared", "That was before a restart. Ask for it again, then share it."
                    )
            case _:
                await talk.tell(client, origin, "An old button", OLD_BUTTON)
                await talk.show_menu(client, origin)

    async def _open(self, client: AsyncWebClient, origin: Origin, does: str, about: str, value: str, key: str) -> None:
        """A control that opens a form."""
        if does == "form":
            await self._open_question(client, origin, about)
        elif does == "code":
            await self._open_code(client, origin, about, key)
        else:
            await self._open_setting(client, origin, value)

    async def _typed_by_button(self, client: AsyncWebClient, origin: Origin, line: str, key: str) -> None:
        if _sends_no_code(line, "", ()):
            await self._open_code(client, origin, line.partition(" ")[2], key)
        else:
            await self.conversation.say(client, origin, line, key)

    async def _ticked(self, client: AsyncWebClient, origin: Origin, public_id: str, body: Body) -> None:
        letters = ticked((body.get("state") or {}).get("values") or {}, public_id)
        if letters:
            await self.conversation.answer_question(client, origin, public_id, letters)
        else:
            await self.conversation.tell(client, origin, "Nothing ticked yet", "Tick at least one option first.")

    async def _open_question(self, client: AsyncWebClient, origin: Origin, public_id: str) -> None:
        card = await self.conversation.find_question(origin, public_id)
        if card is not None:
            await self.conversation.open(client, origin, question_form(card, origin))
        else:  # not theirs, or no longer asked: the command says which
            await self.conversation.say(client, origin, f"answer {public_id} ?", f"slack:{origin.trigger}")

    async def _open_code(self, client: AsyncWebClient, origin: Origin, slug: str, key: str) -> None:
        found = await self.conversation.find_challenge(origin, slug, key)
        if isinstance(found, ChallengeCard):
            await self.conversation.open(client, origin, code_form(found, origin))
        else:
            await self.conversation.show(client, origin, found)

    async def _open_setting(self, client: AsyncWebClient, origin: Origin, value: str) -> None:
        asked = json.loads(value)
        view = setting_form(str(asked["do"]), str(asked["label"]), str(asked["value"]), origin)
        await self.conversation.open(client, origin, view)

    async def _view(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        await Submissions(self.conversation, self.names, self._work).take(ack, client, body, new=self._is_new(body))


def _sends_no_code(line: str, body: str, files: tuple[Attachment, ...]) -> bool:
    command, _, _ = line.partition(" ")
    return command.lower() == "submit" and "\n" not in line and not body and not files


def _from_a_person(event: Mapping[str, Any]) -> bool:
    """Whether a message is somebody's, to us alone: not ours, not changed or deleted, not in a channel."""
    new = event.get("subtype") in (None, "file_share")
    return new and event.get("channel_type") == "im" and not event.get("bot_id") and bool(event.get("user"))
