"""Every card as plain text: the terminal, notifications, and whoever cannot see a page.

Pure. Learner text is stripped of control and direction characters here, at the edge. A card's text is never dropped: what
a page shows in colours or on demand is words here.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from functools import singledispatch

from bot.cards import (
    Action,
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
    VerdictCard,
)

WIDTH = 88
# C0 and C1 controls but for newline and tab, marks and overrides of direction, and characters of no width that hide text
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
BOLD_OR_CODE = re.compile(r"(`[^`]*`)|(?<!\w)\*\*(?=\S)(.+?)(?<=\S)\*\*(?!\w)")
LIST_ITEM = re.compile(r"(\s{0,3}(?:[-*+]|\d{1,2}[.)])\s+)(.*)")
FENCE = re.compile(r"\s{0,3}(```|~~~)")
MARKED = re.compile(r"\s{0,3}[#>|]")
VERBATIM = re.compile(r" {4}|\t|" + MARKED.pattern)


def clean(text: str) -> str:
    """Text without characters that move a cursor, change direction or hide."""
    return UNSAFE.sub("", LINE_BREAKS.sub("\n", text))


def render(card: Card) -> str:
    """One card as text."""
    return "\n".join(line.rstrip() for line in clean(_render(card)).rstrip().split("\n"))


def reflow(markdown: str, width: int = WIDTH) -> str:
    """Fill paragraphs and list items to a width; fenced and indented code, headings and tables stay as they are."""
    return "\n".join(_filled(block, width) for block in _blocks(markdown))


def _blocks(markdown: str) -> Iterator[list[str]]:
    """Group lines that belong together: a paragraph or list item, or one line that must stay whole."""
    block: list[str] = []
    fenced = False
    for line in markdown.split("\n"):
        fence = FENCE.match(line) is not None
        if block and (fenced or fence or not _continues(block, line)):
            yield block
            block = []
        fenced ^= fence
        if fenced and not fence:
            yield ["    " + line]
        elif not fence and (block or not VERBATIM.match(line)) and line.strip():
            block.append(line)
        elif not fence:
            yield [line]
    if block:
        yield block


def _continues(block: list[str], line: str) -> bool:
    """Whether a line goes on with the paragraph or list item before it."""
    if not line.strip() or LIST_ITEM.match(line) or MARKED.match(line):
        return False
    return not VERBATIM.match(line) or LIST_ITEM.match(block[0]) is not None


def _filled(block: list[str], width: int) -> str:
    first = block[0]
    if len(block) == 1 and (not first.strip() or VERBATIM.match(first)):
        return first
    item = LIST_ITEM.match(first)
    lead, head = (item[1], item[2]) if item else ("", first)
    text = _unbold(" ".join([head.strip(), *(line.strip() for line in block[1:])]))
    return textwrap.fill(text, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False)


def _unbold(text: str) -> str:
    """Prose without its ** marks; what stands between backticks is code and stays."""
    return BOLD_OR_CODE.sub(lambda m: m[1] or m[2], text)


def _prose(markdown: str) -> str:
    return reflow(markdown).strip("\n")


def _wrap(text: str, indent: str = "") -> str:
    """Plain text with its own line breaks kept and only long lines folded."""
    lines = (
        textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
        if len(line) + len(indent) > WIDTH
        else indent + line
        for line in text.split("\n")
    )
    return "\n".join(lines)


def _hang(lead: str, text: str) -> str:
    """Text behind a lead, with all its further lines below its first one."""
    body = textwrap.indent(reflow(text, WIDTH - len(lead)).strip("\n"), " " * len(lead))
    return lead + body[len(lead) :]


def _code(code: str) -> str:
    return textwrap.indent(code.rstrip("\n"), "    ")


def _numbered(code: str) -> str:
    return "\n".join(f"  {n:>2} | {line}" for n, line in enumerate(code.rstrip("\n").split("\n"), 1))


def _join(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _columns(rows: Iterable[tuple[str, str]]) -> list[str]:
    pairs = list(rows)
    wide = max((len(left) for left, _ in pairs), default=0)
    return [f"  {left:<{wide}}  {right}" for left, right in pairs]


def _actions(actions: tuple[Action, ...]) -> str:
    return _join("Next:", *_columns((f"/{a.command}", a.label) for a in actions)) if actions else ""


def _title(text: str) -> str:
    filled = textwrap.fill(f"── {text}", WIDTH, subsequent_indent="   ", break_on_hyphens=False)
    return f"{filled} " + "─" * (44 - len(filled)) if len(filled) < 44 else filled


@singledispatch
def _render(card: Card) -> str:
    raise TypeError(f"no plain text for {type(card).__name__}")


@_render.register
def _(card: QuestionCard) -> str:
    code = _numbered(card.code) if card.input is Input.BUG else _code(card.code)
    return _join(
        _title(f"{card.label} · {card.topic}"),
        _prose(card.prompt),
        code if card.code else "",
        *(_hang(f"  {n}. ", text) for n, text in enumerate(card.lefts, 1)),
        *(_hang(f"  {choice.letter}) ", choice.text) for choice in card.choices),
        _wrap(f"[{card.public_id}] {card.expects}" if card.public_id else card.expects),
        _actions(card.actions),
    )


@_render.register
def _(card: FeedbackCard) -> str:
    mark = "•" if card.formative else "✓" if card.correct else "✗"
    parts = f" ({card.score:.0%} of it)" if 0 < card.score < 1 and not card.formative else ""
    label = "Model answer" if card.formative else "Right answer"
    return _join(
        _title(f"{mark} {card.headline}{parts}" + (f" ({card.gains})" if card.gains else "")),
        _hang("You said: ", card.chosen) if card.chosen else "",
        _hang(f"{label}: ", card.right) if card.right and (card.formative or not card.correct) else "",
        _prose(card.feedback),
        _prose(card.explanation),
        _actions(card.actions),
    )


@_render.register
def _(card: ChallengeCard) -> str:
    return _join(
        _title(f"{card.title} · {card.level}, {card.minutes} min · {card.status}"),
        f"Topic: {card.topic}.",
        _prose(card.statement),
        f"Libraries: {card.libraries}.",
        "Your last code:" if card.draft else "Start from:",
        _code(card.draft or card.starter),
        f"Send it with: /submit {card.slug} FILE.py",
        _actions(card.actions),
    )


@_render.register
def _(card: VerdictCard) -> str:
    return _join(
        _title(card.title + (f" ({card.gains})" if card.gains else "")),
        f"{card.headline}.",
        *map(_case, card.cases),
        card.hidden,
        _wrap(card.detail),
        card.footer,
        _actions(card.actions),
    )


def _case(case: CaseLine) -> str:
    shown = (("input", case.given), ("expected", case.expected), ("got", case.got), ("printed", case.printed))
    return _join(
        f"  {'✓' if case.passed else '✗'} {case.name}: {case.outcome}",
        _wrap(case.message, "      ") if case.message else "",
        *(_value(label, text) for label, text in shown if text),
    )


def _value(label: str, text: str) -> str:
    """A value, on its label's line when it is one line, and below it when its rows must stay aligned."""
    if "\n" not in text.strip("\n"):
        return _wrap(f"{label}: {text.strip()}", "      ")
    return f"      {label}:\n{_wrap(text.rstrip(), '        ')}"


