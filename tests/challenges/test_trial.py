"""Variants of a submission: those that would pass are told from those that would not, and nothing hidden comes out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from challenges.grade import NO_STOCK, Grader, grade
from challenges.model import Case, Challenge, Verdict
from challenges.trial import MADE_UP, answers_of, screening
from runner import Isolation, Job, Outcome, Result, Returned, Run

RIGHT, WRONG = "def add(a, b):\n    return b + a\n", "def add(a, b):\n    return a - b\n"
ON_VISIBLE = "def add(a, b):\n    return {(2, 3): 5, (0, 0): 0}.get((a, b), -1)\n"
RAISES, BROKEN = "def add(a, b):\n    return a / 0\n", "def add(a, b)\n"


def entropy() -> int:
    return 7


async def test_only_variants_that_pass_every_case_are_named_in_their_order(challenge: Challenge, local: Run) -> None:
    variants = {"w": WRONG, "r": RIGHT, "v": ON_VISIBLE, "e": RAISES, "s": BROKEN, "r2": challenge.solution}
    async with Grader(local, entropy, capacity=NO_STOCK) as grader:
        assert await grader.passing(challenge, variants, ("two and three",)) == ("r", "r2")
        assert await grader.passing(challenge, variants, ("no such case",)) == ("r", "r2")
        assert await grader.passing(challenge, {"w": WRONG, "v": ON_VISIBLE}, ()) == ()
        assert await grader.passing(challenge, {}, ()) == ()


async def test_variants_are_first_tried_on_one_case_that_failed_and_only_survivors_on_all(
    challenge: Challenge, local: Run
) -> None:
    jobs: list[tuple[str, ...]] = []

    async def noted(job: Job) -> Result:
        jobs.append(tuple(call.id for call in job.calls))
        return await local(job)

    async with Grader(local, entropy, capacity=NO_STOCK) as grader:
        await grader.passing(challenge, {"w": WRONG, "v": ON_VISIBLE}, ("two and three",), noted)
    assert jobs == [("w/c0", "v/c0"), tuple(f"v/c{n}" for n in range(8))]


async def test_the_same_holds_in_a_real_box(challenge: Challenge, warm: Any) -> None:
    async with Grader(warm.run, entropy, capacity=NO_STOCK) as grader:
        assert await grader.passing(challenge, {"w": WRONG, "r": RIGHT, "e": RAISES}, ("nothing", "random 2")) == ("r",)


async def test_a_variant_that_changes_its_arguments_does_not_pass_where_they_are_kept(
    challenge: Challenge, local: Run
) -> None:
    cases = 'def cases(rng):\n    yield "one", True, ([1, 2], 3)\n    yield "two", False, ([1], 3)\n'
    changed = replace(challenge, cases=cases, solution="def add(a, b):\n    return sum(a) + b\n", wrong=())
    spoils = "def add(a, b):\n    a.append(b)\n    return sum(a)\n"
    async with Grader(local, entropy, capacity=NO_STOCK) as grader:
        assert await grader.passing(changed, {"spoils": spoils, "keeps": changed.solution}, ()) == ("keeps",)


async def test_where_a_submission_parts_from_ours_is_shown_on_made_up_inputs(challenge: Challenge, local: Run) -> None:
    async with Grader(local, entropy, capacity=NO_STOCK) as grader:
        found = await grader.departures(challenge, WRONG, [(1, 0), (1, 2), (0, 0), (4, 5)])
        assert [(m.case, m.visible, m.args, m.expected, m.got) for m in found] == [
            (MADE_UP, True, (1, 2), 3, -1),
            (MADE_UP, True, (4, 5), 9, -1),
        ]
        assert await grader.departures(challenge, challenge.solution, [(1, 2)]) == ()


async def test_nothing_is_said_of_inputs_for_which_our_own_solution_has_no_answer(
    challenge: Challenge, local: Run
) -> None:
    async with Grader(local, entropy, capacity=NO_STOCK) as grader:
        found = await grader.departures(challenge, WRONG, [("one", 2), (3, 4)])
    assert [m.args for m in found] == [(3, 4)]


async def test_a_submission_is_never_run_beside_our_solution(challenge: Challenge, local: Run) -> None:
    jobs: list[Job] = []

    async def noted(job: Job) -> Result:
        jobs.append(job)
        return await local(job)

    async with Grader(noted, entropy, capacity=NO_STOCK) as grader:
        await grader.departures(challenge, WRONG, [(1, 2)])
        await grader.passing(challenge, {"w": WRONG}, ())
    assert [("a - b" in str(job.source), challenge.solution in str(job.source)) for job in jobs].count(
        (True, True)
    ) == 0
    assert len(jobs) >= 3


async def test_a_report_names_failing_cases_visible_ones_first(challenge: Challenge, local: Run) -> None:
    report = await grade(challenge, WRONG, local, entropy)
    assert report.verdict is Verdict.WRONG
    assert report.failing[0] == "two and three"
    assert set(report.failing[1:]) <= {f"random {n}" for n in range(6)}
    assert (await grade(challenge, RIGHT, local, entropy)).failing == ()


def test_one_source_s_answers_are_cut_out_of_a_run_of_several() -> None:
    backs = (
        Returned(id="a/c0", outcome=Outcome.OK, value=1, args_after=("a", False, "add", 5)),
        Returned(id="b/c0", outcome=Outcome.ERROR),
    )
    result = Result(outcome=Outcome.ERROR, isolation=Isolation.NONE, returned=backs)
    alone = answers_of(result, "a")
    assert alone.returned == (Returned(id="c0", outcome=Outcome.OK, value=1, args_after=(5,)),)
    assert (alone.outcome, answers_of(result, "b").outcome) == (Outcome.OK, Outcome.ERROR)


def test_the_first_failing_case_by_name_screens() -> None:
    cases = tuple(Case(id=f"c{n}", name=name, visible=True, args=()) for n, name in enumerate(("one", "two", "three")))
    assert screening(cases, ("gone", "three", "two")) == (cases[2],)
    assert screening(cases, ()) == cases
