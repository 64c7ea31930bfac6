"""What answers say about items and about a group: reports, statistics, quarantine. Reached as `Store.insights`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from sqlite_utils import Database

from bot.store import insights_answers, insights_quarantine, insights_reports, people
from bot.store.insights_rows import FailedCode, FirstAnswer, GroupSize, Quarantined, Report, Reported, Suspicion
from bot.store.readers import Readers
from bot.store.rows import Question
from bot.store.writer import Writer

INSPECT_FROM = 3
"""How many learners have to report an item before an operator is asked to look at it."""
log = structlog.get_logger(__name__)


class Insights:
    """What the log tells admins and authors."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now

    # The log across learners

    async def first_answers(self, group_id: int | None = None) -> list[FirstAnswer]:
        """Read each learner's first answer to each item, of all learners or a group's members, oldest first."""
        return await self._read(lambda db: insights_answers.first_answers(db, group_id))

    async def failed_code(self, group_id: int, since: datetime) -> list[FailedCode]:
        """Read members' submissions since an instant that did not pass, the latest first."""
        return await self._read(lambda db: insights_answers.failed_code(db, group_id, since))

    async def group_size(self, group_id: int) -> GroupSize:
        """Count a group's members, sample members left out."""
        return await self._read(lambda db: insights_answers.group_size(db, group_id))

    # Quarantine

    async def quarantined(self) -> frozenset[str]:
        """Name the items that are not to be asked just now; an index scan, well under a millisecond."""
        return await self._read(insights_quarantine.quarantined)

    async def quarantine(self) -> list[Quarantined]:
        """Read the items that are not asked just now, with why and on what evidence, the oldest first."""
        return await self._read(insights_quarantine.listed)

    async def note_content(self, hashes: Mapping[str, str]) -> dict[str, datetime]:
        """Note the content (as a hash) each item has; one that changed is released. Says since when each item has its own."""
        return await self._write(lambda db: insights_quarantine.note_content(db, hashes, self._now()))

    async def since_when(self) -> dict[str, datetime]:
        """Say since when each item has the content it had when last noted."""
        return await self._read(insights_quarantine.since_when)

    async def put_in_quarantine(self, found: Sequence[Suspicion]) -> list[str]:
        """Put items whose content was noted into quarantine, and name those that were not there.

        What an operator released stays out until its content changes.
        """
        new = await self._write(lambda db: insights_quarantine.put_in(db, found, self._now()))
        for item_id in new:
            log.warning("question put into quarantine", item=item_id)
        return new

    async def release(self, item_id: str) -> bool:
        """Let an item be asked again, by an operator's word; False when it was not in quarantine."""
        return await self._write(lambda db: insights_quarantine.release(db, item_id, self._now()))

    # Reports

    async def report(self, user_id: int, platform: str, report: Report) -> Reported:
        """Keep what a learner says about an item, one open report each; the third learner's also goes to the log."""

        def add(db: Database) -> Reported:
            return insights_reports.add(db, people.current(db, user_id), platform, report, self._now())

        made = await self._write(add)
        if made.new and made.reporters == INSPECT_FROM:
            log.warning("question reported by several learners", item=report.item_id, reporters=made.reporters)
        return made

    async def last_answered(self, user_id: int) -> Question | None:
        """Find the question a learner answered last, on whatever day."""
        return await self._read(lambda db: insights_reports.last_answered(db, user_id))

    async def reporters(self) -> dict[str, int]:
        """Count by item the learners whose report is open."""
        return await self._read(insights_reports.reporters)

    async def open_reports(self, group_id: int | None = None) -> list[Report]:
        """Read open reports, of everyone or of a group's members, the latest first."""
        return await self._read(lambda db: insights_reports.open_ones(db, group_id))

    async def resolve(self, item_id: str, news: str) -> int:
        """Close an item's open reports and tell those who made them; say how many there were."""
        return await self._write(lambda db: insights_reports.resolve(db, item_id, news, self._now()))
