"""From an event to what its person sees: acknowledge, dispatch, render, send. The one boundary for faults on Discord.

A first answer is due within three seconds, so nothing slow ever comes before it; an event whose first answer Discord
refuses is left alone, so that nobody's attempt is spent on something they cannot see.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import structlog

from bot.cards import Action, Card, FeedbackCard, LeaderboardCard, NoticeCard, ProgressCard, Tone
from bot.dispatch import MAX_FILE, Dispatcher
from bot.messages import Attachment, Reply, Request, Visibility
from bot.platforms.discord.commands import options_named
from bot.platforms.discord.events import Event, File, Kind, being_typed, options, part_used
from bot.platforms.discord.parts import Message, Panel, attached, pack, text
from bot.platforms.discord.plans import Ack, Open, Run, Stale, form_from, plan, rested
from bot.platforms.discord.render import BRAND, render
from bot.platforms.discord.suggest import suggestions
from bot.platforms.discord.wire import Exchange, Failure, attempt
from bot.platforms.plain import render as render_plain

log = structlog.get_logger(__name__)

Fetch = Callable[[str], Awaitable[bytes]]
REMEMBERED = 4096  # events that a second delivery is known by
CROWD = 16  # first answers under way from which on work waits
OTHERS_FIRST_S = 0.5  # how long it waits at most
FORM_WITHIN = 2.0  # seconds; a form can only be the first answer, which is due within three
SORRY = NoticeCard(
    title="That was our fault",
    text="Something went wrong on our side, and it counts for nothing. What you did before is safe. Please try once more in a moment.",
    tone=Tone.WARNING,
)
STALE = NoticeCard(
    title="That button is from an older version",
    text="It can no longer be used. What you did is safe, and these begin anew.",
    tone=Tone.WARNING,
    actions=(Action("Today’s questions", "daily", primary=True), Action("Help", "help")),
)
CLOSING = NoticeCard(
    title="Restarting",
    text="I am being restarted. Please try once more in a minute; nothing you did is lost.",
    tone=Tone.WARNING,
)
DONE = NoticeCard(title="Done", text="")
BELOW = NoticeCard(title="Posted below", text="Everyone here can see it.")


class Turns:
    """Lets first answers go before all work: in a crowd, everyone hears soon that they were heard."""

    def __init__(self) -> None:
        self._acks = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def acknowledge(self, exchange: Exchange, ack: Ack) -> bool:
        """Give a first answer; while many are being given, wait a moment for those of others."""
        self._acks += 1
        if self._acks >= CROWD:
            self._quiet.clear()
        try:
            heard = await exchange.acknowledge(ack)
        finally:
            self._acks -= 1
            if self._acks < CROWD:
                self._quiet.set()
        if heard:
            with suppress(TimeoutError):
                async with asyncio.timeout(OTHERS_FIRST_S):
                    await self._quiet.wait()
        return heard


class Conversation:
    """Answers events through the dispatcher."""

    def __init__(self, dispatcher: Dispatcher, fetch: Fetch) -> None:
        self._dispatcher, self._fetch = dispatcher, fetch
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._turns = Turns()
        self.closing = False

    async def handle(self, event: Event, exchange: Exchange) -> None:
        """Answer one event; a second delivery of it changes nothing."""
        if event.id in self._seen:
            log.info("event delivered twice", interaction=event.id)
            return
        self._seen[event.id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        try:
            await self._answer(event, exchange)
        except Exception:
            log.exception("event failed", interaction=event.id, kind=event.kind.name)
            if event.kind is not Kind.TYPING:
                await self._show(exchange, Reply((SORRY,)), event)

    async def apologise(self, exchange: Exchange) -> None:
        """Answer what could not even be read."""
        for message in render((SORRY,)):
            await exchange.say(message)

    async def _answer(self, event: Event, exchange: Exchange) -> None:
        if event.kind is Kind.TYPING:
            await exchange.suggest([] if self.closing else self._suggestions(event))
            return
        if self.closing:
            await self._show(exchange, Reply((CLOSING,)), event)
            return
        match plan(event, self._dispatcher.commands):
            case Run() as wanted:
                await self._run(event, wanted, exchange)
            case Open() as wanted:
                await self._open(event, wanted, exchange)
            case Stale():
                await self._show(exchange, Reply((STALE,)), event)

    def _suggestions(self, event: Event) -> list[dict[str, str]]:
        name, typed = being_typed(event.data)
        known = options_named(str(event.data.get("name", "")), part_used(event.data))
        kind = next((option.suggest for option in known if option.name == name), "")
        services = self._dispatcher.services
        return suggestions(
            kind,
            typed,
            options(event.data).get("what", ""),
            track=services.track,
            challenges=services.challenges,
            commands=self._dispatcher.commands,
        )

    async def _run(self, event: Event, wanted: Run, exchange: Exchange) -> None:
        if not await self._turns.acknowledge(exchange, wanted.ack):
            return
        fetched = await self._fetched(wanted.files)
        if isinstance(fetched, NoticeCard):
            reply = Reply((fetched,))
        else:
            reply = await self._dispatcher.handle(_request(event, wanted, fetched))
        await self._show(exchange, reply, event, said=wanted.line, shared=wanted.ack is Ack.PUBLIC)
        if wanted.ack is Ack.QUIET and any(isinstance(card, FeedbackCard) for card in reply.cards):
            await self._rest(event, wanted.question, exchange)
        more = await attempt(reply.followup()) if reply.followup else None
        if isinstance(more, Failure):  # what was shown stands without it
            log.error("what was to follow did not come", interaction=event.id, reason=more.reason)
        elif more is not None:
            await self._show(exchange, more, event)

    async def _rest(self, event: Event, question: str, exchange: Exchange) -> None:
        """Let the controls of an answered question rest, in its own message."""
        components = rested(event.message, question)
        if components is not None:
            await exchange.rest(components)

    async def _fetched(self, files: tuple[File, ...]) -> tuple[Attachment, ...] | NoticeCard:
        """What the files hold, or what to say about one that cannot be read."""
        read = []
        for file in files:
            if file.size > MAX_FILE:
                kept = f"That file is larger than the {MAX_FILE // 1024} kB I read. A solution takes a few lines."
                return NoticeCard(title="That is too long", text=kept)
            content = await attempt(self._fetch(file.url))
            if isinstance(content, Failure):
                log.warning("file not fetched", status=content.status, reason=content.reason)
                return NoticeCard(title="The file did not arrive", text="Please send it once more.", tone=Tone.WARNING)
            read.append(Attachment(file.name, content))
        return tuple(read)

    async def _open(self, event: Event, wanted: Open, exchange: Exchange) -> None:
        """Open a form, or show why there is none; what takes too long for a form is shown as a message."""
        work = asyncio.create_task(self._dispatcher.handle(_request(event, wanted.show, ())))
        done, _ = await asyncio.wait({work}, timeout=FORM_WITHIN)
        if not done and not await exchange.acknowledge(Ack.PRIVATE):
            return
        reply = await work
        form = form_from(reply.cards, wanted, event.id) if done else None
        if form is not None:
            await exchange.open_form(form)
        else:
            await self._show(exchange, reply, event, said=wanted.show.line)

    async def _show(
        self, exchange: Exchange, reply: Reply, event: Event, *, said: str = "", shared: bool = False
    ) -> None:
        """Send a reply; to everyone when its owner shares it."""
        cards = for_everyone(reply.cards, event.actor.name) if shared else reply.cards
        messages = render(cards or (DONE,), "" if shared else said)
        if reply.visibility is Visibility.PUBLIC and not shared:
            messages = (*render((BELOW,)), *messages)
        room = exchange.room - (reply.followup is not None)  # one is kept for what follows
        for n, message in enumerate(within(messages, room, reply)):
            public = shared or (reply.visibility is Visibility.PUBLIC and n > 0)
            if not await exchange.say(message, private=not public):
                return


def for_everyone(cards: tuple[Card, ...], name: str) -> tuple[Card, ...]:
    """What somebody shows around: with their name, and without what only they can do or are told."""
    shown: list[Card] = [NoticeCard(title=f"{name} shares this", text="")]
    for card in cards:
        match card:
            case LeaderboardCard():
                lines = tuple(replace(line, me=False) for line in card.lines)
                shown.append(replace(card, lines=lines, note="", actions=()))
            case ProgressCard():
                shown.append(replace(card, actions=()))
            case _:
                shown.append(card)
    return tuple(shown)


def within(messages: tuple[Message, ...], room: int, reply: Reply) -> tuple[Message, ...]:
    """As many messages as may be sent; where that is not all, the last one holds everything as a file."""
    if len(messages) <= room or room <= 0:
        return messages[: max(0, room)]
    whole = "\n\n".join(map(render_plain, reply.cards))
    note = text("There is more than I may send here, so all of it is in this file:")
    return (*messages[: room - 1], *pack([Panel((*note, attached("all.txt", whole)), BRAND)]))


def _request(event: Event, wanted: Run, files: tuple[Attachment, ...]) -> Request:
    """The command, with a key by which a repeat is known: an answer by its question, all else by its event."""
    key = f"discord:answer:{wanted.question}:{event.actor.external_id}" if wanted.question else f"discord:{event.id}"
    return Request(
        actor=event.actor,
        place=event.place,
        command=wanted.command,
        args=wanted.args,
        idempotency_key=key,
        received_at=event.at,
        body=wanted.body,
        attachments=files,
        admin=event.admin,
        locale=event.locale,
    )
