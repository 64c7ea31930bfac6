"""`/group setup`, `/group pause` and `/group resume`: where and when posts come, kept and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from bot.cards import Action, NoticeCard, Tone
from bot.grouping import RefusedError, Setup, changed, form, may_manage, read_setup, shown
from bot.grouping_posts import (
    DAYS_FOR,
    Wishes,
    fields,
    paused_text,
    read_pause,
    read_wishes,
    shown_posts,
    shown_trouble,
)
from bot.messages import Reply
from bot.services import Context
from bot.store import Posting, Spot
from bot.store.schedules import Schedule

FIRST = "Posts need a channel and an hour first: /group setup channel=here hour=9."


async def home(context: Context) -> Spot:
    """What the group's settings belong to: this channel, if it was joined by itself, and else all of the server."""
    place = context.request.place
    spot = Spot(place.platform, place.external_id, place.channel)
    return spot if spot in await context.store.places.joined(context.group.id) else spot.server


async def schedules_of(context: Context, spot: Spot) -> list[Schedule]:
    """What comes by itself in a spot, or else in the server it is in."""
    found = await context.store.deliveries.schedules_of(spot)
    return found or await context.store.deliveries.schedules_of(spot.server)


async def state_lines(context: Context) -> list[str]:
    """Say how posts are set up, what is next, and to those who can mend it what is wrong."""
    here = await home(context)
    posting, schedules = await context.store.places.posting(here), await schedules_of(context, here)
    trouble = shown_trouble(schedules) if may_manage(context.request) else []
    return [*shown(posting, context.request.place.channel), *shown_posts(posting, schedules, context.request.received_at), *trouble]


async def setup(context: Context, rest: str) -> Reply:
    """Show the form, or keep what was said, all of it or nothing."""
    here = await home(context)
    before = await context.store.places.posting(here)
    if not rest:
        return Reply((form(context, before, fields(before, await schedules_of(context, here))),))
    asked = read_setup(rest)
    try:
        wishes = read_wishes(asked)
        after = changed(before, asked, Setup(context.request.place, context.services.track.slug))
        if wishes and not (after.channel and after.hour is not None):
            raise RefusedError(FIRST)
    except RefusedError as fault:
        refused = NoticeCard(title="Not changed", text=str(fault), tone=Tone.WARNING)
        return Reply((refused, form(context, before, fields(before, await schedules_of(context, here)))))
    await _keep(context, here, after, wishes)
    return await _saved(context, after)


async def _keep(context: Context, here: Spot, after: Posting, wishes: Wishes) -> None:
    await context.store.places.set_posting(here, after)
    if after.tz and Spot(context.group.platform, context.group.external_id) == here:  # whose week the board follows
        await context.store.ensure_group(here.platform, here.external_id, context.group.name, after.tz)
    deliveries = context.store.deliveries
    for schedule in await deliveries.schedules_of(here):
        wish = wishes.kinds.get(schedule.kind, not schedule.paused)
        at = wish if isinstance(wish, time) else schedule.rule.at
        days = wishes.weekdays if wishes.weekdays and schedule.kind in DAYS_FOR else schedule.rule.weekdays
        if (at, days) != (schedule.rule.at, schedule.rule.weekdays):
            await deliveries.set_schedule(here, schedule.kind, at, days)
        if wish is False:
            await deliveries.pause(here, schedule.kind)
        else:
            await deliveries.resume(here, schedule.kind)


async def _saved(context: Context, after: Posting) -> Reply:
    missing = await _missing(context, after.channel)
    lines = [*await state_lines(context), *(f"Posts cannot arrive yet: {what}" for what in missing)]
    actions = (Action("Send a test post", "group test", primary=True),) if after.channel else ()
    tone = Tone.WARNING if missing else Tone.GOOD
    return Reply((NoticeCard(title="Saved", text="\n".join(lines), tone=tone, actions=actions),))


async def _missing(context: Context, channel: str) -> tuple[str, ...]:
    """What the platform itself says is missing for posts."""
    host = context.services.hosts.get(context.request.place.platform)
    return await host.check(channel) if host and channel else ()


async def pause(context: Context, rest: str) -> Reply:
    """Let no posts come until a day, or until somebody resumes them."""
    here = await home(context)
    posting = await context.store.places.posting(here)
    if not posting.channel or posting.hour is None:
        return _notice("Nothing to pause", FIRST)
    today = context.request.received_at.astimezone(ZoneInfo(posting.tz or "UTC")).date()
    try:
        until = read_pause(rest, today)
    except RefusedError as fault:
        return _notice("Not paused", str(fault), Tone.WARNING)
    await context.store.places.set_posting(here, replace(posting, paused_until=until))
    text = f"{paused_text(until)} Everyone can go on learning meanwhile, and nothing is lost."
    return Reply((NoticeCard(title="Paused", text=text, actions=(Action("Resume", "group resume"),)),))


async def resume(context: Context, _rest: str) -> Reply:
    """End a pause, and try again what the platform had refused."""
    here = await home(context)
    posting = await context.store.places.posting(here)
    if not posting.channel or posting.hour is None:
        return _notice("Nothing to resume", FIRST)
    await context.store.places.set_posting(here, replace(posting, paused_until=None))
    lines = shown_posts(
        posting=replace(posting, paused_until=None),
        schedules=await schedules_of(context, here),
        now=context.request.received_at,
    )
    missing = [f"Posts cannot arrive yet: {what}" for what in await _missing(context, posting.channel)]
    tone = Tone.WARNING if missing else Tone.GOOD
    return _notice("Posts come again", "\n".join([*lines, *missing]), tone)


def _notice(title: str, text: str, tone: Tone = Tone.INFO) -> Reply:
    return Reply((NoticeCard(title=title, text=text, tone=tone),))
