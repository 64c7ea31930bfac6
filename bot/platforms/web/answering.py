"""A question's form: native controls for each kind of input, sent once, and at rest when the question is answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from bot.cards import Choice, FeedbackCard, Input, QuestionCard
from bot.markdown import without_marks
from bot.platforms.fields import answer_text, missing, read_fields, spoken
from bot.platforms.web.desk import Desk
from bot.platforms.web.markup import code_lines
from bot.platforms.web.parts import box, button, line_of_ours, tag

FORM_DATA = "(e) => { e.preventDefault(); emit([...new FormData(e.target, e.submitter).entries()]); }"
SELF_EVIDENT = (Input.CHOICES, Input.MATCH, Input.BUG)


class QuestionForm:
    """One question's controls."""

    def __init__(self, card: QuestionCard, desk: Desk) -> None:
        self._card, self._desk = card, desk
        self._order: list[str] = []
        self._options: dict[str, ui.element] = {}
        self._busy = False

    def build(self) -> None:
        """Lay out the form."""
        form = box("form", "question", autocomplete="off", data_question=self._card.public_id).on(
            "submit", self._submit, js_handler=FORM_DATA
        )
        with form, box("fieldset") as self._fields:
            tag("legend", f"Your answer to {self._card.label}", "unseen")
            BUILDERS[self._card.input](self, self._card)
            self._problem = tag("p", "", "problem", role="alert")
        older = self._desk.questions.get(self._card.public_id)
        if older is not None:
            older.retire()
        self._desk.questions[self._card.public_id] = self

    def retire(self) -> None:
        """Stop taking answers."""
        self._fields.props["disabled"] = True

    async def _submit(self, event: GenericEventArguments) -> None:
        fields = [*read_fields(event.args), *(("choice", letter) for letter in self._order)]
        text = answer_text(self._card, fields)
        if not text:
            self._say(missing(self._card))
        elif not self._busy:
            self._busy = True
            await self._send(text)
            self._busy = False

    async def _send(self, text: str) -> None:
        card = self._card
        self._say("")
        self.retire()
        if text in self._options:
            self._options[text].classes("chosen")
        shown, key = spoken(card, text), f"web:answer:{card.public_id}"
        reply = await self._desk.send(f"answer {card.public_id} {text}", shown=shown, key=key)
        if not any(isinstance(said, FeedbackCard | QuestionCard) for said in reply.cards):
            self._fields.props["disabled"] = False  # it did not arrive, so it can be sent again

    def _say(self, text: str) -> None:
        self._problem.set_text(text)

    def choose(self, label: str) -> None:
        """Buttons that answer at once."""
        with box("div", "choices", role="group", aria_label=label):
            for choice in self._card.choices:
                with button("", None, "choice", type="submit", name="choice", value=choice.letter) as made:
                    _lettered(choice)
                self._options[choice.letter] = made

    def tick(self, kind: str, label: str) -> None:
        """Options to tick one or more of."""
        with box("div", "choices", role="group" if kind == "checkbox" else "radiogroup", aria_label=label):
            for choice in self._card.choices:
                with box("label", "choice"):
                    box("input", type=kind, name="choice", value=choice.letter)
                    _lettered(choice)

    def entry(self, label: str, name: str, classes: str = "", **attributes: str) -> None:
        """A line to type in, under its label."""
        with box("label", "entry"):
            tag("span", label, "label")
            box("input", classes, type="text", name=name, spellcheck="false", autocapitalize="off", **attributes)

    def essay(self) -> None:
        """A few lines to type in."""
        with box("label", "entry"):
            tag("span", "Your answer, in a sentence or two", "label")
            box("textarea", "", name="text", rows="4", maxlength="2000")

    def arrange(self) -> None:
        """Steps to press in their order; pressing one again takes it out."""
        places: dict[str, tuple[ui.element, TextElement]] = {}
        with box("div", "choices", role="group", aria_label="Steps, to be pressed in their order"):
            for choice in self._card.choices:
                with button("", partial(self._pick, choice.letter, places), "choice", aria_pressed="false") as made:
                    number = tag("span", "", "place", aria_hidden="true")
                    _lettered(choice)
                places[choice.letter] = (made, number)
        self._shown = tag("p", "Press the steps in their order; press one again to take it out.", "fine", role="status")

    def _pick(self, letter: str, places: dict[str, tuple[ui.element, TextElement]]) -> None:
        self._order.remove(letter) if letter in self._order else self._order.append(letter)
        for name, (made, number) in places.items():
            chosen = name in self._order
            made.props["aria-pressed"] = str(chosen).lower()
            number.set_text(str(self._order.index(name) + 1) if chosen else "")
        self._shown.set_text(f"Your order: {' '.join(self._order)}" if self._order else "Nothing chosen yet.")

    def pair(self) -> None:
        """A select for each left-hand side."""
        for n, left in enumerate(self._card.lefts, 1):
            with box("label", "pair"):
                line_of_ours(f"{n}. {left}")
                with box("select", name=str(n)):
                    tag("option", "Choose …", value="")
                    for choice in self._card.choices:
                        tag("option", f"{choice.letter}: {without_marks(choice.text)}", value=choice.letter)

    def point(self) -> None:
        """The code, each line of which can be chosen."""
        with box("div", "listing", role="radiogroup", aria_label="Which line is at fault?"):
            for n, line in enumerate(code_lines(self._card.code.rstrip("\n")), 1):
                with box("label", "listed"):
                    box("input", type="radio", name="line", value=str(n))
                    tag("span", str(n), "number")
                    ui.html(line or "&nbsp;", tag="code")

    def answer(self) -> None:
        """The button that sends it, after what is expected where the controls do not show that."""
        if self._card.input not in SELF_EVIDENT:
            tag("p", self._card.expects, "fine")
        with box("div", "actions"):
            button("Answer", None, "primary", type="submit")


