"""Nothing of who a learner is leaves: every byte of every request, held against all that is known of them."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from bot.tutor import Who
from tests.bot.tutor.adversary.conftest import Open
from tests.bot.tutor.adversary.model import honest_answer
from tests.bot.tutor.adversary.targets import Target
from tests.fakes import claude_wire as wire

FIRST = ("Zacharias", "Wilhelmina", "Thorsten", "Philippa", "Ignatius", "Ottoline")
LAST = ("Quillfeather", "Oldacre", "Brandybuck", "Featherstone", "Wintergreen")
QUICK, LONG = 12, 1_000


def person(rng: random.Random) -> dict[str, str]:
    """Everything that could tell who somebody is."""
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    return {
        "name": name,
        "discord": str(rng.randrange(10**17, 10**19)),
        "slack": "U0" + "".join(rng.choices("ABCDEFGHJK123456789", k=7)) + "9",
        "channel": str(rng.randrange(10**17, 10**19)),
        "mail": f"{name.split()[0].lower()}.{rng.randrange(10**4)}@example.org",
        "token": "xoxb-" + "".join(rng.choices("abcdef0123456789", k=24)),
    }


def revealing(source: str, who: dict[str, str], number: int) -> str:
    """A program whose author signs it everywhere."""
    return (
        f"# by {who['name']} <@{who['discord']}> in <#{who['channel']}>\n{source}\n"
        f'AUTHOR = "{who["name"]} {who["mail"]}"\n# slack {who["slack"]}, token {who["token"]}\nN = {number}\n'
    )


async def requests_of(open_way: Open, claude: Any, target: Target, count: int, seed: int) -> list[str]:
    """What of so many people stood in what was sent."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    claude.brain = lambda _: wire.structured(honest_answer(target))
    way = open_way(trusting=True)
    found = []
    for number in range(count):
        who = person(rng)
        user = await way.store.ensure_user("discord", who["discord"], who["name"])
        asked = way.asking(target, number)
        source = revealing(target.source, who, number)
        before = len(claude.record)
        told = replace(asked, source=source, who=Who(user.id, way.who.group_id))
        await way.tutor.improve(told)
        for request in claude.record[before:]:
            sent = request.raw.decode() + repr(request.headers)
            found += [f"{kind} in request {number}" for kind, value in who.items() if value.lower() in sent.lower()]
            found += [
                f"part of a name in request {number}" for part in who["name"].split() if part.lower() in sent.lower()
            ]
    assert len(claude.record) >= count
    return found


async def test_no_request_tells_who_asks(open_way: Open, claude: Any, aims: list[Target]) -> None:
    assert await requests_of(open_way, claude, aims[0], QUICK, seed=3) == []


@pytest.mark.slow
async def test_none_of_a_thousand_requests_tells_who_asks(open_way: Open, claude: Any, aims: list[Target]) -> None:
    assert await requests_of(open_way, claude, aims[0], LONG, seed=4) == []


async def test_a_pseudonym_is_the_same_for_one_learner_and_leads_nowhere(
    open_way: Open, claude: Any, aims: list[Target]
) -> None:
    claude.brain = lambda _: wire.structured(honest_answer(aims[0]))
    way = open_way(trusting=True)
    other = await way.store.ensure_user("discord", "987654321987654321", "Ottoline Oldacre")
    whom = [way.who, way.who, Who(other.id, way.who.group_id)]
    for number, who in enumerate(whom):
        await way.tutor.improve(replace(way.asking(aims[0], number), who=who))
    names = [request.body["metadata"]["user_id"] for request in claude.record]
    assert names[0] == names[1] != names[2]
    assert not any(name.isdigit() for name in names)
