"""How each card looks on the page, but for questions' forms and the editor, which have modules of their own."""

from __future__ import annotations

import base64
import struct
from functools import singledispatch

from bot.cards import (
    Card,
    CaseLine,
    ChallengeCard,
    ExplanationCard,
    FeedbackCard,
    Field,
    FileCard,
    FormCard,
    HelpCard,
    Input,
    LeaderboardCard,
    NoticeCard,
    PictureCard,
    ProgressCard,
    QuestionCard,
    RunCard,
    StreakCard,
    TrackCard,
    TrackSection,
    VerdictCard,
)
from bot.platforms.fields import read_fields
from bot.platforms.plain import size_of
from bot.platforms.web.answering import FORM_DATA, QuestionForm
from bot.platforms.web.desk import Desk
from bot.platforms.web.editor import Editor
from bot.platforms.web.parts import actions, box, button, code, heading, line_of_ours, output, said, tag, written


def show_card(card: Card, desk: Desk) -> None:
    """Build one card in the current slot."""
    _show(card, desk)


@singledispatch
def _show(card: Card, desk: Desk) -> None:
    raise TypeError(f"no page rendering for {type(card).__name__}")


@_show.register
def _(card: QuestionCard, desk: Desk) -> None:
    heading(f"{card.label} · {card.topic}", "kicker")
    written(card.prompt)
    if card.code and card.input is not Input.BUG:
        code(card.code)
    if card.actions:
        _for_many(card, desk)
    else:
        QuestionForm(card, desk).build()


def _for_many(card: QuestionCard, desk: Desk) -> None:
    """What is to be read before a button is pressed that asks one learner."""
    if card.input is Input.BUG:
        code(card.code)
    lines = [*enumerate(card.lefts, 1), *((choice.letter, choice.text) for choice in card.choices)]
    for mark, text in lines:
        line_of_ours(f"**{mark}**  {text}", "p")
    said(card.expects)
    actions(card.actions, desk)


@_show.register
def _(card: FeedbackCard, desk: Desk) -> None:
    tone, mark = ("good", "✓") if card.correct else ("bad", "✗")
    if card.formative:
        tone, mark = "note", "✎"
    _banner(tone, mark, card.headline, card.gains)
    if card.chosen or (card.right and not card.correct):
        with box("dl", "facts"):
            if card.chosen:
                _fact("You said", card.chosen)
            if card.right and (card.formative or not card.correct):
                tag("dt", "A model answer" if card.formative else "Right answer")
                with box("dd"):
                    written(card.right)
    written(card.feedback)
    written(card.explanation)
    actions(card.actions, desk)


def _banner(tone: str, mark: str, headline: str, gains: str = "") -> None:
    with box("div", f"banner {tone}"):
        tag("span", mark, "mark", aria_hidden="true")
        heading(headline)
        if gains:
            tag("p", gains, "gains")


def _fact(label: str, text: str) -> None:
    tag("dt", label)
    with box("dd"):
        said(text)


@_show.register
def _(card: ChallengeCard, desk: Desk) -> None:
    tag("p", f"{card.level} · about {card.minutes} min · {card.topic} · {card.status}", "kicker")
    heading(card.title)
    written(card.statement)
    said(f"You may use {card.libraries}.", "fine")
    Editor(card, desk).build()


@_show.register
def _(card: VerdictCard, desk: Desk) -> None:
    passed = card.verdict == "accepted"
    _banner("good" if passed else "bad", "✓" if passed else "✗", card.headline, card.gains)
    tag("p", card.title, "kicker")
    said(card.detail)
    for case in card.cases:
        _case(case)
    said(card.hidden, "hidden-cases")
    actions(card.actions, desk)
    said(card.footer, "fine")


def _case(case: CaseLine) -> None:
    with box("details", "case", **({} if case.passed else {"open": ""})):
        with box("summary"):
            tag("span", "✓" if case.passed else "✗", "ok" if case.passed else "ko", aria_hidden="true")
            tag("span", f"{case.name}: {case.outcome}")
        said(case.message)
        rows = (
            ("Input", case.given),
            ("Expected", case.expected),
            ("You returned", case.got),
            ("Printed", case.printed),
        )
        with box("dl", "facts"):
            for label, text in rows:
                if text:
                    tag("dt", label)
                    with box("dd"):
                        output(text, label)


@_show.register
def _(card: RunCard, desk: Desk) -> None:
    _banner("good" if card.ok else "bad", "✓" if card.ok else "✗", card.headline, "")
    if card.printed.strip():
        output(card.printed, "Printed")
    else:
        said("It printed nothing.")
    said(card.detail)
    actions(card.actions, desk)
    said(card.footer, "fine")


@_show.register
def _(card: ExplanationCard, desk: Desk) -> None:
    heading(card.title)
    if card.by_ai:
        said("Written by AI, may be wrong.", "fine")
    if card.line and card.code_line:
        said(f"Line {card.line} of your code:", "fine")
        output(card.code_line, f"Line {card.line}")
    said(card.text)
    actions(card.actions, desk)


