"""Grades submissions: draws cases, runs learner and reference in boxes of their own, and has the values judged.

The order of things lives here; how a box works, how values are judged and how attempts are kept ready live elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple

from challenges.attempt import Attempt, read_batch, reference_values, steady
from challenges.examine import Examined, draw, examine
from challenges.judge import judge, uncompared
from challenges.jury import Bounds, JurorLost, Jury, Overrun
from challenges.match import alike, returning
from challenges.model import Case, Challenge, Mismatch, Report, Verdict
from challenges.prepare import REFERENCE, CasesError, Drawn, batch_job, learner_job, trusted_job
from challenges.stock import Capacity, Stock
from challenges.trial import made_up, mismatches, passing, screening, variants_job
from runner import Isolation, Result, Returned, Run

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Entropy = Callable[[], int]
NO_STOCK = Capacity(attempts=0)
FINALISTS = 4  # variants of a submission that are tried on every case

log = logging.getLogger(__name__)


async def grade(challenge: Challenge, source: str | bytes, run: Run, entropy: Entropy) -> Report:
    """Grade one submission and leave nothing behind; to grade many, keep a `Grader`."""
    async with Grader(run, entropy, capacity=NO_STOCK) as grader:
        return await grader.grade(challenge, source)


class Grader:
    """Grades submissions with values judged apart and attempts prepared ahead; use it in `async with`."""

    def __init__(
        self, run: Run, entropy: Entropy, *, bounds: Bounds | None = None, capacity: Capacity | None = None
    ) -> None:
        """Start nothing yet.

        Args:
            run: the runner for all that is prepared ahead, and for submissions that bring none of their own.
            entropy: the source of hidden inputs; nobody may predict it.
            bounds: what judging one run may use.
            capacity: how many attempts are kept ready.
        """
        self._run = run
        self._entropy = entropy
        self._jury = Jury(bounds)
        self._stock = Stock(self._prepare, capacity or Capacity())

    async def __aenter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Stop what is being prepared, and end every process."""
        await self._stock.close()
        self._jury.close()

    async def settled(self) -> None:
        """Wait until nothing is being prepared."""
        await self._stock.settled()

    async def grade(self, challenge: Challenge, source: str | bytes, run: Run | None = None) -> Report:
        """Grade a submission, trying once more with new cases in new boxes when the fault was ours.

        Args:
            run: the runner for this one submission, such as one that waits its learner's turn.

        Raises:
            CasesError: the challenge's own cases.py fails.
        """
        own = run or self._run
        report = await self._graded(challenge, source, own)
        if report.verdict is Verdict.INTERNAL:
            log.warning("grading %s failed on our side and is tried again: %s", challenge.slug, report.detail)
            report = await self._graded(challenge, source, own)
        if report.verdict is Verdict.INTERNAL:
            log.error("grading %s failed on our side: %s", challenge.slug, report.detail)
        else:
            self._stock.want(challenge)
        return report

    async def _graded(self, challenge: Challenge, source: str | bytes, run: Run) -> Report:
        try:
            return await self._attempted(challenge, source, run)
        except JurorLost as lost:
            return _internal((), str(lost), Isolation.NONE, 0.0)

    async def _attempted(self, challenge: Challenge, source: str | bytes, run: Run) -> Report:
        attempt = self._stock.take(challenge)
        if attempt is not None:
            learner = await run(learner_job(challenge, source, attempt.drawn.cases, attempt.drawn.entropy))
        else:
            (drawn,) = await self._drawn(challenge, 1)
            learner, trusted = await _both(
                run(learner_job(challenge, source, drawn.cases, drawn.entropy)),
                run(trusted_job(challenge, drawn.cases, drawn.entropy, {REFERENCE: challenge.solution})),
            )
            expected = reference_values(drawn.cases, trusted)
            if len(expected) < len(drawn.cases):
                return _no_reference(drawn.cases, trusted)
            attempt = Attempt(drawn=drawn, expected=expected)
        learner = replace(learner, stdout="", stderr="")  # judging needs neither
        found = await self._examined(challenge, attempt, source, learner)
        if found.report.verdict not in (Verdict.WRONG, Verdict.ERROR) or found.suspects == ():
            return found.report
        return replace(found.report, matches=await self._match(challenge, attempt, learner, found.suspects, run))

    async def apart(self, work: Callable[[*Ts], T], *given: *Ts) -> T:
        """Do bounded work of ours in a process where values are judged, for what takes long or may not share this one.

        Args:
            work: a function of a module, which reads nothing but what it is given.

        Raises:
            Overrun: it took more than there is for one question.
            JurorLost: the process ended for another reason.
        """
        return await self._jury.ask(work, *given)

    async def passing(
        self, challenge: Challenge, variants: Mapping[str, str], failing: Sequence[str], run: Run | None = None
    ) -> tuple[str, ...]:
        """Tell which variants of a submission would pass every case of an attempt of their own; the order is theirs.

        Args:
            variants: sources by name, the likeliest first.
            failing: names of cases that the submission fails; one of them sorts most variants out.

        Raises:
            CasesError: the challenge's own cases.py fails.
        """
        own = run or self._run
        attempt = self._stock.take(challenge) or await self._plain_attempt(challenge)
        self._stock.want(challenge)
        if attempt is None:
            return ()
        left = dict(variants)
        cases = attempt.drawn.cases
        try:
            for some in (screening(cases, failing), cases):
                if left:
                    result = await own(variants_job(challenge, some, attempt.drawn.entropy, left))
                    good = await self._jury.ask(passing, challenge, attempt, some, left, result)
                    left = {name: left[name] for name in good[:FINALISTS]}
        except (Overrun, JurorLost) as fault:
            log.warning("variants of a submission for %s could not be judged: %r", challenge.slug, fault)
            return ()
        return tuple(left)

    async def _plain_attempt(self, challenge: Challenge) -> Attempt | None:
        """An attempt made on the spot, without what known mistakes answer; None when the reference fails."""
        drawn = await self._drawn(challenge, 1)
        return next(iter(read_batch(drawn, await self._run(batch_job(challenge, drawn)), None)), None)

    async def departures(
        self, challenge: Challenge, source: str, inputs: Sequence[tuple[Any, ...]], run: Run | None = None
    ) -> tuple[Mismatch, ...]:
        """Show where a submission and our solution part on inputs that may be shown; where ours gives no value, nothing is said.

        Raises:
            CasesError: the challenge's own cases.py fails.
        """
        own, cases, entropy = run or self._run, made_up(inputs), self._entropy()
        learner, trusted = await asyncio.gather(
            own(learner_job(challenge, source, cases, entropy)),
            own(trusted_job(challenge, cases, entropy, {REFERENCE: challenge.solution})),
        )
        try:
            return await self._jury.ask(mismatches, challenge, cases, learner, reference_values(cases, trusted))
        except (Overrun, JurorLost) as fault:
            log.warning("a submission for %s could not be held against made-up inputs: %r", challenge.slug, fault)
            return ()

    async def _examined(self, challenge: Challenge, attempt: Attempt, source: str | bytes, learner: Result) -> Examined:
        """The verdict; a value that nobody can look at within bounds is wrong."""
        try:
            return await self._jury.ask(examine, challenge, attempt, source, learner)
        except Overrun:
            log.warning("a value returned for %s was too much to compare", challenge.slug)
            text = source if isinstance(source, str) else source.decode("utf-8", "replace")
            why = f"What your code returned could not be compared in {self._jury.bounds}."
            return Examined(uncompared(attempt.drawn.cases, learner, why, text), ())

    async def _match(
        self, challenge: Challenge, attempt: Attempt, learner: Result, suspects: tuple[str, ...] | None, run: Run
    ) -> str:
        """The name of the known mistake that answers as this submission does on every case, or "".

        Visible cases sort out most; only what is left runs on the hidden ones.
        """
        known = returning(challenge)
        visible, hidden = (tuple(c for c in attempt.drawn.cases if c.visible is seen) for seen in (True, False))
        for some, sort_out in ((visible, suspects is None), (hidden, True)):
            left = {name: known[name] for name in (known if suspects is None else suspects)}
            if sort_out and left and some:
                suspects = await self._alike(challenge, attempt.drawn.entropy, some, learner, left, run)
        return next(iter(suspects or ()), "")

    async def _alike(
        self,
        challenge: Challenge,
        entropy: int,
        cases: tuple[Case, ...],
        learner: Result,
        candidates: dict[str, str],
        run: Run,
    ) -> tuple[str, ...]:
        ours = await run(trusted_job(challenge, cases, entropy, candidates))
        theirs, known = ({back.id: back for back in result.returned} for result in (learner, ours))
        try:
            return tuple(await self._jury.ask(alike, challenge, cases, theirs, known, candidates))
        except (Overrun, JurorLost) as fault:
            log.warning("known mistakes of %s could not be held against a submission: %r", challenge.slug, fault)
            return ()

    async def _drawn(self, challenge: Challenge, count: int) -> tuple[Drawn, ...]:
        """Draw cases for so many attempts, each from entropy of its own."""
        try:
            return await self._jury.ask(draw, challenge, tuple(self._entropy() for _ in range(count)))
        except Overrun:
            said = f"takes more than {self._jury.bounds} for {count} attempts; make its cases smaller."
            raise CasesError(f"{challenge.slug}/cases.py {said}") from None

    async def _prepare(self, challenge: Challenge, count: int, earlier: Attempt | None) -> Sequence[Attempt]:
        """Make attempts in one run of the reference."""
        drawn = await self._drawn(challenge, count)
        known = earlier.known if earlier else await self._known(challenge, drawn[0])
        attempts = read_batch(drawn, await self._run(batch_job(challenge, drawn)), known)
        if len(attempts) < count:
            lacking = count - len(attempts)
            log.error("the reference of %s gave no value in %d of %d attempts", challenge.slug, lacking, count)
        return attempts

    async def _known(self, challenge: Challenge, drawn: Drawn) -> Mapping[str, Returned] | None:
        """What known mistakes answer to visible cases, unless they leave that to chance."""
        visible = tuple(case for case in drawn.cases if case.visible)
        mistakes = returning(challenge)
        if not mistakes:
            return {}
        runs = [await self._run(trusted_job(challenge, visible, self._entropy(), mistakes)) for _ in range(2)]
        return steady(challenge, visible, *runs)


