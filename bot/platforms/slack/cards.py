"""How each card looks in Slack. Pure: a card in, blocks out, every text of the card in them.

A message may show all of it. Forms that open on top, and the home tab, are modules of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import singledispatch

from bot.cards import (
    BoardLine,
    Card,
    CaseLine,
    ChallengeCard,
    DayMark,
    ExplanationCard,
    FeedbackCard,
    Field,
    FileCard,
    FormCard,
    HelpCard,
    LeaderboardCard,
    NoticeCard,
    PictureCard,
    ProgressCard,
    QuestionCard,
    RunCard,
    StreakCard,
    Tone,
    TrackCard,
    VerdictCard,
)
from bot.platforms.plain import size_of
from bot.platforms.slack.blocks import (
    LABEL,
    OPTION,
    VALUE,
    Block,
    actions,
    button,
    columns,
    fact,
    fine,
    heading,
    line,
    option,
    rich,
    row,
    rows,
    said,
    select,
    short,
    table,
    verbatim,
    words,
)
from bot.platforms.slack.escape import literal, typed_here
from bot.platforms.slack.markup import written
from bot.platforms.slack.questions import OPTIONS, question

TABLE_ROWS, TABLE_WEIGHT = 90, 8_000
MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
WANTING = ("answer", "submit", "run", "hint", "ask", "link", "group", "help")  # a press of these alone would lead nowhere
DAYS = {
    DayMark.DONE: "🟩",
    DayMark.FROZEN: "🟦",
    DayMark.REPAIRED: "🟧",
    DayMark.PAUSED: "🟪",
    DayMark.PRACTICE: "🟨",
    DayMark.EMPTY: "⬜",
}
WEEKS = 4  # of the calendar in the message; the picture has all of it
LEGEND = "A week to a row, from Monday: 🟩 done, 🟦 kept by a freeze, 🟨 some practice"
RARE = {DayMark.REPAIRED: ", 🟧 repaired", DayMark.PAUSED: ", 🟪 paused"}  # explained where they are
TONES = {Tone.INFO: "", Tone.GOOD: "✓ ", Tone.WARNING: "⚠ "}


def render(card: Card) -> list[Block]:
    """One card as blocks for a message."""
    return _render(card)


@singledispatch
def _render(card: Card) -> list[Block]:
    raise TypeError(f"no blocks for {type(card).__name__}")


@_render.register
def _(card: QuestionCard) -> list[Block]:
    return question(card)


@_render.register
def _(card: FeedbackCard) -> list[Block]:
    mark = "✎" if card.formative else "✓" if card.correct else "✗"
    part = f" ({card.score:.0%} of it)" if 0 < card.score < 1 and not card.formative else ""
    shows_right = card.right and (card.formative or not card.correct)
    return [
        *heading(f"{mark} {card.headline}{part}" + (f" · {card.gains}" if card.gains else "")),
        *(fact("You said", card.chosen) if card.chosen else []),
        *(_ours("A model answer" if card.formative else "Right answer", card.right) if shows_right else []),
        *written(card.feedback),
        *written(card.explanation),
        *actions(card.actions),
    ]


def _ours(label: str, text: str) -> list[Block]:
    first, *more = written(text) or [rich(line(words("—")))]
    runs = first["elements"][0]
    if runs["type"] != "rich_text_section":
        return [rich(line(words(f"{label}:", bold=True))), first, *more]
    return [rich(line(words(f"{label}: ", bold=True), *runs["elements"])), *more]


@_render.register
def _(card: ChallengeCard) -> list[Block]:
    status = f" · {card.status}" if card.status else ""
    return [
        *heading(card.title),
        *fine(f"{card.level} · about {card.minutes} min · {card.topic}{status}"),
        *written(card.statement),
        *(fine(f"You may use {card.libraries}.") if card.libraries else []),
        *verbatim(card.starter),
        *([*fine("Your last code:"), *verbatim(card.draft)] if card.draft and card.draft != card.starter else []),
        row(button("Write your code", f"code:{card.slug}", card.slug, primary=True)),
        *actions(card.actions),
    ]


@_render.register
def _(card: VerdictCard) -> list[Block]:
    mark = "✓" if card.verdict == "accepted" else "✗"
    return [
        *heading(f"{mark} {card.headline}" + (f" · {card.gains}" if card.gains else "")),
        *fine(card.title),
        *said(card.detail),
        *(block for case in card.cases for block in _case(case)),
        *said(card.hidden),
        *fine(card.footer),
        *actions(card.actions),
    ]


def _case(case: CaseLine) -> list[Block]:
    """A case in one block where its values are short, else with each value in its own columns."""
    name, outcome = literal(case.name), literal(case.outcome)
    head = line(words(f"{'✓' if case.passed else '✗'} {name}", bold=True), words(f": {outcome}"))
    expected = "" if case.passed and case.got == case.expected else case.expected  # said once is enough
    rows_ = (("input", case.given), ("expected", expected), ("you returned", case.got), ("printed", case.printed))
    told = [(label, literal(value).strip("\n")) for label, value in rows_ if value.strip()]
    if sum(len(value) for _, value in told) < 600 and not any("\n" in value for _, value in told):
        values = [rich(head), *said(case.message)] if case.message or not told else []
        pre = columns((f"{label}:", value) for label, value in told)
        shown = verbatim(pre)
        if not values and shown:
            shown[0]["elements"].insert(0, head)
        return [*values, *shown]
    return [rich(head), *said(case.message), *(block for label, value in told for block in verbatim(value, label))]


@_render.register
def _(card: RunCard) -> list[Block]:
    return [
        *heading(f"{'✓' if card.ok else '✗'} {card.headline}"),
        *(verbatim(card.printed, "Printed:") or said("It printed nothing.")),
        *said(card.detail),
        *fine(card.footer),
        *actions(card.actions),
    ]


@_render.register
def _(card: ExplanationCard) -> list[Block]:
    source = "Written by AI, may be wrong." if card.by_ai else f"Found by: {card.source}."
    return [
        *heading(card.title),
        *(verbatim(card.code_line, f"Line {card.line} of your code:") if card.line and card.code_line else []),
        *said(card.text),
        *fine(source),
        *actions(card.actions),
    ]


@_render.register
def _(card: LeaderboardCard) -> list[Block]:
    tables = [table(("Rank", "Member", "XP"), [_rank(one) for one in some]) for some in _tables(card.lines)]
    return [
        *heading(card.title),
        *fine(card.period),
        *(tables or said("Nobody yet.")),
        *fine(typed_here(card.note)),
        *actions(card.actions),
    ]


def _rank(one: BoardLine) -> tuple[str, str, str]:
    name = one.name + (" (you)" if one.me else "") + (" (sample)" if one.sample else "")
    return f"{MEDALS.get(one.rank, '')} {one.rank}".strip(), name, str(one.xp)


def _tables(lines: Sequence[BoardLine]) -> Iterator[list[BoardLine]]:
    some: list[BoardLine] = []
    for one in lines:
        if some and (len(some) == TABLE_ROWS or sum(len(s.name) + 40 for s in some) + len(one.name) > TABLE_WEIGHT):
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def _legend(card: StreakCard) -> str:
    seen = {mark for _, mark in card.days}
    return LEGEND + "".join(words for mark, words in RARE.items() if mark in seen) + "."


@_render.register
def _(card: StreakCard) -> list[Block]:
    freezes = f"{card.freezes} {'❄' * card.freezes}" if 0 < card.freezes < 10 else str(card.freezes or "none")
    first = len(card.days) - WEEKS * 7 + (-len(card.days)) % 7
    marks = "".join(DAYS[mark] for _, mark in card.days[max(0, first) :])
    weeks = "\n".join(marks[at : at + 7] for at in range(0, len(marks), 7))
    return [
        *heading(f"{'🔥' if card.current else '🌱'} {card.headline}"),
        *fine(f"Best: {card.best}. Freezes: {freezes}."),
        *(said(weeks) + fine(_legend(card)) if weeks else []),
    ]


@_render.register
def _(card: ProgressCard) -> list[Block]:
    bars = ((f"{bar.done}/{bar.total}", f"{filled(bar.done, bar.total)} {bar.label}") for bar in card.bars if bar.done)
    rest = ", ".join(f"{bar.label} ({bar.total})" for bar in card.bars if not bar.done)
    return [
        *heading(card.title),
        *said(card.summary),
        *verbatim(columns(bars)),
        *fine(f"Not begun yet: {rest}." if rest else ""),
        *actions(card.actions),
    ]


def filled(done: int, total: int, wide: int = 6) -> str:
    """A bar of text."""
    full = min(wide, round(wide * done / max(total, 1)))
    return "█" * full + "░" * (wide - full)


@_render.register
def _(card: TrackCard) -> list[Block]:
    sections = [
        f"{'→' if s.here else '  '} {s.title}: {s.answered} of {s.questions}"
        + (f", {s.challenges} {'challenge' if s.challenges == 1 else 'challenges'}" if s.challenges else "")
        + (" (you are here)" if s.here else "")
        for s in card.sections
    ]
    return [
        *heading(card.title),
        *written(card.summary),
        *said("\n".join(sections)),
        *(block for name, about in card.paths for block in fact(name, about)),
        *fine(f"You follow: {card.path}." if card.path else "You follow the track’s own order."),
        *(
            block
            for level, names in card.projects
            for block in fact(f"{level.capitalize()} projects", ", ".join(names))
        ),
        *actions(card.actions),
    ]


@_render.register
def _(card: FormCard) -> list[Block]:
    return [*heading(card.title), *(block for n, field in enumerate(card.fields) for block in _field(field, n))]


def _field(field: Field, n: int) -> list[Block]:
    """A setting, its value, and a menu where it fits one, else a button that opens a form."""
    fits = 0 < len(field.choices) <= OPTIONS and all(0 < len(choice) <= OPTION for choice in field.choices)
    fits = fits and len(f"set:{n}:{field.command}") <= 255
    choices = f" One of: {', '.join(field.choices)}." if field.choices and not fits else ""
    shown = [*fact(field.label, field.value), *fine(field.help + choices)]
    if fits:
        menu = select(f"set:{n}:{field.command}", [option(c, c) for c in field.choices], chosen=field.value)
        return [*shown, row(menu)]
    value = json.dumps({"do": field.command, "label": short(field.label, LABEL), "value": field.value})
    if len(value) > VALUE:
        value = json.dumps({"do": field.command, "label": short(field.label, LABEL), "value": ""})
    return [*shown, row(button("Change", f"fill:{n}", value))]


@_render.register
def _(card: HelpCard) -> list[Block]:
    names = [name.removeprefix("/") for name, _ in card.rows if name.startswith("/") and " " not in name]
    names = [name for name in names if name not in WANTING]
    told = [
        block
        for name, about in card.rows
        for block in (fact(_on_slack(name), about) if about else said(_on_slack(name)))
    ]
    return [
        *heading(card.title),
        *(block for text in typed_here(card.text).split("\n") for block in written(text)),
        *_together(told),
        *rows([button(name.capitalize(), f"do:{n}", name) for n, name in enumerate(names[:25])]),
    ]


def _on_slack(name: str) -> str:
    """A command as it is typed here: all of them follow the one slash command."""
    return f"/learn {name[1:]}" if name.startswith("/") else name


def _together(blocks: Sequence[Block]) -> list[Block]:
    """Short paragraphs in one block, so that a list does not take up a message's number of blocks."""
    made: list[Block] = []
    weight = 0
    for block in blocks:
        heavy = len(json.dumps(block, ensure_ascii=False))
        if made and weight + heavy < 2_500:
            made[-1]["elements"][0]["elements"] += [words("\n"), *block["elements"][0]["elements"]]
        else:
            made.append(block)
            weight = 0
        weight += heavy
    return made


@_render.register
def _(card: NoticeCard) -> list[Block]:
    return [*heading(TONES[card.tone] + card.title), *said(typed_here(card.text)), *actions(card.actions)]


@_render.register
def _(card: PictureCard) -> list[Block]:
    return fine(f"Picture: {card.alt}")


@_render.register
def _(card: FileCard) -> list[Block]:
    return said(card.note) + fine(f"{card.name} ({size_of(card.content)}) comes as a file, here or under Messages.")
