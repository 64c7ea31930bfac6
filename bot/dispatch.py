"""The one way in: a request becomes a command call, a reply, and a log line.

Platforms parse events into requests and render what comes back; everything between is here and in the commands.
"""

from __future__ import annotations

import asyncio
import difflib
import hashlib
import time
from dataclasses import replace

import structlog
from structlog.contextvars import bound_contextvars

from bot.cards import Action, Card, NoticeCard, Tone
from bot.commands import Command
from bot.days import local_day
from bot.learning import waiting
from bot.messages import LOCAL_PLATFORM, Place, Reply, Request, Visibility
from bot.services import Context, Services
from bot.store import Group, Spot, StoreError
from challenges.prepare import CasesError
from runner.errors import CannotIsolate

log = structlog.get_logger(__name__)

MAX_TEXT = 100_000  # characters of one message; far above any real submission
MAX_FILE = 256 * 1024  # bytes of one attachment: what a box reads of a source at most
MAX_NAME = 80
MARK_BYTES = 4  # of a request, to tell its lines in the log from others’


class Dispatcher:
    """Finds the command a request means, calls it, and never lets a fault of ours reach a learner as a traceback."""

    def __init__(self, services: Services, commands: dict[str, Command]) -> None:
        self.services = services
        self.commands = commands
        self._under_way: dict[tuple[str, str, str], asyncio.Future[None]] = {}

    async def handle(self, request: Request) -> Reply:
        """Answer one request. Deliveries of one request take turns, so that the second finds what the first did."""
        same = (request.actor.platform, request.actor.external_id, request.idempotency_key)
        while (ahead := self._under_way.get(same)) is not None:
            await asyncio.wait({ahead})
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._under_way[same] = done
        try:
            return await self._answer(request)
        finally:
            del self._under_way[same]
            done.set_result(None)

    async def drained(self) -> None:
        """Wait until no request is under way."""
        while self._under_way:
            await asyncio.wait(list(self._under_way.values()))

    async def _answer(self, request: Request) -> Reply:
        """Answer a request with its name, platform and a mark of its own on every line that is logged meanwhile."""
        started, platform = time.perf_counter(), request.actor.platform
        mark = hashlib.blake2s(request.idempotency_key.encode("utf-8", "replace"), digest_size=MARK_BYTES).hexdigest()
        with bound_contextvars(platform=platform, command=self._loggable(request), request=mark):
            outcome, reply = await self._outcome(request)
            took = time.perf_counter() - started
            log.info("command", outcome=outcome, cards=len(reply.cards), ms=round(took * 1000))
        self.services.meter.answered(platform, outcome, took)
        return reply

    async def _outcome(self, request: Request) -> tuple[str, Reply]:
        if too_long := _too_long(request):
            return "refused", _notice("That is too long", too_long)
        try:
            context = await self._context(request)
            command = await self._find(context)
            reply = command if isinstance(command, Reply) else await command.handle(context)
            return "answered", await self._with_news(context, reply)
        except CannotIsolate as fault:
            return "no_isolation", _notice("Code cannot run on this machine yet", str(fault), Tone.WARNING)
        except CasesError as fault:
            log.error("content fault", fault=str(fault))
            return "content", _sorry()
        except StoreError as fault:
            log.error("store failed", fault=str(fault))
            return "store", _unsaved(request, fault)
        except Exception:
            log.exception("command failed")
            return "failed", _sorry()

    def _loggable(self, request: Request) -> str:
        """The command's name; what else a person typed is theirs, and stays out of logs."""
        name = request.command.lower()
        return name if name in self.commands else "(text)"

    async def _context(self, request: Request) -> Context:
        store = self.services.store
        user = await store.ensure_user(request.actor.platform, request.actor.external_id, request.actor.name[:MAX_NAME])
        group = await self._group(request.place)
        await store.join(group.id, user.id)
        today = local_day(request.received_at, user.tz, user.day_start)
        return Context(request=request, services=self.services, user=user, group=group, today=today)

    async def _group(self, place: Place) -> Group:
        """The group a channel was joined to, or else its server was, or else the server's own."""
        store = self.services.store
        joined = await store.places.group_of(Spot(place.platform, place.external_id, place.channel))
        return joined or await store.ensure_group(place.platform, place.external_id, place.name[:MAX_NAME])

    async def _with_news(self, context: Context, reply: Reply) -> Reply:
        """Tell first what happened elsewhere to the person behind this account; not in front of others."""
        if not context.user.news or reply.visibility is not Visibility.PRIVATE:
            return reply
        actor = context.request.actor
        await self.services.store.links.told((actor.platform, actor.external_id))
        return replace(reply, cards=(NoticeCard(title="Since you were here", text=context.user.news), *reply.cards))

    async def _find(self, context: Context) -> Command | Reply:
        """The command meant; plain words answer an open question, and anything else gets a pointer."""
        request = context.request
        name = request.command.lower()
        if name in self.commands:
            return self.commands[name]
        if not name:
            return _lost("That was empty. Type a command such as /daily, or /help to see them all.")
        open_now = await waiting(context)
        likeness = 0.7 if open_now else 0.6  # “true” is rather an answer than /streak
        near = difflib.get_close_matches(name[:MAX_NAME], self.commands, n=3, cutoff=likeness)
        near.sort(key=lambda known: known[:1] != name[:1])  # the first letter is seldom the wrong one
        said = f"{request.command} {request.args}".strip()
        if open_now and not near:
            answering = replace(request, command="answer", args=said)
            return await self.commands["answer"].handle(replace(context, request=answering))
        what = f"I know no command “{request.command[:40]}”."
        if not near:
            return _lost(f"{what} No question is open either, so it cannot be an answer.")
        guesses = [Action(self.commands[near[0]].summary, near[0], primary=True)]
        if open_now and len(said) <= MAX_NAME:  # "stream" may well be an answer; nothing is charged on a guess
            guesses.append(Action("It is my answer to the open question", f"answer {said}"))
        return _lost(f"{what} Did you mean /{near[0]}?", *guesses)


def _too_long(request: Request) -> str:
    """What to say to more text than anyone means to send, or ""."""
    typed = len(request.command) + len(request.args) + len(request.body)
    if typed > MAX_TEXT:
        return f"That has {typed:,} characters, and I read up to {MAX_TEXT:,} at a time. Please send less."
    if any(len(file.content) > MAX_FILE for file in request.attachments):
        return f"That file is larger than the {MAX_FILE // 1024} kB I read. A solution takes a few lines."
    return ""


def _lost(what: str, *guesses: Action) -> Reply:
    actions = (*guesses, Action("Today’s questions", "daily"), Action("Help", "help"))
    return Reply((NoticeCard(title="Not sure what you mean", text=what, actions=actions),))


def _notice(title: str, text: str, tone: Tone = Tone.INFO) -> Reply:
    cards: tuple[Card, ...] = (NoticeCard(title=title, text=text, tone=tone),)
    return Reply(cards)


def _unsaved(request: Request, fault: StoreError) -> Reply:
    """Say what was not kept; on one's own machine the learner is the operator, so the advice is theirs too."""
    advice = (
        f" {fault}"
        if request.actor.platform == LOCAL_PLATFORM
        else " Whoever runs this bot finds the cause in its log."
    )
    text = f"What you just sent was not saved. Everything before it is safe.{advice}"
    return _notice("Nothing can be saved just now", text, Tone.WARNING)


def _sorry() -> Reply:
    return _notice(
        "That was our fault",
        "Something went wrong on our side, and it counts for nothing. What you did before is safe. Please send it once more in a moment.",
        Tone.WARNING,
    )
