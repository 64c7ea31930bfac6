"""Whose turn it is: fair for every pattern of arrivals, bounded, one at a time for each client, safe to cancel."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.fair import Busy, Closing, FairQueue, Line, Ticket, Turn, current_turn, wait_estimate

FLOOD = 500


@dataclass
class Hall:
    """A line with slots, and a watch on it that knows the promise and not the rule."""

    slots: int
    at_once: int
    line: Line = field(init=False)
    tickets: list[Ticket] = field(default_factory=list)  # that wait
    runs: list[Ticket] = field(default_factory=list)
    groups_seen: dict[str, Counter[str]] = field(default_factory=dict)  # by ready group: what others began meanwhile
    clients_seen: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.line = Line(self.at_once)

    def join(self, client: str, group: str) -> None:
        """Let one more arrive."""
        self.tickets.append(self.line.join(client, group))
        self.settle()

    def leave(self, at: int) -> None:
        """Let one that waits give up."""
        if self.tickets:
            self.line.leave(self.tickets.pop(at % len(self.tickets)))
            self.settle()

    def finish(self, at: int) -> None:
        """Let one that runs end."""
        if self.runs:
            self.line.leave(self.runs.pop(at % len(self.runs)))
            self.settle()

    def settle(self) -> None:
        """Begin all that may begin, and hold every turn against the promise."""
        self.watch()
        while len(self.runs) < self.slots and (ticket := self.line.begin()):
            assert ticket == next(t for t in self.tickets if (t.client, t.group) == (ticket.client, ticket.group))
            self.tickets.remove(ticket)
            self.runs.append(ticket)
            assert max(Counter(t.client for t in self.runs).values()) <= self.at_once
            self.note(ticket)
            self.watch()
        assert len(self.runs) == self.slots or not set(self.ready()), "a slot is free and somebody could use it"

    def ready(self) -> Iterator[tuple[str, str]]:
        """List who waits and may run."""
        held = Counter(t.client for t in self.runs)
        return ((t.group, t.client) for t in self.tickets if held[t.client] < self.at_once)

    def watch(self) -> None:
        """Begin to count for whoever became ready, and stop for whoever is so no more."""
        ready = set(self.ready())
        self.clients_seen = {who: self.clients_seen.get(who, Counter()) for who in ready}
        self.groups_seen = {group: self.groups_seen.get(group, Counter()) for group, _ in ready}

    def note(self, begun: Ticket) -> None:
        """Count a turn against everybody who was ready and did not get it."""
        self.groups_seen.pop(begun.group, None)
        for group in self.groups_seen:
            self.groups_seen[group][begun.group] += 1
        for who in [who for who in self.clients_seen if who[1] == begun.client]:
            del self.clients_seen[who]
        for group, client in self.clients_seen:
            if group == begun.group:
                self.clients_seen[group, client][begun.client] += 1
        passed = [*self.groups_seen.values(), *self.clients_seen.values()]
        assert max((max(seen.values(), default=0) for seen in passed), default=0) <= 1, "somebody was passed twice"


NAMES = st.sampled_from("abcdefgh")
STEPS = st.one_of(
    st.tuples(st.just("join"), NAMES, st.sampled_from("XYZ")),
    st.tuples(st.just("finish"), st.integers(0, 50)),
    st.tuples(st.just("finish"), st.integers(0, 50)),
    st.tuples(st.just("leave"), st.integers(0, 50)),
)


@settings(deadline=None)
@given(st.lists(STEPS, max_size=120), st.integers(1, 4), st.integers(1, 3))
def test_nobody_who_waits_is_passed_twice_by_the_same_others(
    steps: list[tuple[object, ...]], slots: int, at_once: int
) -> None:
    """Whatever comes in whatever order: with G groups and C clients in one's own, a turn comes within G × C turns."""
    hall = Hall(slots, at_once)
    for name, *arguments in steps:
        getattr(hall, str(name))(*arguments)
    while hall.runs:
        hall.finish(0)
    line = hall.line
    left = (line.waiting, line.running, line.of_client, line.of_group, line.held, line.held_by_group, line.groups)
    assert (hall.tickets, left, line.clients) == ([], ({}, {}, {}, {}, {}, {}, {}), {})


