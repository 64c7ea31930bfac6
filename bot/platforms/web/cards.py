"""How each card looks on the page. Ours is Markdown, sanitised; a learner's words are only ever set as text."""

from __future__ import annotations

import base64
from functools import partial, singledispatch

from nicegui import ui

from bot.cards import (
    Action,
    Card,
    CaseLine,
    ChallengeCard,
    ExplanationCard,
    FeedbackCard,
    Field,
    FormCard,
    HelpCard,
    LeaderboardCard,
    NoticeCard,
    PictureCard,
    ProgressCard,
    QuestionCard,
    StreakCard,
    TrackCard,
    VerdictCard,
)
from bot.platforms.plain import clean
from bot.platforms.web.answering import show_inputs
from bot.platforms.web.sending import Send


def show_card(card: Card, send: Send) -> None:
    """Build one card in the current slot."""
    _show(card, send)


@singledispatch
def _show(card: Card, send: Send) -> None:
    raise TypeError(f"no page rendering for {type(card).__name__}")


def heading(text: str) -> None:
    """A card's title, which screen readers can jump to."""
    ui.label(clean(text)).classes("title").props("role=heading aria-level=2")


def said(text: str, classes: str = "") -> None:
    """Text that may be a learner's: shown as it is, never as markup."""
    if text:
        ui.label(clean(text)).classes(f"plain {classes}")


def written(text: str) -> None:
    """Text of ours, with its Markdown."""
    if text:
        ui.markdown(text, extras=["fenced-code-blocks", "tables", "cuddled-lists"]).classes("prose")


def code(text: str, numbered: bool = False) -> None:
    """Code to read. Set as text, so that nothing in it can act."""
    lines = clean(text.rstrip("\n")).split("\n")
    shown = "\n".join(f"{n:>2}  {line}" for n, line in enumerate(lines, 1)) if numbered else "\n".join(lines)
    ui.label(shown).classes("code").props("tabindex=0 role=region aria-label=Code")


def buttons(actions: tuple[Action, ...], send: Send) -> None:
    """The card's buttons."""
    if not actions:
        return
    with ui.element("div").classes("actions"):
        for action in actions:
            look = "unelevated" if action.primary else "outline"
            ui.button(action.label, on_click=partial(send, action.command)).props(f"no-caps rounded {look}")


@_show.register
def _(card: QuestionCard, send: Send) -> None:
    ui.label(f"{card.label} · {card.topic}").classes("kicker")
    written(card.prompt)
    if card.code:
        code(card.code, numbered=card.input == "bug")
    show_inputs(card, send)


@_show.register
def _(card: FeedbackCard, send: Send) -> None:
    tone = "good" if card.correct else "note" if card.formative else "bad"
    with ui.element("div").classes(f"banner {tone}"):
        heading(("✓ " if card.correct else "") + card.headline)
        said(card.gains, "gains")
    if card.chosen:
        said(f"You said: {card.chosen}")
    if card.right and not card.correct:
        written(f"**Right answer:** {card.right}" if "\n" not in card.right else f"**Right answer:**\n\n{card.right}")
    written(card.feedback)
    written(card.explanation)
    buttons(card.actions, send)


@_show.register
def _(card: ChallengeCard, send: Send) -> None:
    ui.label(f"{card.level} · about {card.minutes} min · {card.topic} · {card.status}").classes("kicker")
    heading(card.title)
    written(card.statement)
    said(f"You may use {card.libraries}.", "fine")
    editor = ui.codemirror(card.draft or card.starter, language="Python", line_wrapping=True).classes("editor")
    editor.props('aria-label="Your code"')

    async def submit() -> None:
        go.disable()
        try:
            await send(f"submit {card.slug}", editor.value or "", shown=f"/submit {card.slug}")
        finally:
            go.enable()

    with ui.element("div").classes("actions"):
        go = ui.button("Run and grade", on_click=submit).props("no-caps rounded unelevated")
        if card.draft:
            ui.button("Start over", on_click=lambda: editor.set_value(card.starter)).props("no-caps rounded outline")
        for action in card.actions:
            ui.button(action.label, on_click=partial(send, action.command)).props("no-caps rounded outline")


@_show.register
def _(card: VerdictCard, send: Send) -> None:
    passed = card.verdict == "accepted"
    with ui.element("div").classes(f"banner {'good' if passed else 'bad'}"):
        heading(("✓ " if passed else "") + card.headline)
        said(card.gains, "gains")
    for case in card.cases:
        _case(case)
    said(card.hidden, "fine")
    said(card.detail)
    said(card.footer, "fine")
    buttons(card.actions, send)


