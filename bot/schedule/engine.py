"""Sends what is due: asks the store what this process may send, has it built, posts it, and notes what became of it.

Any number of processes run one on the same store; a post belongs to one of them at a time. Nothing here keeps state that
matters: a process that dies at any point is made up for by the next tick of another, or of itself after its start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.platforms.port import Post, PostError
from bot.schedule.kinds import Builder, Built, Delivery, Kind
from bot.schedule.plan import key_of
from bot.services import Services
from bot.store.claims import Asking, Claim

log = structlog.get_logger(__name__)

AT_A_TIME = 64
SET_BACK = timedelta(seconds=30)  # a clock that goes back by less is only being corrected


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a process may keep a post to itself.

    Attributes:
        lease: without a sign of life; the time the store's clock tells.
        patience_s: for one attempt to send, in seconds; the platform may ask us to wait meanwhile.
        drain_s: for what is under way when the process is told to end.
    """

    lease: timedelta = timedelta(seconds=60)
    patience_s: float = 240.0
    drain_s: float = 10.0


USUAL = Terms()


class Engine:
    """One process's share of the sending. Begin with `begin`, call `tick` every second, end with `finish`.

    Args:
        services: everything; posts go to those of its hosts that are there at the time.
        builders: what each kind shows.
        owner: a name no other process has, nor had.
        terms: how long a post may be kept.
    """

    def __init__(
        self, services: Services, builders: Mapping[Kind, Builder], *, owner: str, terms: Terms = USUAL
    ) -> None:
        self._services, self._builders, self._owner, self._terms = services, builders, owner, terms
        self._deliveries = services.store.deliveries
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._latest: datetime | None = None

    async def begin(self) -> None:
        """Find out what comes next, with the time zone data of today."""
        self._latest = self._services.now()
        await self._deliveries.adopt()

    async def tick(self) -> None:
        """Start sending what is due and free."""
        now = self._services.now()
        if self._latest is not None and now < self._latest - SET_BACK:
            moved = await self._deliveries.plan_anew()
            log.warning("the clock was set back; posts are planned anew", moved=moved)
        self._latest = now
        holding = frozenset(self._sending)
        if holding:
            await self._deliveries.renew(self._owner, holding, self._terms.lease)
        platforms = tuple(self._services.hosts)
        asking = Asking(self._owner, platforms, AT_A_TIME - len(holding), self._terms.lease, holding)
        for claim in await self._deliveries.take(asking):
            task = asyncio.create_task(self._handle(claim), name=f"delivery {claim.delivery.id}")
            self._sending[claim.delivery.id] = task
            task.add_done_callback(partial(self._done, claim.delivery.id))

    def _done(self, delivery_id: int, _task: asyncio.Task[None]) -> None:
        del self._sending[delivery_id]

    async def settled(self) -> None:
        """Wait until nothing is being sent."""
        while self._sending:
            await asyncio.wait(set(self._sending.values()))

    async def finish(self) -> None:
        """Let what is under way end, for a while, and give the rest back to whoever comes next."""
        under_way = set(self._sending.values())
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=self._terms.drain_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        await self._deliveries.release(self._owner)

    async def _handle(self, claim: Claim) -> None:
        """Send one post; whatever goes wrong stays with it."""
        try:
            await self._send(claim)
        except PostError as fault:
            await self._refused(claim, fault)
        except Exception as fault:
            log.exception("a post failed; it is tried again", **_named(claim.delivery))
            await self._deliveries.put_off(claim, self._owner, type(fault).__name__)
            self._count(claim, "put_off")

    async def _send(self, claim: Claim) -> None:
        built = await self._build(claim.delivery)
        if built is None:
            await self._deliveries.skip(claim, self._owner)
            self._count(claim, "skipped")
            return
        host = self._services.hosts.get(claim.delivery.platform)
        if host is None:
            raise PostError(f"{claim.delivery.platform} is not served here any more.", lasting=False)
        async with asyncio.timeout(self._terms.patience_s):
            post, person = _addressed(built.post, claim), claim.delivery.user_id is not None
            posted = await (host.direct(claim.delivery.channel, post) if person else host.post(post))
        await self._deliveries.sent(claim, self._owner, posted)
        self._count(claim, "sent")
        log.info("posted", tries=claim.tries, **_named(claim.delivery))

    async def _build(self, delivery: Delivery) -> Built | None:
        """What the post shows; built once more where another place of the group was quicker to choose an item."""
        builder = self._builders[delivery.kind]
        built = await builder(self._services, delivery)
        if built is None or built.item_id == delivery.item_id:
            return built
        agreed = await self._deliveries.agree(delivery, built.item_id)
        if agreed == built.item_id:
            return built
        return await builder(self._services, replace(delivery, item_id=agreed))

    async def _refused(self, claim: Claim, fault: PostError) -> None:
        if not fault.lasting:
            log.info("a post did not arrive; it is tried again", why=str(fault), **_named(claim.delivery))
            await self._deliveries.put_off(claim, self._owner, str(fault))
            self._count(claim, "put_off")
        elif await self._deliveries.fail(claim, self._owner, str(fault)):
            log.warning("a post was refused for good; its schedule waits", why=str(fault), **_named(claim.delivery))
            self._count(claim, "failed")

    def _count(self, claim: Claim, outcome: str) -> None:
        lag = self._services.now() - claim.due_at
        self._services.meter.delivered(claim.delivery.kind, outcome, lag.total_seconds())


def _addressed(post: Post, claim: Claim) -> Post:
    """A post with what makes it this delivery and no other."""
    delivery = claim.delivery
    return replace(post, channel=delivery.channel, key=key_of(delivery), repeat=claim.tries > 1)


def _named(delivery: Delivery) -> dict[str, object]:
    """What the log says of a delivery: nothing about people."""
    return {
        "delivery": delivery.id,
        "kind": delivery.kind.value,
        "platform": delivery.platform,
        "local_date": delivery.local_date.isoformat(),
    }
