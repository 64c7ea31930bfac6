"""Forms for answers that no button holds, for code and for settings; and the text that a filled-in form amounts to.

Pure. A form's id says which command its fields complete, so it can be sent after a restart and by many at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.cards import ChallengeCard, Field, Input, QuestionCard
from bot.platforms.discord.asking import numbered_lines
from bot.platforms.discord.escape import fenced
from bot.platforms.discord.ids import form_id
from bot.platforms.discord.markup import inline, measure, to_discord, without_marks
from bot.platforms.discord.parts import IN_SELECT, SELECT, TEXT, Component, option, short

Form = dict[str, Any]

LABEL_COMPONENT, TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOXES = 18, 4, 19, 21, 22
ONE_LINE, PARAGRAPH = 1, 2
MOST_PARTS, TITLE, FORM_LABEL, DESCRIPTION, MOST_TYPED, MOST_TICKED = 5, 45, 45, 100, 4000, 10
REMINDER = 1500  # characters of a question repeated above its form
ESSAY = 2000
TICKED = (Input.CHOICE, Input.CHOICES, Input.BUG)  # options with a dot or a box each


def question_form(card: QuestionCard, opening: int) -> Form:
    """The form that answers a question, with its choices in sight."""
    fields = FIELDS[card.input](card) if card.input in FIELDS else [_line("Your answer", "text", card.expects)]
    reminder = _reminder(card)
    parts = [{"type": TEXT, "content": reminder}] if reminder and len(fields) < MOST_PARTS else []
    return _form(opening, f"answer {card.public_id}", f"{card.label} · {card.topic}", [*parts, *fields])


def code_form(card: ChallengeCard, opening: int) -> Form:
    """The editor of a challenge: its code, as far as a form holds it, or a file."""
    source = card.draft or card.starter
    typed: Component = {
        "type": TEXT_INPUT,
        "custom_id": "code",
        "style": PARAGRAPH,
        "required": False,
        "max_length": MOST_TYPED,
    }
    fits = 0 < measure(source) <= MOST_TYPED
    typed |= {"value": source} if fits else {"placeholder": "Your code is too long for a form; upload it below."}
    upload: Component = {"type": FILE_UPLOAD, "custom_id": "file", "required": False, "min_values": 0, "max_values": 1}
    fields = [
        _labelled("Your code", "Runs in isolation, on visible and hidden cases.", typed),
        _labelled("Or a .py file", f"For more than {MOST_TYPED} characters; it is used instead.", upload),
    ]
    return _form(opening, f"submit {card.slug}", card.title, fields)


def value_form(field: Field, opening: int) -> Form:
    """The form that changes one setting."""
    entry = _line(field.label, "text", field.help, required=False)
    if 0 < measure(field.value) <= MOST_TYPED:
        entry["component"]["value"] = field.value
    return _form(opening, field.command, f"Change: {field.label}", [entry])


def _form(opening: int, command: str, title: str, parts: list[Component]) -> Form:
    return {"custom_id": form_id(opening, command), "title": short(title, TITLE), "components": parts}


def _labelled(words: str, help_text: str, component: Component) -> Component:
    made: Component = {"type": LABEL_COMPONENT, "label": short(words, FORM_LABEL), "component": component}
    return {**made, "description": short(help_text, DESCRIPTION)} if help_text.strip() else made


def _line(
    words: str, name: str, help_text: str = "", *, required: bool = True, style: int = ONE_LINE, most: int = 1000
) -> Component:
    typed = {"type": TEXT_INPUT, "custom_id": name, "style": style, "required": required, "max_length": most}
    return _labelled(words, help_text, typed)


def _reminder(card: QuestionCard) -> str:
    """The question once more, where it is short enough; its message stays in sight behind the form otherwise."""
    code = numbered_lines(card.code) if card.input is Input.BUG else card.code.rstrip("\n")
    choices = [f"**{c.letter}**  {inline(' '.join(c.text.split()))}" for c in card.choices]
    lefts = (f"**{n}.** {inline(' '.join(left.split()))}" for n, left in enumerate(card.lefts, 1))
    if card.input in TICKED and 2 <= len(choices) <= MOST_TICKED and all(map(_whole, _entries(card))):
        choices = []  # the dots or boxes below show them
    parts = (to_discord(card.prompt), fenced(code, "py") if card.code else "", *lefts, *choices)
    whole = "\n".join(part for part in parts if part)
    return whole if measure(whole) <= REMINDER else ""


def _whole(entry: Component) -> bool:
    return not str(entry["label"]).endswith("…")


def _entries(card: QuestionCard) -> list[Component]:
    return [option(f"{c.letter}: {without_marks(c.text)}", c.letter) for c in card.choices]


def _one_of(card: QuestionCard, name: str, words: str, help_text: str = "") -> Component:
    """A choice of one: dots to tick, or a menu when there are many."""
    entries = _entries(card)
    if 2 <= len(entries) <= MOST_TICKED:
        return _labelled(words, help_text, {"type": RADIO, "custom_id": name, "options": entries})
    if 0 < len(entries) <= IN_SELECT:
        return _labelled(words, help_text, {"type": SELECT, "custom_id": name, "options": entries})
    return _line(words, name, card.expects)


def _choice(card: QuestionCard) -> list[Component]:
    return [_one_of(card, "choice", "Your answer")]


def _choices(card: QuestionCard) -> list[Component]:
    entries = _entries(card)
    if not 0 < len(entries) <= MOST_TICKED:
        return [_line("Your answer", "text", card.expects)]
    ticks = {"type": CHECKBOXES, "custom_id": "choice", "options": entries, "min_values": 1, "max_values": len(entries)}
    return [_labelled("Your answer", "Tick all that hold.", ticks)]


def _number(card: QuestionCard) -> list[Component]:
    return [_line(f"Your answer, in {card.unit}" if card.unit else "Your answer", "text", card.expects, most=200)]


def _lines(card: QuestionCard) -> list[Component]:
    if not 0 < card.blanks < MOST_PARTS:
        return [_line("Your answer, a line for each blank", "text", card.expects, style=PARAGRAPH)]
    return [_line(f"Blank {n}" if card.blanks > 1 else "The blank", f"blank{n}") for n in range(1, card.blanks + 1)]


def _match(card: QuestionCard) -> list[Component]:
    if not (0 < len(card.lefts) <= MOST_PARTS and 0 < len(card.choices) <= IN_SELECT):
        return [_line("Your pairs", "text", card.expects)]
    return [_pair(card, n, without_marks(" ".join(left.split()))) for n, left in enumerate(card.lefts, 1)]


def _pair(card: QuestionCard, number: int, left: str) -> Component:
    menu = {"type": SELECT, "custom_id": str(number), "options": _entries(card), "placeholder": "Choose its match"}
    words = f"{number}. {left}"
    return _labelled(words, "", menu) if measure(words) <= FORM_LABEL else _labelled(f"Number {number}", left, menu)


def _bug(card: QuestionCard) -> list[Component]:
    numbers = card.code.rstrip("\n").split("\n")
    if len(numbers) > IN_SELECT:
        line = _line("The line at fault", "line", "Its number.", most=10)
    else:
        entries = [option(f"{n}: {text.strip()}", str(n)) for n, text in enumerate(numbers, 1)]
        line = _labelled("The line at fault", "", {"type": SELECT, "custom_id": "line", "options": entries})
    return [line, _one_of(card, "choice", "The reason")]


def _essay(card: QuestionCard) -> list[Component]:
    return [_line("Your answer", "text", card.expects, style=PARAGRAPH, most=ESSAY)]


FIELDS = {
    Input.CHOICE: _choice,
    Input.CHOICES: _choices,
    Input.NUMBER: _number,
    Input.LINES: _lines,
    Input.MATCH: _match,
    Input.BUG: _bug,
    Input.ESSAY: _essay,
}


def filled_in(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Read a sent form: the name of each field with each of its values, in order."""
    for part in components:
        inner = part.get("component")
        held = [inner] if isinstance(inner, Mapping) else part.get("components") or []
        for field in held:
            name, values = str(field.get("custom_id", "")), field.get("values")
            if isinstance(values, list):
                yield from ((name, str(each)) for each in values)
            elif field.get("value") is not None:
                yield name, str(field["value"])


def answer_text(fields: Sequence[tuple[str, str]]) -> str:
    """Write what a form holds as one would type it."""
    by_name = [(name, value) for name, value in fields if value.strip()]
    pairs = [f"{name}{value}" for name, value in by_name if name.isdigit()]
    blanks = [value for name, value in by_name if name.startswith("blank")]
    rest = [value.strip() for name, value in by_name if name in ("line", "choice", "text")]
    return " ".join(pairs) or "\n".join(blanks) or " ".join(rest)
