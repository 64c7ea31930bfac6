"""Owns whose turn it is when more work waits than can run: a lock for each client, round robin over groups and clients.

`Line` decides and touches neither clock nor event loop; `FairQueue` is the thin shell that waits. Both know names only:
who a client is, what a turn is spent on and how its result travels are no concern of theirs.

The rule: a free slot goes to the group that has been ready longest since it was last served, and in it to the client of
whom the same holds. Who is served goes to the end; who comes while a turn runs goes before whoever that turn served; of
those who came during one turn, the one with the least outstanding work goes first. So while somebody is ready, no other
group, and no other client of their group, begins two turns: a flood delays others by one run, whatever its length.
"""
from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

FIRST_GUESS_S = 1.0  # how long a turn takes, until one has been measured
LONGEST_RETRY_S = 600


class Busy(Exception):  # noqa: N818 - reads as what it says, in `except` and in messages
    """Nothing was begun, because too much waits already."""

    def __init__(self, waiting: int, retry_after_s: int, *, own: bool = False) -> None:
        """Say how many wait, of all or of this client alone, and when there may be room again."""
        whose = "turns of this client" if own else "turns"
        super().__init__(f"{waiting} {whose} are waiting; try again in about {retry_after_s} s.")
        self.waiting = waiting
        self.retry_after_s = retry_after_s
        self.own = own


class Closing(Exception):  # noqa: N818 - as above
    """Nothing was begun, because the queue is being closed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is."""

    client: str
    group: str


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def current_turn() -> Turn | None:
    """Return whose turn the caller is running in, so that a distant runner can be fair to the same people."""
    return _turn.get()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the line."""

    number: int
    client: str
    group: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What speaks for a group or a client that is ready."""

    since: int  # the moment it was last served or became ready
    outstanding: int
    arrived: int  # its oldest ticket


def foremost(claims: dict[str, Claim]) -> str:
    """Name the one to serve next: ready longest, then least outstanding, then oldest."""
    return min(claims, key=lambda name: (claims[name].since, claims[name].outstanding, claims[name].arrived))


@dataclass(slots=True)
class Line:
    """Who waits and who runs. A moment is twice the number of turns begun, and one more for who was just served."""

    at_once: int = 1  # turns of one client that may run together
    begun: int = 0
    issued: int = 0
    waiting: dict[str, dict[str, deque[Ticket]]] = field(default_factory=dict)  # by group, then by client
    running: dict[int, Ticket] = field(default_factory=dict)
    of_client: Counter[str] = field(default_factory=Counter)  # tickets that wait
    of_group: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)  # turns that run, by client
    held_by_group: Counter[str] = field(default_factory=Counter)
    clients: dict[str, int] = field(default_factory=dict)  # since when each ready one is ready
    groups: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count who waits."""
        return self.of_client.total()

    def join(self, client: str, group: str) -> Ticket:
        """Take a place."""
        self.issued += 1
        ticket = Ticket(self.issued, client, group)
        self.waiting.setdefault(group, {}).setdefault(client, deque()).append(ticket)
        self.of_client[client] += 1
        self.of_group[group] += 1
        self._settle(client, [group], 2 * self.begun)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give up a place, whether its turn has begun or not."""
        if self.running.pop(ticket.number, None) is None:
            self._unwait(ticket)
            self._settle(ticket.client, [ticket.group], 2 * self.begun)
            return
        _less(self.held, ticket.client)
        _less(self.held_by_group, ticket.group)
        theirs = [group for group, clients in self.waiting.items() if ticket.client in clients]
        self._settle(ticket.client, theirs, 2 * self.begun + 1)

    def begin(self) -> Ticket | None:
        """Begin the next turn, if anybody who waits may run."""
        if not self.groups:
            return None
        group = foremost({name: self._group_claim(name) for name in self.groups})
        client = foremost({name: self._client_claim(group, name) for name in self._ready_in(group)})
        ticket = self.waiting[group][client][0]
        self._unwait(ticket)
        self.begun += 1
        self.running[ticket.number] = ticket
        self.held[client] += 1
        self.held_by_group[group] += 1
        self.clients.pop(client, None)
        self.groups.pop(group, None)
        theirs = [name for name, clients in self.waiting.items() if client in clients]
        self._settle(client, [group, *theirs], 2 * self.begun + 1)
        return ticket

    def _unwait(self, ticket: Ticket) -> None:
        clients = self.waiting[ticket.group]
        clients[ticket.client].remove(ticket)
        if not clients[ticket.client]:
            del clients[ticket.client]
        if not clients:
            del self.waiting[ticket.group]
        _less(self.of_client, ticket.client)
        _less(self.of_group, ticket.group)

    def _ready_in(self, group: str) -> list[str]:
        return [client for client in self.waiting.get(group, ()) if self.held[client] < self.at_once]

    def _settle(self, client: str, groups: list[str], moment: int) -> None:
        """Note who has become ready or is so no more; who was ready all along keeps the older moment."""
        _stand(self.clients, client, moment, ready=self.of_client[client] > 0 and self.held[client] < self.at_once)
        for group in groups:
            _stand(self.groups, group, moment, ready=bool(self._ready_in(group)))

    def _group_claim(self, group: str) -> Claim:
        oldest = min(self.waiting[group][client][0].number for client in self._ready_in(group))
        return Claim(self.groups[group], self.of_group[group] + self.held_by_group[group], oldest)

    def _client_claim(self, group: str, client: str) -> Claim:
        oldest = self.waiting[group][client][0].number
        return Claim(self.clients[client], self.of_client[client] + self.held[client], oldest)


