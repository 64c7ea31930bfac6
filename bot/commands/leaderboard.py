"""`/leaderboard [week | all]`: the study group's board."""

from __future__ import annotations

from bot.cards import Action, BoardLine, LeaderboardCard, NoticeCard
from bot.commands import Command
from bot.days import week_begins
from bot.messages import Reply
from bot.services import Context

WEEK = ("", "week", "weekly", "this week")
ALL_TIME = ("all", "all time", "all-time", "ever")


async def handle(context: Context) -> Reply:
    """Show the weekly board, or the all-time one."""
    asked = context.request.args.lower()
    if asked not in WEEK + ALL_TIME:
        text = f"“{context.request.args[:40]}” is not a board. There are two: week and all."
        both = (Action("This week", "leaderboard week", primary=True), Action("All time", "leaderboard all"))
        return Reply((NoticeCard(title="No such board", text=text, actions=both),))
    all_time = asked in ALL_TIME
    since = None if all_time else round(week_begins(context.services.now(), context.group.tz).timestamp() * 1000)
    rows = await context.store.leaderboard(context.group.id, since, context.user.id)
    lines = tuple(BoardLine(rank=r.rank, name=r.name, xp=r.xp, me=r.is_me, sample=r.sample) for r in rows)
    return Reply(
        (
            LeaderboardCard(
                title=f"Leaderboard: {context.group.name}",
                period="all time" if all_time else "this week, since Monday",
                lines=lines,
                note=_note(context, lines),
                actions=(
                    Action("This week", "leaderboard week") if all_time else Action("All time", "leaderboard all"),
                    Action("My board name", "settings"),
                ),
            ),
        )
    )


def _note(context: Context, lines: tuple[BoardLine, ...]) -> str:
    notes = []
    if any(line.sample for line in lines):
        notes.append(
            "Members marked “sample” are made up, so that the board is not empty. Remove them with /settings samples off."
        )
    if context.user.board_opt_out:
        notes.append("You are hidden from this board; /settings board on brings you back.")
    elif not any(line.me for line in lines):
        notes.append("You are not on it yet: one answer is enough.")
    return " ".join(notes)


COMMAND = Command(
    name="leaderboard",
    summary="your group’s board, this week or all time",
    usage="/leaderboard [week | all]",
    help="Shows who learned most in your group. The week starts on Monday. Hide yourself or use another name in /settings.\n"
    "Examples: /leaderboard, /leaderboard all",
    handle=handle,
    order=44,
)
