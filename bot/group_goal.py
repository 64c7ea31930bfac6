"""`/group goal`: shows, and for admins sets, what a group aims at in a week and how many make a day of its streak."""

from __future__ import annotations

from bot.cards import Action, NoticeCard, Tone
from bot.goals import USUAL_SHARE, GoalError, goal_line, read_goal, streak_line
from bot.messages import Reply
from bot.services import Context

LEADERBOARD = (Action("Leaderboard", "leaderboard", primary=True),)


async def handle(context: Context, rest: str) -> Reply:
    """Set the goal, or the share of a streak day, or show both."""
    games = context.store.games
    if not rest:
        return await _shown(context, "The goal of this group", Tone.INFO)
    try:
        what, number = read_goal(rest)
    except GoalError as fault:
        return Reply((NoticeCard(title="Not changed", text=str(fault), tone=Tone.WARNING),))
    rule = await games.goal_rule(context.group.id)
    await games.set_goal_rule(context.group.id, rule._replace(**{what: number}))
    return await _shown(context, "Saved", Tone.GOOD)


async def _shown(context: Context, title: str, tone: Tone) -> Reply:
    together = await context.store.games.together(context.group)
    rule = await context.store.games.goal_rule(context.group.id)
    by_size = "" if rule.weekly_xp else "\nThe goal follows how many of you are active, anew each Monday."
    usual = "" if rule.streak_share else f" {USUAL_SHARE} is the usual share."
    text = "\n".join(
        filter(
            None,
            (
                f"{goal_line(together)}{by_size}",
                f"A day counts for the group’s streak when {together.share} % of its active members did theirs.{usual}",
                streak_line(together),
                "Change it with /group goal 600, /group goal share 70, or auto in place of the number.",
            ),
        )
    )
    return Reply((NoticeCard(title=title, text=text, tone=tone, actions=LEADERBOARD),))