def _lettered(choice: Choice) -> None:
    tag("span", choice.letter, "letter")
    line_of_ours(choice.text)


def _choice(form: QuestionForm, card: QuestionCard) -> None:
    form.choose("Options")


def _choices(form: QuestionForm, card: QuestionCard) -> None:
    form.tick("checkbox", "Options")
    form.answer()


def _number(form: QuestionForm, card: QuestionCard) -> None:
    form.entry(f"Your answer, in {card.unit}" if card.unit else "Your answer", "text", "short", inputmode="text")
    form.answer()


def _text(form: QuestionForm, card: QuestionCard) -> None:
    form.entry("What it prints", "text", "mono")
    form.answer()


def _lines(form: QuestionForm, card: QuestionCard) -> None:
    for n in range(1, card.blanks + 1):
        form.entry(f"Blank {n}" if card.blanks > 1 else "The blank", "blank", "mono")
    form.answer()


def _order(form: QuestionForm, card: QuestionCard) -> None:
    form.arrange()
    form.answer()


def _match(form: QuestionForm, card: QuestionCard) -> None:
    form.pair()
    form.answer()


def _bug(form: QuestionForm, card: QuestionCard) -> None:
    tag("p", "The line at fault:", "label")
    form.point()
    tag("p", "The reason:", "label")
    form.tick("radio", "Why is it at fault?")
    form.answer()


def _essay(form: QuestionForm, card: QuestionCard) -> None:
    form.essay()
    form.answer()


BUILDERS: dict[Input, Callable[[QuestionForm, QuestionCard], None]] = {
    Input.CHOICE: _choice,
    Input.CHOICES: _choices,
    Input.NUMBER: _number,
    Input.TEXT: _text,
    Input.LINES: _lines,
    Input.ORDER: _order,
    Input.MATCH: _match,
    Input.BUG: _bug,
    Input.ESSAY: _essay,
}