def _stand(since: dict[str, int], name: str, moment: int, *, ready: bool) -> None:
    if ready:
        since.setdefault(name, moment)
    else:
        since.pop(name, None)


def _less(counter: Counter[str], name: str) -> None:
    """Count one less, and forget a name that has nothing left: names come from outside and are without number."""
    counter[name] -= 1
    if counter[name] <= 0:
        del counter[name]


def wait_estimate(ahead: int, usual_s: float, lanes: int) -> int:
    """Say in whole seconds how long so many turns will take, when so many run side by side."""
    return max(1, min(LONGEST_RETRY_S, math.ceil(ahead * usual_s / lanes)))


class FairQueue:
    """Lets a few turns run at a time and keeps the others waiting in fair order, up to a number."""

    def __init__(
        self,
        slots: int,
        capacity: int,
        per_client: int,
        *,
        at_once: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set how much may run and wait.

        Args:
            slots: turns that run at a time.
            capacity: turns that may wait, of all clients together.
            per_client: turns of one client that may wait.
            at_once: turns of one client that may run together; 1 makes the queue a lock for each client.
            clock: seconds that only grow, to estimate waits.

        Raises:
            ValueError: when one of the numbers is below 1.
        """
        if min(slots, capacity, per_client, at_once) < 1:
            raise ValueError("A queue needs room: slots, capacity, per_client and at_once must be 1 or more.")
        self.slots = slots
        self.capacity = capacity
        self.per_client = per_client
        self.clock = clock
        self.usual_s = FIRST_GUESS_S
        self.closing = False
        self._line = Line(at_once)
        self._calls: dict[int, asyncio.Future[None]] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._line)

    @property
    def running(self) -> int:
        """How many run."""
        return len(self._line.running)

    def check_room(self, client: str) -> None:
        """Refuse when one more turn of a client would not fit.

        Raises:
            Busy: when too many wait.
            Closing: when the queue is being closed.
        """
        if self.closing:
            raise Closing("The queue is being closed.")
        own = self._line.of_client.get(client, 0)
        if own >= self.per_client:
            raise Busy(own, wait_estimate(own, self.usual_s, self._line.at_once), own=True)
        if self.waiting >= self.capacity:
            raise Busy(self.waiting, wait_estimate(self.waiting, self.usual_s, self.slots))

    @asynccontextmanager
    async def turn(self, *, client: str, group: str = "") -> AsyncIterator[None]:
        """Wait for a turn and hold it; giving up while waiting, or cancelling, frees the place at once.

        Raises:
            Busy: when too many wait already.
            Closing: when the queue is being closed.
        """
        self.check_room(client)
        ticket = self._line.join(client, group)
        called = self._calls[ticket.number] = asyncio.get_running_loop().create_future()
        self._idle.clear()
        began: float | None = None
        try:
            self._advance()
            await called
            began = self.clock()
            mark = _turn.set(Turn(client, group))
            try:
                yield
            finally:
                _turn.reset(mark)
        finally:
            if began is not None:
                self.usual_s += (self.clock() - began - self.usual_s) / 5
            self._calls.pop(ticket.number)
            self._line.leave(ticket)
            self._advance()

    def close(self) -> None:
        """Begin no more turns: who waits and who comes is refused, who runs goes on."""
        self.closing = True
        for number, called in self._calls.items():
            if number not in self._line.running and not called.done():
                called.set_exception(Closing("The queue is being closed."))

    async def idle(self) -> None:
        """Wait until nothing waits or runs."""
        await self._idle.wait()

    def _advance(self) -> None:
        while not self.closing and self.running < self.slots and (ticket := self._line.begin()):
            called = self._calls[ticket.number]
            if not called.done():
                called.set_result(None)
        if not self._calls:
            self._idle.set()
