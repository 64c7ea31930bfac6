"""`/leaderboard [week | all | improvement | consistency | league] [full]`: the study group's boards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot import boards
from bot.cards import Action, BoardLine, Card, LeaderboardCard, NoticeCard
from bot.commands import Command
from bot.goals import goal_line, streak_line
from bot.messages import Reply
from bot.pictures import leaderboard_picture
from bot.services import Context
from bot.store.games_boards import Board, BoardView, Diligent
from bot.store.games_leagues import League

FULL = ("full", "everyone", "rank", "ranks")
WEEK = ("", "week", "weekly", "this week")
ALL_TIME = ("all", "all time", "all-time", "ever")
IMPROVEMENT = ("improvement", "improved", "progress", "better")
CONSISTENCY = ("consistency", "consistent", "days", "streaks")
LEAGUE = ("league", "leagues", "my league")
QUARTERS_FROM = 8  # members: in a smaller board a quarter would be a rank by another name
PICTURED_FROM = 3  # lines: fewer are read faster than looked at
View = Callable[[Context, bool], Awaitable[Reply]]


async def handle(context: Context) -> Reply:
    """Show the board that was asked for, the weekly one by default."""
    words = context.request.args.lower().split()
    asked = " ".join(word for word in words if word not in FULL)
    view = next((view for names, view in VIEWS if asked in names), None)
    if view is None:
        text = f"“{context.request.args[:40]}” is not a board. There are: week, all, improvement, consistency, league."
        both = (Action("This week", "leaderboard week", primary=True), Action("All time", "leaderboard all"))
        return Reply((NoticeCard(title="No such board", text=text, actions=both),))
    return await view(context, len(words) > len(asked.split()))


async def _week(context: Context, full: bool) -> Reply:
    board = await context.store.games.board(context.group, BoardView.WEEK, context.user.id, full=full)
    together = await context.store.games.together(context.group)
    notes = [goal_line(together), streak_line(together), _standing(context, board, "this week", full)]
    more = [Action("All time", "leaderboard all")]
    if await context.store.games.has_leagues(context.group):
        more.append(Action("My league", "leaderboard league"))
    return _board(context, board, "this week, since Monday", notes, more, full)


async def _all_time(context: Context, full: bool) -> Reply:
    board = await context.store.games.board(context.group, BoardView.ALL, context.user.id, full=full)
    notes = [_standing(context, board, "of all time", full)]
    return _board(context, board, "all time", notes, [Action("This week", "leaderboard week")], full)


async def _improvement(context: Context, full: bool) -> Reply:
    board = await context.store.games.board(context.group, BoardView.IMPROVEMENT, context.user.id, full=full)
    if board.usual is None:
        own = "Your first week is for getting to know you; from the next on, you are compared with yourself."
    else:
        own = f"Your week so far: {board.xp} XP. A usual one of yours: {round(board.usual)} XP."
    empty = "" if board.size else "Nobody is above their usual week yet; it is not over."
    hidden = _hidden(board, "this week") if context.user.board_opt_out else ""
    period = "improvement: XP this week above one’s own average of the last four weeks"
    return _board(context, board, period, [empty, hidden or own], [Action("This week", "leaderboard week")], full)


async def _league(context: Context, full: bool) -> Reply:
    league = await context.store.games.league(context.group, context.user.id)
    if league is None:
        return await _no_league(context)
    board = await context.store.games.board(context.group, BoardView.LEAGUE, context.user.id, full=full)
    notes = [_moves(league), _standing(context, board, "in this league this week", full)]
    period = f"league {league.number} of {league.leagues}, this week"
    return _board(context, board, period, notes, [Action("This week", "leaderboard week")], full)


async def _no_league(context: Context) -> Reply:
    if context.user.board_opt_out:
        text = "Whoever is hidden from the boards is in no league. Come back to the boards, and Monday finds you one."
    elif await context.store.games.has_leagues(context.group):
        text = "Work on any day of this week, and Monday finds you a league."
    else:
        text = (
            f"Leagues begin on a Monday when {boards.LEAGUES_FROM} members have worked in the week before."
            " Until then, the group’s board is for all."
        )
    return Reply((NoticeCard(title="No league this week", text=text, actions=_ways(context, [], False)),))


def _moves(league: League) -> str:
    came = "You came up on Monday. " if league.moved > 0 else ""
    up = "the best move up a league" if league.number > 1 else ""
    down = "the last move down" if league.number < league.leagues else ""
    return f"{came}On Monday {' and '.join(filter(None, (up, down)))}: about one in {boards.MOVERS} each way."


async def _consistency(context: Context, _full: bool) -> Reply:
    members = await context.store.games.diligent(context.group, context.user.id)
    lines = [_steady(one) for one in members]
    if not lines:
        lines = ["Nobody has finished a day this week yet: today’s questions do it."]
    elif not any(one.me for one in members) and not context.user.board_opt_out:
        lines.append("You are not here yet: finish today’s questions, whatever the score.")
    title = f"Most days this week: {context.group.name}"
    actions = _ways(context, [Action("This week", "leaderboard week")], False)
    return Reply((NoticeCard(title=title, text="\n".join(lines), actions=actions),))


def _steady(one: Diligent) -> str:
    marks = (" (you)" if one.me else "") + (" (sample)" if one.sample else "")
    return f"{one.name}{marks}: {_days(one.days)} this week, streak {one.streak}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _board(context: Context, board: Board, period: str, notes: list[str], more: list[Action], full: bool) -> Reply:
    lines = tuple(BoardLine(rank=r.rank, name=r.name, xp=r.xp, me=r.is_me, sample=r.sample) for r in board.rows)
    if any(line.sample for line in lines):
        notes.append("Members marked “sample” are made up. Remove them with /settings samples off.")
    card = LeaderboardCard(
        title=f"Leaderboard: {context.group.name}",
        period=period,
        lines=lines,
        note="\n".join(filter(None, notes)),
        actions=_ways(context, more, not full and board.size > len(lines)),
    )
    cards: tuple[Card, ...] = (card,)
    if len(lines) >= PICTURED_FROM:  # drawn as anybody may see it, for boards are shared
        shared = replace(card, lines=tuple(replace(line, me=False) for line in lines))
        cards = (card, leaderboard_picture(shared))
    return Reply(cards)


def _ways(context: Context, more: list[Action], longer: bool) -> tuple[Action, ...]:
    """What to press next: the way back for who is hidden, before all else."""
    back = [Action("Show me on the boards", "settings board on", primary=True)] if context.user.board_opt_out else []
    everyone = [Action("Full board", f"leaderboard {context.request.args.lower()} full".replace("  ", " "))]
    name = [] if context.user.board_opt_out else [Action("My board name", "settings")]
    return (*back, *(everyone if longer else []), *more, *name)


def _standing(context: Context, board: Board, when: str, full: bool) -> str:
    """Tell a member where they are: a rank is only in the lines, a quarter is told to the lower half."""
    if context.user.board_opt_out:
        return _hidden(board, when)
    mine = board.mine
    if mine is None:
        return "You are not on it yet: one answer is enough." if board.xp <= 0 else ""
    if board.size == 1:
        return "So far the board is yours alone; whoever answers next joins you."
    if full or any(row.is_me for row in board.rows):
        return ""
    if board.size < QUARTERS_FROM:
        return f"You are on the board {when}, with {board.xp} XP."
    return f"You are in the {boards.quarter(mine.rank, board.size)} quarter {when}, with {board.xp} XP."


def _hidden(board: Board, when: str) -> str:
    return (
        f"You are hidden from this board. {board.xp} XP {when}: only you see that. /settings board on brings you back."
    )


VIEWS: tuple[tuple[tuple[str, ...], View], ...] = (
    (WEEK, _week),
    (ALL_TIME, _all_time),
    (IMPROVEMENT, _improvement),
    (CONSISTENCY, _consistency),
    (LEAGUE, _league),
)

COMMAND = Command(
    name="leaderboard",
    summary="your group’s board, this week or all time",
    usage="/leaderboard [week | all | improvement | consistency | league] [full]",
    help="Shows who learned most in your group, and how far you all are together. The week starts on Monday. improvement compares"
    " everyone with themselves, consistency counts days, league is for groups of twelve and more. With full, every place has its"
    " rank. Hide yourself or use another name in /settings.\n"
    "Examples: /leaderboard, /leaderboard all, /leaderboard improvement, /leaderboard full",
    handle=handle,
    order=44,
)
