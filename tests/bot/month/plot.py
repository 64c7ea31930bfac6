"""The plot: thirty days of eight learners, from 10 October to 8 November 2026, with what went wrong and what they made of it.

Clocks change in Paris on 25 October and in New York a week later. The program is restarted each week: once in the
morning, once after a whole day of a power cut, once in the night in which the clocks change, once too late for that day's
question, and once at night.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.messages import LOCAL_PLATFORM
from tests.bot.month.cast import Cast
from tests.bot.month.people import AtThePage, AtTheTerminal, OnDiscord, OnSlack
from tests.bot.month.world import World
from tests.fakes.discord_state import MANAGE_GUILD

PARIS, NEW_YORK, AUCKLAND, HONOLULU = "Europe/Paris", "America/New_York", "Pacific/Auckland", "Pacific/Honolulu"
FIRST, LAST = date(2026, 10, 10), date(2026, 11, 8)
CODE = re.compile(r"\b[A-Z0-9]{4}-?[A-Z0-9]{4}\b")
OUTAGE = date(2026, 10, 21)
Happens = Callable[[], Awaitable[object]]


def when(month: int, day: int, hour: int, minute: int = 0, zone: str = PARIS, *, fold: int = 0) -> datetime:
    """An instant by some wall clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


DOWN = (
    (when(10, 17, 8, 30), when(10, 17, 11, 20)),
    (when(10, 21, 1, 0), when(10, 22, 7, 30)),
    (when(10, 25, 2, 30), when(10, 25, 2, 40)),
    (when(10, 31, 8, 30), when(10, 31, 16, 10)),
    (when(11, 7, 23, 40), when(11, 7, 23, 50)),
)
REMINDERS = {"ada": (time(20, 30), when(10, 11, 9)), "ben": (time(21), when(10, 12, 19, zone=NEW_YORK))}


def code_in(text: str) -> str:
    """The code a message shows."""
    found = CODE.search(text)
    assert found, text
    return found[0]


