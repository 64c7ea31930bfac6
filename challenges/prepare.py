"""Turns a challenge and a submission into runs: fresh cases, the learner's job, and the trusted job beside it.

The trusted job holds the reference and the known wrong solutions; it runs in a box of its own, so that nothing in it
is ever within a learner's reach.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from challenges.model import Case, Challenge
from runner import Call, Job, Limits

REFERENCE = "reference"
CASES, TRUSTED = "cases", "trusted"  # groups of calls that may share a fork
TRUSTED_TIME = 6
TRUSTED_PREFIX = 3  # arguments of the trusted driver that come before a case's own
TRUSTED_SOURCE = 4 * 1024 * 1024

AUTHOR_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What an author's cases.py may raise by mistake; anything else is a bug of ours and is left to surface."""

_ANSWER = """
from functools import lru_cache

@lru_cache(maxsize=None)
def compiled(text, name):
    return compile(text, name, "exec")

def answer(bank, name, driver, entry, args):
    import sys
    learner = sys.modules["submission"] = type(sys)("submission")
    exec(compiled(bank.SOURCES[name], "submission.py"), learner.__dict__)
    if not driver:
        return getattr(learner, entry)(*args)
    scope = {"__name__": "driver"}
    exec(compiled(bank.DRIVER, "driver.py"), scope)
    return scope["drive"](learner, *args)
"""
TRUSTED_DRIVER = f"""{_ANSWER}
def drive(bank, name, driver, entry, *args):
    return answer(bank, name, driver, entry, args)
"""
BATCH_DRIVER = f"""{_ANSWER}
def drive(bank, name, driver, entry, seed, cases):
    return [seeded(bank, name, driver, entry, seed, args) for args in cases]

def seeded(bank, name, driver, entry, seed, args):
    import random, sys
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
    return answer(bank, name, driver, entry, args)
"""
"""As the other, with every case of an attempt in one call, and chance as it would be if each had its own."""


class CasesError(Exception):
    """A challenge's own cases.py failed: the author's mistake, never the learner's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One attempt's cases, and the entropy they were drawn from."""

    entropy: int
    cases: tuple[Case, ...]


def load_namespace(challenge: Challenge) -> dict[str, Any]:
    """Run the trusted cases.py and return its names.

    Raises:
        CasesError: it does not run, or lacks `cases`.
    """
    scope: dict[str, Any] = {"__name__": f"cases of {challenge.slug}"}
    try:
        exec(_compiled(challenge.cases, f"{challenge.slug}/cases.py"), scope)  # content we ship, reviewed like code
    except AUTHOR_FAULTS as fault:
        raise CasesError(f"{challenge.slug}/cases.py does not run: {type(fault).__name__}: {fault}") from fault
    if not callable(scope.get("cases")):
        raise CasesError(f"{challenge.slug}/cases.py has no cases(rng) function.")
    return scope


@lru_cache(maxsize=64)
def _compiled(text: str, name: str) -> CodeType:
    return compile(text, name, "exec")


def draw_cases(scope: dict[str, Any], challenge: Challenge, entropy: int) -> tuple[Case, ...]:
    """Draw one attempt's cases. Hidden ones come from `entropy`, which a learner never sees."""
    rng = np.random.default_rng(entropy)
    cases: list[Case] = []
    try:
        for n, (name, visible, args) in enumerate(scope["cases"](rng)):
            cases.append(Case(id=f"c{n}", name=str(name), visible=bool(visible), args=tuple(args)))
    except AUTHOR_FAULTS as fault:
        raise CasesError(f"{challenge.slug}/cases.py fails at case {len(cases)}: {fault!r}") from fault
    return tuple(cases)


def box_seed(entropy: int) -> int:
    """What a box may know of an attempt's entropy: a seed for its random numbers that leads to no hidden input."""
    return int.from_bytes(hashlib.sha256(b"box %d" % entropy).digest()[:4], "big")


