"""What comes by itself, and what passes between the engine that sends it and the builders that say what it shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.platforms.port import Post

if TYPE_CHECKING:  # the store speaks of kinds and deliveries, too, and services hold the store
    from bot.services import Services


class Kind(StrEnum):
    """What can be posted by itself."""

    QUESTION = "question"
    CHALLENGE = "challenge"
    REVEAL = "reveal"
    RECAP = "recap"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One post of one local day, claimed by whoever builds and sends it now.

    Attributes:
        id: the store's.
        kind: what is to be shown.
        platform: where, as `Host.name` says it.
        place: the platform's id of the server or workspace; empty for a person.
        channel: the channel to post in; for a reminder the platform's id of the person.
        group_id: whose post it is; None for a person's.
        user_id: for whom it is; None for a group's.
        local_date: the day it is meant for, where it is posted.
        tz: the zone of that day.
        item_id: what it is about; places of one group share it. Empty until a builder chose.
        message: where it was posted, once it was.
        thread: the discussion below it, if any.
        ping: the role to notify, if any.
    """

    id: int
    kind: Kind
    platform: str
    place: str
    channel: str
    group_id: int | None
    user_id: int | None
    local_date: date
    tz: str
    item_id: str = ""
    message: str = ""
    thread: str = ""
    ping: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """A post to send, and the id of what it is about, which is kept with the delivery."""

    post: Post
    item_id: str = ""


Builder = Callable[["Services", Delivery], Awaitable[Built | None]]
"""Says what a delivery shows; None when there is nothing to say that day, which skips it.

A delivery that names an item is about that item: another place of the group, or an earlier attempt, has chosen it.
"""


@dataclass(frozen=True, slots=True)
class Job:
    """Upkeep that runs once a day, in one process.

    Attributes:
        name: what the log calls it, and what tells it from others; keep it.
        hour_utc: when it is due; later on the same day where nobody was there to run it.
        run: the work. What it raises is logged and stops nothing; it is tried again the next day.
    """

    name: str
    hour_utc: int
    run: Callable[[Services], Awaitable[object]]
