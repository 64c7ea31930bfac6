"""Grading: the two runs side by side, our own faults tried again and never charged, known mistakes recognised.

Attempts made ahead change what a submission costs and nothing else.
"""

from __future__ import annotations

import asyncio
import builtins
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from challenges.grade import NO_STOCK, Grader, grade
from challenges.jury import JurorLost
from challenges.match import alike
from challenges.model import Challenge, Report, Verdict
from challenges.prepare import BATCH_DRIVER, TRUSTED_DRIVER, CasesError, box_seed
from challenges.stock import Capacity
from runner import ColdRunner, Isolation, Job, Outcome, Result, Run
from runner.errors import CannotIsolate

SOLUTION = "def add(a, b):\n    return a + b\n"
OURS = (TRUSTED_DRIVER, BATCH_DRIVER)
Change = Callable[[Job, Result], Result]


class Recorded:
    """A runner that notes its jobs and may change what comes back."""

    def __init__(self, run: Run, change: Change = lambda _job, result: result) -> None:
        self.run, self.change, self.jobs = run, change, list[Job]()

    async def __call__(self, job: Job) -> Result:
        self.jobs.append(job)
        return self.change(job, await self.run(job))

    def count(self, *, trusted: bool) -> int:
        return sum((job.driver in OURS) is trusted for job in self.jobs)


def lost(isolation: Isolation = Isolation.STRONG) -> Result:
    return Result(outcome=Outcome.INTERNAL, isolation=isolation, detail="The box went away.")


async def graded(challenge: Challenge, source: str | bytes, run: Run) -> Report:
    return await grade(challenge, source, run, itertools.count(7).__next__)


async def test_a_right_solution_is_accepted_with_two_runs(challenge: Challenge, local: Run) -> None:
    run = Recorded(local)
    report = await graded(challenge, SOLUTION, run)
    assert (report.verdict, report.hidden_passed, report.hidden_total) == (Verdict.ACCEPTED, 6, 6)
    assert (run.count(trusted=False), run.count(trusted=True)) == (1, 1)


async def test_when_no_run_can_be_had_none_is_left_to_fail_unheard(challenge: Challenge) -> None:
    async def run(job: Job) -> Result:
        for _ in range(10 if job.driver in OURS else 0):
            await asyncio.sleep(0)
        raise CannotIsolate("no namespaces here")

    with pytest.raises(CannotIsolate, match="no namespaces here"):
        await graded(challenge, SOLUTION, run)
    assert asyncio.all_tasks() == {asyncio.current_task()}


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


# ---- attempts made ahead


@pytest.fixture
async def stocked(local: Run) -> AsyncIterator[tuple[Grader, Recorded]]:
    """A grader that keeps attempts ready, and all it runs."""
    run = Recorded(local)
    async with Grader(run, itertools.count(7).__next__, capacity=Capacity(attempts=4)) as grader:
        yield grader, run


MISTAKES = [
    (SOLUTION, Verdict.ACCEPTED, ""),
    ("def add(a, b):\n    return b * a\n", Verdict.WRONG, "multiplies"),
    ("def add(a, b):\n    return a * b if a < 10 else 0\n", Verdict.WRONG, ""),
    ("def add(a, b):\n    raise ZeroDivisionError\n", Verdict.ERROR, "divides"),
    ("def add(a, b):\n    raise KeyError\n", Verdict.ERROR, ""),
]


async def test_an_attempt_made_ahead_leads_to_the_same_report(
    challenge: Challenge, stocked: tuple[Grader, Recorded]
) -> None:
    grader, _run = stocked
    for source, verdict, match in MISTAKES:
        first = await grader.grade(challenge, source)
        await grader.settled()
        again = await grader.grade(challenge, source)
        found = [(r.verdict, r.matches, r.hidden_passed, r.hidden_total, r.cases, r.fault) for r in (first, again)]
        assert found[0] == found[1]
        assert found[0][:2] == (verdict, match)


async def test_with_attempts_ready_a_submission_runs_the_learner_alone(
    challenge: Challenge, stocked: tuple[Grader, Recorded]
) -> None:
    grader, run = stocked
    costs = []
    for source in ("", SOLUTION, "def add(a, b):\n    return 'no'\n", "def add(a, b):\n    return a * b\n"):
        own = Recorded(run.run)
        await grader.grade(challenge, source, own)
        await grader.settled()
        costs.append((own.count(trusted=False), own.count(trusted=True)))
    assert costs == [(1, 2), (1, 0), (1, 0), (1, 1)]  # only what is like a known mistake needs another run
    assert run.count(trusted=False) == 0  # what is made ahead is run by the grader's own runner