@_render.register
def _(card: RunCard) -> str:
    printed = f"It printed:\n{_code(card.printed)}" if card.printed.strip() else "It printed nothing."
    return _join(_title(card.headline), printed, _wrap(card.detail), card.footer, _actions(card.actions))


@_render.register
def _(card: ExplanationCard) -> str:
    code = f"Line {card.line}:\n{_code(card.code_line)}" if card.line and card.code_line else ""
    label = "Written by AI, may be wrong." if card.by_ai else f"Found by: {card.source}."
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
    return _join(_title("Streak"), card.headline, f"Best: {card.best}. Freezes: {card.freezes}.")


@_render.register
def _(card: ProgressCard) -> str:
    bars = _columns(
        (bar.label, f"{'█' * round(20 * bar.done / max(bar.total, 1)):<20}  {bar.done}/{bar.total}")
        for bar in card.bars
    )
    return _join(_title(card.title), _wrap(card.summary), *bars, _actions(card.actions))


@_render.register
def _(card: TrackCard) -> str:
    sections = [
        f"  {'→' if s.here else ' '} {s.title}: {s.answered} of {s.questions} questions seen"
        + (f", {s.challenges} {'challenge' if s.challenges == 1 else 'challenges'}" if s.challenges else "")
        for s in card.sections
    ]
    return _join(
        _title(card.title),
        _prose(card.summary),
        "Sections (→ you are here):",
        *sections,
        "Learning paths:",
        *(_hang("    ", f"{name}: {about}") for name, about in card.paths),
        f"You follow: {card.path}." if card.path else "You follow the track’s own order.",
        "Projects:",
        *(_hang("    ", f"{level.capitalize()}: {', '.join(names)}.") for level, names in card.projects),
        _actions(card.actions),
    )


@_render.register
def _(card: FormCard) -> str:
    return _join(_title(card.title), *map(_field, card.fields), "Change one with its command and a new value.")


def _field(field: Field) -> str:
    choices = f" One of: {', '.join(field.choices)}." if field.choices else ""
    return f"  {field.label}: {field.value or '—'}\n" + _hang(f"      /{field.command} …  ", field.help + choices)


@_render.register
def _(card: HelpCard) -> str:
    return _join(_title(card.title), _wrap(_unbold(card.text)), *_columns(card.rows))


@_render.register
def _(card: NoticeCard) -> str:
    return _join(_title(card.title), _wrap(card.text), _actions(card.actions))


@_render.register
def _(card: PictureCard) -> str:
    return f"[picture: {card.alt}]"


@_render.register
def _(card: FileCard) -> str:
    return f"[file: {card.name}, {size_of(card.content)}]\n{reflow(card.note)}"


def size_of(content: bytes) -> str:
    """How large a file is, as people say it."""
    kilobytes = len(content) / 1000
    return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{max(1, round(kilobytes))} kB"
