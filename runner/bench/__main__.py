"""Measures the runner from the shell: `python -m runner.bench [--json]`; grading is left out."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace

from runner.bench.machine import facts, on_two_cores
from runner.bench.measure import measure
from runner.bench.plan import PROFILES, Broken, Load, Plan, quick
from runner.bench.report import report
from runner.bench.table import lines
from runner.errors import CannotIsolate
from runner.job import Isolation, Profile
from runner.report import CANNOT_ISOLATE, NOT_OK, OK

LEAST_N = 16


def _profiles(text: str) -> tuple[Profile, ...]:
    try:
        return tuple(sorted({Profile(name) for name in text.split(",")}, key=[*Profile].index))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not some of {','.join(Profile)}") from None


def _number(text: str) -> int:
    if not text.isdigit() or int(text) < LEAST_N:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {LEAST_N} on")
    return int(text)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of a benchmark of the runner."""
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--quick", action="store_true", help="show that everything works, not how fast it is")
    parser.add_argument(
        "--n", type=_number, default=None, metavar="N", help="warm runs of each profile (default: 2000)"
    )
    parser.add_argument(
        "--profiles", type=_profiles, default=PROFILES, metavar="A,B", help="default: stdlib,sklearn,torch"
    )


def plan_of(options: argparse.Namespace) -> Plan:
    """Say how much to measure, from the options."""
    profiles: tuple[Profile, ...] = options.profiles
    plan = quick(profiles) if options.quick else Plan(profiles=profiles)
    return plan if options.n is None else replace(plan, n=options.n)


def run(options: argparse.Namespace, loads: Sequence[Load] = (), *, minimum: Isolation = Isolation.REDUCED) -> int:
    """Measure, write what was found and return the exit code.

    Raises:
        CannotIsolate: when this host cannot isolate a run.
    """
    plan = plan_of(options)
    try:
        with on_two_cores() as cores:
            found = asyncio.run(measure(plan, loads, _say, minimum=minimum))
    except Broken as fault:
        sys.stderr.write(f"The benchmark cannot go on: {fault}.\n")
        return NOT_OK
    said = report(plan, found, cores, facts())
    sys.stdout.write(json.dumps(said) + "\n" if options.json else "\n".join(lines(said)) + "\n")
    return OK


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main(arguments: list[str] | None = None) -> int:
    """Measure as the arguments say and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m runner.bench", description="Measure how fast the runner is here.")
    configure(parser)
    try:
        return run(parser.parse_args(arguments))
    except CannotIsolate as fault:
        sys.stderr.write(f"{fault}\n")
        return CANNOT_ISOLATE


if __name__ == "__main__":
    sys.exit(main())
