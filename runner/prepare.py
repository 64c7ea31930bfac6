"""Turns a job into what is sent into its box, or into an answer when nothing needs to be sent. Pure."""
from __future__ import annotations

import base64
import os
from typing import Any

from runner import libraries
from runner.job import Call, Fault, Isolation, Job, Limits, Outcome, Profile, Result, Returned
from runner.values import encode

ARGS_BYTES = 256 * 1024 * 1024
SCRIPT_ARGS = '["t"]'
_ARRAY_MARKS = ('["a",', '["n",', '["g",')  # cannot occur inside a string, where the quote would be escaped
_NEEDS = (('["g","tensor"', "torch"), ('["g","series"', "pandas"), ('["g","frame"', "pandas"))


def source_bytes(job: Job) -> bytes:
    """Return the source as bytes; a lone surrogate becomes bytes that the box will call unreadable."""
    return job.source if isinstance(job.source, bytes) else job.source.encode("utf-8", "surrogatepass")


def refusal(job: Job, isolation: Isolation) -> Result | None:
    """Answer for a source too long to be sent to a box at all."""
    size, cap = len(source_bytes(job)), job.limits.source_bytes
    if size <= cap:
        return None
    fault = Fault(type="SyntaxError", message=f"the code is {size} bytes long; at most {cap} are read")
    returned = tuple(Returned(id=call.id, outcome=Outcome.ERROR, fault=fault) for call in job.calls)
    return Result(outcome=Outcome.ERROR, isolation=isolation, returned=returned, fault=fault, detail=fault.message)


def arguments(job: Job) -> list[str]:
    """Encode every call's arguments; a script counts as one call without any.

    Raises:
        ValueError: when the job cannot work: no entry to call, two calls with one id, or arrays without numpy.
    """
    if not job.calls:
        return [SCRIPT_ARGS]
    if not job.entry and not job.driver:
        raise ValueError("A job with calls needs the name of its entry, or a driver.")
    if len({call.id for call in job.calls}) != len(job.calls):
        raise ValueError("Two calls of one job have the same id.")
    texts = [encode(call.args, max_bytes=ARGS_BYTES).decode("ascii") for call in job.calls]
    if job.profile is Profile.STDLIB and any(mark in text for text in texts for mark in _ARRAY_MARKS):
        raise ValueError("Arguments with arrays need at least the numpy profile.")
    return texts


def program(job: Job) -> dict[str, Any]:
    """Say what all calls of a job share."""
    return {
        "source": base64.b64encode(source_bytes(job)).decode("ascii"),
        "filename": job.filename,
        "entry": job.entry,
        "driver": job.driver,
        "script": not job.calls,
    }


def setup(job: Job, arguments: list[str]) -> dict[str, Any]:
    """Say to a cold box's first process what it is there for."""
    source = source_bytes(job)
    needed = [name for mark, name in _NEEDS if any(mark in text for text in arguments)]
    text = "\n".join([source.decode("utf-8", "replace"), job.driver, *needed])
    return {
        "modules": libraries.warm_modules(job.profile, text),
        "program": program(job),
        "bounds": bounds(job.limits),
    }


def task(job: Job, call: Call, text: str, cap: int) -> dict[str, Any]:
    """Say what one call is: its encoded arguments, and how many bytes its answer may have."""
    return {"args": text, "echo": call.echo_args, "cap": cap, "seed": job.seed if call.seed is None else call.seed}


def bounds(limits: Limits, calls: int = 1) -> dict[str, int]:
    """Return the limits that a process is given from within, when it makes some calls one after the other."""
    return {
        "disk_bytes": limits.disk_bytes,
        "disk_files": limits.disk_files,
        "processes": limits.processes,
        "cpu_s": int(limits.wall_s * (os.cpu_count() or 1) * calls) + 2,
    }
