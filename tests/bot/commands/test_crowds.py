"""`/submit` when many come at once: one learner's flood waits behind itself, and who is turned away loses nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.services import GRADINGS, OWN_WAITING, WAITING
from runner import Job, Result, Run
from runner.fair import Busy

RIGHT = "/submit add-up\ndef add_up(numbers):\n    return sum(numbers)\n"
SLOW = f"{RIGHT}# slow\n"
REFUSED = "── Not graded yet: Busy: {} waiting; try again in about {} s. This one was not graded, and counts for nothing."


def one_line(said: str) -> str:
    """The title and the text of a card, however they were wrapped."""
    title, text = said.split("\n", 1)
    return f"{title.rstrip('─ ')}: {' '.join(text.split())}"


def held(run: Run, gate: asyncio.Event) -> Run:
    """Keep what says that it is slow until the gate opens."""

    async def behind(job: Job) -> Result:
        if "# slow" in str(job.source):
            await gate.wait()
        return await run(job)

    return behind


async def test_a_flood_by_one_learner_keeps_no_other_waiting_and_its_last_is_refused_at_no_cost(chat) -> None:
    gate = asyncio.Event()
    chat.dispatcher.services = replace(chat.dispatcher.services, run=held(chat.dispatcher.services.run, gate))
    flood = [asyncio.create_task(chat.say(SLOW, key=f"flood {n}")) for n in range(OWN_WAITING + 2)]
    (refused,), waiting = await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
    assert one_line(refused.result()) == REFUSED.format(f"{OWN_WAITING} of your submissions are", OWN_WAITING)

    assert "Accepted" in await replace(chat, name="Ann").say(RIGHT)
    gate.set()
    said = [*await asyncio.gather(*waiting), await chat.say(SLOW, key=f"flood {flood.index(refused)}")]
    kept = await chat.store.submissions(await chat.user_id(), "add-up")
    assert (["Accepted" in text for text in said], len(kept)) == ([True] * len(flood), len(flood))


async def test_when_all_places_are_taken_the_next_is_told_how_many_wait(chat) -> None:
    gate = asyncio.Event()
    chat.dispatcher.services = replace(chat.dispatcher.services, run=held(chat.dispatcher.services.run, gate))
    crowd = [asyncio.create_task(replace(chat, name=f"P{n}").say(SLOW)) for n in range(GRADINGS + WAITING + 1)]
    (refused,), waiting = await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
    assert one_line(refused.result()) == REFUSED.format(f"{WAITING} submissions are", WAITING // GRADINGS)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    assert "Accepted" in await chat.say(RIGHT)


async def test_a_runner_that_is_full_itself_is_told_in_the_same_way(chat) -> None:
    async def full(_job: Job) -> Result:
        raise Busy(30, 12)

    chat.dispatcher.services = replace(chat.dispatcher.services, run=full)
    assert one_line(await chat.say(RIGHT)) == REFUSED.format("30 submissions are", 12)
    assert await chat.store.submissions(await chat.user_id(), "add-up") == []
