"""The store: the one door to the database. Everything above it sees these methods and the values in `rows`.

Writes go through the writer thread and return once they are on the disk; reads run beside it. Each method is one
transaction. `now` is the only clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Self, TypeVar

from sqlite_utils import Database

from bot.days import TooSoon, local_day
from bot.measuring import Meter
from bot.store import (
    attempts,
    connect,
    errors,
    health,
    hints,
    history,
    ledger,
    migrate,
    people,
    questions,
    rebuild,
    standings,
)
from bot.store.codec import plain_name
from bot.store.deliveries import Deliveries
from bot.store.engine import sqlite3
from bot.store.games import Games
from bot.store.insights import Insights
from bot.store.learning import Learning
from bot.store.linking import Links
from bot.store.places import Places
from bot.store.privacy import Privacy
from bot.store.readers import Readers
from bot.store.reminders import Reminders
from bot.store.rounds import Rounds
from bot.store.rows import (
    Answered,
    AnswerRecord,
    Attempt,
    BoardRow,
    Difference,
    Explanation,
    Group,
    Health,
    Mistake,
    Progress,
    Purpose,
    Question,
    Recorded,
    SampleMember,
    Submission,
    SubmissionRecord,
    User,
)
from bot.store.streaklog import StreakLog
from bot.store.tutor_votes import Voices
from bot.store.tutoring import Tutoring
from bot.store.upkeep import Upkeep
from bot.store.weeks import Weeks
from bot.store.writer import Writer
from bot.streaks import DayKind, Streak

Clock = Callable[[], datetime]
Record = TypeVar("Record", AnswerRecord, SubmissionRecord)


class Store:
    """A database of learners and what they did. Open it with `Store.open`, end it with `close`."""

    def __init__(self, writer: Writer, readers: Readers, path: Path, now: Clock) -> None:
        self._writer, self._readers, self._now = writer, readers, now
        self._write, self._read = writer.run, readers.run
        self.path = path
        self.links = Links(writer, readers, now)
        self.places = Places(writer, readers, now)
        self.rounds = Rounds(writer, readers, now)
        self.reminders = Reminders(writer, readers, now)
        self.weeks = Weeks(writer, readers, now)
        self.learning = Learning(writer, readers, now)
        self.deliveries = Deliveries(writer, readers, now)
        self.streaks = StreakLog(writer, readers, now)
        self.games = Games(writer, readers, now)
        self.insights = Insights(writer, readers, now)
        self.privacy = Privacy(writer, readers, now, path)
        self.upkeep = Upkeep(writer, readers, now, path)
        self.tutoring = Tutoring(writer, readers, now)
        self.voices = Voices(writer, readers, now)
        self.hints = hints.Hints(writer, readers, now)

    @classmethod
    async def open(cls, path: Path, *, now: Clock, meter: Meter | None = None) -> Self:
        """Open the database at a path, new or old, and bring its schema up to date.

        Raises:
            StoreError: when it cannot be written, is damaged, or comes from a later version; it says what to do.
        """
        writer = Writer(path, lambda db: _prepare(db, path, now()), meter)
        await writer.start()
        try:
            readers = Readers(path)
        except sqlite3.Error as error:
            await writer.close()
            raise errors.explain(error, path) or error from error
        return cls(writer, readers, path, now)

    async def close(self) -> None:
        """Finish what is under way and close the database; calls after this raise StoreClosedError."""
        await self._readers.close()
        await self._writer.close()

    # Learners and groups

    async def ensure_user(self, platform: str, external_id: str, name: str, tz: str = "UTC") -> User:
        """Find the learner behind a platform's account, or welcome a new one; keep the display name current."""
        known = await self._read(lambda db: people.known_as(db, platform, external_id, name, self._now()))
        if known is not None:
            return known
        return await self._write(lambda db: people.ensure_user(db, platform, external_id, name, tz, self._now()))

    async def user(self, user_id: int) -> User:
        """Read a learner as of now; LookupError when there is none."""
        return await self._read(lambda db: people.read_user(db, user_id, self._now()))

    async def update_settings(self, user_id: int, **fields: str | int | bool) -> User | TooSoon:
        """Change settings: tz, day_start, track, path, board_name, board_opt_out, ask_confidence. TooSoon means nothing was changed.

        A new zone or day start begins at the learner's next turn of the day (`User.pending`), a newcomer's at once.
        """
        return await self._write(
            lambda db: people.update_settings(db, people.current(db, user_id), fields, self._now())
        )

    async def ensure_group(self, platform: str, external_id: str, name: str, tz: str | None = None) -> Group:
        """Find a group by its platform's id, or add it; keep its name, and its zone if one is given, current."""
        known = await self._read(lambda db: people.find_group(db, platform, external_id))
        if known is not None and known.name == plain_name(name) and tz in (None, known.tz):
            return known
        return await self._write(lambda db: people.ensure_group(db, platform, external_id, name, tz, self._now()))

    async def group(self, group_id: int) -> Group:
        """Read a group; LookupError when there is none."""
        return await self._read(lambda db: people.read_group(db, group_id))

    async def join(self, group_id: int, user_id: int) -> None:
        """Make a learner a member of a group; again changes nothing."""
        if not await self._read(lambda db: people.is_member(db, group_id, user_id)):
            await self._write(lambda db: people.join(db, group_id, people.current(db, user_id), self._now()))

    async def focus(self, user_id: int) -> str:
        """Read which challenge a learner opened last; empty for none."""
        return await self._read(lambda db: people.focus(db, user_id))

    async def set_focus(self, user_id: int, slug: str) -> None:
        """Remember which challenge a learner opened last."""
        await self._write(lambda db: people.set_focus(db, people.current(db, user_id), slug))

    # Questions

    async def pose(
        self,
        user_id: int,
        items: Sequence[tuple[str, str]],
        purpose: Purpose,
        local_day: date,
        *,
        idem: str | None = None,
    ) -> list[Question]:
        """Put questions (item id, seed) to a learner. A day has one daily set; `idem` makes a quiz request repeatable."""

        def pose(db: Database) -> list[Question]:
            posing = questions.Posing(people.current(db, user_id), tuple(items), purpose, local_day, idem)
            return questions.pose(db, posing, self._now())

        return await self._write(pose)

    async def questions_today(self, user_id: int, local_day: date, purpose: Purpose | None = None) -> list[Question]:
        """Find what was posed to a learner on one of their days, in order."""
        return await self._read(lambda db: questions.today(db, user_id, local_day, purpose))

    async def question(self, public_id: str) -> Question | None:
        """Find a question by its short id. Its owner is for the caller to check."""
        return await self._read(lambda db: questions.find(db, public_id))

    async def open_question(self, user_id: int) -> Question | None:
        """Find the oldest question posed today, daily or extra, that waits for an answer."""
        return await self._read(lambda db: questions.next_open(db, user_id, self._today(db, user_id)))

    # What learners do

    async def record_answer(self, record: AnswerRecord) -> Recorded:
        """Record the one answer to a question with its XP and streak; a repeat changes nothing."""
        return await self._write(lambda db: attempts.record_answer(db, _owned(db, record)))

    async def record_submission(self, record: SubmissionRecord) -> Recorded:
        """Record judged code with its XP and streak; a repeat changes nothing, `internal` is not charged."""
        return await self._write(lambda db: attempts.record_submission(db, _owned(db, record)))

    # Looking back

    async def attempts(self, user_id: int, since_day: date | None = None) -> list[Attempt]:
        """Read a learner's attempts, oldest first."""
        return await self._read(lambda db: history.attempts(db, user_id, since_day))

    async def answer_to(self, question_id: int) -> Attempt | None:
        """Find the answer a question was given."""
        return await self._read(lambda db: history.answer_to(db, question_id))

    async def history(self, user_id: int) -> list[Answered]:
        """Read a learner's quiz answers as choosing needs them, oldest first."""
        return await self._read(lambda db: history.answered(db, user_id))

    async def submissions(self, user_id: int, slug: str) -> list[Submission]:
        """Read what a learner sent in for a challenge, oldest first."""
        return await self._read(lambda db: history.submissions(db, user_id, slug))

    async def submission_by_key(self, idem: str) -> Submission | None:
        """Find the submission an idempotency key belongs to."""
        return await self._read(lambda db: history.submission_by_key(db, idem))

    async def best_verdicts(self, user_id: int) -> dict[str, bool]:
        """Say of every challenge tried whether it was passed."""
        return await self._read(lambda db: history.passed(db, user_id))

    async def progress(self, user_id: int) -> Progress:
        """Count what a learner has done."""
        return await self._read(lambda db: history.progress(db, user_id))

    async def last_mistake(self, user_id: int) -> Mistake | None:
        """Find the latest wrong attempt with its question or code and any explanation."""
        return await self._read(lambda db: history.last_mistake(db, user_id))

    async def last_try(self, user_id: int, slug: str) -> Mistake | None:
        """Find the latest judged try at a challenge, passed or not, with its code and any explanation."""
        return await self._read(lambda db: history.last_try(db, user_id, slug))

    async def same_mistake(self, attempt: Attempt) -> list[Attempt]:
        """Read up to three earlier mistakes with a misconception of this one, about something else, the latest first."""
        return await self._read(lambda db: history.same_mistake(db, attempt))

    async def save_explanation(
        self, attempt_id: int, source: str, body: str, *, line: int | None = None, specific: bool = False
    ) -> None:
        """Keep the latest explanation of an attempt."""
        said = Explanation(attempt_id, source, body, self._now(), line, specific)
        await self._write(lambda db: history.save_explanation(db, said))

    async def explanation(self, attempt_id: int) -> Explanation | None:
        """Read the explanation kept for an attempt."""
        return await self._read(lambda db: history.explanation(db, attempt_id))

    # Streaks and boards

    async def streak(self, user_id: int, today: date) -> Streak:
        """Read a learner's streak as seen on a day."""
        return await self._read(lambda db: ledger.read_streak(db, user_id, today))

    async def streak_days(self, user_id: int) -> dict[date, DayKind]:
        """Say what each day up to today was, for the calendar."""
        return await self._read(lambda db: ledger.calendar(db, user_id, self._today(db, user_id)))

    async def leaderboard(
        self, group_id: int, since_ms: int | None = None, me: int | None = None, *, top: int = standings.TOP
    ) -> list[BoardRow]:
        """Read a group's board since an instant or for all time: its top, and two places around the reader."""
        return await self._read(lambda db: standings.leaderboard(db, group_id, since_ms, me, top))

    async def rank_of(self, group_id: int, user_id: int) -> int | None:
        """Find a member's all-time rank; None for who is not on the board."""
        return await self._read(lambda db: standings.rank_of(db, group_id, user_id))

    async def seed_demo_group(
        self,
        members: Sequence[SampleMember],
        *,
        name: str = "Demo group",
        platform: str = "local",
        external_id: str = "demo",
        tz: str | None = None,
    ) -> Group:
        """Make the demo group with its sample members, or top up a new week; once removed they stay away."""

        def seed(db: Database) -> Group:
            group = people.ensure_group(db, platform, external_id, name, tz, self._now())
            standings.seed_demo(db, group, members, self._now())
            return group

        return await self._write(seed)

    async def remove_demo(self, group_id: int) -> int:
        """Remove the sample members of a group, for good; real ones stay."""
        return await self._write(lambda db: standings.remove_demo(db, group_id))

    # Operations

    async def rebuild_check(self) -> list[Difference]:
        """Work every projection out from the logs and list what differs; none, if all is well."""
        return await self._read(rebuild.differences)

    async def doctor(self) -> Health:
        """Describe engine, file and settings, and each fault with its fix."""
        return await self._write(lambda db: health.examine(db, self.path))

    def _today(self, db: Database, user_id: int) -> date:
        user = people.read_user(db, user_id, self._now())
        return local_day(self._now(), user.tz, user.day_start)


def _owned(db: Database, record: Record) -> Record:
    """Give a record to who its learner is by now, when two accounts became one while it was being made."""
    return replace(record, user_id=people.current(db, record.user_id))


def _prepare(db: Database, path: Path, now: datetime) -> None:
    """Check an opened file, bring its schema up to date, and prove that it can be written."""
    finding = health.check_quickly(db)
    if finding != "ok":
        raise errors.damaged(path, finding)
    migrate.migrate(db, path, migrate.scripts())
    with connect.transaction(db):
        health.note_opening(db, sqlite3.sqlite_version, now)
