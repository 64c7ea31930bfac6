"""The controls a question is answered with: each ends in one `answer <id> <text>`, pressed at most once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import ui

from bot.cards import Input, QuestionCard
from bot.platforms.web.sending import Send


class Answering:
    """One question's controls: sends the first answer, then rests."""

    def __init__(self, card: QuestionCard, send: Send) -> None:
        self.card = card
        self._send = send
        self._controls: list[ui.button] = []

    def button(
        self, label: str, answer: Callable[[], str], *, shown: Callable[[], str] | None = None, primary: bool = True
    ) -> ui.button:
        """A button that answers with what `answer()` says when it is pressed."""
        look = "unelevated" if primary else "outline"

        async def press() -> None:
            text = answer()
            if not text.strip():
                ui.notify(self.card.expects)
                return
            for control in self._controls:
                control.disable()
            said = shown() if shown else text
            key = f"web:answer:{self.card.public_id}:{text[:40]}"
            await self._send(f"answer {self.card.public_id} {text}", shown=said, key=key)

        made = ui.button(label, on_click=press).props(f"no-caps rounded {look}")
        self._controls.append(made)
        return made


def show_inputs(card: QuestionCard, send: Send) -> None:
    """Build the controls that fit the question."""
    BUILDERS[card.input](card, Answering(card, send))


def _hint(card: QuestionCard) -> None:
    ui.label(card.expects).classes("fine")


def _choice(card: QuestionCard, answering: Answering) -> None:
    with ui.element("div").classes("choices").props('role=group aria-label="Options"'):
        for choice in card.choices:
            made = answering.button(
                "",
                partial(str, choice.letter),
                shown=partial(str, f"{choice.letter}) {choice.text}"),
                primary=False,
            )
            made.classes("choice").props("align=left")
            with made:
                ui.label(choice.letter).classes("letter")
                ui.markdown(choice.text).classes("prose")


def _choices(card: QuestionCard, answering: Answering) -> None:
    boxes: dict[str, ui.checkbox] = {}
    with ui.element("div").classes("choices").props('role=group aria-label="Options"'):
        for choice in card.choices:
            with ui.element("div").classes("tick"):
                boxes[choice.letter] = ui.checkbox(choice.letter)
                ui.markdown(choice.text).classes("prose")
    _hint(card)
    answering.button("Answer", lambda: " ".join(letter for letter, box in boxes.items() if box.value))


def _line(card: QuestionCard, answering: Answering) -> None:
    label = f"Your answer, in {card.unit}" if card.unit else "Your answer"
    entry = ui.input(label).props("outlined dense autocomplete=off").classes("entry")
    if card.input is Input.NUMBER:
        entry.props("inputmode=decimal")
    _hint(card)
    made = answering.button("Answer", lambda: entry.value or "")
    entry.on("keydown.enter", lambda: made.run_method("click"))


def _lines(card: QuestionCard, answering: Answering) -> None:
    entries = [
        ui.input(f"Blank {n}").props("outlined dense autocomplete=off spellcheck=false").classes("entry mono")
        for n in range(1, card.blanks + 1)
    ]
    _hint(card)
    answering.button("Answer", lambda: "\n".join(entry.value or "" for entry in entries))


def _order(card: QuestionCard, answering: Answering) -> None:
    chosen: list[str] = []
    label = ui.label("Press the steps in their order.").classes("fine").props("role=status")
    places: dict[str, ui.button] = {}

    def redraw() -> None:
        label.set_text(f"Your order: {' '.join(chosen)}" if chosen else "Press the steps in their order.")
        for letter, made in places.items():
            made.set_enabled(letter not in chosen)

    def pick(letter: str) -> None:
        chosen.append(letter)
        redraw()

    def again() -> None:
        chosen.clear()
        redraw()

    with ui.element("div").classes("choices").props('role=group aria-label="Steps"'):
        for choice in card.choices:
            made = ui.button("", on_click=partial(pick, choice.letter)).props("no-caps rounded outline align=left")
            made.classes("choice")
            with made:
                ui.label(choice.letter).classes("letter")
                ui.markdown(choice.text).classes("prose")
            places[choice.letter] = made
    _hint(card)
    with ui.element("div").classes("actions"):
        answering.button("Answer", lambda: " ".join(chosen))
        ui.button("Start again", on_click=again).props("no-caps rounded outline")


def _match(card: QuestionCard, answering: Answering) -> None:
    for choice in card.choices:
        ui.markdown(f"**{choice.letter})** {choice.text}").classes("prose")
    letters = [choice.letter for choice in card.choices]
    picks: list[ui.select] = []
    for n, left in enumerate(card.lefts, 1):
        with ui.element("div").classes("pair"):
            ui.markdown(f"{n}. {left}").classes("prose")
            picks.append(
                ui.select(letters, label="goes with")
                .props(f'outlined dense aria-label="Match for {n}"')
                .classes("short")
            )
    _hint(card)
    answering.button("Answer", lambda: " ".join(f"{n}{pick.value}" for n, pick in enumerate(picks, 1) if pick.value))


def _bug(card: QuestionCard, answering: Answering) -> None:
    lines = card.code.rstrip("\n").count("\n") + 1
    line = ui.select(list(range(1, lines + 1)), label="Line").props("outlined dense").classes("short")
    reason = ui.radio({choice.letter: f"{choice.letter}) {choice.text}" for choice in card.choices}).classes("reasons")
    _hint(card)
    answering.button("Answer", lambda: f"{line.value} {reason.value}" if line.value and reason.value else "")


def _essay(card: QuestionCard, answering: Answering) -> None:
    entry = ui.textarea("Your answer").props("outlined autogrow").classes("entry")
    _hint(card)
    answering.button("Answer", lambda: entry.value or "")


BUILDERS: dict[Input, Callable[[QuestionCard, Answering], None]] = {
    Input.CHOICE: _choice,
    Input.CHOICES: _choices,
    Input.NUMBER: _line,
    Input.TEXT: _line,
    Input.LINES: _lines,
    Input.ORDER: _order,
    Input.MATCH: _match,
    Input.BUG: _bug,
    Input.ESSAY: _essay,
}
