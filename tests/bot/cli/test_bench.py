"""`epochbot bench runner`: one JSON object with figures that others rely on by name, grading among them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from bot.cli.bench import DRIVEN, PLAIN, grading
from bot.store.bench import NAMES
from challenges.model import Challenge, Verdict
from runner import Job, Profile, Result, Returned
from runner.bench.plan import Broken
from runner.cold import ColdRunner


def test_figures_are_one_json_object_and_progress_is_elsewhere(epochbot) -> None:
    done = epochbot("bench", "runner", "--quick", "--json", "--profiles", "stdlib")
    assert done.code == 0
    assert "round 2 of 2" in done.err
    report = done.json
    assert report["warm_stdlib_p50"] > 0
    assert {one["name"] for one in report["results"]} >= {"warm_stdlib_p50", "runs_per_s_stdlib"}
    assert isinstance(report["busy"], bool)


@pytest.mark.parametrize(
    "words", [(), ("rocket",), ("runner", "--n", "3"), ("runner", "--profiles", "fortran")], ids=repr
)
def test_a_wrong_use_is_exit_code_2(epochbot, words: tuple[str, ...]) -> None:
    assert epochbot("bench", *words).code == 2


def test_graded_are_a_challenge_without_a_driver_and_one_with(shipped_bank: dict[str, Challenge]) -> None:
    loads = list(grading(shipped_bank))
    assert [(load.name, load.profile) for load in loads] == [
        ("grades_per_s_sklearn", Profile.SKLEARN),
        ("grades_per_s_sklearn_driven", Profile.SKLEARN),
    ]
    assert (shipped_bank[PLAIN].driver, bool(shipped_bank[DRIVEN].driver)) == ("", True)
    assert list(grading({})) == []


async def test_a_submission_that_is_not_accepted_ends_the_benchmark(shipped_bank: dict[str, Challenge]) -> None:
    """How fast wrong verdicts come is of no interest."""

    async def nothing(job: Job) -> Result:
        """Run the reference, and return nothing where a learner's own code is."""
        result = await ColdRunner().run(job)
        if job.driver or job.source != shipped_bank[PLAIN].solution:
            return result
        ended = tuple(Returned(id=back.id, outcome=back.outcome, value=None) for back in result.returned)
        return Result(outcome=result.outcome, isolation=result.isolation, returned=ended)

    load = next(grading(shipped_bank))
    with pytest.raises(Broken, match=f"a right submission to {PLAIN} got {Verdict.WRONG}"):
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(load.open(nothing))


def test_the_store_is_measured_as_one_json_object(epochbot, tmp_path: Path) -> None:
    done = epochbot("bench", "store", "--quick", "--json")
    assert (done.code, set(done.json)) == (0, {"busy", "results"})
    assert [row["name"] for row in done.json["results"]] == list(NAMES)
    assert all({"name", "value", "unit", "baseline", "ratio"} <= set(row) for row in done.json["results"])
    assert "durable writes" in done.err
    assert list((tmp_path / "home").iterdir()) == [], "what was measured with is gone"