def _case(case: CaseLine) -> None:
    with ui.element("details").classes("case").props("" if case.passed else "open"):
        with ui.element("summary"):
            ui.label(f"{'✓' if case.passed else '✗'} {case.name}: {case.outcome}").classes(
                "ok" if case.passed else "ko"
            )
        with ui.element("dl"):
            for label, text in (
                ("Input", case.given),
                ("Expected", case.expected),
                ("You returned", case.got),
                ("Printed", case.printed),
            ):
                if text:
                    with ui.element("dt"):
                        ui.label(label)
                    with ui.element("dd"):
                        ui.label(clean(text)).classes("code")
        said(case.message)


@_show.register
def _(card: ExplanationCard, send: Send) -> None:
    heading(card.title)
    if card.by_ai:
        said("Written by AI, may be wrong.", "fine")
    if card.line and card.code_line:
        said(f"Line {card.line} of your code:", "fine")
        code(card.code_line)
    said(card.text)
    buttons(card.actions, send)


@_show.register
def _(card: LeaderboardCard, send: Send) -> None:
    ui.label(card.period).classes("kicker")
    heading(card.title)
    with ui.element("table").classes("board"):
        with ui.element("thead"), ui.element("tr"):
            for name in ("Rank", "Member", "XP"):
                with ui.element("th").props("scope=col"):
                    ui.label(name)
        with ui.element("tbody"):
            for line in card.lines:
                with ui.element("tr").classes("me" if line.me else ""):
                    for text in (
                        str(line.rank),
                        line.name + (" (you)" if line.me else "") + (" · sample" if line.sample else ""),
                        str(line.xp),
                    ):
                        with ui.element("td"):
                            ui.label(clean(text))
    if not card.lines:
        said("Nobody yet.")
    said(card.note, "fine")
    buttons(card.actions, send)


@_show.register
def _(card: StreakCard, send: Send) -> None:
    heading(f"🔥 {card.headline}" if card.current else card.headline)
    said(f"Best: {card.best}. Freezes: {'❄ ' * card.freezes or 'none'}")


@_show.register
def _(card: PictureCard, send: Send) -> None:
    source = "data:image/png;base64," + base64.b64encode(card.png).decode("ascii")
    ui.element("img").classes("picture").props["src"] = source
    ui.context.slot_stack[-1].children[-1].props["alt"] = card.alt


@_show.register
def _(card: ProgressCard, send: Send) -> None:
    heading(card.title)
    said(card.summary)
    buttons(card.actions, send)


@_show.register
def _(card: TrackCard, send: Send) -> None:
    heading(card.title)
    written(card.summary)
    with ui.element("ol").classes("sections"):
        for section in card.sections:
            with ui.element("li").classes("here" if section.here else ""):
                extra = (
                    f", {section.challenges} {'challenge' if section.challenges == 1 else 'challenges'}"
                    if section.challenges
                    else ""
                )
                ui.label(
                    f"{section.title}: {section.answered} of {section.questions} questions{extra}"
                    + (" ← you are here" if section.here else "")
                )
    with ui.element("details").classes("case"):
        with ui.element("summary"):
            ui.label("The four learning paths" + (f" (you follow {card.path})" if card.path else ""))
        for name, about in card.paths:
            written(f"**{name}.** {about}")
    with ui.element("details").classes("case"):
        with ui.element("summary"):
            ui.label("Projects by level")
        for level, names in card.projects:
            written(f"**{level.capitalize()}:** " + ", ".join(names) + ".")
    buttons(card.actions, send)


@_show.register
def _(card: FormCard, send: Send) -> None:
    heading(card.title)
    for field in card.fields:
        _field(field, send)


def _field(field: Field, send: Send) -> None:
    with ui.element("div").classes("field"):
        entry: ui.select | ui.input
        if field.choices:
            entry = ui.select(
                list(field.choices), value=field.value if field.value in field.choices else None, label=field.label
            )
        else:
            entry = ui.input(field.label, value=field.value)
        entry.props(f'dense outlined aria-label="{field.label}"').classes("entry")
        ui.button("Save", on_click=lambda: send(f"{field.command} {entry.value or ''}".strip())).props(
            f'no-caps rounded outline aria-label="Save {field.label}"'
        )
        said(field.help, "fine")


@_show.register
def _(card: HelpCard, send: Send) -> None:
    heading(card.title)
    written(card.text.replace("\n", "\n\n"))
    with ui.element("dl").classes("help"):
        for name, line in card.rows:
            with ui.element("dt"):
                ui.label(name)
            with ui.element("dd"):
                ui.label(line)


@_show.register
def _(card: NoticeCard, send: Send) -> None:
    with ui.element("div").classes(f"banner {card.tone}" if card.tone != "info" else "head"):
        heading(card.title)
    said(card.text)
    buttons(card.actions, send)
