"""From something somebody did in Slack to the command it means, and from its reply to what they see. Owns no socket."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards import (
    Card,
    ChallengeCard,
    ExplanationCard,
    FeedbackCard,
    LeaderboardCard,
    NoticeCard,
    PictureCard,
    ProgressCard,
    QuestionCard,
    RunCard,
    StreakCard,
    Tone,
    TrackCard,
    VerdictCard,
)
from bot.commands.answer import declines
from bot.days import local_day
from bot.dispatch import Dispatcher
from bot.messages import Attachment, Reply, Request, Visibility
from bot.platforms.slack.account import UNREACHABLE, code_of
from bot.platforms.slack.blocks import Block, button, row
from bot.platforms.slack.forms import Origin, View
from bot.platforms.slack.home import home, menu
from bot.platforms.slack.messages import Message, words_of
from bot.platforms.slack.outbox import Way, answer, send, shared_by
from bot.platforms.slack.parse import actor_of, answer_key, place_of, request_of
from bot.platforms.slack.questions import asked
from bot.posing import posed, question_card
from bot.services import Context
from quizzes.grade import Unreadable, grade

log = structlog.get_logger(__name__)

KEPT = 500  # answers that can still be shared, and people whose home tab is kept up to date
ADMIN_COMMANDS = ("group",)
COUNTING = ("answer", "submit")  # what moves the dashboard
WithActions = FeedbackCard | VerdictCard | RunCard | ExplanationCard | LeaderboardCard | ProgressCard | TrackCard
Shareable = WithActions | StreakCard | PictureCard
SHARED = "Only what you asked for yourself can be shared."


@dataclass
class Conversation:
    """What all conversations share. `shareable` and `seen_home` are lost in a restart, and nothing depends on them."""

    dispatcher: Dispatcher
    now: Callable[[], datetime]
    new_key: Callable[[], str]
    many: bool = False  # several workspaces, so that a channel is named with its own
    shareable: OrderedDict[str, tuple[Origin, tuple[Card, ...]]] = field(default_factory=OrderedDict)
    seen_home: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)

    async def say(
        self,
        client: AsyncWebClient,
        origin: Origin,
        line: str,
        key: str,
        *,
        body: str = "",
        files: tuple[Attachment, ...] = (),
        public: bool = False,
    ) -> Reply:
        """Handle one command and show what comes back."""
        request = await self._with_rights(
            client, origin, request_of(origin, line, key, self.now(), body=body, files=files, many=self.many)
        )
        reply = await self.dispatcher.handle(request)
        await self.show(client, origin, reply, public=public)
        await self._after(client, origin, reply, request.command.lower(), public=public)
        return reply

    async def _after(self, client: AsyncWebClient, origin: Origin, reply: Reply, command: str, *, public: bool) -> None:
        """What follows a reply: more of it, and the dashboard."""
        if command in COUNTING and (origin.team, origin.user) in self.seen_home:
            await self.publish_home(client, origin)
        if reply.followup is not None:
            more = await reply.followup()
            if more is not None:
                await self.show(client, origin, more, public=public)

    async def _with_rights(self, client: AsyncWebClient, origin: Origin, request: Request) -> Request:
        """Ask Slack whether somebody manages the workspace, where a command depends on it."""
        if request.command.lower() not in ADMIN_COMMANDS:
            return request
        try:
            person = (await client.users_info(user=origin.user, include_locale=True))["user"] or {}
        except SlackApiError as fault:
            log.warning("rights unknown", platform="slack", code=code_of(fault))
            return request
        admin = bool(person.get("is_admin") or person.get("is_owner"))
        return replace(request, admin=admin, locale=str(person.get("locale") or ""))

    async def show(
        self, client: AsyncWebClient, origin: Origin, reply: Reply, *, public: bool = False, over: Sequence[Block] = ()
    ) -> None:
        """Show a reply to whoever asked; what is theirs alone comes with a button that shares it."""
        public = public or reply.visibility is Visibility.PUBLIC
        below = [] if public or origin.direct or not origin.channel else self._share_button(origin, reply.cards)
        await answer(client, origin, reply.cards, Way(public, replace=bool(over)), above=over, below=below)

    def _share_button(self, origin: Origin, cards: tuple[Card, ...]) -> list[Block]:
        if not cards or not all(isinstance(card, Shareable) for card in cards):
            return []  # nothing of theirs in it, or a control that only they may use
        key = self.new_key()
        self.shareable[key] = (origin, cards)
        if len(self.shareable) > KEPT:
            self.shareable.popitem(last=False)
        return [row(button("Share with the channel", f"share:{key}", key))]

    async def share(self, client: AsyncWebClient, origin: Origin, key: str) -> bool:
        """Show everyone what somebody was shown; false when it is no longer known."""
        owner, cards = self.shareable.get(key, (None, ()))
        if owner is None:
            return False
        if (owner.team, owner.user) != (origin.team, origin.user):
            await self.tell(client, origin, "Not yours to share", SHARED)
            return True
        del self.shareable[key]
        bare = tuple(replace(card, actions=()) if isinstance(card, WithActions) else card for card in cards)
        await answer(client, origin, bare, Way(public=True), above=shared_by(origin.name or owner.name or "Somebody"))
        return True

    async def answer_question(self, client: AsyncWebClient, origin: Origin, public_id: str, text: str) -> None:
        """Answer a question by a control; the question stays readable above what came of it."""
        found = await self.find_question(origin, public_id)
        key = answer_key(origin, public_id)
        request = request_of(origin, f"answer {public_id} {text}", key, self.now())
        reply = await self.dispatcher.handle(request)
        first = next(iter(reply.cards), None)
        private = origin.private or origin.direct
        over = (
            [*asked(found), {"type": "divider"}]
            if found and private and origin.url and isinstance(first, FeedbackCard)
            else []
        )
        await self.show(client, origin, reply, over=over)
        await self._after(client, origin, reply, "answer", public=False)

    async def find_question(self, origin: Origin, public_id: str) -> QuestionCard | None:
        """The card of somebody's question, from the store; none when it is answered, not theirs, or no longer asked."""
        found = await self._context(origin)
        question = await found.store.question(public_id)
        item = found.services.track.item(question.item_id) if question else None
        if question is None or item is None or question.answered or question.user_id != found.user.id:
            return None
        return question_card(found, question, item, "Your answer")

    async def unreadable(self, origin: Origin, public_id: str, text: str) -> str:
        """Why a text cannot be read as an answer to a question, or "" when it can."""
        found = await self._context(origin)
        question = await found.store.question(public_id)
        item = found.services.track.item(question.item_id) if question else None
        if question is None or item is None or declines(item, posed(question, item), text):
            return ""
        graded = grade(item, posed(question, item), text)
        return graded.message if isinstance(graded, Unreadable) else ""

    async def _context(self, origin: Origin) -> Context:
        services, now = self.dispatcher.services, self.now()
        actor, place = actor_of(origin), place_of(origin)
        user = await services.store.ensure_user(actor.platform, actor.external_id, actor.name)
        group = await services.store.ensure_group(place.platform, place.external_id, place.name)
        request = Request(actor, place, "", "", "", now)
        today = local_day(now, user.tz, user.day_start)
        return Context(request=request, services=services, user=user, group=group, today=today)

    async def find_challenge(self, origin: Origin, slug: str, key: str) -> ChallengeCard | Reply:
        """The card of a challenge, or what there is to say instead."""
        reply = await self.dispatcher.handle(request_of(origin, f"challenge {slug}".strip(), key, self.now()))
        return next((card for card in reply.cards if isinstance(card, ChallengeCard)), reply)

    async def open(self, client: AsyncWebClient, origin: Origin, view: View) -> None:
        """Open a form; one that Slack no longer opens is asked for again."""
        try:
            await client.views_open(trigger_id=origin.trigger, view=view)
        except SlackApiError as fault:
            log.warning("form not opened", platform="slack", code=code_of(fault))
            await self.tell(
                client, origin, "The form did not open", "Slack waited too long. Please press the button once more."
            )

    async def show_menu(self, client: AsyncWebClient, origin: Origin) -> None:
        """Show the buttons of the commands used most."""
        blocks = menu()
        await send(client, origin, Message(words_of(blocks), tuple(blocks)), Way())

    async def tell(self, client: AsyncWebClient, origin: Origin, title: str, text: str) -> None:
        """Show one person a short text."""
        await answer(client, origin, (NoticeCard(title=title, text=text, tone=Tone.WARNING),))

    async def publish_home(self, client: AsyncWebClient, origin: Origin) -> None:
        """Draw somebody's home tab anew."""
        at_home = replace(origin, channel="", thread="", url="")
        self.seen_home[(origin.team, origin.user)] = None
        if len(self.seen_home) > KEPT:
            self.seen_home.popitem(last=False)
        cards: list[Card] = []
        for command in ("streak", "progress"):
            request = request_of(at_home, command, f"slack:home:{self.new_key()}", self.now())
            cards += (await self.dispatcher.handle(request)).cards
        await self._publish(client, origin, home(cards))

    async def _publish(self, client: AsyncWebClient, origin: Origin, view: dict[str, Any]) -> None:
        try:
            await client.views_publish(user_id=origin.user, view=view)
        except SlackApiError as fault:
            log.warning("home tab not drawn", platform="slack", code=code_of(fault))
        except UNREACHABLE as fault:
            log.warning("home tab not drawn", platform="slack", fault=type(fault).__name__)
