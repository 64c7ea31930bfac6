"""What members of a group do together: boards, goals, leagues, pairs and duels. Reached as `Store.games`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlite_utils import Database

from bot.goals import Together
from bot.store import games_boards, games_codes, games_duels, games_goals, games_leagues, games_pairs, games_ranks
from bot.store.games_boards import Board, BoardView, Diligent
from bot.store.games_duels import Duels
from bot.store.games_goals import GoalRule
from bot.store.games_leagues import League
from bot.store.games_pairs import Pairs
from bot.store.readers import Readers
from bot.store.rows import Difference, Group
from bot.store.writer import Writer


class Games:
    """What a group plays."""

    def __init__(self, writer: Writer, readers: Readers, now: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = writer.run, readers.run, now
        self.pairs = Pairs(writer, readers, now)
        self.duels = Duels(writer, readers, now)

    async def rank(self, group_id: int, user_id: int) -> int | None:
        """Find a member's all-time rank; None for who is not on the board. A group that became large is counted first."""
        await self._count_large(group_id)
        return await self._read(lambda db: games_ranks.rank(db, group_id, user_id))

    async def count_ranks(self, group_id: int) -> None:
        """Make a group's counts per number of XP afresh, whatever its size, and keep them from now on."""
        await self._write(lambda db: games_ranks.count(db, group_id))

    async def _count_large(self, group_id: int) -> None:
        if await self._read(lambda db: games_ranks.wants_counts(db, group_id)):
            await self.count_ranks(group_id)

    async def board(self, group: Group, view: BoardView, me: int, *, full: bool = False) -> Board:
        """Read a board as one member sees it: gently, unless they ask for the full one."""
        if view is BoardView.ALL:
            await self._count_large(group.id)
        if view is BoardView.LEAGUE:
            await self._settle_leagues(group)
        return await self._read(lambda db: games_boards.board(db, group, view, me, self._now(), full=full))

    async def diligent(self, group: Group, me: int) -> list[Diligent]:
        """List who worked on most days of the running week, and the reader wherever they stand."""
        return await self._read(lambda db: games_boards.diligent(db, group, me, self._now()))

    async def together(self, group: Group) -> Together:
        """Read how a group stands in the running week."""

        def read(db: Database) -> Together:
            monday, today = games_boards.week_of(group, self._now())
            return games_goals.together(db, group, monday, today)

        return await self._read(read)

    async def goal_rule(self, group_id: int) -> GoalRule:
        """Read what an admin set for a group."""
        return await self._read(lambda db: games_goals.read_rule(db, group_id))

    async def set_goal_rule(self, group_id: int, rule: GoalRule) -> None:
        """Keep what an admin set for a group."""
        await self._write(lambda db: games_goals.write_rule(db, group_id, rule))

    async def league(self, group: Group, user_id: int) -> League | None:
        """Find a member's league of the running week, once its leagues are made; None without one."""
        await self._settle_leagues(group)
        return await self._read(lambda db: games_leagues.league_of(db, group, user_id, self._now()))

    async def has_leagues(self, group: Group) -> bool:
        """Tell whether a group's running week has leagues, once they are made."""
        await self._settle_leagues(group)
        return await self._read(lambda db: games_leagues.has_leagues(db, group, self._now()))

    async def _settle_leagues(self, group: Group) -> None:
        if not await self._read(lambda db: games_leagues.is_settled(db, group, self._now())):
            await self._write(lambda db: games_leagues.settle(db, group, self._now()))


def differences(db: Database) -> Iterator[Difference]:
    """List what is kept twice and does not agree."""
    yield from games_ranks.differences(db)


def hand_over(db: Database, old: tuple[int, int], new: int, now: datetime) -> None:
    """Give what two learners played to the one they became."""
    games_leagues.hand_over(db, old, new)
    games_codes.hand_over(db, old, new)
    games_pairs.hand_over(db, old, new, now)
    games_duels.hand_over(db, old, new, now)
