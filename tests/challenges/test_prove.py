"""Proving: the same verdicts and matches as grading one by one, with one box for all sources and seeds."""

from __future__ import annotations

import itertools
from dataclasses import replace

from challenges.grade import grade
from challenges.model import Challenge, Compare, CompareKind, Verdict
from challenges.prove import prove
from runner import Job, Outcome, Result, Run

SOURCES = {
    "right": "def add(a, b):\n    return a + b\n",
    "starter": "def add(a, b):\n    pass\n",
    "twin": "def add(a, b):\n    return b * a\n",
    "raises": "def add(a, b):\n    return a // 0\n",
    "sometimes": "def add(a, b):\n    return a + b if a % 2 else 0\n",
}


async def test_many_seeds_at_once_give_what_one_by_one_gives(challenge: Challenge, local: Run) -> None:
    proof = await prove(challenge, SOURCES, local, range(3))
    for name, source in SOURCES.items():
        one_by_one = [await grade(challenge, source, local, itertools.repeat(seed).__next__) for seed in range(3)]
        found = [(r.verdict, r.matches, r.hidden_passed, r.cases) for r in proof.reports[name]]
        assert found == [(r.verdict, r.matches, r.hidden_passed, r.cases) for r in one_by_one]


async def test_one_box_holds_all_but_those_that_end_theirs(challenge: Challenge, local: Run) -> None:
    jobs: list[Job] = []

    async def run(job: Job) -> Result:
        jobs.append(job)
        return await local(job)

    await prove(challenge, SOURCES, run, range(3))
    assert len(jobs) == 1
    assert jobs[0].limits.result_bytes == 3 * (1 + 3 + len(SOURCES)) * challenge.limits.result_bytes
    jobs.clear()
    same = await prove(challenge, {"again": challenge.wrong[0].source}, run, [0])
    assert {call.id.split("/")[0] for call in jobs[0].calls} == {"reference", "multiplies", "forgets_second", "divides"}
    assert same.reports["again"][0].matches == "multiplies"
    jobs.clear()
    proof = await prove(challenge, SOURCES, run, range(3), stopping=["twin"])
    assert len(jobs) == 4
    assert [(r.verdict, r.matches) for r in proof.reports["twin"]] == [(Verdict.WRONG, "multiplies")] * 3


async def test_a_box_that_is_lost_is_tried_once_more(challenge: Challenge, local: Run) -> None:
    count = itertools.count()

    async def run(job: Job) -> Result:
        result = await local(job)
        return replace(result, outcome=Outcome.INTERNAL) if next(count) == 0 else result

    proof = await prove(challenge, {"right": SOURCES["right"]}, run, range(2))
    assert [report.verdict for report in proof.reports["right"]] == [Verdict.ACCEPTED] * 2


async def test_one_seed_that_fails_does_not_spoil_the_others(challenge: Challenge, local: Run) -> None:
    source = "def add(a, b):\n    return a + b if (a, b) != SPOILT else 0\n"
    cases = (await _hidden(challenge, local))[1]
    proof = await prove(challenge, {"x": f"SPOILT = {cases}\n{source}"}, local, range(3))
    assert [report.verdict for report in proof.reports["x"]] == [
        Verdict.ACCEPTED,
        Verdict.WRONG,
        Verdict.ACCEPTED,
    ]


async def _hidden(challenge: Challenge, local: Run) -> list[tuple[object, ...]]:
    """The last case's arguments at every seed."""
    jobs: list[Job] = []

    async def run(job: Job) -> Result:
        jobs.append(job)
        return await local(job)

    await prove(challenge, {}, run, range(3))
    return [call.args[3:] for call in jobs[0].calls if call.id in {f"reference/s{n}c7" for n in range(3)}]


async def test_a_reference_without_values_is_internal_and_tries_no_hostile_ones(
    challenge: Challenge, local: Run
) -> None:
    broken = replace(challenge, solution="def add(a, b):\n    raise ValueError\n")
    proof = await prove(broken, {"right": SOURCES["right"]}, local, [0])
    assert [report.verdict for report in proof.reports["right"]] == [Verdict.INTERNAL]
    assert proof.fooled == ()


async def test_a_check_that_nan_passes_is_found_out(challenge: Challenge, local: Run) -> None:
    check = """
def check(args, returned, reference):
    if isinstance(returned, (int, float)) and not abs(returned - reference) > 1e-6:
        return None
    return "Another number."
"""
    gullible = replace(challenge, cases=challenge.cases + check, compare=Compare(kind=CompareKind.CHECK))
    proof = await prove(gullible, {}, local, [0])
    assert proof.fooled == (
        "NaN passes for the right answer in “two and three”.",
        "the right answer with every number NaN passes for the right answer in “two and three”.",
    )
    assert (await prove(challenge, {}, local, [0])).fooled == ()


async def test_the_time_of_the_processor_is_given_for_a_case(challenge: Challenge, local: Run) -> None:
    async def run(job: Job) -> Result:
        return replace(await local(job), cpu_ms=10.0 * len(job.calls))

    assert (await prove(challenge, SOURCES, run, range(2))).cpu_ms == 10.0


async def test_changed_arguments_are_seen_in_the_shared_box_too(challenge: Challenge, local: Run) -> None:
    lists = """
def cases(rng):
    yield "one", True, ([1], [2])
    yield "two", False, ([int(rng.integers(9))], [3])
"""
    joins = replace(challenge, cases=lists)
    proof = await prove(joins, {"x": "def add(a, b):\n    a += b\n    return a\n"}, local, [0])
    assert proof.reports["x"][0].cases[0].message == "Your code changed its arguments; work on a copy instead."
