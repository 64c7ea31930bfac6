"""Decides what became of a run from its evidence alone. Pure: starts nothing, reads no clock.

Each outcome has evidence of its own: our deadline, the kernel's count of memory kills, our byte counters, the shape of
what was written. An exit code is never evidence.
"""
from __future__ import annotations

import os
import re
import signal
import struct
from dataclasses import dataclass
from typing import Any

from runner.job import Fault, Isolation, Job, Limits, Outcome, Result, Returned, gravest
from runner.values import DecodeError, decode

_HEAD = struct.Struct(">I")
CAGED = b"\x01"
_OK = b'["t","ok",'  # how the frame of a value begins
CALL_STDOUT_CHARS = 4000
LARGE_BYTES = 64 * 1024  # answers together longer than this take long enough to read to be felt by others
_BYTES = re.compile(r"\b(\d{1,15})(?: bytes\b|(?= allowed\b))", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was seen of one call."""

    id: str
    started: bool = False  # the box said that learner code was about to run
    raw: bytes | None = None  # what the learner's process wrote, None if the box ended first
    status: int = 0  # its wait status, as the box's first process says
    overlong: bool = False
    timed_out: bool = False
    out_of_memory: bool = False
    full: str = ""  # the output stream that ran over
    skipped: bool = False  # never sent, because an earlier call ended the box
    broken: str = ""  # why we could not run it
    wall_ms: float = 0.0
    stdout: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a whole run used."""

    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    peak_bytes: int = 0
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one call's frame says, once checked."""

    outcome: Outcome
    value: Any = None
    args_after: tuple[Any, ...] | None = None
    fault: Fault | None = None


def _fault(kind: str, message: str) -> Fault:
    return Fault(type=kind, message=message)


_SIGNALS = {
    signal.SIGSEGV: "a segmentation fault: memory was touched that is not there, or the stack overflowed",
    signal.SIGABRT: "an abort: the interpreter or a library gave up",
    signal.SIGFPE: "an arithmetic fault in compiled code",
    signal.SIGBUS: "a bus error: memory that could not be provided",
    signal.SIGKILL: "a kill signal",
    signal.SIGXCPU: "it used more processor time than allowed",
    signal.SIGSYS: "a system call that is not allowed here",
}


def ended_early(status: int) -> Fault:
    """Describe a process that ended without a frame."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        known = {int(key): text for key, text in _SIGNALS.items()}
        return _fault("Signal", f"your code was ended by {known.get(number, f'signal {number}')}")
    return _fault("Exit", "your code exited before returning")


def _text(value: object) -> str:
    return value if type(value) is str else ""


def _number(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= 10_000_000 else None


def _read_fault(fields: tuple[Any, ...]) -> Reading:
    if len(fields) != 6 or not _text(fields[0]):
        return _violation("what came back is not a fault")
    kind, message, line, offset, source_line, trace = fields
    fault = Fault(
        type=_text(kind)[:100],
        message=_text(message)[:2000],
        line=_number(line),
        offset=_number(offset),
        source_line=_text(source_line)[:300],
        traceback=_text(trace)[:20_000],
    )
    return Reading(Outcome.ERROR, fault=fault)


def _violation(message: str) -> Reading:
    return Reading(Outcome.VIOLATION, fault=_fault("Violation", message))


def _read_value(fields: tuple[Any, ...], call_args: int | None) -> Reading:
    if len(fields) != 2:
        return _violation("what came back is not a value")
    value, after = fields
    if call_args is None:
        return Reading(Outcome.OK, value) if after is None else _violation("arguments came back unasked")
    if type(after) is not tuple or len(after) != call_args:
        return _violation("the arguments did not come back")
    return Reading(Outcome.OK, value, after)


def read_frame(raw: bytes, status: int, *, echoed: int | None, cap: int) -> Reading:
    """Read the one frame a call may write: nothing more, nothing less.

    Args:
        raw: all that was written after the mark that says "caged".
        status: the process's wait status, only to describe a missing frame.
        echoed: how many arguments must come back, None for none.
        cap: the most bytes a frame may have.
    """
    if len(raw) < _HEAD.size:
        return Reading(Outcome.ERROR, fault=ended_early(status)) if not raw else _violation("a frame was cut off")
    (size,) = _HEAD.unpack_from(raw)
    body = raw[_HEAD.size :]
    if len(body) > size:
        return _violation("more than one answer was written")
    if len(body) < size:
        return Reading(Outcome.ERROR, fault=ended_early(status))
    return _read_body(body, echoed, cap)


def _read_body(body: bytes, echoed: int | None, cap: int) -> Reading:
    try:
        answer = decode(body, max_bytes=cap)
    except DecodeError as error:
        return _violation(f"what came back is not a value: {error}")
    if type(answer) is not tuple or not answer:
        return _violation("what came back is not an answer")
    kind, *fields = answer
    if kind == "ok" and type(kind) is str:
        return _read_value(tuple(fields), echoed)
    if kind == "fault" and type(kind) is str:
        return _read_fault(tuple(fields))
    if kind == "limit" and type(kind) is str:
        message = _readable(_text(fields[0])[:500]) if fields else ""
        return Reading(Outcome.OUTPUT_LIMIT, fault=_fault("OutputLimit", message))
    return _violation("what came back is not an answer")


def _size(size: int) -> str:
    """Say a number of bytes as people do."""
    for unit, name in ((1 << 20, "MB"), (1 << 10, "KB")):
        if size >= unit:
            return f"{round(size / unit, 1):g} {name}"
    return f"{size} bytes"


def _readable(message: str) -> str:
    return _BYTES.sub(lambda found: _size(int(found[1])), message)


def _limit_reading(evidence: Evidence, limits: Limits) -> Reading | None:
    """Return the gravest limit that was passed, if any was."""
    if evidence.timed_out:
        message = f"stopped after {limits.wall_s:g} s, all the time there was"
        return Reading(Outcome.TIMEOUT, fault=_fault("Timeout", message))
    if evidence.out_of_memory:
        message = f"needed more than the {_size(limits.memory_bytes)} of memory there were"
        return Reading(Outcome.MEMORY, fault=_fault("Memory", message))
    if evidence.full:
        cap = limits.stdout_bytes if evidence.full == "stdout" else limits.stderr_bytes
        message = f"wrote more than {_size(cap)} to {evidence.full}"
        return Reading(Outcome.OUTPUT_LIMIT, fault=_fault("OutputLimit", message))
    if evidence.overlong:
        message = f"returned more than the {_size(limits.result_bytes)} allowed"
        return Reading(Outcome.OUTPUT_LIMIT, fault=_fault("OutputLimit", message))
    return None


def ends_box(evidence: Evidence) -> bool:
    """Say whether nothing more can or should be asked of the box after a call."""
    passed = evidence.timed_out or evidence.out_of_memory or bool(evidence.full)
    return passed or evidence.raw is None or not evidence.started


def promising(evidence: Evidence) -> bool:
    """Say whether a call seems to have gone well, without reading its value."""
    passed = evidence.timed_out or evidence.out_of_memory or evidence.overlong or bool(evidence.full)
    whole = (evidence.raw or b"").removeprefix(CAGED)[_HEAD.size :]
    return not passed and not evidence.broken and whole.startswith(_OK)


def read_call(evidence: Evidence, limits: Limits, *, echoed: int | None, earlier: Outcome) -> Reading:
    """Decide one call, gravest evidence first."""
    if evidence.broken:
        return Reading(Outcome.INTERNAL, fault=_fault("Internal", evidence.broken))
    if evidence.skipped:
        message = "not run, because an earlier call ended the run"
        return Reading(earlier, fault=_fault("NotRun", message))
    passed = _limit_reading(evidence, limits)
    if passed is not None:
        return passed
    if evidence.raw is None:
        return Reading(Outcome.INTERNAL, fault=_fault("Internal", "the box ended, and not by our hand"))
    if not evidence.started:
        said = evidence.raw[1:500].decode("utf-8", "replace")
        return Reading(Outcome.INTERNAL, fault=_fault("Internal", f"the cage did not close: {said or 'no answer'}"))
    return read_frame(evidence.raw.removeprefix(CAGED), evidence.status, echoed=echoed, cap=limits.result_bytes)


def _returned(evidence: Evidence, reading: Reading) -> Returned:
    return Returned(
        id=evidence.id,
        outcome=reading.outcome,
        value=reading.value,
        args_after=reading.args_after,
        fault=reading.fault,
        stdout=evidence.stdout.decode("utf-8", "replace")[:CALL_STDOUT_CHARS],
        wall_ms=evidence.wall_ms,
    )


def result(job: Job, seen: list[Evidence], usage: Usage, isolation: Isolation, *, lingering: bool) -> Result:
    """Put a whole run together from what was seen of its calls; a script is one call without a name."""
    readings: list[Reading] = []
    for evidence, call in zip(seen, job.calls or (None,), strict=True):
        echoed = len(call.args) if call is not None and call.echo_args else None
        earlier = gravest([reading.outcome for reading in readings])
        readings.append(read_call(evidence, job.limits, echoed=echoed, earlier=earlier))
    outcome = Outcome.INTERNAL if lingering else gravest([reading.outcome for reading in readings])
    decisive = next((reading for reading in readings if reading.outcome is outcome), None)
    fault = decisive.fault if decisive else None
    return Result(
        outcome=outcome,
        isolation=isolation,
        returned=tuple(map(_returned, seen, readings)) if job.calls else (),
        stdout=usage.stdout.decode("utf-8", "replace"),
        stderr=usage.stderr.decode("utf-8", "replace"),
        fault=fault if not job.calls or outcome is not Outcome.OK else None,
        detail=_detail(outcome, fault, lingering=lingering),
        wall_ms=usage.wall_ms,
        cpu_ms=usage.cpu_ms,
        peak_bytes=usage.peak_bytes,
    )


def _detail(outcome: Outcome, fault: Fault | None, *, lingering: bool) -> str:
    if lingering:
        return "The box did not end when it was told to."
    if outcome is Outcome.OK or fault is None:
        return ""
    if outcome is Outcome.ERROR:
        return ""
    return fault.message[:1].upper() + fault.message[1:] + "."
