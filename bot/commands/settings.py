"""`/settings [what] [value]`: time zone, day start, track, path, name or absence on the board, asking for confidence, samples."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from bot.cards import Field, FormCard, NoticeCard, Tone
from bot.commands import Command
from bot.days import LATEST_DAY_START, TooSoon, UnknownZone, find_zone
from bot.messages import LOCAL_PLATFORM, Reply
from bot.reminding import UnclearError, quiet_text, read_quiet, read_time
from bot.services import Context
from bot.store import Spot
from bot.streaks import DAYS_IN_WEEK

MAX_BOARD_NAME = 30
BOARD_MARKS = ("(you)", "(sample)")  # what the board itself writes behind a name
PINGS = ("@everyone", "@here", "<@")


class SettingError(Exception):
    """A value that cannot be set; the message says what can."""


Setter = Callable[[Context, str], Awaitable[str]]


async def handle(context: Context) -> Reply:
    """Show the settings, or change one."""
    what, _, value = context.request.args.partition(" ")
    if not what:
        return Reply((await _form(context),))
    setter = SETTERS.get(what.lower())
    if setter is None:
        known = ", ".join(SETTERS)
        return Reply(
            (
                NoticeCard(title="No such setting", text=f"“{what[:40]}” is not a setting. There are: {known}."),
                await _form(context),
            )
        )
    try:
        said = await setter(context, value.strip())
    except SettingError as fault:
        return Reply((NoticeCard(title="Not changed", text=str(fault), tone=Tone.WARNING),))
    return Reply((NoticeCard(title="Saved", text=said, tone=Tone.GOOD),))


async def _zone(context: Context, value: str) -> str:
    if not value:
        raise SettingError("Say a time zone, such as Europe/Paris.")
    zone = find_zone(value)
    if isinstance(zone, UnknownZone):
        guess = f" Did you mean {' or '.join(zone.suggestions)}?" if zone.suggestions else ""
        raise SettingError(f"“{zone.name}” is not a time zone I know; use a name such as Europe/Paris.{guess}")
    return f"Your time zone is {zone}{await _change_days(context, tz=zone)}"


async def _day_start(context: Context, value: str) -> str:
    if value not in map(str, range(LATEST_DAY_START + 1)):
        raise SettingError(f"Say an hour from 0 to {LATEST_DAY_START}, such as 4.")
    when = await _change_days(context, day_start=int(value))
    return f"Your day turns at {int(value):02}:00{when} What you do before that counts for the day before."


async def _change_days(context: Context, **fields: str | int) -> str:
    """Change the day rule and say from when it holds."""
    changed = await context.store.update_settings(context.user.id, **fields)
    if isinstance(changed, TooSoon):
        wait = changed.allowed_at.astimezone(ZoneInfo(context.user.tz))
        raise SettingError(f"Not yet: {changed.reason}. You can change it from {wait:%d %B, %H:%M} on.")
    return ", from your next day on, so that today keeps its length." if changed.pending else "."


async def _track(context: Context, value: str) -> str:
    track = context.services.track
    if value.lower() != track.slug:
        raise SettingError(f"There is one track so far: {track.slug}.")
    await context.store.update_settings(context.user.id, track=track.slug)
    return f"You are learning {track.title}."


async def _path(context: Context, value: str) -> str:
    paths = {p.slug: p.title for p in context.services.track.paths}
    if value.lower() in ("none", "off"):
        await context.store.update_settings(context.user.id, path="")
        return "You follow the track in its own order."
    if value not in paths:
        what = f"“{value[:40]}” is not a path." if value else "Say which path."
        raise SettingError(f"{what} There are: {', '.join(paths)}, none.")
    await context.store.update_settings(context.user.id, path=value)
    return f"You follow {paths[value]}: its sections come first."


async def _name(context: Context, value: str) -> str:
    name = " ".join(value.split())
    if len(name) > MAX_BOARD_NAME:
        raise SettingError(f"That name has {len(name)} characters; up to {MAX_BOARD_NAME} fit on the board.")
    if not all(char.isprintable() for char in name):
        raise SettingError("That name has characters that do not print; please use others.")
    if name.casefold().endswith(BOARD_MARKS):
        raise SettingError("That name ends in a mark the board itself uses; please choose another.")
    if any(ping in name.casefold() for ping in PINGS):
        raise SettingError("That name would call other people; please choose one without @.")
    await context.store.update_settings(context.user.id, board_name=name)
    return f"On the leaderboard you are now “{name}”." if name else "On the leaderboard you use your own name again."


async def _board(context: Context, value: str) -> str:
    shown = _on_off(value)
    await context.store.update_settings(context.user.id, board_opt_out=not shown)
    return "You are on the leaderboard." if shown else "You are off the leaderboard; nobody sees your rank."


async def _confidence(context: Context, value: str) -> str:
    wanted = _on_off(value)
    await context.store.update_settings(context.user.id, ask_confidence=wanted)
    if wanted:
        return (
            "Before an answer counts, I ask how sure you are. /progress shows how well that fits, from ten answers on."
        )
    return "I no longer ask how sure you are; ~70 behind an answer still says so."


async def _ai(context: Context, value: str) -> str:
    wanted = _on_off(value)
    tutoring = context.store.tutoring
    await tutoring.set_off(context.user.id, not wanted)
    if not wanted:
        return "None of your code or words goes to Claude. Every mistake is still explained, here on this machine."
    await tutoring.note_first_use(context.user.id)
    if not context.services.tutor.has_ai:
        return "You allow it. Whoever runs this bot has not set it up, so nothing is sent, and nothing else changes."
    if not await tutoring.opted_in(context.group.id):
        return "You allow it. This group has not turned it on, so nothing is sent: its admins can, with /group ai on."
    return (
        "When a try fails, your code and what the grader found go to Anthropic’s API for a better explanation; your name, ids"
        " and group never do. /settings ai off ends it."
    )


async def _weekly_goal(context: Context, value: str) -> str:
    if value.lower() in ("off", "none", "0"):
        await context.store.streaks.set_weekly_goal(context.user.id, 0, context.today)
        return "You have no weekly goal now; your streak goes by days."
    if value not in map(str, range(1, DAYS_IN_WEEK + 1)):
        raise SettingError(f"Say how many days a week, from 1 to {DAYS_IN_WEEK}, or off.")
    await context.store.streaks.set_weekly_goal(context.user.id, int(value), context.today)
    return (
        f"You aim at {value} {'day' if value == '1' else 'days'} a week, from this week on. /streak shows how it goes."
    )


async def _reminder(context: Context, value: str) -> str:
    try:
        at = read_time(value)
    except UnclearError as fault:
        raise SettingError(str(fault)) from None
    deliveries, actor = context.store.deliveries, context.request.actor
    if at is None:
        await deliveries.stop_reminder(context.user.id)
        return "No more reminders. Your streak and everything else stays as it is."
    if actor.platform == LOCAL_PLATFORM:
        raise SettingError("Reminders are direct messages on Discord or Slack; set yours there.")
    quiet = await context.store.reminders.quiet(context.user.id)
    if quiet.holds_at(at.hour):
        hours = f"{at:%H:%M} lies in your quiet hours, {quiet_text(quiet)}."
        raise SettingError(f"{hours} Choose another time, or change them first: /settings quiet 23-7.")
    await deliveries.set_reminder(context.user.id, Spot(actor.platform, actor.external_id), at)
    return (
        f"At {at:%H:%M} I write to you directly, once, and only on days when your streak is at stake."
        " /settings reminder off ends it."
    )


async def _quiet(context: Context, value: str) -> str:
    try:
        quiet = read_quiet(value)
    except UnclearError as fault:
        raise SettingError(str(fault)) from None
    await context.store.reminders.keep_quiet(context.user.id, quiet)
    if quiet.start == quiet.end:
        return "No hours are quiet; only the reminder you asked for will come."
    said = f"Nothing is sent to you from {quiet.start:02}:00 to {quiet.end:02}:00."
    known = await context.store.deliveries.reminder_of(context.user.id)
    if known is not None and known.active and quiet.holds_at(known.rule.at.hour):
        said += f" Your reminder at {known.rule.at:%H:%M} lies in them, so it will not come."
    return said


async def _samples(context: Context, value: str) -> str:
    if _on_off(value):
        raise SettingError("Sample members come only with a new local group; they cannot be brought back.")
    removed = await context.store.remove_demo(context.group.id)
    return f"{removed} sample members are gone from this group." if removed else "This group has no sample members."


def _on_off(value: str) -> bool:
    if value.lower() not in ("on", "off"):
        raise SettingError("Say on or off.")
    return value.lower() == "on"


async def _form(context: Context) -> FormCard:
    user, track = context.user, context.services.track
    rule = user.pending.rule if user.pending else user.rule
    reminder = await context.store.deliveries.reminder_of(user.id)
    quiet = await context.store.reminders.quiet(user.id)
    return FormCard(
        title="Your settings",
        fields=(
            Field("Time zone", "settings zone", rule.tz, "An IANA name such as Europe/Paris; your days follow it."),
            Field(
                "Day starts at",
                "settings day",
                str(rule.day_start),
                "An hour from 0 to 6; late nights count for the day before.",
                tuple(map(str, range(7))),
            ),
            Field("Track", "settings track", track.slug, "What you are learning.", (track.slug,)),
            Field(
                "Path",
                "settings path",
                user.path or "none",
                "Whose sections come first.",
                ("none", *(p.slug for p in track.paths)),
            ),
            Field(
                "Board name",
                "settings name",
                user.board_name,
                "A name of your choice for the leaderboard; empty means your own.",
            ),
            Field(
                "On the board",
                "settings board",
                "off" if user.board_opt_out else "on",
                "Off hides you from every rank.",
                ("on", "off"),
            ),
            Field(
                "Days a week",
                "settings weekly-goal",
                str(await context.store.streaks.weekly_goal(user.id) or "off"),
                "A goal beside the streak, for those who cannot do every day.",
                ("off", *map(str, range(1, DAYS_IN_WEEK + 1))),
            ),
            Field(
                "Ask how sure I am",
                "settings confidence",
                "on" if user.ask_confidence else "off",
                "On asks before an answer counts, and shows how well you judge yourself.",
                ("on", "off"),
            ),
            Field(
                "Help by Claude",
                "settings ai",
                "off" if await context.store.tutoring.is_off(user.id) else "on",
                "Off sends none of your code to Anthropic; on sends it only where your group agreed as well.",
                ("on", "off"),
            ),
            Field(
                "Reminder",
                "settings reminder",
                f"{reminder.rule.at:%H:%M}" if reminder and reminder.active else "off",
                "A direct message at a time such as 19:00, only when your streak is at stake; or off.",
            ),
            Field(
                "Quiet hours",
                "settings quiet",
                quiet_text(quiet),
                "Hours in which nothing is sent to you, such as 22-8; or off.",
            ),
            Field(
                "Sample members",
                "settings samples",
                "",
                "Say off to remove the made-up members of a local group.",
                ("off",),
            ),
        ),
    )


SETTERS: dict[str, Setter] = {
    "zone": _zone,
    "day": _day_start,
    "track": _track,
    "path": _path,
    "name": _name,
    "board": _board,
    "reminder": _reminder,
    "quiet": _quiet,
    "confidence": _confidence,
    "ai": _ai,
    "weekly-goal": _weekly_goal,
    "samples": _samples,
}

COMMAND = Command(
    name="settings",
    summary="time zone, day start, track, path, board name, reminder",
    usage="/settings [zone | day | track | path | name | board | confidence | ai | weekly-goal | reminder | quiet | samples] [value]",
    help="Shows your settings, or changes one.\n"
    "Examples: /settings zone Europe/Paris, /settings day 4, /settings name Ada, /settings board off, /settings weekly-goal 4,"
    " /settings quiet 22-8",
    handle=handle,
    order=60,
)
