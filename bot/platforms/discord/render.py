"""How each card looks on Discord: a framed panel of text, pictures and controls, never a lowest common denominator.

Pure. Knows the cards and the pieces, and nothing of who asked or of the wire.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from bot.cards import (
    Bar,
    BoardLine,
    Card,
    CaseLine,
    ChallengeCard,
    ExplanationCard,
    FeedbackCard,
    FileCard,
    FormCard,
    HelpCard,
    LeaderboardCard,
    Markdown,
    NoticeCard,
    PictureCard,
    ProgressCard,
    QuestionCard,
    RunCard,
    StreakCard,
    Tone,
    TrackCard,
    TrackSection,
    VerdictCard,
)
from bot.platforms.discord.asking import form_blocks, question_blocks
from bot.platforms.discord.escape import escape, fenced, inline_code
from bot.platforms.discord.ids import Verb
from bot.platforms.discord.markup import inline, measure, to_discord
from bot.platforms.discord.parts import (
    ACTION_ROW,
    BUTTON,
    FILE,
    IN_ROW,
    Attached,
    Block,
    Component,
    Message,
    Panel,
    actions,
    attached,
    button,
    pack,
    picture,
    row,
    rows,
    text,
)
from bot.platforms.plain import clean

BRAND, GOOD, BAD, NOTE, QUIET = 0x1F6B4A, 0x2FA36B, 0xD9694A, 0xD9A441, 0x6B7280
LONG_VALUE, MANY_LINES = 1000, 20  # a value longer than this is a file
MOST_ALT = 1024
MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
TONES = {Tone.INFO: BRAND, Tone.GOOD: GOOD, Tone.WARNING: NOTE}
Illustrated = StreakCard | ProgressCard
Shown = tuple[int, list[Block]]  # the colour of the edge, and what is within


def render(cards: tuple[Card, ...], said: str = "") -> tuple[Message, ...]:
    """Turn a reply's cards into messages.

    Args:
        said: the command that these cards answer; cards worth showing around offer to share what it shows.
    """
    return pack(_illustrated(cards, said))


def _illustrated(cards: tuple[Card, ...], said: str) -> Iterator[Panel]:
    """The cards in their frames; a picture of what a card says stands in its frame, above its buttons."""
    rest = list(cards)
    while rest:
        shown = panel(rest.pop(0), said)
        while rest and isinstance(rest[0], PictureCard) and isinstance(cards[len(cards) - len(rest) - 1], Illustrated):
            blocks = panel(rest.pop(0)).blocks
            below = next(
                (n for n, block in enumerate(shown.blocks) if block.component["type"] == ACTION_ROW), len(shown.blocks)
            )
            shown = Panel((*shown.blocks[:below], *blocks, *shown.blocks[below:]), shown.accent)
        yield shown


def panel(card: Card, said: str = "") -> Panel:
    """One card in its frame."""
    accent, blocks = _show(card)
    if said and isinstance(card, LeaderboardCard | ProgressCard | StreakCard):
        share = button("Share", Verb.SHARE, said)
        blocks = [*blocks[:-1], *_beside(blocks[-1], share)] if share else blocks
    return Panel(tuple(blocks), accent)


def _beside(last: Block, more: Component) -> list[Block]:
    """A panel's last block with one more button, in the same row where there is room."""
    held = last.component.get("components", [])
    if 0 < len(held) < IN_ROW and all(one["type"] == BUTTON for one in held):
        return [row(*held, more)]
    return [last, row(more)]


@singledispatch
def _show(card: Card) -> Shown:
    raise TypeError(f"no Discord rendering for {type(card).__name__}")


