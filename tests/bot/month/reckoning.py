"""What is compared when a month is over: what stands in the channels, in the database and on the boards, with what has to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.platforms.slack.blocks import texts
from bot.store import learning_state
from tests.bot.month.cast import Cast, Entry
from tests.bot.month.model import Model, Noted, Stand
from tests.bot.month.plot import DOWN, FIRST, PARIS, REMINDERS
from tests.bot.month.world import World

TITLES = {
    "Question of the day": "question",
    "Challenge of the day": "challenge",
    "The answer is out": "reveal",
    "Your week:": "recap",
}
REMINDED = "Today’s questions are waiting for you"


def kind_of(words: str) -> str | None:
    """What sort of post some words are."""
    return next((kind for title, kind in TITLES.items() if title in words), None)


def posted(world: World) -> dict[str, list[tuple[str, date]]]:
    """What stands in the channels of both platforms: kind and local date, in order."""
    discord, slack = world.discord, world.slack
    here = [
        m for m in discord.world.messages.values() if m.author is discord.world.bot and not m.owner and not m.deleted
    ]
    there = [m for m in slack.messages("C1") if m.user.startswith("UBOT")]
    channel = [m for m in here if m.channel.person is None]
    found = {
        "discord": [(kind_of(m.text), m.created) for m in channel],
        "slack": [(kind_of("\n".join(texts(m.blocks))), _instant(m.ts)) for m in there],
    }
    return {
        platform: [(kind, at.astimezone(ZoneInfo(PARIS)).date()) for kind, at in some if kind is not None]
        for platform, some in found.items()
    }


def _instant(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def reminded(world: World) -> list[tuple[str, datetime]]:
    """Who was written to directly, and when."""
    some = world.discord.world.messages.values()
    found = [(m.channel.person.name.lower(), m.created) for m in some if m.channel.person and REMINDED in m.text]
    slack = world.slack.world
    found += [(m.user, _instant(m.ts)) for m in slack.all_messages if REMINDED in "\n".join(texts(m.blocks))]
    return sorted(found, key=lambda one: one[1])


def at_of(entry: Entry) -> datetime:
    """When something in the record happened."""
    return entry.at if isinstance(entry, Noted) else entry[0].at


def reminders_due(cast: Cast, until: datetime) -> list[tuple[str, date]]:
    """Who has to be reminded on which of their days: at their hour, while somebody is there and something is at stake."""
    due: list[tuple[datetime, str]] = []
    for key, (at, since) in REMINDERS.items():
        life = cast.members[key].life
        for n in range((until.date() - FIRST).days + 1):
            day = FIRST + timedelta(days=n)
            instant = datetime.combine(day, at, tzinfo=ZoneInfo(life.zones[0][1])).astimezone(UTC)
            up = not any(down <= instant < back for down, back in DOWN)
            due += [(instant, key)] if since < instant < until and up else []
    model, told, found = Model(), 0, []
    for instant, key in sorted(due):
        before = [entry for entry in cast.record[told:] if at_of(entry) <= instant]
        model.tell(before)
        told += len(before)
        today = cast.members[key].life.day(instant)
        found += [(key, today)] if model.at_stake(key, today) else []
    return found


async def stands(cast: Cast, keys: Iterable[str]) -> dict[str, Stand]:
    """How everybody stands by what the bot keeps."""
    store, found = cast.world.store, {}
    for key in keys:
        user_id, today = await cast.members[key].person.user_id(), cast.day(key)
        streak = await store.streak(user_id, today)
        days = await store.streak_days(user_id)
        done = frozenset(day for day, kind in days.items() if kind.value == "done")
        xp = (await store.progress(user_id)).xp
        found[key] = Stand(streak.current, streak.best, streak.freezes, done, xp)
    return found


async def learned(cast: Cast, keys: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """Everybody's memories and ratings by what the bot keeps: due day by concept, rating and games by section."""
    found = {}
    for key in keys:
        known = await cast.world.store.learning.learned(await cast.members[key].person.user_id())
        due = {concept: kept.due_day for concept, kept in known.memories.items()}
        ratings = {"": known.skill, **known.sections}
        found[key] = (due, {part: (round(s.rating, 9), s.games) for part, s in ratings.items() if s.games})
    return found


def reckoned(model: Model, keys: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """The same by the model."""
    scores = model.scores
    return {
        key: (
            {concept: card.due for (who, concept), card in scores.cards.items() if who == key},
            {part: (round(r, 9), n) for (who, part), (r, n) in scores.learners.items() if who == key},
        )
        for key in keys
    }


async def items(world: World) -> dict[str, tuple[float, int]]:
    """The items' ratings by what the bot keeps."""
    found = await world.store._read(learning_state.item_skills)
    return {name: (round(skill.rating, 9), skill.games) for name, skill in found.items()}


async def digest(cast: Cast, keys: list[str]) -> str:
    """One number for the end of a month, the same for the same month."""
    store = cast.world.store
    group = await store.ensure_group("discord", str(cast.world.discord.guild.id), "Study group")
    board = [(row.rank, row.xp) for row in await store.leaderboard(group.id)]
    whole = [await stands(cast, keys), await learned(cast, keys), await items(cast.world), board, posted(cast.world)]
    return hashlib.sha256(json.dumps(whole, default=_text).encode()).hexdigest()


def _text(thing: object) -> object:
    return sorted(map(str, thing)) if isinstance(thing, frozenset) else str(thing)
