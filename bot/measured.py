"""Running and grading, each told to a meter: what the composition root puts around the real ones."""

from __future__ import annotations

import time

from bot.measuring import Meter
from challenges.grade import Entropy, Grader
from challenges.model import Challenge, Report
from runner import Job, Result, Run


def measured_run(run: Run, meter: Meter) -> Run:
    """The same runner, with every run counted by what became of it."""

    async def counted(job: Job) -> Result:
        started = time.perf_counter()
        result = await run(job)
        meter.ran(job.profile, result.outcome, time.perf_counter() - started)
        return result

    return counted


class MeasuredGrader(Grader):
    """A grader that has every submission counted by its verdict."""

    def __init__(self, run: Run, entropy: Entropy, meter: Meter) -> None:
        super().__init__(run, entropy)
        self._meter = meter

    async def grade(self, challenge: Challenge, source: str | bytes, run: Run | None = None) -> Report:
        """Grade a submission, as any grader does."""
        started = time.perf_counter()
        report = await super().grade(challenge, source, run)
        self._meter.graded(challenge.profile, report.verdict, time.perf_counter() - started)
        return report
