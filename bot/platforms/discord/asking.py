"""Questions and settings as messages: the text, and controls whose ids hold all that a click needs.

Pure. What cannot be asked by a button or a menu opens a form, which `forms` builds.
"""

from __future__ import annotations

from bot.cards import Choice, Field, FormCard, Input, QuestionCard
from bot.platforms.discord.commands import POSTABLE
from bot.platforms.discord.escape import escape, fenced, inline_code
from bot.platforms.discord.ids import Verb, control_id
from bot.platforms.discord.markup import inline, measure, to_discord
from bot.platforms.discord.parts import (
    IN_SELECT,
    OPTION,
    PLACEHOLDER,
    Block,
    Component,
    actions,
    button,
    option,
    row,
    rows,
    rule,
    select,
    short,
    text,
)

MOST_LETTERS = 10  # buttons with a letter each
ROLE_SELECT, CHANNEL_SELECT = 6, 8
NATIVE = {
    "group setup channel": CHANNEL_SELECT,
    "group setup ping": ROLE_SELECT,
}  # what Discord has a menu of its own for


def question_blocks(card: QuestionCard) -> list[Block]:
    """A question with its controls."""
    code = numbered_lines(card.code) if card.input is Input.BUG else card.code.rstrip("\n")
    asked = [
        f"-# {escape(card.label)} · {escape(card.topic)}",
        to_discord(card.prompt),
        fenced(code, "" if card.input is Input.BUG else "py") if card.code else "",
    ]
    lefts = [f"**{n}.** {inline(_one_line(left))}" for n, left in enumerate(card.lefts, 1)]
    choices = [f"**{choice.letter}**  {inline(_one_line(choice.text))}" for choice in card.choices]
    return [
        *text("\n".join(filter(None, asked)), "question"),  # each part a text of its own, with the gap Discord gives it
        *text("\n".join(lefts), "items"),
        *text("\n".join(choices), "options"),
        *text(f"-# {escape(_one_line(card.expects))}{_named(card.public_id)}"),
        *question_controls(card),
    ]


def _named(public_id: str) -> str:
    return f" · question {inline_code(public_id)}" if public_id else ""


def question_controls(card: QuestionCard) -> list[Block]:
    """A button for each option of a plain choice; for everything else one that opens the form."""
    if card.actions:
        return actions(card.actions)
    if card.input is Input.CHOICE and 0 < len(card.choices) <= MOST_LETTERS:
        made = [_letter(card.public_id, choice) for choice in card.choices]
        return rows([one for one in made if one])
    ask = button("Answer", Verb.ASK, card.public_id, primary=True)
    return rows([ask] if ask else [])


def _letter(public_id: str, choice: Choice) -> Component | None:
    return button(choice.letter, Verb.RUN, f"answer {public_id} {choice.letter}", primary=True)


def numbered_lines(code: str) -> str:
    """Code with the number of each line before it."""
    return "\n".join(f"{n:>2} | {line}" for n, line in enumerate(code.rstrip("\n").split("\n"), 1))


def _one_line(words: str) -> str:
    return " ".join(words.split())


def form_blocks(card: FormCard) -> list[Block]:
    """Settings, each with its own control."""
    blocks = text("### " + escape(_one_line(card.title)))
    for field in card.fields:
        blocks += [rule(), *_field(field)]
    return blocks


def _field(field: Field) -> list[Block]:
    value = "" if _fits_a_menu(field) and field.value in field.choices else f": {escape(field.value) or '—'}"
    said = f"**{escape(_one_line(field.label))}**{value}\n-# {escape(_one_line(field.help))}"
    native = NATIVE.get(field.command)
    if native:
        return [*text(said, "setting"), *_native(field, native)]
    if _fits_a_menu(field):
        entries = [option(choice, choice, default=choice == field.value) for choice in field.choices]
        return [*text(said, "setting"), row(select(Verb.ADD, field.command, entries, f"Choose: {field.label}"))]
    if field.choices:
        said += f"\n-# One of: {escape(_one_line(', '.join(field.choices)))}"
    change = button("Change", Verb.SET, field.command)
    if change is None:
        said += f"\n-# Change it with {inline_code('/' + field.command)} and a value."
    return [*text(said, "setting"), *rows([change] if change else [])]


def _native(field: Field, kind: int) -> list[Block]:
    """A menu of what the server has, and a way to choose nothing of it."""
    menu: Component = {"type": kind, "custom_id": control_id(Verb.ADD, field.command)}
    menu["placeholder"] = short(f"Choose: {field.label}", PLACEHOLDER)
    if kind == CHANNEL_SELECT:
        menu["channel_types"] = list(POSTABLE)
    nothing = button("None", Verb.RUN, f"{field.command} none")
    return [row(menu), *rows([nothing] if nothing else [])]


def _fits_a_menu(field: Field) -> bool:
    choices = field.choices
    fits = all(choice.strip() and measure(choice) <= OPTION for choice in choices) and len(set(choices)) == len(choices)
    return 0 < len(choices) <= IN_SELECT and fits and control_id(Verb.ADD, field.command) is not None