async def test_no_two_submissions_share_their_entropy(challenge: Challenge, stocked: tuple[Grader, Recorded]) -> None:
    grader, run = stocked
    for _ in range(6):
        await grader.grade(challenge, SOLUTION)
        await grader.settled()
    seeds = [job.seed for job in run.jobs if job.driver not in OURS]
    assert len(set(seeds)) == len(seeds) == 6


async def test_a_reference_that_fails_now_and_then_is_told_to_the_operator_and_costs_no_learner(
    challenge: Challenge, stocked: tuple[Grader, Recorded], caplog: pytest.LogCaptureFixture
) -> None:
    grader, run = stocked

    def drop(job: Job, result: Result) -> Result:
        return replace(result, returned=result.returned[1:]) if job.driver == BATCH_DRIVER else result

    run.change = drop
    reports = []
    for _ in range(4):
        reports.append(await grader.grade(challenge, SOLUTION))
        await grader.settled()
    assert {report.verdict for report in reports} == {Verdict.ACCEPTED}
    said = {(record.levelname, record.getMessage()[:36]) for record in caplog.records}
    assert said == {("ERROR", "the reference of add gave no value i")}


async def test_a_broken_reference_is_internal_and_nothing_is_made_ahead(
    challenge: Challenge, stocked: tuple[Grader, Recorded], caplog: pytest.LogCaptureFixture
) -> None:
    grader, run = stocked
    report = await grader.grade(replace(challenge, solution="def add(a, b):\n    return a / 0\n"), SOLUTION)
    await grader.settled()
    assert (report.verdict, len(run.jobs)) == (Verdict.INTERNAL, 4)
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    assert caplog.records[1].getMessage().endswith("division by zero")


async def test_a_mistake_that_cannot_be_held_against_the_known_ones_has_no_match(
    challenge: Challenge, local: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with Grader(local, itertools.count(7).__next__, capacity=NO_STOCK) as grader:
        ask = grader._jury.ask

        async def lose(work: object, *args: object) -> object:
            if work is alike:
                raise JurorLost("gone")
            return await ask(work, *args)

        monkeypatch.setattr(grader._jury, "ask", lose)
        report = await grader.grade(challenge, "def add(a, b):\n    return a * b\n")
    assert (report.verdict, report.matches) == (Verdict.WRONG, "")
    assert "JurorLost('gone')" in caplog.text


async def test_a_challenge_without_known_mistakes_is_graded_all_the_same(challenge: Challenge, local: Run) -> None:
    report = await graded(replace(challenge, wrong=()), "def add(a, b):\n    return 0\n", local)
    assert (report.verdict, report.matches) == (Verdict.WRONG, "")


# ---- what one call may leave for the next

LEARNS = """
import asyncio
import builtins
SEEN = builtins.__dict__.setdefault("__seen", [])
def add(a, b):
    SEEN.append((a, b))
    if len(SEEN) <= 2:
        return a + b  # behaves while it is watched
    return sum(SEEN[0])  # and then repeats the first answer
"""
FIXED = """
def cases(rng):
    yield "one", True, (2, 3)
    yield "two", True, (3, 2)
    for n in range(6):
        yield f"hidden {n}", False, (n, 5 - n)
"""
KEEPS = "def add(a, b, kept=[]):\n    kept += [a, b]\n    return sum(kept)\n"


@pytest.fixture
def unseen() -> AsyncIterator[None]:
    """Forget what a submission left in this process."""
    yield
    builtins.__dict__.pop("__seen", None)


@pytest.mark.usefixtures("unseen")
async def test_what_is_kept_from_call_to_call_passes_fixed_cases_and_not_new_ones(
    challenge: Challenge, local: Run
) -> None:
    fooled = await graded(replace(challenge, cases=FIXED), LEARNS, local)
    assert fooled.verdict is Verdict.ACCEPTED  # the control: with inputs that have one answer, it would pay
    builtins.__dict__.pop("__seen")
    report = await graded(challenge, LEARNS, local)
    assert (report.verdict, report.hidden_passed) == (Verdict.WRONG, 0)


async def test_an_argument_that_keeps_its_default_is_new_at_each_call(challenge: Challenge, local: Run) -> None:
    scope: dict[str, Callable[[int, int], int]] = {}
    exec(KEEPS, scope)  # noqa: S102 - a source of the tests' own
    assert [scope["add"](2, 3), scope["add"](0, 0)] == [5, 5]  # the control: one module for all calls would be wrong
    assert (await graded(challenge, KEEPS, local)).verdict is Verdict.ACCEPTED
    assert (await graded(challenge, KEEPS, ColdRunner().run)).verdict is Verdict.ACCEPTED
