"""What learners remember and how able they are: memory per concept, ratings of learners and items. Reached as `Store.learning`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from statistics import fmean

from sqlite_utils import Database

from bot.store import learning_fits as fits
from bot.store import learning_placement as placements
from bot.store import learning_state as state
from bot.store import people
from bot.store.codec import from_ms, to_day
from bot.store.connect import rows
from bot.store.learning_placement import Finding
from bot.store.learning_replay import Review
from bot.store.learning_rows import Bin, Calibration, Learned, Placement, PlacementRun
from bot.store.readers import Readers
from bot.store.rows import Answered, Question
from bot.store.writer import Writer
from quizzes.memory import Parameters
from quizzes.skill import Skill

BIN_WIDTH = 20
"""Per cent of confidence that make one bin: the three buttons fall into bins of their own."""

_ANSWERED = (
    "SELECT a.item_id, a.local_day, a.correct, a.at, q.purpose FROM attempt a JOIN question q ON q.id = a.question_id"
    " WHERE a.user_id = :user_id AND a.kind = 'quiz' ORDER BY a.id"
)
_SURE = (
    "SELECT r.confidence, a.correct FROM attempt_review r JOIN attempt a ON a.id = r.attempt_id"
    " WHERE a.user_id = :user_id AND r.confidence IS NOT NULL AND a.verdict != 'formative' ORDER BY a.id"
)


class Learning:
    """What the schedule of reviews and the choice of variants need to know."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    async def learned(self, user_id: int) -> Learned:
        """Read all that is kept of a learner's memory and ability, as of one moment."""
        return await self._read(lambda db: _learned(db, user_id))

    async def calibration(self, user_id: int) -> Calibration:
        """Hold what a learner said of how sure they were against what came of it."""
        return await self._read(lambda db: _calibration(db, user_id))

    # Placement

    async def placement(self, user_id: int) -> Placement | None:
        """Read the latest placement test a learner has ended."""
        return await self._read(lambda db: placements.latest(db, user_id))

    async def placement_run(self, user_id: int) -> PlacementRun | None:
        """Find the placement test a learner has begun and not ended."""
        return await self._read(lambda db: placements.under_way(db, user_id))

    async def begin_placement(self, user_id: int) -> PlacementRun:
        """Find the placement test under way, or begin one."""
        return await self._write(lambda db: placements.begin(db, people.current(db, user_id), self._now()))

    async def ask_placement(self, user_id: int, item_id: str, seed: str, local_day: date) -> Question:
        """Put the next question of the placement test under way; asking twice is asking once."""

        def ask(db: Database) -> Question:
            return placements.ask(db, people.current(db, user_id), (item_id, seed), local_day, self._now())

        return await self._write(ask)

    async def end_placement(self, user_id: int, found: Finding, local_day: date) -> Placement | None:
        """End the test under way with what it found; None when none is. A daily set nobody began is chosen anew."""
        return await self._write(
            lambda db: placements.end(db, people.current(db, user_id), found, local_day, self._now())
        )

    # Parameters of memory

    async def groups_to_fit(self, fewest: int) -> list[int]:
        """Name the groups whose members gave at least so many answers that may move a memory."""
        return await self._read(lambda db: fits.groups(db, fewest))

    async def review_sequences(self, group_id: int) -> list[tuple[Review, ...]]:
        """Read the reviews of a group's members that counted: one sequence per member and concept, oldest first."""
        return await self._read(lambda db: fits.sequences(db, group_id))

    async def reviews_of_fit(self, group_id: int) -> int:
        """Count the reviews a group's own parameters rest on; 0 when it has none."""
        return await self._read(lambda db: fits.reviews_of_fit(db, group_id))

    async def keep_fit(self, group_id: int, parameters: Parameters, reviews: int) -> int:
        """Keep parameters fitted to a group and work its members' memories out with them; say how many follow them.

        Each member is a transaction of their own, so that nobody's answer waits for a whole group.
        """
        fitted_id = await self._write(lambda db: fits.keep(db, group_id, parameters, reviews, self._now()))
        users = await self._read(lambda db: fits.members(db, group_id))
        return sum([await self._follow(user_id, fitted_id) for user_id in users])

    async def _follow(self, user_id: int, fitted_id: int) -> bool:
        return await self._write(lambda db: fits.follow(db, people.current(db, user_id), fitted_id))


def _learned(db: Database, user_id: int) -> Learned:
    skills = state.skills(db, user_id)
    found = rows(db, _ANSWERED, user_id=user_id)
    past = [
        (
            row["purpose"],
            Answered(row["item_id"], to_day(row["local_day"]), bool(row["correct"]), from_ms(row["at"])),
        )
        for row in found
    ]
    return Learned(
        memories=state.memories(db, user_id),
        skill=skills.pop(state.OVERALL, Skill()),
        sections=skills,
        items=state.item_skills(db),
        placement=placements.latest(db, user_id),
        parameters=state.parameters(db, user_id),
        answered=tuple(answer for purpose, answer in past if purpose != "placement"),
        tested=tuple(answer for purpose, answer in past if purpose == "placement"),
    )


def _calibration(db: Database, user_id: int) -> Calibration:
    said = [(row["confidence"] / 100, row["correct"]) for row in rows(db, _SURE, user_id=user_id)]
    if not said:
        return Calibration()
    bins: dict[int, list[tuple[float, int]]] = {}
    for sure, right in said:
        bins.setdefault(min(int(sure * 100) // BIN_WIDTH, 100 // BIN_WIDTH - 1), []).append((sure, right))
    return Calibration(
        tuple(Bin(fmean(s for s, _ in part), fmean(r for _, r in part), len(part)) for _, part in sorted(bins.items())),
        fmean((sure - right) ** 2 for sure, right in said),
    )
