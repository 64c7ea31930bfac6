"""`/group report`: what the group finds hard, for those who manage it. In words and one picture; nobody is named."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace

from bot.cards import Action, Card, FileCard, NoticeCard
from bot.insight import reading
from bot.insight.export import concepts_csv, items_csv
from bot.insight.redact import redact
from bot.insight.report import (
    FEWEST,
    HARDEST,
    MONTH,
    PROMPT_CHARS,
    ConceptRow,
    GroupReport,
    Material,
    cut,
    group_report,
    suggestion,
)
from bot.insight.review import Line, overview
from bot.messages import Reply
from bot.pictures import ConceptHeat, heat_picture
from bot.services import Context
from bot.store.insights_rows import FailedCode, FirstAnswer, GroupSize, Report
from quizzes.items import Track

REASONS = {
    "key": "the answer marked right is wrong",
    "unclear": "unclear",
    "typo": "a slip of the pen",
    "other": "other",
}
MOST_REPORTS, BUTTONS = 8, 3
PRIVATE = f"Only what at least {FEWEST} learners share is shown, and nobody is named."


async def handle(context: Context, rest: str) -> Reply:
    """Answer with the report of the group, as of now; `csv` gives its tables as files."""
    insights, group, now = context.store.insights, context.group, context.request.received_at
    size = await insights.group_size(group.id)
    answers, code = await insights.first_answers(group.id), await insights.failed_code(group.id, now - MONTH)
    material = await _material(context, size, answers, code)
    report = await asyncio.to_thread(group_report, material, now)
    if rest.lower() == "csv":
        return Reply(await _files(context, report))
    told = [replace(one, words=redact(one.words, size.names)) for one in await insights.open_reports(group.id)]
    return Reply(tuple(cards(context.services.track, report, told, await insights.quarantined())))


async def _files(context: Context, report: GroupReport) -> tuple[Card, ...]:
    """The tables of a group: what at least three learners share, as in the report itself."""
    if not report.open:
        return (_totals(report),)
    seen = await overview(context.store, context.services.track, context.group.id)
    lines = [shared(line) for line in seen.lines if line.stats.answers >= FEWEST]
    return (
        FileCard(
            name="questions.csv", content=items_csv(lines).encode(), note=f"How each question does here. {PRIVATE}"
        ),
        FileCard(
            name="topics.csv", content=concepts_csv(report.concepts).encode(), note="The last 30 days, topic by topic."
        ),
    )


def shared(line: Line) -> Line:
    """An item's line without the wrong options that fewer than three learners chose, and without shares of theirs."""
    stats = line.stats
    use = tuple((name, share) for name, share in stats.use if round(share * stats.answers) >= FEWEST)
    return replace(line, stats=replace(stats, use=use))


async def _material(context: Context, size: GroupSize, answers: list[FirstAnswer], code: list[FailedCode]) -> Material:
    services, since = context.services, await context.store.insights.since_when()
    return Material(
        track=services.track,
        challenges=services.challenges,
        members=size.members,
        names=size.names,
        read=await asyncio.to_thread(reading.readings, answers, services.track, since),
        code=code,
    )


def cards(track: Track, report: GroupReport, told: list[Report], kept_out: Collection[str]) -> list[Card]:
    """Write a report down: totals, the picture, the hardest concepts, mistakes that look alike, reported questions."""
    found: list[Card] = [_totals(report)]
    if report.concepts:
        heat = tuple(ConceptHeat(row.title, row.section, row.now.asked, row.now.rate) for row in report.concepts)
        found.append(heat_picture(heat))
        if any(row.now.rate < 1 for row in report.concepts):
            found.append(_hardest(track, report, kept_out))
    if report.alike:
        found.append(_alike(report))
    if told:
        found.append(_reported(track, told))
    return found


def _totals(report: GroupReport) -> NoticeCard:
    total = report.total
    lines = [f"Last 30 days: {_count(total.asked, 'first answer')}, {_count(report.submissions, 'failed submission')}."]
    if not report.open:
        lines.append(
            f"There {_are(report.members)} here, so there are totals only: from {FEWEST} on, what is hard shows without"
            " showing who finds it so."
        )
    elif total.shown:
        lines.append(f"{total.rate:.0%} were right{_trend(total.rate, report.before)}.")
    if report.open and not report.concepts:
        lines.append(f"No topic has answers of {FEWEST} learners yet, so none is shown.")
    elif report.withheld:
        lines.append(f"{_count(report.withheld, 'more topic')} had too few learners to be shown.")
    lines.append(PRIVATE if report.open else "Nobody is named.")
    return NoticeCard(title="What the group finds hard", text="\n".join(lines))


def _are(members: int) -> str:
    return "is 1 member" if members == 1 else f"are {members} members"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _trend(now: float, before: float | None) -> str:
    if before is None:
        return ""
    points = round(100 * now) - round(100 * before)
    if points == 0:
        return ", as in the 30 days before"
    return f", {abs(points)} points {'more' if points > 0 else 'less'} than in the 30 days before"


def _hardest(track: Track, report: GroupReport, kept_out: Collection[str]) -> NoticeCard:
    rows, common = [row for row in report.concepts[:HARDEST] if row.now.rate < 1], dict(report.answers)
    lines: list[str] = []
    for n, row in enumerate(rows, 1):
        lines.append(f"{n}. {row.title}: {_row(row)}")
        for answer in common.get(row.id, ()):
            lines.append(f"   {answer.learners} learners said: {answer.said}")
            if answer.why and answer.why != answer.said:
                lines.append(f"   What they are told: {answer.why}")
        item = suggestion(track, row.id, kept_out)
        if item is not None:
            lines.append(f"   Ask: /quiz {row.id} (“{cut(item.prompt, PROMPT_CHARS)}”, {item.id})")
    quizzes = tuple(Action(f"Quiz: {cut(row.title, 40)}", f"quiz {row.id}") for row in rows[:BUTTONS])
    return NoticeCard(
        title="Hardest topics", text="\n".join(lines), actions=(*quizzes, Action("As files", "group report csv"))
    )


def _row(row: ConceptRow) -> str:
    return f"{row.now.right} of {row.now.asked} right ({row.now.rate:.0%}{_trend(row.now.rate, row.before)})."


def _alike(report: GroupReport) -> NoticeCard:
    lines: list[str] = []
    for one in report.alike:
        lines.append(f"{one.learners} learners in “{one.title}”")
        if one.why:
            lines.append(f"   What they are told: {one.why}")
        lines.append("   For example: " + one.example.replace("\n", "\n   "))
        if one.concept:
            lines.append(f"   Ask: /quiz {one.concept}")
    return NoticeCard(title="Mistakes that look alike", text="\n".join(lines))


def _reported(track: Track, told: list[Report]) -> NoticeCard:
    """Questions members reported, in their own words, which were meant for who reads this."""
    lines = []
    for one in told[:MOST_REPORTS]:
        item = track.item(one.item_id)
        words = f" “{cut(one.words, 120)}”" if one.words else ""
        lines.append(
            f"{one.item_id}: {REASONS[one.reason]}.{words} ({cut(item.prompt, 60) if item else 'no longer asked'})"
        )
    if len(told) > MOST_REPORTS:
        lines.append(f"And {len(told) - MOST_REPORTS} more.")
    lines.append("Whoever runs the bot settles them: epochbot items --resolve ID.")
    return NoticeCard(title="Reported questions", text="\n".join(lines))
