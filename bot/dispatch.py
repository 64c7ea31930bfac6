"""The one way in: a request becomes a command call, a reply, and a log line.

Platforms parse events into requests and render what comes back; everything between is here and in the commands.
"""

from __future__ import annotations

import difflib
import time
from dataclasses import replace

import structlog

from bot.cards import Action, Card, NoticeCard, Tone
from bot.commands import Command
from bot.days import local_day
from bot.messages import Reply, Request
from bot.services import Context, Services
from challenges.prepare import CasesError
from runner.errors import CannotIsolate

log = structlog.get_logger(__name__)

MAX_TEXT = 100_000  # characters of one message; far above any real submission
MAX_NAME = 80


class Dispatcher:
    """Finds the command a request means, calls it, and never lets a fault of ours reach a learner as a traceback."""

    def __init__(self, services: Services, commands: dict[str, Command]) -> None:
        self.services = services
        self.commands = commands

    async def handle(self, request: Request) -> Reply:
        """Answer one request."""
        started = time.perf_counter()
        if len(request.args) + len(request.body) > MAX_TEXT:
            return _notice("That is too long", f"I read up to {MAX_TEXT:,} characters at a time; please send less.")
        try:
            context = await self._context(request)
            command = await self._find(context)
            reply = command if isinstance(command, Reply) else await command.handle(context)
        except CannotIsolate as fault:
            return _notice("Code cannot run on this machine yet", str(fault), Tone.WARNING)
        except CasesError as fault:
            log.error("content fault", command=request.command, fault=str(fault))
            return _sorry()
        except Exception:
            log.exception("command failed", command=request.command, platform=request.actor.platform)
            return _sorry()
        took = round((time.perf_counter() - started) * 1000)
        log.info("command", command=request.command, platform=request.actor.platform, cards=len(reply.cards), ms=took)
        return reply

    async def _context(self, request: Request) -> Context:
        store = self.services.store
        user = await store.ensure_user(request.actor.platform, request.actor.external_id, request.actor.name[:MAX_NAME])
        group = await store.ensure_group(
            request.place.platform, request.place.external_id, request.place.name[:MAX_NAME]
        )
        await store.join(group.id, user.id)
        today = local_day(request.received_at, user.tz, user.day_start)
        return Context(request=request, services=self.services, user=user, group=group, today=today)

    async def _find(self, context: Context) -> Command | Reply:
        """The command meant; plain words answer an open question, and anything else gets a pointer."""
        request = context.request
        if request.command in self.commands:
            return self.commands[request.command]
        near = difflib.get_close_matches(request.command, self.commands, n=1, cutoff=0.7)
        if not request.command:
            return self._lost("Type a command, or press a button.", near)
        if not near and "answer" in self.commands and await context.store.open_question(context.user.id):
            whole = "\n".join(filter(None, (f"{request.command} {request.args}".strip(), request.body)))
            head, _, body = whole.partition("\n")
            return await self.commands["answer"].handle(
                replace(context, request=replace(request, command="answer", args=head, body=body))
            )
        return self._lost(f"I do not know “{request.command[:40]}”.", near)

    def _lost(self, what: str, near: list[str]) -> Reply:
        guess = f" Did you mean /{near[0]}?" if near else ""
        actions = (
            *(Action(f"/{name}", name, primary=True) for name in near),
            Action("Today’s questions", "daily"),
            Action("Help", "help"),
        )
        return Reply((NoticeCard(title="Not sure what you mean", text=what + guess, actions=actions),))


def _notice(title: str, text: str, tone: Tone = Tone.INFO) -> Reply:
    cards: tuple[Card, ...] = (NoticeCard(title=title, text=text, tone=tone),)
    return Reply(cards)


def _sorry() -> Reply:
    return _notice(
        "That was our fault",
        "Something went wrong on our side and nothing you sent was lost or charged. Please try again in a moment.",
        Tone.WARNING,
    )
