"""A month in the life of one group: what it came to is what a slow reckoning from the record of all acts says.

Eight learners, four hosts, one file, one clock. Everything that decides is real; Discord and Slack are stand-ins behind real
sockets, the page comes without a browser, and code runs once in a real box for each different submission.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from runner import Profile
from tests.bot.month.model import Model
from tests.bot.month.naive import group_streak, pair_streak, posts_due
from tests.bot.month.plot import DOWN, FIRST, OUTAGE, PARIS, Plot, gather, when, write
from tests.bot.month.reckoning import (
    digest,
    items,
    learned,
    posted,
    reckoned,
    reminded,
    reminders_due,
    stands,
)
from tests.bot.month.world import opened
from tests.fakes import slack_schema

FORTNIGHT, END = when(10, 22, 16), when(11, 9, 1, 30)
KEYS = ["ada", "ben", "chen", "dana", "eli", "finn", "gita", "hugo"]
HIDDEN = {"gita"}
Lived = Callable[..., AbstractAsyncContextManager[Plot]]


@pytest.fixture
def month(tmp_path: Path, shipped_track: Any, shipped_bank: Any, warm: Any, monkeypatch: pytest.MonkeyPatch) -> Lived:
    """Live through a month, or the beginning of one; nobody may have had reason to complain to the log."""
    for name in [name for name in os.environ if name.startswith("SLACK_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    plain = {slug: challenge for slug, challenge in shipped_bank.items() if challenge.profile is Profile.STDLIB}

    @asynccontextmanager
    async def lived(until: datetime, *, schema: bool = False) -> AsyncIterator[Plot]:
        if not schema:  # half of the time; tests of the platforms hold what they send against it
            monkeypatch.setattr(slack_schema, "available", lambda: False)
        home = tmp_path / str(len(list(tmp_path.iterdir())))
        home.mkdir()
        with capture_logs() as logs:
            async with opened(home, shipped_track, plain, warm.run, schema=schema) as world:
                plot = write(gather(world))
                try:
                    await plot.play(until)
                finally:
                    print("\n".join(plot.cast.diary))  # noqa: T201 - to be read, with -s
                yield plot
        assert [entry for entry in logs if entry["log_level"] in ("warning", "error", "critical")] == []

    return lived


async def check_posts(plot: Plot, until: datetime) -> None:
    """Every post once per local date, but where nobody was there to send it; reminders to whom they matter."""
    cast, due = plot.cast, sorted(posts_due(FIRST, until, PARIS, 9, DOWN))
    found = posted(cast.world)
    assert {platform: sorted(some) for platform, some in found.items()} == {"discord": due, "slack": due}
    assert not any(day == OUTAGE for _, day in due)
    written = [(key, cast.members[key].life.day(at)) for key, at in reminded(cast.world)]
    assert written == reminders_due(cast, until)


async def check_learners(plot: Plot, model: Model) -> None:
    """Streaks, days, XP, memories and ratings; and each reply said what it earned."""
    cast = plot.cast
    surprises = [(act, gain) for act, gain in model.gains if act.gain != gain]
    assert surprises == []
    assert await stands(cast, KEYS) == {key: model.stand(key, cast.day(key)) for key in KEYS}
    assert await learned(cast, KEYS) == reckoned(model, KEYS)
    rated = {name: (round(rating, 9), games) for name, (rating, games) in model.scores.items.items()}
    assert await items(cast.world) == rated
    assert await cast.world.store.rebuild_check() == []


async def check_group(plot: Plot, model: Model) -> None:
    """The boards, the pair, and what the group reached together."""
    cast, store = plot.cast, plot.world.store
    group = await store.ensure_group("discord", str(plot.world.discord.guild.id), plot.world.discord.guild.name)
    names = {await cast.members[key].person.user_id(): key for key in KEYS}
    today = plot.world.clock().astimezone(ZoneInfo(PARIS)).date()
    monday = today - timedelta(days=today.weekday())
    week = datetime.combine(monday, time(), tzinfo=ZoneInfo(PARIS)).astimezone(UTC)
    for since in (datetime.min.replace(tzinfo=UTC), week):
        ms = None if since is not week else int(week.timestamp() * 1000)
        board = {names[row.user_id]: row.xp for row in await store.leaderboard(group.id, ms, top=20)}
        totals = {key: model.scores.total(key, since) for key in KEYS if key not in HIDDEN}
        assert board == {key: xp for key, xp in totals.items() if xp > 0}
    done = defaultdict(set, {key: set(streak.done) for key, streak in model.streaks.items()})
    acts = [act for some in model.acts.values() for act in some]
    together = await store.games.together(group)
    shown = sum(model.scores.total(key, week) for key in KEYS if key not in HIDDEN)
    assert (together.xp, together.goal) == (shown, 900)
    assert together.streak == group_streak(acts, done, today, {OUTAGE})
    (pair,) = await store.games.pairs.all_of(await cast.members["ada"].person.user_id())
    least = min(cast.day("ada"), cast.day("ben"))
    assert pair.streak == pair_streak(model.streaks["ada"], model.streaks["ben"], date(2026, 10, 11), least)


async def check_duel(plot: Plot) -> None:
    """Who had more right won, and half of Elo's sixty moved between the two, who began as equals."""
    duels = plot.world.store.games.duels
    for key, other in (("ada", "eli"), ("eli", "ada")):
        (ended,) = await duels.past(await plot.cast.members[key].person.user_id())
        ahead = ended.mine.correct - ended.theirs.correct or ended.theirs.took_ms - ended.mine.took_ms
        assert (ended.rival_name.lower(), ended.delta) == (other, 30 if ahead > 0 else -30 if ahead < 0 else 0)


def check_traces(plot: Plot) -> None:
    """Nothing in the files named who had left, right afterwards."""
    assert plot.forgotten
    assert not any(trace in data for data in plot.forgotten for trace in (b"Finnegan", b"T1:U4"))


def check_pictures(plot: Plot) -> None:
    """Each host drew progress, board and streak, each time they were looked at."""
    for key in ("ada", "dana", "gita", "hugo"):
        drawn = plot.cast.members[key].person.pictures
        assert {line: drawn.count(line) >= 3 for line in ("progress", "leaderboard", "streak")} == dict.fromkeys(
            ("progress", "leaderboard", "streak"), True
        ), (key, drawn)


async def test_the_first_days_of_a_month(month: Lived) -> None:
    """A morning without the bot, a flight, two accounts that become one, a repair, a power cut and its amnesty."""
    async with month(FORTNIGHT) as plot:
        model = Model().tell(plot.cast.record)
        await check_posts(plot, FORTNIGHT)
        await check_learners(plot, model)
        await check_group(plot, model)


async def test_the_same_days_twice_come_to_the_same(month: Lived) -> None:
    """Nothing depends on the real clock, on chance, or on what is faster."""
    ends = []
    for _ in range(2):
        async with month(when(10, 12, 12)) as plot:
            ends.append(await digest(plot.cast, KEYS))
    assert ends[0] == ends[1]


@pytest.mark.slow
async def test_a_month(month: Lived) -> None:
    """All of it, with every payload held against the platforms' own schemas; `make month` prints its diary."""
    async with month(END, schema=True) as plot:
        model = Model().tell(plot.cast.record)
        await check_posts(plot, END)
        await check_learners(plot, model)
        await check_group(plot, model)
        await check_duel(plot)
        check_traces(plot)
        check_pictures(plot)
        assert plot.world.starts == 1 + len(DOWN)
