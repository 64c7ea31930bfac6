"""Grading: the two runs side by side, our own faults tried again and never charged, known mistakes recognised."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from challenges.grade import grade
from challenges.model import Challenge, Report, Verdict
from challenges.prepare import TRUSTED_DRIVER, CasesError, box_seed
from runner import Isolation, Job, Outcome, Result, Run

SOLUTION = "def add(a, b):\n    return a + b\n"
Change = Callable[[Job, Result], Result]


class Recorded:
    """A runner that notes its jobs and may change what comes back."""

    def __init__(self, run: Run, change: Change = lambda _job, result: result) -> None:
        self.run, self.change, self.jobs = run, change, list[Job]()

    async def __call__(self, job: Job) -> Result:
        self.jobs.append(job)
        return self.change(job, await self.run(job))

    def count(self, *, trusted: bool) -> int:
        return sum((job.driver == TRUSTED_DRIVER) is trusted for job in self.jobs)


def lost(isolation: Isolation = Isolation.STRONG) -> Result:
    return Result(outcome=Outcome.INTERNAL, isolation=isolation, detail="The box went away.")


async def graded(challenge: Challenge, source: str | bytes, run: Run) -> Report:
    return await grade(challenge, source, run, itertools.count(7).__next__)


async def test_a_right_solution_is_accepted_with_two_runs(challenge: Challenge, local: Run) -> None:
    run = Recorded(local)
    report = await graded(challenge, SOLUTION, run)
    assert (report.verdict, report.hidden_passed, report.hidden_total) == (Verdict.ACCEPTED, 6, 6)
    assert (run.count(trusted=False), run.count(trusted=True)) == (1, 1)


async def test_a_source_in_bytes_is_graded_as_its_text(challenge: Challenge, local: Run) -> None:
    assert (await graded(challenge, SOLUTION.encode(), local)).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("source", "verdict", "match"),
    [
        ("def add(a, b):\n    return b * a\n", Verdict.WRONG, "multiplies"),
        ("def add(a, b):\n    return a if b >= 0 else b\n", Verdict.WRONG, "forgets_second"),
        ("def add(a, b):\n    raise ZeroDivisionError\n", Verdict.ERROR, "divides"),
        ("def add(a, b):\n    return a * b if a < 10 else 0\n", Verdict.WRONG, ""),
        ("def add(a, b):\n    return a - b\n", Verdict.WRONG, ""),
        ("def add(a, b):\n    raise KeyError\n", Verdict.ERROR, ""),
    ],
)
async def test_a_known_mistake_is_recognised_only_if_equal_on_every_case(
    challenge: Challenge, local: Run, source: str, verdict: Verdict, match: str
) -> None:
    report = await graded(challenge, source, local)
    assert (report.verdict, report.matches) == (verdict, match)


async def test_hidden_cases_run_known_mistakes_only_if_visible_ones_agree(challenge: Challenge, local: Run) -> None:
    run = Recorded(local)
    await graded(challenge, "def add(a, b):\n    return 'no'\n", run)
    assert run.count(trusted=True) == 2  # the reference, and the mistakes on the visible cases
    again = Recorded(local)
    await graded(challenge, "def add(a, b):\n    return a * b\n", again)
    assert again.count(trusted=True) == 3


async def test_our_fault_is_tried_once_more_with_new_cases(challenge: Challenge, local: Run) -> None:
    seen = itertools.count()
    run = Recorded(local, lambda job, result: lost() if job.driver == "" and next(seen) == 0 else result)
    report = await graded(challenge, SOLUTION, run)
    assert report.verdict is Verdict.ACCEPTED
    assert {job.seed for job in run.jobs} == {box_seed(7), box_seed(8)}


async def test_our_fault_twice_is_internal_and_stops_there(challenge: Challenge, local: Run) -> None:
    run = Recorded(local, lambda job, result: lost() if job.driver == "" else result)
    report = await graded(challenge, SOLUTION, run)
    assert (report.verdict, report.detail) == (Verdict.INTERNAL, "The box went away.")
    assert len(run.jobs) == 4


async def test_a_reference_that_fails_is_our_fault_even_for_a_right_solution(challenge: Challenge, local: Run) -> None:
    broken = replace(challenge, solution="def add(a, b):\n    return a / 0\n")
    report = await graded(broken, SOLUTION, local)
    assert report.verdict is Verdict.INTERNAL
    assert report.detail.endswith("division by zero")
    assert (report.cases, report.hidden_passed, report.hidden_total) == ((), 0, 6)


async def test_a_reference_that_lacks_one_value_is_our_fault(challenge: Challenge, local: Run) -> None:
    def drop(job: Job, result: Result) -> Result:
        return replace(result, returned=result.returned[1:]) if job.driver == TRUSTED_DRIVER else result

    assert (await graded(challenge, SOLUTION, Recorded(local, drop))).verdict is Verdict.INTERNAL


async def test_a_learner_who_never_returns_does_not_pass_with_no_values(challenge: Challenge, local: Run) -> None:
    def drop(job: Job, result: Result) -> Result:
        return result if job.driver == TRUSTED_DRIVER else replace(result, returned=())

    assert (await graded(challenge, SOLUTION, Recorded(local, drop))).verdict is Verdict.INTERNAL


async def test_a_broken_cases_file_is_raised_for_the_operator(challenge: Challenge, local: Run) -> None:
    with pytest.raises(CasesError):
        await graded(replace(challenge, cases="def cases(rng): yield 1"), SOLUTION, local)


async def test_a_driver_drives_the_reference_and_the_learner_alike(challenge: Challenge, local: Run) -> None:
    driven = replace(challenge, driver="def drive(learner, a, b):\n    return [learner.add(a, b)] * 2\n")
    run = Recorded(local)
    report = await graded(driven, SOLUTION, run)
    assert (report.verdict, report.cases[0].got) == (Verdict.ACCEPTED, "[5, 5]")