def judged(
    challenge: Challenge,
    scope: dict[str, Any],
    cases: tuple[Case, ...],
    source: str | bytes,
    learner: Result,
    trusted: Result,
) -> Report:
    """The verdict on a learner's run beside a run of the reference, judged here: for values of our own.

    It is internal unless the reference gave every value.
    """
    expected = reference_values(cases, trusted)
    if len(expected) < len(cases):
        return _no_reference(cases, trusted)
    text = source if isinstance(source, str) else source.decode("utf-8", "replace")
    return judge(challenge, scope.get("check"), cases, learner, expected, text)


def _no_reference(cases: tuple[Case, ...], trusted: Result) -> Report:
    fault = next((r.fault for r in trusted.returned if r.fault and r.id.startswith(REFERENCE)), trusted.fault)
    detail = f"The reference gave no value. {trusted.detail} {fault.message if fault else ''}".strip()
    return _internal(cases, detail, trusted.isolation, trusted.wall_ms)


async def _both(learner: Awaitable[Result], trusted: Awaitable[Result]) -> tuple[Result, Result]:
    """Wait for both, also when one of them cannot be had: the other would fail with nobody to hear of it."""
    ended = await asyncio.gather(learner, trusted, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    first, second = (one for one in ended if not isinstance(one, BaseException))
    return first, second


def _internal(cases: Sequence[Case], detail: str, isolation: Isolation, wall_ms: float) -> Report:
    return Report(
        verdict=Verdict.INTERNAL,
        cases=(),
        hidden_passed=0,
        hidden_total=sum(not case.visible for case in cases),
        detail=detail,
        isolation=isolation,
        wall_ms=wall_ms,
    )
