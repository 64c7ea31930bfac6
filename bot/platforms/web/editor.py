"""The code editor of a challenge: what is typed is kept as a draft, and sent with a button or Ctrl+Enter."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from bot.cards import ChallengeCard
from bot.platforms.web.desk import Desk
from bot.platforms.web.parts import box, button, tag

KEYS = "Ctrl+Enter runs your code. Tab indents; to leave the editor, press Escape, then Tab."


class Editor:
    """One challenge's editor and its buttons."""

    def __init__(self, card: ChallengeCard, desk: Desk) -> None:
        self._card, self._desk = card, desk
        self._busy = False

    def build(self) -> None:
        """Lay out the editor; an older one for the same challenge comes to rest."""
        card, desk = self._card, self._desk
        older = desk.editors.pop(card.slug, None)
        if older is not None:
            older.retire()
        desk.editors[card.slug] = self
        with box("div", "editing") as self._whole:
            self._frame = box("div", "editor", data_label=f"Your code for {card.title}", data_slug=card.slug)
            self._frame.props["data-note"] = KEYS
            with self._frame:
                self._code = self._codemirror(desk.drafts.get(card.slug) or card.draft or card.starter)
            tag("p", KEYS, "fine keys")
            self._buttons()
        self._note = tag("p", "", "fine")

    def _codemirror(self, code: str) -> ui.codemirror:
        return ui.codemirror(
            code,
            language="Python",
            theme="vscodeDark" if self._desk.dark else "vscodeLight",
            on_change=lambda event: self._keep(event.value),
            keymap={"Mod-Enter": self.submit, "Ctrl-Enter": self.submit},
        )

    def _buttons(self) -> None:
        card = self._card
        with box("div", "actions"):
            self._go = button("Run and grade", self.submit, "primary")
            button("Start over", self._start_over)
            for action in card.actions:
                button(action.label, partial(self._desk.send, action.command))

    def _keep(self, code: str | None) -> None:
        self._desk.drafts[self._card.slug] = code or ""

    def _start_over(self) -> None:
        self._code.set_value(self._card.starter)

    async def submit(self) -> None:
        """Send the code, once at a time."""
        if self._busy:
            return
        self._busy = True
        self._go.props["disabled"] = True
        try:
            await self._desk.send(
                f"submit {self._card.slug}", self._code.value or "", shown=f"Run and grade: {self._card.title}"
            )
        finally:
            self._busy = False
            self._go.props["disabled"] = False

    def set_dark(self, dark: bool) -> None:
        """Change to the dark or the light palette."""
        self._code.set_theme("vscodeDark" if dark else "vscodeLight")

    def retire(self) -> None:
        """Give way to a newer editor for the same challenge."""
        self._whole.delete()
        self._note.set_text("Your code moved to the newer card below.")
