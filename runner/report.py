"""Turns a result into the plain dict that `--json` prints. Pure."""
from __future__ import annotations

from dataclasses import asdict
from typing import Any

from runner.job import Outcome, Result

OK, NOT_OK, USAGE, CANNOT_ISOLATE = 0, 1, 2, 125
"""Exit codes of commands that run code."""


def report(result: Result) -> dict[str, Any]:
    """Describe a run in plain JSON types, without the values it returned."""
    return {
        "outcome": result.outcome.value,
        "stdout": result.stdout,
        "stderr": result.stderr,
        "wall_ms": round(result.wall_ms, 3),
        "cpu_ms": round(result.cpu_ms, 3),
        "peak_bytes": result.peak_bytes,
        "isolation": result.isolation.value,
        "fault": None if result.fault is None else asdict(result.fault),
        "detail": result.detail,
    }


def exit_code(result: Result) -> int:
    """Return 0 when the run went well and 1 when it did not."""
    return OK if result.outcome is Outcome.OK else NOT_OK