@settings(deadline=None)
@given(st.integers(1, 3), st.integers(2, 60), st.integers(0, 10), st.sampled_from(["own", "other"]), st.integers(0, 3))
def test_who_comes_into_a_flood_has_the_next_turn_that_begins(
    at_once: int, flood: int, served: int, group: str, more: int
) -> None:
    line = Line(at_once)
    for _ in range(flood + served):
        line.join("flood", "own")
    running = line.begin()
    for _ in range(served):
        assert running is not None
        line.leave(running)
        running = line.begin()
    newcomer = line.join("newcomer", group)
    for _ in range(more):
        line.join("flood", "own")
    assert running is not None
    line.leave(running)
    assert line.begin() == newcomer


def test_of_those_who_came_during_one_turn_the_group_with_the_least_work_goes_first() -> None:
    line = Line()
    line.join("someone", "elsewhere")
    running = line.begin()
    for client in ("a", "b", "c"):
        line.join(client, "many")
    line.join("d", "few")
    assert running is not None
    order = []
    for _ in range(4):
        line.leave(running)
        running = line.begin()
        assert running is not None
        order.append(running.client)
    assert order == ["d", "a", "b", "c"]


def test_one_who_always_comes_back_does_not_starve_a_flood_either() -> None:
    line, order = Line(), []
    for _ in range(5):
        line.join("flood", "one")
    line.join("steady", "two")
    while (running := line.begin()) is not None and len(order) < 10:
        order.append(running.client)
        line.leave(running)
        if running.client == "steady":
            line.join("steady", "two")
    assert order == ["steady", "flood"] * 5


def test_a_group_that_grows_while_it_waits_keeps_its_place() -> None:
    line, order = Line(), []
    for client in ("a", "b"):
        line.join(client, "one")
    for client in ("c", "d"):
        line.join(client, "two")
    line.join("e", "three")
    for number in range(3):
        line.join(f"more {number}", "three")
        running = line.begin()
        assert running is not None
        line.leave(running)
        order.append(running.group)
    assert order == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("ahead", "usual_s", "lanes", "told"), [(0, 1, 1, 1), (9, 0.5, 2, 3), (10, 2, 4, 5), (500, 60, 1, 600)]
)
def test_a_wait_is_told_in_whole_seconds(ahead: int, usual_s: float, lanes: int, told: int) -> None:
    assert wait_estimate(ahead, usual_s, lanes) == told


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_a_queue_without_room_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="needs room"):
        FairQueue(*numbers)


@dataclass
class Guests:
    """Tasks that take turns and hold them until told to end."""

    queue: FairQueue
    began: list[str] = field(default_factory=list)
    holding: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def come(self, name: str, group: str = "") -> None:
        """Let a guest ask for a turn; its client is the first word of its name."""
        self.holding[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._sit(name, group))
        await settle()

    async def _sit(self, name: str, group: str) -> None:
        async with self.queue.turn(client=name.split()[0], group=group):
            self.began.append(name)
            await self.holding[name].wait()

    async def go(self, name: str) -> None:
        """End a guest's turn."""
        self.holding[name].set()
        await self.tasks[name]
        await settle()

    async def cancel(self, name: str) -> None:
        """Make a guest give up."""
        self.tasks[name].cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.tasks[name]
        await settle()

    @property
    def state(self) -> tuple[list[str], int, int]:
        """Say who began, in order, and how many run and wait."""
        return self.began, self.queue.running, self.queue.waiting


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


@asynccontextmanager
async def guests(*numbers: int, at_once: int = 1) -> AsyncIterator[Guests]:
    """Open a queue for guests and send everybody home at the end."""
    party = Guests(FairQueue(*numbers, at_once=at_once))
    yield party
    for task in party.tasks.values():
        task.cancel()
    await asyncio.gather(*party.tasks.values(), return_exceptions=True)
    assert (party.queue.running, party.queue.waiting) == (0, 0)
    await party.queue.idle()


async def test_one_learners_flood_of_500_delays_another_by_the_run_in_progress() -> None:
    async with guests(1, 1000, FLOOD) as party:
        for number in range(FLOOD):
            await party.come(f"flooder {number}", "class")
        await party.come("late", "class")
        await party.come("elsewhere", "other class")
        await party.go("flooder 0")
        await party.go("elsewhere")
        await party.go("late")
        assert party.state == (["flooder 0", "elsewhere", "late", "flooder 1"], 1, FLOOD - 2)


