"""What the store takes and gives: frozen values that cross its border. No SQL, no rows, no engine types."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from bot.days import DayRule, RuleChange
from bot.streaks import Streak

Purpose = Literal["daily", "quiz", "placement"]
Kind = Literal["quiz", "challenge"]


@dataclass(frozen=True, slots=True)
class User:
    """A learner. `rule` is how their days are counted now; `pending` a change of it that has not begun.

    `news` is what to tell them on the account they were found by.
    """

    id: int
    name: str
    rule: DayRule
    pending: RuleChange | None = None
    track: str = ""
    path: str = ""
    board_name: str = ""
    board_opt_out: bool = False
    ask_confidence: bool = False
    sample: bool = False
    news: str = ""

    @property
    def tz(self) -> str:
        """The time zone in force."""
        return self.rule.tz

    @property
    def day_start(self) -> int:
        """The hour the learner's day turns."""
        return self.rule.day_start


@dataclass(frozen=True, slots=True)
class Group:
    """A study group: a server, a workspace, or the local demo."""

    id: int
    platform: str
    external_id: str
    name: str
    tz: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A channel, or with an empty one the whole server or workspace."""

    platform: str
    external_id: str
    channel: str = ""

    @property
    def server(self) -> Spot:
        """The server or workspace the channel is in."""
        return Spot(self.platform, self.external_id)


@dataclass(frozen=True, slots=True)
class Posting:
    """How posts nobody asked for are set up: the channel and hour that are needed for any, the rest "" by default.

    `paused_until` is the first day, there, on which they come again; None while they are not paused.
    """

    channel: str = ""
    hour: int | None = None
    tz: str = ""
    track: str = ""
    ping: str = ""
    paused_until: date | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question as posed to one learner. `correct` is None until it is answered."""

    id: int
    public_id: str
    user_id: int
    item_id: str
    seed: str
    purpose: Purpose
    local_day: date
    slot: int
    posed_at: datetime
    correct: bool | None = None

    @property
    def answered(self) -> bool:
        """Whether its one answer was given."""
        return self.correct is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    """One graded answer to a posed question, to be recorded. `at` is when the platform received it.

    The verdict `formative` is for free text that nobody marks: it is never a mistake. `guess` is the chance of a blind guess,
    `confidence` how sure the learner said they were, in per cent. The author's `difficulty` rates an item until answers do.
    Without a concept the question belongs to no course, and nothing is learnt of memory or ability.
    """

    idem: str
    user_id: int
    question_id: int
    answer_text: str
    correct: bool
    score: float
    verdict: str
    local_day: date
    tz: str
    at: datetime
    difficulty: int = 0
    concept: str = ""
    section: str = ""
    guess: float = 0.0
    hints: int = 0
    confidence: int | None = None
    misconceptions: tuple[str, ...] = ()
    elapsed_ms: int | None = None
    group_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRecord:
    """One graded submission to a challenge, to be recorded. `internal` is our fault and is not charged."""

    idem: str
    user_id: int
    slug: str
    level: str
    source: str
    verdict: str
    local_day: date
    tz: str
    at: datetime
    report_json: str = "{}"
    score: float = 0.0
    misconceptions: tuple[str, ...] = ()
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something a learner did that counts: an answer, or a submission that was judged."""

    id: int
    user_id: int
    kind: Kind
    item_id: str
    answer_text: str
    correct: bool
    score: float
    verdict: str
    misconceptions: tuple[str, ...]
    local_day: date
    tz: str
    at: datetime
    elapsed_ms: int | None = None
    question_id: int | None = None
    submission_id: int | None = None
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class MissedItem:
    """An item a learner got wrong: how it was posed then, and what they said."""

    item_id: str
    seed: str
    answer_text: str


@dataclass(frozen=True, slots=True)
class Submission:
    """Code a learner sent in, and what became of it."""

    id: int
    user_id: int
    slug: str
    source: str
    source_hash: str
    verdict: str
    report_json: str
    local_day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording something changed. A repeat has `first` False, changes nothing and tells of the original.

    `attempt` is None for a submission with the verdict `internal`. `xp_gained` is what the original was paid.
    """

    first: bool
    attempt: Attempt | None
    xp_gained: int
    xp_total: int
    streak_before: Streak
    streak_after: Streak
    froze: tuple[date, ...] = ()
    earned_freezes: int = 0
    submission_id: int | None = None

    @property
    def day_counted(self) -> bool:
        """Whether this very act made the day count for the streak."""
        return self.first and self.streak_after.today_done and not self.streak_before.today_done


@dataclass(frozen=True, slots=True)
class Answered:
    """One past answer, as much of it as choosing the next questions needs."""

    item_id: str
    local_day: date
    correct: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One line of a leaderboard."""

    rank: int
    user_id: int
    name: str
    xp: int
    is_me: bool = False
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """The latest explanation a learner was given of one of their attempts. `line` is in their own code."""

    attempt_id: int
    source: str
    body: str
    at: datetime
    line: int | None = None
    specific: bool = False


@dataclass(frozen=True, slots=True)
class Mistake:
    """A learner's latest mistake, with what it belongs to."""

    attempt: Attempt
    question: Question | None = None
    submission: Submission | None = None
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """How one item or challenge has gone so far."""

    count: int
    correct: int
    last_day: date
    last_correct: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """What the progress card counts, by item id and by challenge slug."""

    items: dict[str, Tries] = field(default_factory=dict)
    challenges: dict[str, Tries] = field(default_factory=dict)
    xp: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class SampleMember:
    """An invented member for the demo group: XP from before this week, and some spread over this week."""

    name: str
    earlier_xp: int
    week_xp: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A projection that does not agree with the log it comes from."""

    table: str
    key: str
    stored: str
    computed: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something the operator should know about, with its fix."""

    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Health:
    """What is known about the database and the engine under it."""

    path: str
    sqlite_version: str
    sqlite_module: str
    wal_reset_bug: bool
    filesystem: str
    size_bytes: int
    free_bytes: int
    migrations: tuple[str, ...]
    pragmas: dict[str, str]
    faults: tuple[Fault, ...] = ()
