"""What the runner is asked to do and what it answers: the only types that cross its border.

Knows nothing of how isolation works. Every field is plain data, so a job can be sent to another host.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MIB = 1024 * 1024


class Profile(StrEnum):
    """Which libraries a job may import; smaller ones start faster. Each includes those before it."""

    STDLIB = "stdlib"
    NUMPY = "numpy"  # with scipy
    SKLEARN = "sklearn"  # with pandas
    TORCH = "torch"


class Isolation(StrEnum):
    """How well this host separates a job from itself, proven by attempting each primitive."""

    STRONG = "strong"  # namespaces, and memory and process limits kept by cgroups
    REDUCED = "reduced"  # namespaces, with memory watched from outside instead
    NONE = "none"  # trusted local code only; never the default


class Outcome(StrEnum):
    """What became of a run. Each is decided from its own evidence, never from an exit code."""

    OK = "ok"
    ERROR = "error"  # the code raised, or ended before it returned
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT_LIMIT = "output_limit"
    VIOLATION = "violation"  # it tried something the box does not allow, or spoke out of turn
    INTERNAL = "internal"  # our fault; never charged to the learner


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one job may use. Every limit has a value; none can be switched off."""

    wall_s: float = 5.0  # per call, measured after imports of the profile; imports have their own allowance
    memory_bytes: int = 512 * MIB  # the whole box
    processes: int = 64  # processes and threads together
    stdout_bytes: int = 64 * 1024
    stderr_bytes: int = 64 * 1024
    result_bytes: int = 8 * MIB  # all returned values together
    disk_bytes: int = 32 * MIB  # /tmp and /dev/shm
    disk_files: int = 1024
    source_bytes: int = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of `entry` (or of the driver) in a fresh fork. `args` are plain values, numpy arrays allowed."""

    id: str
    args: tuple[Any, ...]
    echo_args: bool = False  # also return the arguments as they are after the call, to see whether they were changed
    group: str = ""  # neighbours with one name may share a fork, each with a fresh module; without a name none does
    seed: int | None = None  # in place of the job's
    ahead: bool = False  # may be sent before its neighbour has answered; what it prints may then count as a neighbour's


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Python source to run. With `calls`, it is a module whose `entry` is called; without, it runs as a script."""

    source: str | bytes
    calls: tuple[Call, ...] = ()
    entry: str = ""
    driver: str = ""  # public source with `drive(learner, *args)`; empty: call `learner.<entry>(*args)`
    profile: Profile = Profile.STDLIB
    limits: Limits = field(default_factory=Limits)
    seed: int = 0  # seeds random, numpy and torch before each call
    filename: str = "submission.py"  # shown in tracebacks


@dataclass(frozen=True, kw_only=True)  # no slots: it is pickled for every grading
class Fault:
    """Why a run or call ended without a value, in the learner's terms."""

    type: str  # builtin exception name, or "SystemExit", "Signal", "Exit"
    message: str
    line: int | None = None  # in the learner's source
    offset: int | None = None  # 1-based column, for syntax errors
    source_line: str = ""
    traceback: str = ""  # learner frames only, paths shortened


@dataclass(frozen=True, kw_only=True)  # no slots: it is pickled for every grading
class Returned:
    """What one call gave back: decoded from bytes outside the box, so nothing in it can act."""

    id: str
    outcome: Outcome
    value: Any = None  # meaningful only when outcome is OK; see runner.values for the types
    args_after: tuple[Any, ...] | None = None
    fault: Fault | None = None
    stdout: str = ""  # what this call printed, cut at a small cap
    wall_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)  # no slots: it is pickled for every grading
class Result:
    """What became of a whole job. `outcome` is the gravest by precedence; `returned` has an entry for every call."""

    outcome: Outcome
    isolation: Isolation
    returned: tuple[Returned, ...] = ()
    stdout: str = ""
    stderr: str = ""
    fault: Fault | None = None
    detail: str = ""  # one plain sentence: what was exceeded, of how much
    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    peak_bytes: int = 0


PRECEDENCE = (
    Outcome.INTERNAL,
    Outcome.TIMEOUT,
    Outcome.MEMORY,
    Outcome.OUTPUT_LIMIT,
    Outcome.VIOLATION,
    Outcome.ERROR,
    Outcome.OK,
)

Run = Callable[[Job], Awaitable[Result]]
"""The one verb of the runner: every host of it, cold, warm or remote, is a function of this shape."""


def gravest(outcomes: list[Outcome]) -> Outcome:
    """The outcome to show when several hold; OK when there are none."""
    return min(outcomes, key=PRECEDENCE.index, default=Outcome.OK)