async def test_a_client_holds_one_turn_at_a_time_even_when_slots_are_free() -> None:
    async with guests(3, 10, 10) as party:
        await party.come("a 1")
        await party.come("a 2")
        await party.come("b 1")
        assert party.state == (["a 1", "b 1"], 2, 1)
        await party.go("a 1")
        assert party.state == (["a 1", "b 1", "a 2"], 2, 0)


async def test_a_client_may_hold_as_many_turns_as_allowed() -> None:
    async with guests(3, 10, 10, at_once=2) as party:
        for name in ("a 1", "a 2", "a 3"):
            await party.come(name)
        assert party.state == (["a 1", "a 2"], 2, 1)


async def test_a_full_queue_refuses_with_numbers_and_keeps_who_waits() -> None:
    async with guests(1, 2, 2) as party:
        for name in ("a", "b", "c"):
            await party.come(name)
        with pytest.raises(Busy, match=r"2 turns are waiting; try again in about 2 s\.") as caught:
            async with party.queue.turn(client="d"):
                pass
        assert (caught.value.waiting, caught.value.retry_after_s, caught.value.own) == (2, 2, False)
        await party.go("a")
        assert party.state == (["a", "b"], 1, 1)


async def test_one_client_cannot_fill_the_queue() -> None:
    async with guests(1, 10, 2) as party:
        for name in ("a 1", "a 2", "a 3"):
            await party.come(name)
        with pytest.raises(Busy, match="2 turns of this client") as caught:
            party.queue.check_room("a")
        assert caught.value.own
        party.queue.check_room("b")


async def test_giving_up_while_waiting_frees_the_place() -> None:
    async with guests(1, 2, 2) as party:
        for name in ("a", "b", "c"):
            await party.come(name)
        await party.cancel("b")
        party.queue.check_room("d")
        await party.go("a")
        assert party.state == (["a", "c"], 1, 0)


async def test_cancelling_a_turn_gives_the_slot_to_the_next() -> None:
    async with guests(1, 2, 2) as party:
        await party.come("a")
        await party.come("b")
        await party.cancel("a")
        assert party.state == (["a", "b"], 1, 0)


async def test_cancelling_in_the_moment_of_being_called_loses_no_slot() -> None:
    async with guests(1, 3, 3) as party:
        async with party.queue.turn(client="a"):
            await party.come("b")
            await party.come("c")
        party.tasks["b"].cancel()  # it has been called and has not woken yet
        assert party.state == ([], 1, 1)
        await settle()
        assert party.state == (["c"], 1, 0)


async def test_a_failure_inside_a_turn_frees_it_and_is_passed_on() -> None:
    queue = FairQueue(1, 1, 1)
    with pytest.raises(ZeroDivisionError):
        async with queue.turn(client="a"):
            raise ZeroDivisionError
    async with queue.turn(client="a"):
        assert queue.running == 1
    assert queue.running == 0


async def test_inside_a_turn_one_can_tell_whose_it_is_and_outside_nobody_can() -> None:
    queue = FairQueue(2, 2, 2)
    async with queue.turn(client="ann", group="garden"):
        inside = await asyncio.gather(asyncio.to_thread(current_turn), asyncio.sleep(0, current_turn()))
    assert (inside, current_turn()) == ([Turn("ann", "garden")] * 2, None)


async def test_a_wait_is_estimated_from_how_long_turns_take() -> None:
    times = iter((0.0, 11.0))
    queue = FairQueue(1, 1, 1, clock=lambda: next(times))
    async with queue.turn(client="a"):
        pass
    assert queue.usual_s == pytest.approx(3.0)


async def test_closing_lets_who_runs_go_on_and_refuses_all_others() -> None:
    async with guests(1, 3, 3) as party:
        await party.come("a")
        await party.come("b")
        party.queue.close()
        with pytest.raises(Closing):
            await party.tasks["b"]
        with pytest.raises(Closing):
            party.queue.check_room("c")
        idle = asyncio.create_task(party.queue.idle())
        await settle()
        assert (party.state, idle.done()) == ((["a"], 1, 0), False)
        await party.go("a")
        await idle
        del party.tasks["b"]
