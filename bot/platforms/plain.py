"""Every card as plain text: the terminal, notifications, and whoever cannot see a page.

Pure. Learner text is stripped of control and direction characters here, at the edge.
"""

from __future__ import annotations

import re
import textwrap
from functools import singledispatch

from bot.cards import (
    Action,
    Card,
    ChallengeCard,
    ExplanationCard,
    FeedbackCard,
    FormCard,
    HelpCard,
    Input,
    LeaderboardCard,
    NoticeCard,
    PictureCard,
    ProgressCard,
    QuestionCard,
    StreakCard,
    TrackCard,
    VerdictCard,
)

WIDTH = 88
# C0 and C1 controls but for newline and tab, direction overrides, and zero-width characters that hide text
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean(text: str) -> str:
    """Text without characters that move a cursor, change direction or hide."""
    return UNSAFE.sub("", text)


def render(card: Card) -> str:
    """One card as text."""
    return clean(_render(card)).rstrip()


@singledispatch
def _render(card: Card) -> str:
    raise TypeError(f"no plain text for {type(card).__name__}")


def _wrap(text: str, indent: str = "") -> str:
    lines = []
    fenced = False
    for line in text.split("\n"):
        fence = line.lstrip().startswith("```")
        fenced ^= fence
        if fence:
            continue
        keep = fenced or line.startswith(("    ", "\t")) or len(line) <= WIDTH
        lines.append(
            textwrap.indent(line, indent)
            if keep
            else textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent)
        )
    return "\n".join(lines)


def _code(code: str) -> str:
    return textwrap.indent(code.rstrip("\n"), "    ")


def _join(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _actions(actions: tuple[Action, ...]) -> str:
    return "Next: " + "  ".join(f"/{a.command}" for a in actions) if actions else ""


def _title(text: str) -> str:
    return f"── {text} " + "─" * max(0, 40 - len(text))


@_render.register
def _(card: QuestionCard) -> str:
    lettered = [f"  {c.letter}) {c.text}" for c in card.choices]
    lefts = [f"  {n}. {text}" for n, text in enumerate(card.lefts, 1)]
    code = (
        "\n".join(f"  {n:>2} | {line}" for n, line in enumerate(card.code.rstrip().split("\n"), 1))
        if card.input is Input.BUG
        else _code(card.code)
    )
    return _join(
        _title(f"{card.label} · {card.topic}"), _wrap(card.prompt), code if card.code else "", *lefts, *(_wrap(x) for x in lettered),
        f"[{card.public_id}] {card.expects}",
    )  # fmt: skip


@_render.register
def _(card: FeedbackCard) -> str:
    mark = "✓" if card.correct else "•" if card.formative else "✗"
    return _join(
        _title(f"{mark} {card.headline}" + (f" ({card.gains})" if card.gains else "")),
        f"You said: {card.chosen}" if card.chosen else "",
        f"Right answer: {card.right}" if card.right and not card.correct else "",
        _wrap(card.feedback), _wrap(card.explanation), _actions(card.actions),
    )  # fmt: skip


@_render.register
def _(card: ChallengeCard) -> str:
    code = card.draft or card.starter
    return _join(
        _title(f"{card.title} · {card.level}, {card.minutes} min · {card.status}"),
        _wrap(card.statement), f"Libraries: {card.libraries}.",
        "Your last code:" if card.draft else "Start from:", _code(code),
        f"Send it with: /submit {card.slug} FILE.py", _actions(card.actions),
    )  # fmt: skip


@_render.register
def _(card: VerdictCard) -> str:
    lines = []
    for case in card.cases:
        lines.append(f"  {'✓' if case.passed else '✗'} {case.name}: {case.outcome}")
        if not case.passed:
            shown = (
                ("input", case.given),
                ("expected", case.expected),
                ("got", case.got),
                ("", case.message),
                ("printed", case.printed),
            )
            lines += [_wrap(f"{label + ': ' if label else ''}{text}", "      ") for label, text in shown if text]
    return _join(
        _title(card.headline + (f" ({card.gains})" if card.gains else "")),
        *lines,
        card.hidden,
        card.detail,
        card.footer,
        _actions(card.actions),
    )


@_render.register
def _(card: ExplanationCard) -> str:
    label = "Written by AI, may be wrong." if card.by_ai else ""
    code = f"Line {card.line}:\n{_code(card.code_line)}" if card.line and card.code_line else ""
    return _join(_title(card.title), code, _wrap(card.text), label, _actions(card.actions))


@_render.register
def _(card: LeaderboardCard) -> str:
    lines = [
        f"  {line.rank:>3}. {line.name}{' (you)' if line.me else ''}{' (sample)' if line.sample else ''}  {line.xp} XP"
        for line in card.lines
    ]
    return _join(
        _title(f"{card.title} · {card.period}"), *(lines or ["  Nobody yet."]), _wrap(card.note), _actions(card.actions)
    )


@_render.register
def _(card: StreakCard) -> str:
    return _join(_title("Streak"), card.headline, f"Best: {card.best}. Freezes: {'❄' * card.freezes or 'none'}.")


@_render.register
def _(card: ProgressCard) -> str:
    wide = max((len(bar.label) for bar in card.bars), default=0)
    lines = [
        f"  {bar.label:<{wide}}  {'█' * round(20 * bar.done / max(bar.total, 1)):<20}  {bar.done}/{bar.total}"
        for bar in card.bars
    ]
    return _join(_title(card.title), card.summary, *lines, _actions(card.actions))


@_render.register
def _(card: TrackCard) -> str:
    sections = [
        f"  {'→' if s.here else ' '} {s.title}: {s.answered} of {s.questions} questions seen"
        + (f", {s.challenges} {'challenge' if s.challenges == 1 else 'challenges'}" if s.challenges else "")
        for s in card.sections
    ]
    paths = [_wrap(f"{name}: {about}", "    ") for name, about in card.paths]
    projects = [_wrap(f"{level.capitalize()}: {', '.join(names)}.", "    ") for level, names in card.projects]
    return _join(
        _title(card.title), _wrap(card.summary), "Sections (→ you are here):", *sections, "Learning paths:", *paths,
        f"You follow: {card.path}." if card.path else "You follow the track’s own order.", "Projects:", *projects, _actions(card.actions),
    )  # fmt: skip


@_render.register
def _(card: FormCard) -> str:
    rows = [f"  {f.label}: {f.value or '—'}\n      /{f.command} …  {f.help}" for f in card.fields]
    return _join(_title(card.title), *rows)


@_render.register
def _(card: HelpCard) -> str:
    wide = max((len(name) for name, _ in card.rows), default=0)
    return _join(
        _title(card.title),
        _wrap(card.text.replace("**", "")),
        *(f"  {name:<{wide}}  {line}".rstrip() for name, line in card.rows),
    )


@_render.register
def _(card: NoticeCard) -> str:
    return _join(_title(card.title), _wrap(card.text), _actions(card.actions))


@_render.register
def _(card: PictureCard) -> str:
    return f"[picture: {card.alt}]"
