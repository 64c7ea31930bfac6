"""A small challenge built in memory, results as a runner would give them, and a runner that works in this process."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from challenges.model import Case, Challenge, Compare, CompareKind, Verdict, WrongSolution
from runner import Fault, Isolation, Job, Limits, Outcome, Profile, Result, Returned, Run

CASES = """
def cases(rng):
    yield "two and three", True, (2, 3)
    yield "nothing", True, (0, 0)
    for n in range(6):
        yield f"random {n}", False, (int(rng.integers(10**9)), int(rng.integers(10**9)))
"""


def wrong(name: str, source: str, verdict: Verdict = Verdict.WRONG) -> WrongSolution:
    return WrongSolution(name=name, source=source, verdict=verdict, misconception="sum=product", explanation="Because.")


@pytest.fixture
def challenge() -> Challenge:
    """Add two numbers."""
    return Challenge(
        slug="add",
        title="Add",
        level="easy",
        minutes=1,
        section="first",
        heading="First: Adding",
        concepts=("adding",),
        entry="add",
        profile=Profile.STDLIB,
        compare=Compare(kind=CompareKind.EXACT),
        keep_inputs=True,
        limits=Limits(wall_s=2),
        hints=("?", "plus", "a + b"),
        wrong=(
            wrong("multiplies", "def add(a, b):\n    return a * b\n"),
            wrong("forgets_second", "def add(a, b):\n    return a\n"),
            wrong("divides", "def add(a, b):\n    return a / 0\n", Verdict.ERROR),
        ),
        statement="Write add.",
        starter="def add(a, b):\n    pass\n",
        solution="def add(a, b):\n    return a + b\n",
        cases=CASES,
    )


Shape = Callable[..., tuple[tuple[Case, ...], Result]]


@pytest.fixture
def run_of() -> Shape:
    """Cases and the result of a run: one visible and two hidden cases unless told otherwise."""

    def make(
        *backs: Returned | None, visible: tuple[bool, ...] = (True, False, False), **fields: Any
    ) -> tuple[tuple[Case, ...], Result]:
        cases = tuple(Case(id=f"c{n}", name=f"case {n}", visible=seen, args=(n,)) for n, seen in enumerate(visible))
        returned = tuple(replace(back, id=f"c{n}") for n, back in enumerate(backs) if back is not None)
        outcome = fields.pop("outcome", None) or (gravest_of(returned))
        return cases, Result(outcome=outcome, isolation=Isolation.STRONG, returned=returned, **fields)

    return make


def gravest_of(returned: tuple[Returned, ...]) -> Outcome:
    order = list(Outcome)
    for outcome in (*order[:0:-1], Outcome.OK):
        if any(back.outcome is outcome for back in returned):
            return outcome
    return Outcome.OK


def _answer(job: Job, scope: dict[str, Any], module: Any, args: tuple[Any, ...]) -> Any:
    if job.driver:
        return scope["drive"](module, *args)
    return getattr(module, job.entry)(*args)


async def in_this_process(job: Job) -> Result:
    """Run a job here: for sources of the tests' own."""
    returned = []
    for call in job.calls:
        module, scope = ModuleType("submission"), {"__name__": "driver"}
        try:
            exec(job.source, module.__dict__)  # noqa: S102 - a source of the tests' own
            exec(job.driver, scope)  # noqa: S102 - as above
            args = copy.deepcopy(call.args)
            value = _answer(job, scope, module, args)
            after = args if call.echo_args else None
            returned.append(Returned(id=call.id, outcome=Outcome.OK, value=value, args_after=after))
        except (ArithmeticError, LookupError, NameError, SyntaxError, TypeError, ValueError, AttributeError) as error:
            fault = Fault(type=type(error).__name__, message=str(error), line=2)
            returned.append(Returned(id=call.id, outcome=Outcome.ERROR, fault=fault))
    found = tuple(returned)
    return Result(outcome=gravest_of(found), isolation=Isolation.NONE, returned=found)


@pytest.fixture
def local() -> Run:
    """A runner for the tests' own code."""
    return in_this_process