def learner_job(challenge: Challenge, source: str | bytes, cases: tuple[Case, ...], entropy: int) -> Job:
    """The run of a submission: visible cases first, so that nothing a hidden one leaves behind can reach what is shown
    (such as how much may still be returned), then the hidden ones in shuffled order, so that position tells nothing.
    """
    order = random.Random(entropy).sample(cases, len(cases))
    order.sort(key=lambda case: not case.visible)
    calls = tuple(
        Call(
            id=case.id,
            args=case.args,
            echo_args=challenge.keep_inputs,
            group=group_of(challenge),
            ahead=not case.visible,
        )
        for case in order
    )
    return Job(
        source=source,
        calls=calls,
        entry=challenge.entry,
        driver=challenge.driver,
        profile=challenge.profile,
        limits=challenge.limits,
        seed=box_seed(entropy),
    )


def group_of(challenge: Challenge) -> str:
    """Which calls may share a fork.

    All of them, the visible ones first: what is shown has been answered before the first hidden input is sent. What one
    case leaves for the next helps nobody, for right values are nowhere in a box and hidden inputs are new at every
    attempt. But what a driver watches (a patched library, a noted call) it can only trust in a process that no
    learner's code has run in before.
    """
    return "" if challenge.driver else CASES


def trusted_job(challenge: Challenge, cases: tuple[Case, ...], entropy: int, sources: Mapping[str, str]) -> Job:
    """A run of solutions of ours on some cases; call ids are `name/case`."""
    calls = tuple(
        _trusted_call(challenge, name, case, echo=challenge.keep_inputs) for name in sources for case in cases
    )
    return replace(_trusted(challenge, sources, calls, len(sources)), seed=box_seed(entropy))


def batch_job(challenge: Challenge, drawn: Sequence[Drawn]) -> Job:
    """One run of the reference for several attempts; each is one call, its number the id, and gives a value per case."""
    calls = tuple(
        Call(
            id=str(n),
            args=(REFERENCE, bool(challenge.driver), challenge.entry, seed, [case.args for case in one.cases]),
            group=TRUSTED,
            seed=seed,
        )
        for n, one in enumerate(drawn)
        for seed in [box_seed(one.entropy)]
    )
    return replace(_trusted(challenge, {REFERENCE: challenge.solution}, calls, len(drawn)), driver=BATCH_DRIVER)


def _trusted_call(challenge: Challenge, name: str, case: Case, *, echo: bool) -> Call:
    """A call of one of our solutions: the reference's may all share a fork, a mistake's as those of a learner do."""
    group = group_of(challenge)
    return Call(
        id=f"{name}/{case.id}",
        args=(name, bool(challenge.driver), challenge.entry, *case.args),
        echo_args=echo,
        group=TRUSTED if name == REFERENCE else group and f"{name}/{group}",
    )


def _trusted(challenge: Challenge, sources: Mapping[str, str], calls: tuple[Call, ...], times: int) -> Job:
    """A run of our own code.

    It gets more time than a learner does, so that a busy host never turns a good submission into our fault, and room
    for all the values. Its module spells out the sources, so that the libraries they name are imported before the first
    call and not once in each.
    """
    return Job(
        source=f"DRIVER = {challenge.driver!r}\nSOURCES = {dict(sources)!r}\n",
        calls=calls,
        driver=TRUSTED_DRIVER,
        profile=challenge.profile,
        limits=replace(
            roomier(challenge.limits, times),
            wall_s=challenge.limits.wall_s * TRUSTED_TIME,
            source_bytes=TRUSTED_SOURCE,
        ),
    )


def roomier(limits: Limits, times: int) -> Limits:
    """The limits of a run that does the work of several: as much for each, so more for all of them together."""
    return replace(
        limits,
        result_bytes=limits.result_bytes * times,
        stdout_bytes=limits.stdout_bytes * times,
        stderr_bytes=limits.stderr_bytes * times,
    )