def _join(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _heading(words: str) -> str:
    return "### " + _line(words)


def _line(words: str) -> str:
    """A learner's words or ours on one line."""
    return escape(" ".join(words.split()))


def _fine(words: str) -> str:
    """Small grey lines; every one of them is marked, as the mark ends with its line."""
    return "\n".join(f"-# {escape(line)}" for line in words.split("\n") if line.strip())


def _prose(markdown: Markdown) -> str:
    return to_discord(markdown)


def value(name: str, words: str) -> list[Block]:
    """A value in a code block, or in a file when it is long."""
    if not words.strip():
        return []
    if measure(words) <= LONG_VALUE and words.count("\n") < MANY_LINES:
        return text(f"**{name}**\n{fenced(words.strip(chr(10)))}")
    file = f"{name.lower().replace(' ', '-')}.txt"
    return [*text(f"**{name}** is long, so all of it is in {inline_code(file)}:"), attached(file, clean(words))]


def code(source: str, name: str) -> list[Block]:
    """Python to read."""
    shown = fenced(source.rstrip("\n"), "py")
    return [attached(name, source)] if measure(shown) > 3 * LONG_VALUE else text(shown)


@_show.register
def _(card: QuestionCard) -> Shown:
    return BRAND, question_blocks(card)


@_show.register
def _(card: FormCard) -> Shown:
    return BRAND, form_blocks(card)


@_show.register
def _(card: FeedbackCard) -> Shown:
    accent, mark = (GOOD, "✅") if card.correct else (BAD, "❌")
    if card.formative:
        accent, mark = NOTE, "📝"
    part = f" ({card.score:.0%} of it)" if 0 < card.score < 1 and not card.formative else ""
    gains = f" · {_line(card.gains)}" if card.gains else ""
    label = "A model answer" if card.formative else "Right answer"
    head = _join(
        f"### {mark} {_line(card.headline)}{part}{gains}",
        f"**You said:** {escape(card.chosen)}" if card.chosen else "",
    )
    right = card.right if card.right and (card.formative or not card.correct) else Markdown("")
    gap = " " if "\n" not in right.strip() and not right.startswith("    ") else "\n"
    body = (f"**{label}:**{gap}{_prose(right)}" if right else "", _prose(card.feedback), _prose(card.explanation))
    return accent, [*text(head, "answer"), *text("\n\n".join(filter(None, body)), "why"), *actions(card.actions)]


@_show.register
def _(card: ChallengeCard) -> Shown:
    facts = f"{card.level} · about {card.minutes} min · {card.topic} · {card.status}"
    head = _join(_heading(card.title), _fine(facts), _prose(card.statement))
    editor = button("Edit and submit" if card.draft else "Write your code", Verb.CODE, card.slug, primary=True)
    told = "" if editor else f"Send your code with {inline_code(f'/submit {card.slug}')}."
    return BRAND, [
        *text(head, "statement"),
        *text("**Your last code**" if card.draft else "**Start from**"),
        *code(card.draft or card.starter, f"{_file_name(card.slug)}.py"),
        *text(_join(_fine(f"You may use {card.libraries}.") if card.libraries else "", told)),
        *rows([editor] if editor else []),
        *actions(card.actions),
    ]


def _file_name(slug: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in slug)[:60] or "code"


@_show.register
def _(card: VerdictCard) -> Shown:
    passed = card.verdict == "accepted"
    gains = f" · {_line(card.gains)}" if card.gains else ""
    head = _join(
        f"### {'✅' if passed else '❌'} {_line(card.headline)}{gains}", f"**{_line(card.title)}**", escape(card.detail)
    )
    cases = [block for case in card.cases for block in _case(case)]
    foot = _join(escape(card.hidden), _fine(card.footer))
    return GOOD if passed else BAD, [*text(head, "verdict"), *cases, *text(foot, "cases"), *actions(card.actions)]


def _case(case: CaseLine) -> list[Block]:
    """One case; a passed one is a line with its values, as short as they are."""
    head = _join(f"{'✅' if case.passed else '❌'} **{_line(case.name)}**: {_line(case.outcome)}", escape(case.message))
    expected = "" if case.passed and case.got == case.expected else case.expected
    values = (("Input", case.given), ("Expected", expected), ("You returned", case.got), ("Printed", case.printed))
    some = [(name, words.strip("\n")) for name, words in values if words.strip()]
    if sum(measure(words) for _, words in some) <= LONG_VALUE and all("\n" not in words for _, words in some):
        return text(_join(head, *(f"{name}: {inline_code(words)}" for name, words in some)), "case")
    return [*text(head, "case"), *(block for name, words in some for block in value(name, words))]


@_show.register
def _(card: RunCard) -> Shown:
    printed = value("Printed", card.printed) or text("It printed nothing.")
    foot = _join(escape(card.detail), _fine(card.footer))
    head = text(f"### {'✅' if card.ok else '❌'} {_line(card.headline)}")
    return GOOD if card.ok else BAD, [*head, *printed, *text(foot, "run"), *actions(card.actions)]


@_show.register
def _(card: ExplanationCard) -> Shown:
    source = "Written by AI, may be wrong." if card.by_ai else f"Found by: {card.source}." if card.source else ""
    line = f"Line {card.line} of your code:\n{fenced(card.code_line, 'py')}" if card.line and card.code_line else ""
    body = _join(_heading(card.title), line, escape(card.text), _fine(source))
    return NOTE, [*text(body, "explanation"), *actions(card.actions)]


@_show.register
def _(card: LeaderboardCard) -> Shown:
    lines = [_rank(line) for line in card.lines] or ["Nobody yet."]
    body = _join(_heading(card.title), _fine(card.period), *lines, _fine(card.note))
    return BRAND, [*text(body, "board"), *actions(card.actions)]


def _rank(line: BoardLine) -> str:
    name = f"**{_line(line.name)}**" if line.me else _line(line.name)
    marks = (" (you)" if line.me else "") + (" (sample)" if line.sample else "")
    return f"{MEDALS.get(line.rank, '▫️')} {line.rank} · {name}{marks} · {line.xp} XP"


@_show.register
def _(card: StreakCard) -> Shown:
    freezes = f"{card.freezes} {'❄️' * min(card.freezes, 5)}" if card.freezes else "none"
    best = f"Best: {card.best} {'day' if card.best == 1 else 'days'}. Freezes: {freezes}."
    return BRAND, text(f"### {'🔥' if card.current else '🌱'} {_line(card.headline)}\n-# {best}")


@_show.register
def _(card: ProgressCard) -> Shown:
    rest = ", ".join(f"{bar.label} ({bar.total})" for bar in card.bars if not bar.done)
    bars = [_bar(bar) for bar in card.bars if bar.done]
    body = _join(_heading(card.title), escape(card.summary), *bars, _fine(f"Not begun yet: {rest}." if rest else ""))
    return BRAND, [*text(body, "progress"), *actions(card.actions)]


def _bar(bar: Bar) -> str:
    full = min(5, round(5 * bar.done / max(bar.total, 1)))
    return f"{'🟩' * full}{'⬛' * (5 - full)} {_line(bar.label)} · {bar.done}/{bar.total}"


@_show.register
def _(card: TrackCard) -> Shown:
    paths = [f"- **{_line(name)}**: {escape(about)}" for name, about in card.paths]
    mine = f"You follow: {_line(card.path)}." if card.path else "You follow the track’s own order."
    projects = [f"- **{_line(level.capitalize())}**: {_line(', '.join(names))}." for level, names in card.projects]
    return BRAND, [
        *text(_join(_heading(card.title), _prose(card.summary)), "track"),
        *text(
            _join("**Sections**, with the questions seen (▶️ you are here)", *map(_section, card.sections)), "sections"
        ),
        *text(_join("**Learning paths**", *paths, mine), "paths"),
        *text(_join("**Projects by level**", *projects), "projects"),
        *actions(card.actions),
    ]


def _section(section: TrackSection) -> str:
    some = f", {section.challenges} {'challenge' if section.challenges == 1 else 'challenges'}"
    mark = "▶️" if section.here else "✅" if section.answered >= section.questions > 0 else "▫️"
    seen = f"{mark} {_line(section.title)} · {section.answered}/{section.questions}"
    return seen + (some if section.challenges else "")


@_show.register
def _(card: HelpCard) -> Shown:
    lines = [f"{inline_code(name)}  {_line(words)}" for name, words in card.rows]
    about = "\n".join(inline(line) for line in card.text.split("\n"))
    return BRAND, text(_join(_heading(card.title), about, *lines), "help")


@_show.register
def _(card: NoticeCard) -> Shown:
    mark = {Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ "}.get(card.tone, "")
    body = _join(f"### {mark}{_line(card.title)}", escape(card.text))
    return TONES[card.tone], [*text(body, "notice"), *actions(card.actions)]


@_show.register
def _(card: PictureCard) -> Shown:
    alt = clean(card.alt)
    said = [alt] if measure(alt) <= MOST_ALT else [alt[: MOST_ALT // 4] + " … (the whole description follows)"]
    more = text(escape(alt), "picture") if measure(alt) > MOST_ALT else []
    return QUIET, [picture(_picture_name(card.name), card.png, said if alt else []), *more]


@_show.register
def _(card: FileCard) -> Shown:
    stem, _, suffix = card.name.rpartition(".")
    file = Attached(f"{_file_name(stem)}.{_file_name(suffix)}", card.content)
    return QUIET, [*text(escape(clean(card.note)), "file"), Block({"type": FILE}, file)]


def _picture_name(name: str) -> str:
    return _file_name(name.removesuffix(".png")) + ".png"
