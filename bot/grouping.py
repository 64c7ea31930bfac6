"""What can be set about a group's place and how it is read, checked and shown. Pure, but for the zone names of `bot.days`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.cards import Field, FormCard
from bot.days import UnknownZone, find_zone
from bot.messages import LOCAL_PLATFORM, Place, Request
from bot.services import Context
from bot.store import Posting

NOBODY = ("none", "off", "nobody", "no", "")
PAIR = re.compile(r"(\w+)\s*=\s*(.*?)(?=\s+\w+\s*=|$)", re.DOTALL)
CHANNEL = re.compile(r"<#(?P<named>[A-Z0-9]{1,25})(?:\|[^>]*)?>|(?P<bare>[A-Z0-9]{8,25})", re.ASCII)
ROLE = re.compile(
    r"<@&(?P<role>[0-9]{1,25})>|<!subteam\^(?P<team>[A-Z0-9]{1,25})(?:\|[^>]*)?>|(?P<bare>[A-Z0-9]{8,25})", re.ASCII
)
OF_POSTS = ("question", "challenge", "reveal", "recap", "days")  # what `grouping_posts` reads
HOUR = re.compile(r"(\d{1,2})(?::00)?", re.ASCII)


class RefusedError(Exception):
    """A value that cannot be set; the message says what can."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What values are checked against: where they were typed, and the one track there is."""

    place: Place
    track: str


def may_manage(request: Request) -> bool:
    """Tell whether somebody may change the group; on one's own machine, everyone there may."""
    return request.admin or request.actor.platform == LOCAL_PLATFORM


def is_dm(place: Place) -> bool:
    """Tell whether a place is a private conversation."""
    return place.external_id.startswith("dm:")


def read_setup(text: str) -> dict[str, str]:
    """Read `key=value …`, or one `key value`."""
    pairs = {match[1].lower(): match[2].strip() for match in PAIR.finditer(text)}
    if pairs:
        return pairs
    key, _, value = text.strip().partition(" ")
    return {key.lower(): value.strip()}


def changed(before: Posting, asked: dict[str, str], setup: Setup) -> Posting:
    """Change what was asked for, all of it or nothing.

    Raises:
        RefusedError: one of the values cannot be; the message says what can.
    """
    after = before
    for key, value in asked.items():
        if key not in READERS:
            raise RefusedError(f"“{key[:40]}” cannot be set. There are: {', '.join((*READERS, *OF_POSTS))}.")
        after = READERS[key](after, value, setup)
    return after


def _channel(before: Posting, value: str, setup: Setup) -> Posting:
    if value.lower() in NOBODY:
        return replace(before, channel="")
    if value.lower() == "here":
        if not setup.place.channel:
            raise RefusedError(
                "There are no channels here. Posts go to channels on Discord and Slack; set this up there."
            )
        return replace(before, channel=setup.place.channel)
    found = CHANNEL.fullmatch(value)
    if found is None:
        raise RefusedError(f"“{value[:40]}” is not a channel. Mention one, give its id, or say here, or none.")
    return replace(before, channel=found["named"] or found["bare"])


def _hour(before: Posting, value: str, setup: Setup) -> Posting:
    if value.lower() in NOBODY:
        return replace(before, hour=None)
    found = HOUR.fullmatch(value)
    if found is None or int(found[1]) > 23:
        raise RefusedError("Say a full hour from 0 to 23, such as 9, or none.")
    return replace(before, hour=int(found[1]))


def _zone(before: Posting, value: str, setup: Setup) -> Posting:
    zone = find_zone(value)
    if isinstance(zone, UnknownZone):
        guess = f" Did you mean {' or '.join(zone.suggestions)}?" if zone.suggestions else ""
        raise RefusedError(f"“{zone.name[:40]}” is not a time zone I know; use a name such as Europe/Paris.{guess}")
    return replace(before, tz=zone)


def _track(before: Posting, value: str, setup: Setup) -> Posting:
    if value.lower() != setup.track:
        raise RefusedError(f"There is one track so far: {setup.track}.")
    return replace(before, track=setup.track)


def _ping(before: Posting, value: str, setup: Setup) -> Posting:
    if value.lower() in NOBODY:
        return replace(before, ping="")
    found = ROLE.fullmatch(value)
    if found is None:
        raise RefusedError("Mention a role or user group, give its id, or say none. Everyone at once cannot be called.")
    return replace(before, ping=found["role"] or found["team"] or found["bare"])


READERS: dict[str, Callable[[Posting, str, Setup], Posting]] = {
    "channel": _channel,
    "hour": _hour,
    "zone": _zone,
    "track": _track,
    "ping": _ping,
}


def shown(posting: Posting, here: str) -> list[str]:
    """Say in a few lines how posts are set up, to somebody in the channel `here`."""
    if not posting.channel:
        return ["No posts are set up: no channel was chosen."]
    hour = f"at {posting.hour:02}:00" if posting.hour is not None else "without an hour, so none come by themselves"
    zone = f" ({posting.tz or 'UTC'})" if posting.hour is not None else ""
    ping = f"Posts call {posting.ping}." if posting.ping else "Posts call nobody."
    where = "this channel" if posting.channel == here else f"channel {posting.channel}"
    return [f"Posts: in {where}, {hour}{zone}.", ping]


def form(context: Context, posting: Posting, more: tuple[Field, ...] = ()) -> FormCard:
    """The form an admin fills in; `more` is about single posts."""
    track = context.services.track.slug
    hour = "" if posting.hour is None else str(posting.hour)
    return FormCard(
        title=f"Posts of “{context.group.name}”",
        fields=(
            Field("Channel", "group setup channel", posting.channel, "Where posts go: here, a channel, or none."),
            Field("Hour", "group setup hour", hour, "When the question comes.", tuple(map(str, range(24)))),
            Field("Time zone", "group setup zone", posting.tz or "UTC", "Whose clock the hour follows, such as Europe/Paris."),
            *more,
            Field("Track", "group setup track", posting.track or track, "What posts are about.", (track,)),
            Field("Ping", "group setup ping", posting.ping or "none", "A role or user group posts call, or none."),
        ),
    )  # fmt: skip
