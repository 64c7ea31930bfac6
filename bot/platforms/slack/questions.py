"""Questions: how they look, the controls that answer them, and the forms those open. Pure.

A control's id says what it does and to which question; what is true of the question is in the store.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Choice, Input, QuestionCard
from bot.markdown import without_marks
from bot.platforms.slack.blocks import (
    LABEL,
    Block,
    Element,
    actions,
    button,
    entry,
    fine,
    line,
    option,
    pieces,
    plain,
    rich,
    row,
    rows,
    select,
    short,
    verbatim,
    words,
)
from bot.platforms.slack.markup import inline, written

TICKS, OPTIONS, INPUTS = 10, 100, 90  # checkboxes of one group, options of one menu, fields of one form
LONGEST = 3000  # characters of one field
AT_ONCE = (Input.CHOICE, Input.CHOICES)  # answered in the message itself
ENTRY = {
    Input.NUMBER: "Your answer",
    Input.TEXT: "What it prints",
    Input.ESSAY: "Your answer, in a sentence or two",
}


def question(card: QuestionCard) -> list[Block]:
    """A question with the controls that answer it."""
    unit = f" In {card.unit}." if card.unit else ""
    typed = f" You can also type: /learn answer {card.public_id} …" if card.public_id else ""
    hint = fine(f"{card.expects}{unit}{typed}")
    return [*asked(card, listed=not _ticks_say_all(card)), *hint, *controls(card)]


def _ticks_say_all(card: QuestionCard) -> bool:
    """Whether the boxes to tick show every option whole, so that a list above them would say it twice."""
    if card.actions:
        return False
    short_ones = all(len(f"{c.letter}: {without_marks(c.text)}") <= LABEL for c in card.choices)
    return card.input is Input.CHOICES and 0 < len(card.choices) <= TICKS and short_ones


def asked(card: QuestionCard, *, listed: bool = True) -> list[Block]:
    """A question at rest: what it asks, without controls."""
    code = [f"{n:>2}  {text}" for n, text in enumerate(card.code.rstrip("\n").split("\n"), 1)]
    choices = card.choices if listed else ()
    return [
        *fine(f"{card.label} · {card.topic}"),
        *written(card.prompt),
        *(verbatim("\n".join(code) if card.input is Input.BUG else card.code) if card.code else []),
        *(block for n, left in enumerate(card.lefts, 1) for block in _item(f"{n}.", left)),
        *(block for choice in choices for block in _item(choice.letter, choice.text)),
    ]


def _item(mark: str, text: str) -> list[Block]:
    first, *more = list(pieces(" ".join(text.split()))) or ["–"]
    head = rich(line(words(f"{mark}  ", bold=True), *inline(first)))
    return [head, *(rich(line(*inline(piece))) for piece in more)]


def controls(card: QuestionCard) -> list[Block]:
    """What answers a question: a button each, boxes to tick, or a button that opens a form."""
    if card.actions:
        return actions(card.actions)
    match card.input:
        case Input.CHOICE if card.choices:
            return rows([_letter(card, choice) for choice in card.choices])
        case Input.CHOICES if 0 < len(card.choices) <= OPTIONS:
            options = _options(card.choices)
            ticks: Element = {"type": "checkboxes", "action_id": "tick", "options": options}
            if len(options) > TICKS:
                ticks = {**select("tick", options), "type": "multi_static_select"}
            send = button("Answer", f"ticked:{card.public_id}", card.public_id, primary=True)
            return [row(ticks, block_id=f"ticks:{card.public_id}"), row(send)]
        case _:
            return [row(button("Answer …", f"form:{card.public_id}", card.public_id, primary=True))]


def _letter(card: QuestionCard, choice: Choice) -> Element:
    label = f"{choice.letter}: {without_marks(choice.text)}"
    made = button(choice.letter, f"answer:{card.public_id}:{choice.letter}", f"answer {card.public_id} {choice.letter}")
    return made | {"accessibility_label": short(label, LABEL)}


def _options(choices: Sequence[Choice]) -> list[Element]:
    return [option(f"{choice.letter}: {without_marks(choice.text)}", choice.letter) for choice in choices]


def form(card: QuestionCard) -> list[Block]:
    """The fields of a question's form; each block's id begins with the name the answer is read by."""
    fields = _fields(card)
    above = [*written(card.prompt), *(verbatim(card.code) if card.code and card.input is not Input.BUG else [])]
    if len(above) + len(fields) > 99:
        above = fine("The whole question is in the message that you came from.")
    return [*above, *fields]


def _fields(card: QuestionCard) -> list[Block]:
    options = _options(card.choices)
    lines = _lines(card.code)
    if max(len(card.choices), len(lines)) > OPTIONS or max(card.blanks, len(card.lefts)) > INPUTS:
        return [_typed(card, "text.0", "Your answer", hint=card.expects, multiline=True)]
    match card.input:
        case Input.LINES:
            names = [f"Blank {n}" for n in range(1, card.blanks + 1)] if card.blanks > 1 else ["The blank"]
            return [_typed(card, f"blank.{n}", name) for n, name in enumerate(names)]
        case Input.ORDER:
            return [*_shown(card), *_steps(card, options)]
        case Input.MATCH:
            lefts = enumerate(card.lefts, 1)
            return [
                *_shown(card),
                *(entry(f"{n}.0", f"{n}. {without_marks(left)}", select("value", options)) for n, left in lefts),
            ]
        case Input.BUG if options and lines:
            return [
                *_shown(card),
                entry("line.0", "The line at fault", select("value", lines)),
                entry("choice.0", "The reason", select("value", options)),
            ]
        case Input.ESSAY:
            return [_typed(card, "text.0", ENTRY[card.input], hint=card.expects, multiline=True)]
        case _:
            label = f"Your answer, in {card.unit}" if card.unit else ENTRY.get(card.input, "Your answer")
            return [_typed(card, "text.0", label, hint=card.expects)]


def _steps(card: QuestionCard, options: list[Element]) -> list[Block]:
    """A place for each step; all but the first may stay empty, for not every step has to belong."""
    last = len(options) - 1
    return [
        entry(
            f"choice.{n}",
            f"Step {n + 1}",
            select("value", options),
            hint=card.expects if n == last else "",
            optional=n > 0,
        )
        for n in range(len(options))
    ]


def _shown(card: QuestionCard) -> list[Block]:
    """What a form chooses from, in full: a menu shows 75 characters of each."""
    code = "\n".join(f"{n:>2}  {text}" for n, text in enumerate(card.code.rstrip("\n").split("\n"), 1))
    long = [c for c in card.choices if len(without_marks(c.text)) > LABEL - 4]
    return [
        *(verbatim(code) if card.input is Input.BUG else []),
        *(block for c in long for block in _item(c.letter, c.text)),
    ]


def _lines(code: str) -> list[Element]:
    return (
        [option(f"{n}: {text.strip()}", str(n)) for n, text in enumerate(code.rstrip("\n").split("\n"), 1)]
        if code
        else []
    )


def _typed(card: QuestionCard, block_id: str, label: str, *, hint: str = "", multiline: bool = False) -> Block:
    element: Element = {"type": "plain_text_input", "action_id": "value", "max_length": LONGEST, "multiline": multiline}
    if card.input is Input.NUMBER:
        element["placeholder"] = plain("a number, such as 0.25, 1e-3 or 1/4")
    return entry(block_id, label, element, hint=hint)
