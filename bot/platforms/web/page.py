"""The chat page: a log of bubbles and cards, and a line to type in. Turns presses and lines into requests.

Knows NiceGUI and the dispatcher; how a card looks is in `cards`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from nicegui import ui
from nicegui.events import GenericEventArguments

from bot.app import LOCAL_PLACE
from bot.cards import Card, NoticeCard
from bot.dispatch import Dispatcher
from bot.messages import LOCAL_PLATFORM, Actor, Reply, Request, parse_line
from bot.platforms.web.cards import show_card
from bot.platforms.web.composer import build_composer
from bot.platforms.web.desk import Desk
from bot.platforms.web.opening import Opening, opening
from bot.platforms.web.parts import box, button, tag

HERE = Path(__file__).parent
STYLE = (HERE / "style.css").read_text("utf-8")
SCRIPT = (HERE / "page.js").read_text("utf-8")
ME = Actor(LOCAL_PLATFORM, "learner", "Learner")
CURVE = "M7 8c1.5 10 7 15 18 16"  # a loss going down
LONGEST_SHOWN = 2000
LONG_WORK = dict.fromkeys(("submit", "run"), "Running your code in isolation")
SHORTCUTS = (
    ("Today", "daily"),
    ("Challenge", "challenge"),
    ("Track", "learn"),
    ("Streak", "streak"),
    ("Board", "leaderboard"),
    ("Help", "help"),
)
RESUMED = NoticeCard(
    title="Connected again",
    text="Epochbot was restarted. What you answered is saved; the conversation begins anew, and code you were typing is still in its challenge.",
)
COME_AGAIN = '<meta http-equiv="refresh" content="1">'


@dataclass
class ChatPage:
    """What every visit to the page shares. `drafts` is code typed and not sent, by challenge."""

    now: Callable[[], datetime]
    new_key: Callable[[], str]
    dispatcher: Dispatcher | None = None
    drafts: dict[str, str] = field(default_factory=dict)

    async def build(self) -> None:
        """Build the page for one visit."""
        if self.dispatcher is None:
            ui.add_head_html(COME_AGAIN)
            ui.label("Epochbot is starting; the page appears by itself in a moment.")
            return
        first = await opening(self.dispatcher.services, ME, LOCAL_PLACE, self.now())
        Visit(self.dispatcher, self.now, self.new_key, self.drafts).build(first)


class Visit:
    """One open page: its log, its message line, and what is being waited for."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        now: Callable[[], datetime],
        new_key: Callable[[], str],
        drafts: dict[str, str],
    ) -> None:
        self._dispatcher, self._now, self._new_key = dispatcher, now, new_key
        self._desk = Desk(self.send, drafts)

    def build(self, first: Opening) -> None:
        """Lay out the page."""
        ui.add_css(STYLE)
        ui.add_body_html(f"<script>{SCRIPT}</script>")
        self._build_top()
        with box("main", "chat"):
            self._log = box("div", "log", role="log", aria_live="polite", aria_label="Conversation")
        build_composer(self._dispatcher.commands, self._send_line)
        for card in first.cards:
            self._bot_bubble(card)
        ui.on("opened", partial(self._opened, first))
        ui.on("palette", lambda event: self._set_dark(event.args is True))

    def _build_top(self) -> None:
        with box("header", "top"):
            with box("div", "brand"):
                with box("svg", viewBox="0 0 32 32", width="28", height="28", fill="none", aria_hidden="true"):
                    box("rect", width="32", height="32", rx="9", fill="var(--accent)")
                    box("path", d=CURVE, stroke="var(--on-accent)", stroke_width="3.4", stroke_linecap="round")
                tag("h1", "Epochbot")
            with box("nav", "shortcuts", aria_label="Shortcuts"):
                for label, command in SHORTCUTS:
                    button(label, partial(self.send, command), "link")

    async def _opened(self, first: Opening, event: GenericEventArguments) -> None:
        """Take over what only the browser knows: palette, time zone, and code kept through a restart."""
        told = event.args if isinstance(event.args, dict) else {}
        self._set_dark(told.get("dark") is True)
        drafts = told.get("drafts")
        for slug, code in (drafts if isinstance(drafts, dict) else {}).items():
            self._desk.drafts.setdefault(str(slug), str(code))
        if told.get("resumed") is True:
            with self._log:
                self._bot_bubble(RESUMED)
        zone = told.get("zone")
        if first.newcomer and isinstance(zone, str) and zone != first.tz:
            await self._dispatcher.handle(self._request(f"settings zone {zone}", "", None))

    def _set_dark(self, dark: bool) -> None:
        self._desk.dark = dark
        for editor in self._desk.editors.values():
            editor.set_dark(dark)

    async def _send_line(self, text: str) -> None:
        await self.send(text, shown=text.strip(), typed=True)

    async def send(
        self, text: str, body: str = "", *, shown: str | None = None, key: str | None = None, typed: bool = False
    ) -> Reply:
        """Handle one command as if it had been typed, and show what comes back."""
        request = self._request(text, body, key)
        self._my_bubble(shown if shown is not None else f"/{text}")
        waiting = self._waiting(LONG_WORK.get(request.command.lower(), ""))
        reply = await self._dispatcher.handle(request)
        await self._show(reply, waiting, focus=not typed)
        if reply.followup is not None:
            waiting = self._waiting("Asking for a hint")
            more = await reply.followup()
            await self._show(more or Reply(()), waiting, focus=False)
        return reply

    def _request(self, text: str, body: str, key: str | None) -> Request:
        command, args, typed_body = parse_line(text)
        return Request(ME, LOCAL_PLACE, command, args, key or self._new_key(), self._now(), body or typed_body)

    async def _show(self, reply: Reply, waiting: ui.element, *, focus: bool) -> None:
        if self._log.is_deleted:  # the page was closed while this ran; what it did is in the store
            return
        waiting.delete()
        for n, card in enumerate(reply.cards):
            self._bot_bubble(card, focus=focus and n == 0)
        await self._rest_answered()

    async def _rest_answered(self) -> None:
        """Let the controls of questions rest that have been answered, here or elsewhere."""
        for public_id, form in list(self._desk.questions.items()):
            question = await self._dispatcher.services.store.question(public_id)
            if question is not None and question.answered:
                form.retire()
                del self._desk.questions[public_id]

    def _my_bubble(self, text: str) -> None:
        cut = text[:LONGEST_SHOWN] + (" …" if len(text) > LONGEST_SHOWN else "")
        with self._log, box("div", "turn mine"):
            tag("p", cut, "bubble", dir="auto")

    def _bot_bubble(self, card: Card, *, focus: bool = False) -> None:
        wanted = {"data-focus": ""} if focus else {}
        with self._log, box("div", "turn theirs"), box("article", "bubble", tabindex="-1", **wanted):
            show_card(card, self._desk)

    def _waiting(self, text: str) -> ui.element:
        """A sign that something is under way: at once for long work, and only if it lasts for the rest."""
        with self._log:
            row = box("div", "turn theirs waiting" + ("" if text else " brief"), role="status")
        with row, box("div", "bubble"):
            box("progress", aria_label=text or "Working")
            tag("span", f"{text or 'One moment'} …")
            tag("span", "0 s", "elapsed", aria_hidden="true")
        return row
