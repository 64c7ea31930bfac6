"""The chat page: a log of bubbles and cards, and a line to type in. Turns clicks and lines into requests.

Knows NiceGUI and the dispatcher; how a card looks is in `cards`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from nicegui import ui

from bot.app import LOCAL_PLACE, LOCAL_PLATFORM
from bot.cards import Action, NoticeCard
from bot.dispatch import Dispatcher
from bot.messages import Actor, Reply, Request, parse_line
from bot.platforms.web.cards import show_card

STYLE = Path(__file__).with_name("style.css").read_text("utf-8")
ME = Actor(LOCAL_PLATFORM, "learner", "Learner")
WELCOME = NoticeCard(
    title="Welcome to Epochbot",
    text="Two minutes a day of AI and machine learning. Answer today’s five questions, or solve a challenge: your code really runs, "
    "in a sandbox on this machine. Everything stays here; no account is needed.",
    actions=(
        Action("Today’s questions", "daily", primary=True),
        Action("A coding challenge", "challenge"),
        Action("The whole track", "learn"),
        Action("Leaderboard", "leaderboard"),
    ),
)
LONG_WORK = {"submit": "Running your code in isolation …"}


@dataclass
class ChatPage:
    """What every visit to the page shares."""

    now: Callable[[], datetime]
    new_key: Callable[[], str]
    dispatcher: Dispatcher | None = field(default=None)

    def build(self) -> None:
        """Build the page for one visit."""
        if self.dispatcher is None:
            ui.label("Epochbot is starting; reload in a moment.")
            return
        Visit(self.dispatcher, self.now, self.new_key).build()


class Visit:
    """One open page: its log, its composer, and what is being waited for."""

    def __init__(self, dispatcher: Dispatcher, now: Callable[[], datetime], new_key: Callable[[], str]) -> None:
        self._dispatcher = dispatcher
        self._now = now
        self._new_key = new_key
        self._names = [f"/{name}" for name in dispatcher.commands]

    def build(self) -> None:
        """Lay out the page."""
        ui.add_css(STYLE)
        with ui.element("header").classes("top"):
            ui.label("Epochbot").classes("brand").props("role=heading aria-level=1")
            with ui.element("nav").classes("shortcuts").props('aria-label="Shortcuts"'):
                for label, command in (
                    ("Daily", "daily"),
                    ("Challenge", "challenge"),
                    ("Streak", "streak"),
                    ("Board", "leaderboard"),
                    ("Help", "help"),
                ):
                    ui.button(label, on_click=partial(self.send, command)).props("flat dense no-caps")
        with ui.element("main").classes("chat"):
            self._log = ui.element("div").classes("log").props('role=log aria-live=polite aria-label="Conversation"')
        self._build_composer()
        with self._log:
            self._bot_bubble(lambda: show_card(WELCOME, self.send))

    def _build_composer(self) -> None:
        with ui.element("footer").classes("composer"):
            self._suggestions = (
                ui.element("div").classes("suggestions").props('role=group aria-label="Commands that fit"')
            )
            with ui.element("div").classes("line"):
                self._line = (
                    ui.input(
                        placeholder="Type an answer, or / for commands",
                        autocomplete=self._names,
                        on_change=self._suggest,
                    )
                    .props('outlined dense rounded aria-label="Message" autocomplete=off maxlength=100000')
                    .classes("entry")
                    .on("keydown.enter", self._send_line)
                )
                ui.button(icon="send", on_click=self._send_line).props('round unelevated aria-label="Send"')

    def _suggest(self) -> None:
        typed = (self._line.value or "").strip()
        fitting = [name for name in self._names if typed.startswith("/") and name.startswith(typed) and name != typed]
        self._suggestions.clear()
        with self._suggestions:
            for name in fitting:
                command = self._dispatcher.commands[name[1:]]
                ui.button(name, on_click=partial(self._pick, name)).props("outline dense no-caps rounded").tooltip(
                    command.summary
                )

    def _pick(self, name: str) -> None:
        self._line.value = f"{name} "
        self._line.run_method("focus")

    async def _send_line(self) -> None:
        text = self._line.value or ""
        self._line.value = ""
        await self.send(text, shown=text)

    async def send(self, text: str, body: str = "", *, shown: str | None = None, key: str | None = None) -> None:
        """Handle one command as if it had been typed.

        Args:
            shown: what the learner's bubble says; the command itself by default.
            key: the same for a repeat of the same press, so that it changes nothing twice.
        """
        command, args, typed_body = parse_line(text)
        request = Request(ME, LOCAL_PLACE, command, args, key or self._new_key(), self._now(), body or typed_body)
        with self._log:
            self._my_bubble(shown if shown is not None else f"/{text}")
            waiting = self._waiting(LONG_WORK.get(command, "One moment …"))
        self._scroll()
        reply = await self._dispatcher.handle(request)
        waiting.delete()
        self._show(reply)
        if reply.followup is not None:
            with self._log:
                waiting = self._waiting("Asking for a hint …")
            more = await reply.followup()
            waiting.delete()
            if more is not None:
                self._show(more)

    def _show(self, reply: Reply) -> None:
        with self._log:
            for card in reply.cards:
                self._bot_bubble(partial(show_card, card, self.send))
        self._scroll()

    def _my_bubble(self, text: str) -> None:
        with ui.element("div").classes("row mine"):
            ui.label(text[:2000] + (" …" if len(text) > 2000 else "")).classes("bubble")

    def _bot_bubble(self, build: Callable[[], None]) -> None:
        with ui.element("div").classes("row theirs"), ui.element("article").classes("bubble").props("tabindex=-1"):
            build()

    def _waiting(self, text: str) -> ui.element:
        with (
            ui.element("div").classes("row theirs").props("role=status") as row,
            ui.element("div").classes("bubble waiting"),
        ):
            ui.spinner("dots", size="lg").props("aria-hidden=true")
            ui.label(text)
        return row

    def _scroll(self) -> None:
        ui.run_javascript(
            "requestAnimationFrame(() => { const rows = document.querySelectorAll('.log > .row');"
            " const mine = [...rows].filter(r => r.classList.contains('mine')).at(-1) ?? rows[rows.length - 1];"
            " mine?.scrollIntoView({block: 'start', behavior: 'smooth'});"
            " const last = [...rows].at(-1)?.querySelector('article'); last?.focus({preventScroll: true}); })"
        )
