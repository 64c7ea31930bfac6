"""The nightly look at all items: release what changed, put what is likely mis-keyed into quarantine; and what operators see."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.insight import reading
from bot.insight.items import ItemStats, Word, item_statistics
from bot.schedule.kinds import Job
from bot.services import Services
from bot.store import Store
from bot.store.insights import INSPECT_FROM
from bot.store.insights_rows import FirstAnswer, Quarantined, Report, Suspicion
from quizzes.items import Item, Track

WHY = "whoever does well elsewhere gets it wrong, and the others right"


@dataclass(frozen=True, slots=True)
class Line:
    """One item in the operator's table."""

    item: Item
    stats: ItemStats
    reporters: int
    quarantined: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything known of the items, of all learners together."""

    lines: tuple[Line, ...]
    quarantine: tuple[Quarantined, ...]
    reports: tuple[Report, ...]


async def review_items(services: Services) -> list[str]:
    """Note new content, and put items with a suspect key into quarantine; name those new there. For once a day."""
    store, track = services.store, services.track
    await store.insights.note_content({item.id: reading.content_hash(item) for item in track.items})
    lines = (await overview(store, track)).lines
    return await store.insights.put_in_quarantine([_suspicion(line.stats) for line in lines if _suspect(line)])


JOB = Job("review items", hour_utc=3, run=review_items)


def _suspect(line: Line) -> bool:
    return line.stats.word is Word.SUSPECT


def _suspicion(stats: ItemStats) -> Suspicion:
    evidence = {
        "answers": stats.answers,
        "difficulty": _rounded(stats.difficulty),
        "discrimination": _rounded(stats.discrimination),
        "upper_lower": _rounded(stats.upper_lower),
        "use": {name: _rounded(share) for name, share in stats.use},
    }
    return Suspicion(stats.item, WHY, evidence)


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)


async def overview(store: Store, track: Track, group_id: int | None = None) -> Overview:
    """Work out what is known of every item from first answers, of everyone or of a group; the sums run in a thread."""
    insights = store.insights
    answers, since = await insights.first_answers(group_id), await insights.since_when()
    stats = await asyncio.to_thread(_statistics, answers, track, since)
    reporters, quarantine = await insights.reporters(), await insights.quarantine()
    kept_out = {one.item_id for one in quarantine}
    lines = tuple(
        Line(
            item,
            _with_reports(stats[item.id], reporters.get(item.id, 0)),
            reporters.get(item.id, 0),
            item.id in kept_out,
        )
        for item in track.items
    )
    return Overview(lines, tuple(quarantine), tuple(await insights.open_reports(group_id)))


def _statistics(answers: list[FirstAnswer], track: Track, since: Mapping[str, datetime]) -> dict[str, ItemStats]:
    shapes = {item.id: reading.shape(item) for item in track.items}
    found = item_statistics(reading.responses(reading.readings(answers, track, since)), shapes)
    return {stats.item: stats for stats in found}


def _with_reports(stats: ItemStats, reporters: int) -> ItemStats:
    """Ask to look at what several learners report, unless there is a graver word already."""
    if reporters >= INSPECT_FROM and stats.word is not Word.SUSPECT:
        return replace(stats, word=Word.INSPECT)
    return stats
