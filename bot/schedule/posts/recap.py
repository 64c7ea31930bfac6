"""Mondays' look back: what the group reached together, who kept at it, and what was hard. Those who hide are not in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.cards import Action, BoardLine, NoticeCard
from bot.pictures import WeekRecap, recap_picture
from bot.schedule.kinds import Built, Delivery
from bot.schedule.posts.places import blank, group_for
from bot.services import Services
from bot.store import Week
from quizzes.items import Concept, Track

WEEK = timedelta(days=7)
FEWEST_ANSWERS = 5  # of a concept before it is called hard
EASY = 0.85  # of answers right; above it nothing was hard
NAMED = 4  # names in one sentence


async def build(services: Services, delivery: Delivery) -> Built | None:
    """Show the week before; nothing when nobody learned, for there is nothing to blame."""
    group_id = await group_for(services, delivery)
    if group_id is None:
        return None
    monday = delivery.local_date - timedelta(days=delivery.local_date.weekday()) - WEEK
    group = await services.store.group(group_id)
    week = await services.store.weeks.of(group, monday)
    if not week.active:
        return None
    hard = hardest(services.track, week.answers)
    top = tuple(BoardLine(rank=row.rank, name=row.name, xp=row.xp, me=False, sample=False) for row in week.top)
    picture = recap_picture(
        WeekRecap(
            group=group.name,
            week_of=monday,
            xp_by_day=week.xp_by_day,
            goal=week.goal,
            active=week.active,
            streak=week.streak,
            top=top,
            hardest=tuple((concept.title, share) for concept, share in hard),
        )
    )
    return Built(replace(blank(delivery), cards=(card(week, hard), picture)))


def hardest(track: Track, answers: dict[str, tuple[int, int]]) -> list[tuple[Concept, float]]:
    """Name the concepts whose answers were right least often, the hardest first, and how often they were."""
    sums: dict[str, tuple[int, int]] = {}
    for item_id, (given, right) in answers.items():
        item = track.item(item_id)
        if item is not None:
            before = sums.get(item.concept, (0, 0))
            sums[item.concept] = (before[0] + given, before[1] + right)
    shares = {name: right / given for name, (given, right) in sums.items() if given >= FEWEST_ANSWERS}
    ordered = sorted((share, name) for name, share in shares.items() if share <= EASY)
    found = ((track.concept(name), share) for share, name in ordered)
    return [(concept, share) for concept, share in found if concept is not None][:3]


def card(week: Week, hard: list[tuple[Concept, float]]) -> NoticeCard:
    """The week in words."""
    earned = sum(week.xp_by_day)
    reached = "the goal is reached" if earned >= week.goal else f"the goal was {week.goal:,}"
    members = "1 of you learned" if week.active == 1 else f"{week.active} of you learned"
    streak = f"; your group streak is {week.streak} {'day' if week.streak == 1 else 'days'}" if week.streak else ""
    lines = [f"{earned:,} XP together: {reached}.", f"{members}{streak}."]
    if week.steady:
        lines.append(f"On most days: {_names(week.steady)}, {week.steady_days} of 7.")
    if week.improved:
        lines.append(f"Furthest above their own usual week: {week.improved}.")
    if hard:
        lines.append(f"Hardest: {hard[0][0].title}, {hard[0][1]:.0%} of answers right. Worth another look together.")
    practise = [Action(f"Practise {hard[0][0].title}", f"quiz {hard[0][0].id}", primary=True)] if hard else []
    return NoticeCard(
        title=f"Your week: {_span(week.monday)}",
        text="\n".join([*lines, _kind_words(earned >= week.goal)]),
        actions=(*practise, Action("Leaderboard", "leaderboard")),
    )


def _names(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _span(monday: date) -> str:
    sunday = monday + WEEK - timedelta(days=1)
    first = f"{monday.day} {monday:%B}" if monday.month != sunday.month else str(monday.day)
    return f"{first} to {sunday.day} {sunday:%B}"


def _kind_words(reached: bool) -> str:
    if reached:
        return "Well done, all of you. A new week begins with everyone at zero."
    return "Every answer was a step. A new week begins with everyone at zero."