@dataclass
class Plot:
    """Everything that happens, by its instant."""

    cast: Cast
    happenings: list[tuple[datetime, int, Happens]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    forgotten: list[bytes] = field(default_factory=list)

    @property
    def world(self) -> World:
        """Where it happens."""
        return self.cast.world

    def at(self, instant: datetime, *what: Happens) -> None:
        """Let something happen."""
        for one in what:
            self.happenings.append((instant, len(self.happenings), one))

    def every_day(
        self, key: str, hour: int, minute: int, what: Happens, *, zone: str = PARIS,
        first: date = FIRST, last: date = LAST, skip: tuple[date, ...] = (),
    ) -> None:  # fmt: skip
        """Let something happen at the same time of each day; a time after midnight is the night after the day."""
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            if day not in skip:
                night = day + timedelta(days=int(hour < 3))
                self.at(datetime.combine(night, time(hour, minute), tzinfo=ZoneInfo(zone)).astimezone(UTC), what)

    async def play(self, until: datetime) -> None:
        """Let it all happen, up to an instant."""
        for instant, _, what in sorted(self.happenings, key=lambda one: one[:2]):
            if instant >= until:
                break
            await self.world.until(instant)
            if self.world.program is not None or what == self.world.start:  # while it is down, nobody is answered
                await what()
        await self.world.until(until)


def oct_(*days: int) -> tuple[date, ...]:
    """Days of October."""
    return tuple(date(2026, 10, day) for day in days)


def nov(*days: int) -> tuple[date, ...]:
    """Days of November."""
    return tuple(date(2026, 11, day) for day in days)


def gather(world: World) -> Cast:
    """Bring the eight together; Chen has an account at work, too."""
    cast, discord, slack = Cast(world), world.discord, world.slack
    for name, zone, skill, rights in (
        ("Ada", PARIS, 0.85, MANAGE_GUILD), ("Ben", NEW_YORK, 0.6, 0), ("Chen", PARIS, 0.7, 0),
    ):  # fmt: skip
        user = discord.person(name, permissions=rights)
        cast.add(name.lower(), OnDiscord(world, name, "discord", str(user.id), user=user), zone, skill)
    for user_id, name, zone in (
        ("U1", "Dana", PARIS), ("U3", "Eli", AUCKLAND), ("U4", "Finnegan", PARIS), ("U5", "Chen (work)", PARIS),
    ):  # fmt: skip
        slack.add_user(user_id, name, admin=name == "Dana")
        key = {"Chen (work)": "chen@work", "Finnegan": "finn"}.get(name, name.lower())
        cast.add(key, OnSlack(world, name, "slack", f"T1:{user_id}", user=user_id), zone)
    cast.add("gita", AtThePage(world, "Learner", LOCAL_PLATFORM, "learner"), PARIS, 0.8)
    cast.add("hugo", AtTheTerminal(world, "Hugo", LOCAL_PLATFORM, "Hugo"), PARIS, 0.65)
    return cast


def write(cast: Cast) -> Plot:
    """Write the plot."""
    plot = Plot(cast)
    cast.world.after_upkeep = cast.look_for_fits
    set_up(plot)
    habits(plot)
    for chapter in (challenges, games, absences, journeys, trouble, farewell, pictures):
        chapter(plot)
    for down, up in DOWN:
        plot.at(down, cast.world.end)
        plot.at(up, cast.world.start)
    return plot


def set_up(plot: Plot) -> None:
    """The group on Discord, joined by Slack, and by the page and the terminal, which are one place."""
    cast, codes = plot.cast, plot.codes

    async def begin() -> None:
        await cast.say("ada", f"group setup channel=here hour=9 zone={PARIS}")
        codes["slack"] = code_in(await cast.say("ada", "group code"))
        assert "Joined" in await cast.say("dana", f"group join {codes['slack']}")
        assert "Saved" in await cast.say("dana", f"group setup channel=here hour=9 zone={PARIS}")
        codes["local"] = code_in(await cast.say("ada", "group code"))
        assert "Joined" in await cast.say("hugo", f"group join {codes['local']}")
        await cast.say("ada", "group goal 900")
        await cast.say("ada", "group")

    async def zones() -> None:
        for key, member in cast.members.items():
            await cast.say(key, f"settings zone {member.life.zones[0][1]}", lines=3)
        await cast.say("gita", "settings board off")
        await cast.say("dana", "settings weekly-goal 4")

    plot.at(when(10, 10, 8, 0), begin, zones)


def habits(plot: Plot) -> None:
    """When each does today's questions, and who answers the group's."""
    cast = plot.cast
    day = {key: (lambda key=key: cast.daily(key)) for key in cast.members}
    out = oct_(21)
    plot.every_day("ada", 8, 10, day["ada"], skip=(*out, *oct_(28)))
    plot.every_day("ben", 19, 5, day["ben"], zone=NEW_YORK, skip=oct_(13, 18, 20, 21, 22, 24, 31) + nov(3))
    plot.every_day("ben", 1, 40, day["ben"], zone=NEW_YORK, first=date(2026, 10, 13), last=date(2026, 10, 13))
    plot.at(when(10, 22, 1, 45, NEW_YORK), day["ben"])  # still the 21st, and the bot is back for a quarter of an hour
    plot.at(when(10, 22, 22, 0, NEW_YORK), day["ben"])
    plot.at(when(10, 25, 0, 50, NEW_YORK), day["ben"])
    plot.at(when(11, 1, 1, 30, NEW_YORK, fold=1), day["ben"])  # the second half past one of that night
    plot.every_day("chen", 12, 40, day["chen"], skip=(*out, *oct_(16)))
    plot.every_day("dana", 7, 40, day["dana"], skip=(*out, *oct_(24, 26, 27, 29, 30)))
    plot.at(when(10, 25, 2, 20), day["dana"])  # before the clocks change, and before the day turns
    plot.every_day("gita", 18, 20, lambda: cast.daily("gita", sure=True), skip=(*out, *oct_(15)))
    plot.every_day("hugo", 21, 10, day["hugo"], skip=oct_(17, 18, 19, 20, 21))
    plot.every_day("finn", 13, 5, day["finn"], skip=(*out, *oct_(14)), last=date(2026, 11, 3))
    plot.every_day("finn", 9, 30, day["finn"], first=date(2026, 11, 7))
    for key, hour, minute in (("ada", 9, 40), ("dana", 9, 50), ("chen", 12, 45), ("finn", 13, 10), ("hugo", 21, 20)):
        some = tuple(FIRST + timedelta(days=n) for n in range(30) if n % 3 == len(key) % 3)
        late = nov(4, 5, 6, 8) if key == "finn" else oct_(31) if hour < 16 else ()
        skip = (*out, *some, *oct_(17), *late)
        plot.every_day(key, hour, minute, lambda key=key: cast.together(key), skip=skip)


def challenges(plot: Plot) -> None:
    """Challenges of the day, opened from the post."""
    cast = plot.cast

    async def todays(key: str, *, tries: int = 0, hint: bool = False) -> None:
        """Open the challenge that was posted, from its button, and pass it."""
        where = plot.world.discord if isinstance(cast.members[key].person, OnDiscord) else plot.world.slack
        here = plot.world.discord.channel if where is plot.world.discord else "C1"
        post = [
            m for m in where.messages(here) if "Challenge of the day" in (m.text or "") + str(getattr(m, "blocks", ""))
        ][-1]
        person = cast.members[key].person
        assert isinstance(person, OnDiscord | OnSlack)
        await person.press_on(post, "Open it")
        slug = await plot.world.store.focus(await person.user_id())
        for _ in range(tries):
            await cast.code(key, slug, good=False)
        if hint:
            await cast.hint(key, slug)
        await cast.code(key, slug)

    plot.at(when(10, 12, 12, 20), lambda: todays("ada", tries=1))
    plot.at(when(10, 14, 13, 0), lambda: todays("dana"))
    plot.at(when(10, 18, 14, 0, NEW_YORK), lambda: todays("ben", tries=2, hint=True))  # his only work of that day
    plot.at(when(10, 23, 12, 30), lambda: todays("finn"), lambda: todays("dana"))
    plot.at(when(11, 2, 12, 30), lambda: todays("chen", hint=True))
    plot.at(when(11, 6, 12, 30), lambda: todays("ada"))


def games(plot: Plot) -> None:
    """A pair on two continents, and a duel between Discord and Slack."""
    cast, codes = plot.cast, plot.codes

    async def pair() -> None:
        codes["pair"] = code_in(await cast.say("ada", "pair code"))
        await cast.say("ben", f"pair {codes['pair']}")

    async def challenge() -> None:
        await cast.say("ada", "duel open")

    async def take_up() -> None:
        await cast.say("eli", "duel")
        await cast.press("eli", "Take it up")
        for _ in range(3):
            cast.write("eli", "/duel, answered", await cast.duel("eli"), lines=4)

    async def finish() -> None:
        for _ in range(3):
            cast.write("ada", "/duel, answered", await cast.duel("ada"), lines=4)
        await cast.say("ada", "duel")

    async def told() -> None:
        await cast.say("eli", "duel")

    plot.at(when(10, 11, 16, 0), pair)
    plot.at(when(10, 23, 9, 0), challenge)
    plot.at(when(10, 23, 20, 0), take_up)
    plot.at(when(10, 23, 22, 0), finish)
    plot.at(when(10, 24, 12, 0), told)
    plot.at(when(11, 8, 20, 0), lambda: cast.say("ben", "pair"), lambda: cast.say("ada", "pair"))


def absences(plot: Plot) -> None:
    """Reminders, a pause, a streak that stops and is mended, and one account too many."""
    cast = plot.cast

    async def off() -> None:
        heard = await cast.say("dana", "streak pause 5 from tomorrow")
        assert "You are off" in heard, heard
        cast.note("off", "dana", oct_(26, 27, 28, 29, 30))

    async def mend() -> None:
        await cast.say("hugo", "streak")
        await cast.say("hugo", "streak repair")
        await cast.daily("hugo")
        await cast.practise("hugo", 9)
        await cast.say("hugo", "streak repair")
        await cast.practise("hugo", 1)
        await cast.say("hugo", "streak")
        await cast.say("hugo", "streak why")

    async def one_person() -> None:
        code = code_in(await cast.say("chen", "link"))
        heard = await cast.say("chen@work", f"link {code}")
        assert "You are one learner" in heard, heard
        cast.note("linked", "chen", other="chen@work")
        await cast.say("chen", "streak")

    async def at_work() -> None:
        await cast.daily("chen@work")
        await cast.practise("chen@work", 2)

    for key, (at, since) in REMINDERS.items():
        plot.at(since, lambda key=key, at=at: cast.say(key, f"settings reminder {at:%H:%M}"))
    plot.at(when(10, 25, 21, 0), off)
    plot.at(when(10, 20, 19, 0), mend)
    plot.at(when(10, 14, 9, 0), lambda: cast.practise("chen@work", 3))
    plot.at(when(10, 15, 9, 5), at_work)
    plot.at(when(10, 16, 9, 10), at_work)
    plot.at(when(10, 20, 9, 30), one_person)


def journeys(plot: Plot) -> None:
    """Eli lives in Auckland, flies to Honolulu, where a date comes twice, and back, where one is gone."""
    cast = plot.cast
    daily = lambda: cast.daily("eli")  # noqa: E731 - as short as it is used
    plot.every_day("eli", 20, 15, daily, zone=AUCKLAND, last=date(2026, 10, 20))
    plot.at(when(10, 20, 21, 0, AUCKLAND), lambda: cast.fly("eli", HONOLULU))
    plot.at(when(10, 20, 12, 30, HONOLULU), lambda: cast.practise("eli", 2))  # the same date once more
    plot.every_day("eli", 20, 15, daily, zone=HONOLULU, first=date(2026, 10, 22), last=date(2026, 10, 31))
    plot.at(when(10, 31, 21, 0, HONOLULU), lambda: cast.fly("eli", AUCKLAND))
    plot.every_day("eli", 20, 15, daily, zone=AUCKLAND, first=date(2026, 11, 2), last=date(2026, 11, 8))
    plot.at(when(11, 3, 21, 0, AUCKLAND), lambda: cast.say("eli", "streak why"))


def trouble(plot: Plot) -> None:
    """The power was cut for a day: it is made neutral for all."""
    cast = plot.cast

    async def amnesty() -> None:
        heard = await cast.say("ada", f"group amnesty {OUTAGE} power cut")
        assert "A neutral day" in heard, heard
        for key in cast.members:
            if key != "chen@work":
                cast.note("neutral", key, (OUTAGE,))
        await cast.say("ada", "streak why")

    plot.at(when(10, 22, 8, 30), amnesty)
    plot.at(when(10, 22, 8, 40), lambda: cast.say("hugo", "streak"))


def farewell(plot: Plot) -> None:
    """Finn leaves nothing behind, and comes back as somebody new."""
    cast = plot.cast

    async def leave() -> None:
        code = code_in(await cast.say("finn", "privacy delete"))
        heard = await cast.press("finn", "Yes, delete everything")
        assert "You are forgotten" in heard, (code, heard)
        cast.note("forgotten", "finn")
        cast.weights.pop("finn", None)
        folder = plot.world.home
        plot.forgotten = [
            p.read_bytes() for p in folder.iterdir() if p.name.startswith("epochbot.sqlite3") and p.is_file()
        ]

    plot.at(when(11, 4, 20, 0), leave)
    plot.at(when(11, 7, 9, 20), lambda: cast.say("finn", f"settings zone {PARIS}", lines=3))


def pictures(plot: Plot) -> None:
    """What is looked at on Sunday evenings."""
    cast = plot.cast
    for at in (when(10, 18, 21, 40), when(10, 25, 21, 40), when(11, 1, 21, 40), when(11, 8, 21, 40)):
        for key in ("ada", "dana", "gita", "hugo"):
            for line in ("progress", "leaderboard", "streak"):
                plot.at(at, lambda key=key, line=line: cast.say(key, line))
