"""What a visit begins with: a welcome to a newcomer, or where a learner left off, with the question that still waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Action, Card, NoticeCard
from bot.days import local_day
from bot.messages import Actor, Place, Request
from bot.posing import question_card
from bot.services import Context, Services
from bot.store import Question
from bot.streaks import Streak

MOST_PRACTICE = 2

NEWCOMER = NoticeCard(
    title="Welcome! Two minutes of machine learning a day",
    text="Answer today’s five questions, or solve a coding challenge: your code really runs, in a sandbox on this machine. "
    "A wrong answer is fine; you are shown what went wrong. Everything stays here, and no account is needed.",
    actions=(
        Action("Start today’s questions", "daily", primary=True),
        Action("Try a coding challenge", "challenge"),
        Action("See the whole track", "learn"),
    ),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """The first cards of a visit, and whether the learner is new."""

    cards: tuple[Card, ...]
    newcomer: bool
    tz: str


async def opening(services: Services, actor: Actor, place: Place, now: datetime) -> Opening:
    """Find out where the learner stands; changes nothing."""
    store = services.store
    user = await store.ensure_user(actor.platform, actor.external_id, actor.name)
    group = await store.ensure_group(place.platform, place.external_id, place.name)
    today = local_day(now, user.tz, user.day_start)
    posed = await store.questions_today(user.id, today)
    if not posed and not await store.attempts(user.id):
        return Opening((NEWCOMER,), newcomer=True, tz=user.tz)
    daily = [q for q in posed if q.purpose == "daily"]
    left = sum(not q.answered for q in daily)
    cards: list[Card] = [welcome_back(await store.streak(user.id, today), left, begun=bool(daily))]
    request = Request(actor, place, "daily", "", "web:opening", now)
    context = Context(request=request, services=services, user=user, group=group, today=today)
    for question, label in waiting(posed):
        item = services.track.item(question.item_id)
        if item is not None:
            cards.append(question_card(context, question, item, label))
    return Opening(tuple(cards), newcomer=False, tz=user.tz)


def waiting(posed: Sequence[Question]) -> list[tuple[Question, str]]:
    """The questions to show again, with their labels: the next of the day's, and the latest ones of practice."""
    daily = [q for q in posed if q.purpose == "daily"]
    labels = [(q, f"Question {n} of {len(daily)}") for n, q in enumerate(daily, 1) if not q.answered]
    practice = [(q, "Practice") for q in posed if q.purpose == "quiz" and not q.answered]
    return labels[:1] + practice[-MOST_PRACTICE:]


def welcome_back(streak: Streak, left: int, *, begun: bool) -> NoticeCard:
    """The card that says what is left of the day. `begun` tells that today's questions have been chosen."""
    if left:
        text = f"{left} of today’s questions {'is' if left == 1 else 'are'} left."
    elif begun:
        text = "Today’s questions are done. A challenge or some practice is welcome any time."
    else:
        text = "Five new questions are ready for you."
    kept = f" Your streak is {streak.current} {'day' if streak.current == 1 else 'days'}." if streak.current else ""
    first = Action("Practise", "quiz") if begun and not left else Action("Today’s questions", "daily", primary=not left)
    return NoticeCard(
        title="Welcome back",
        text=text + kept,
        actions=(
            first,
            Action("A challenge", "challenge", primary=begun and not left),
            Action("My streak", "streak"),
            Action("Leaderboard", "leaderboard"),
        ),
    )
