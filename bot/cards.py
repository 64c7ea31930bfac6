"""The closed set of cards a reply is made of. They say what is shown, never how.

Platforms render them; commands build them. Text of type `Markdown` is ours and may be formatted; plain `str` may hold a
learner's words and must be escaped at the platform's edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

Markdown = NewType("Markdown", str)
"""Text written by us or by content authors: paragraphs, `code`, **bold**, lists and fenced code. Never a learner's."""


@dataclass(frozen=True, slots=True)
class Action:
    """A button. Pressing it is the same as typing `command`."""

    label: str
    command: str
    primary: bool = False


class Input(StrEnum):
    """How a question wants to be answered; the answer itself is always one text."""

    CHOICE = "choice"  # one letter
    CHOICES = "choices"  # some letters
    NUMBER = "number"
    TEXT = "text"  # one line
    LINES = "lines"  # one line per blank
    ORDER = "order"  # the letters in order
    MATCH = "match"  # "1C 2A 3B"
    BUG = "bug"  # a line number, then a letter
    ESSAY = "essay"


@dataclass(frozen=True, slots=True)
class Choice:
    """One lettered option, step, or right-hand side of a match."""

    letter: str
    text: Markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCard:
    """One question, ready to be answered by `answer <public_id> <text>`.

    A question to a whole group has no id of its own; its `actions` stand in place of what answers one learner's.
    """

    public_id: str
    label: str  # "Question 2 of 5", "Practice"
    topic: str
    prompt: Markdown
    input: Input
    expects: str
    code: str = ""
    choices: tuple[Choice, ...] = ()
    lefts: tuple[Markdown, ...] = ()  # numbered left-hand sides of a match
    blanks: int = 0
    unit: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackCard:
    """What came of an answer, with the explanation of the learner's own choice first."""

    headline: str
    correct: bool
    score: float
    chosen: str
    right: Markdown
    feedback: Markdown
    explanation: Markdown
    formative: bool = False
    gains: str = ""  # "+6 XP", "Streak 3"
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeCard:
    """A coding challenge with its editor: submitting is `submit <slug>` with the code as body."""

    slug: str
    title: str
    level: str
    minutes: int
    topic: str
    statement: Markdown
    starter: str
    draft: str = ""  # the learner's own last code, shown instead of the starter
    status: str = ""  # "not tried yet", "passed", "3 tries"
    libraries: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One visible case of a verdict."""

    name: str
    passed: bool
    outcome: str
    given: str
    expected: str
    got: str
    message: str
    printed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCard:
    """What came of a submission. Hidden cases are counts."""

    slug: str
    title: str
    verdict: str
    headline: str
    cases: tuple[CaseLine, ...]
    hidden: str
    detail: str
    footer: str  # isolation level, times and versions
    gains: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCard:
    """What a program did that nobody judges. `printed` is all it wrote, `detail` says which limit ended it, if one did."""

    headline: str
    ok: bool
    printed: str
    detail: str
    footer: str  # isolation level, time and memory
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationCard:
    """Why something was wrong and one next step. `text` may quote the learner, so it is plain."""

    title: str
    text: str
    source: str  # where it comes from: "known mistake", "exception", "AI"
    specific: bool
    code_line: str = ""  # the learner's own line
    line: int | None = None
    by_ai: bool = False
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """One rank."""

    rank: int
    name: str
    xp: int
    me: bool
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardCard:
    """A study group's board."""

    title: str
    period: str
    lines: tuple[BoardLine, ...]
    note: str = ""
    actions: tuple[Action, ...] = ()


class DayMark(StrEnum):
    """What a day on the streak calendar was."""

    DONE = "done"
    FROZEN = "frozen"
    REPAIRED = "repaired"
    PAUSED = "paused"
    PRACTICE = "practice"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreakCard:
    """The streak, its freezes and its calendar."""

    current: int
    best: int
    freezes: int
    today_done: bool
    headline: str
    days: tuple[tuple[date, DayMark], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row of a progress chart."""

    label: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressCard:
    """How far a learner is, by section."""

    title: str
    summary: str
    bars: tuple[Bar, ...]
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSection:
    """One section of a track as a learner meets it."""

    title: str
    questions: int
    answered: int
    challenges: int
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackCard:
    """A whole track: sections, the paths through it, its projects, and where the learner is."""

    title: str
    summary: Markdown
    sections: tuple[TrackSection, ...]
    paths: tuple[tuple[str, str], ...]
    projects: tuple[tuple[str, tuple[str, ...]], ...]
    path: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of a form; filling it in is `<command> <value>`."""

    label: str
    command: str
    value: str
    help: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCard:
    """Settings to look at and change."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCard:
    """Commands with one line each, or one command in full."""

    title: str
    rows: tuple[tuple[str, str], ...]
    text: Markdown = Markdown("")


class Tone(StrEnum):
    """How a notice is meant."""

    INFO = "info"
    GOOD = "good"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeCard:
    """A short message. `text` may quote the learner, so it is plain."""

    title: str
    text: str
    tone: Tone = Tone.INFO
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCard:
    """A PNG with the words for those who cannot see it."""

    name: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCard:
    """A file to keep, with a name of ours, and words of ours on what it is and what to do with it."""

    name: str
    content: bytes
    note: str


Card = (
    QuestionCard | FeedbackCard | ChallengeCard | VerdictCard | RunCard | ExplanationCard | LeaderboardCard | StreakCard
    | ProgressCard | TrackCard | FormCard | HelpCard | NoticeCard | PictureCard | FileCard
)  # fmt: skip
