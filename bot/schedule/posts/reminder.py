"""The reminder somebody asked for: one direct message, only while today would matter to their streak, never at night."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.cards import Action, NoticeCard
from bot.days import local_day
from bot.platforms.port import Post
from bot.schedule.kinds import Built, Delivery
from bot.schedule.plan import key_of
from bot.services import Services
from bot.streaks import Streak


async def build(services: Services, delivery: Delivery) -> Built | None:
    """Remind of today; nothing when today is done or covered, when no streak is at stake, or in quiet hours."""
    if delivery.user_id is None:
        return None
    now, store = services.now(), services.store
    user = await store.user(delivery.user_id)
    quiet = await store.reminders.quiet(user.id)
    if quiet.holds_at(now.astimezone(ZoneInfo(user.tz)).hour):
        return None
    streak = await store.streak(user.id, local_day(now, user.tz, user.day_start))
    if not at_stake(streak):
        return None
    return Built(Post(channel=delivery.channel, cards=(card(streak),), key=key_of(delivery)))


def at_stake(streak: Streak) -> bool:
    """Tell whether leaving today out would end a streak or use up a freeze."""
    return streak.current >= 1 and not streak.today_done and not streak.today_covered


def card(streak: Streak) -> NoticeCard:
    """The reminder in kind words."""
    days = "1 day" if streak.current == 1 else f"{streak.current} days"
    if streak.freezes:
        rest = "If today does not fit, a freeze keeps your streak; nothing is lost."
    else:
        rest = "One question at a time is fine, and so is a day off: what you have learned stays."
    return NoticeCard(
        title="Today’s questions are waiting for you",
        text=f"Your streak is {days}. Five short questions keep it going, in about two minutes.\n{rest}",
        actions=(Action("Begin", "daily", primary=True), Action("No more reminders", "settings reminder off")),
    )