@_show.register
def _(card: LeaderboardCard, desk: Desk) -> None:
    tag("p", card.period, "kicker")
    heading(card.title)
    if card.lines:
        with box("div", "wide", tabindex="0", role="region", aria_label=card.title), box("table", "board"):
            with box("thead"), box("tr"):
                for name in ("Rank", "Member", "XP"):
                    tag("th", name, scope="col")
            with box("tbody"):
                for line in card.lines:
                    name = line.name + (" (you)" if line.me else "")
                    with box("tr", "me" if line.me else ""):
                        tag("td", {1: "🥇 1", 2: "🥈 2", 3: "🥉 3"}.get(line.rank, str(line.rank)))
                        with box("td"):
                            tag("bdi", name)
                            if line.sample:
                                tag("span", "sample", "chip")
                        tag("td", str(line.xp))
    else:
        said("Nobody yet.")
    said(card.note, "fine")
    actions(card.actions, desk)


@_show.register
def _(card: StreakCard, desk: Desk) -> None:
    with box("div", "streak"):
        tag("span", "🔥" if card.current else "🌱", "flame", aria_hidden="true")
        with box("div"):
            heading(card.headline)
            freezes = f"{card.freezes} {'❄' * card.freezes}" if card.freezes else "none"
            said(f"Best: {card.best} {'day' if card.best == 1 else 'days'}. Freezes: {freezes}.", "fine")


@_show.register
def _(card: PictureCard, desk: Desk) -> None:
    source = "data:image/png;base64," + base64.b64encode(card.png).decode("ascii")
    width, height = struct.unpack(">II", card.png[16:24])  # drawn twice as large, for dense screens
    box("img", "picture", src=source, alt=card.alt, width=str(width // 2), height=str(height // 2))


@_show.register
def _(card: FileCard, desk: Desk) -> None:
    heading("A file to keep")
    said(card.note)
    content = "data:application/octet-stream;base64," + base64.b64encode(card.content).decode("ascii")
    with box("div", "actions"):
        tag("a", f"Save {card.name} ({size_of(card.content)})", "button", href=content, download=card.name)


@_show.register
def _(card: ProgressCard, desk: Desk) -> None:
    heading(card.title)
    said(card.summary)
    actions(card.actions, desk)


@_show.register
def _(card: TrackCard, desk: Desk) -> None:
    heading(card.title)
    written(card.summary)
    with box("ol", "sections"):
        for section in card.sections:
            _section(section)
    with box("details", "case"):
        tag("summary", "The four learning paths" + (f" (you follow {card.path})" if card.path else ""))
        with box("dl", "facts"):
            for name, about in card.paths:
                _fact(name, about)
    with box("details", "case"):
        tag("summary", "Projects by level")
        with box("dl", "facts"):
            for level, names in card.projects:
                _fact(level.capitalize(), ", ".join(names) + ".")
    actions(card.actions, desk)


def _section(section: TrackSection) -> None:
    some = f"{section.challenges} {'challenge' if section.challenges == 1 else 'challenges'}"
    with box("li", "here" if section.here else ""):
        with box("span", "name"):
            tag("span", section.title)
            if section.here:
                tag("span", "you are here", "chip")
        tag("span", f"{section.answered} of {section.questions}" + (f", {some}" if section.challenges else ""), "fine")
        box("progress", value=str(section.answered), max=str(section.questions or 1), aria_hidden="true")


@_show.register
def _(card: FormCard, desk: Desk) -> None:
    heading(card.title)
    for field in card.fields:
        _field(field, desk)


def _field(field: Field, desk: Desk) -> None:
    async def save(sent: object) -> None:
        value = next((value for name, value in read_fields(sent) if name == "value"), "")
        await desk.send(f"{field.command} {value}".strip())

    with box("form", "field", autocomplete="off").on("submit", lambda event: save(event.args), js_handler=FORM_DATA):
        with box("label", "entry"):
            tag("span", field.label, "label")
            if field.choices:
                with box("select", name="value"):
                    for choice in field.choices:
                        tag("option", choice, value=choice, **({"selected": ""} if choice == field.value else {}))
            else:
                box("input", type="text", name="value", value=field.value, spellcheck="false")
        button("Save", None, type="submit", aria_label=f"Save {field.label}")
        said(field.help, "fine")


@_show.register
def _(card: HelpCard, desk: Desk) -> None:
    heading(card.title)
    for line in card.text.split("\n"):
        written(line)
    with box("dl", "help"):
        for name, line in card.rows:
            with box("dt"):
                if name.startswith("/") and " " not in name:
                    button(name, None, "command", data_fill=f"{name} ", aria_label=f"Write {name}")
                else:
                    tag("code", name)
            tag("dd", line)


@_show.register
def _(card: NoticeCard, desk: Desk) -> None:
    if card.tone == "info":
        heading(card.title)
    else:
        _banner(card.tone, "✓" if card.tone == "good" else "!", card.title)
    said(card.text)
    actions(card.actions, desk)
