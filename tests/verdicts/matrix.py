"""Programs with the one right verdict for each: reads them, runs them, and says which got another.

The short form is `test_matrix.py`. Run as a program, this is the long one: every program fifty times, in mixed order,
several at once, while other processes keep every core busy. It prints a table and ends with 1 below 100 %.
Knows the runner only as something that takes a job and gives a result, so that each of its kinds can be held to it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from runner import Call, ColdRunner, Job, Limits, Outcome, Profile, Result, Returned
from runner.job import MIB
from runner.values import Opaque
from runner.warm import WarmRunner

ABREAST = 4
FOLDER = Path(__file__).parent / "programs"
SHOWN = 3  # of what was wrong with one program
ROOMY = Limits(
    wall_s=20.0,  # who ends by himself has time to do so on a busy machine
    memory_bytes=64 * MIB,
    processes=16,
    stdout_bytes=8192,
    stderr_bytes=8192,
    result_bytes=65_536,
    source_bytes=65_536,
)


class Runner(Protocol):
    """What every kind of runner can do."""

    async def run(self, job: Job) -> Result:
        """Run a job and say what became of it."""
        ...


@contextlib.asynccontextmanager
async def _warm() -> AsyncIterator[Runner]:
    async with WarmRunner(slots=ABREAST) as runner:
        if not await runner.warm_up(Profile.STDLIB, Profile.NUMPY):
            raise RuntimeError("no warm process came up, so only the cold runner would be tried")
        yield runner


RUNNERS: dict[str, Callable[[], AbstractAsyncContextManager[Runner]]] = {
    "cold": lambda: nullcontext(ColdRunner(semaphore=asyncio.Semaphore(ABREAST))),
    "warm": _warm,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program, and all that is said of its result: what is not said may be anything."""

    name: str
    job: Job
    expected: Mapping[str, object]


def _source(entry: Mapping[str, Any]) -> str | bytes:
    text: str = entry.get("before", "") + entry["source"]
    if "fill" in entry:
        text = text.replace("@", entry["fill"] * entry["times"])
    if entry.get("raw"):
        return text.encode("ascii").decode("unicode_escape").encode("latin-1")
    return text


def _job(entry: Mapping[str, Any]) -> Job:
    args = [] if entry.get("script") else entry.get("args", [])
    echo, group = entry.get("echo", False), entry.get("group", "")
    names = group if isinstance(group, list) else [group] * len(args)
    calls = [
        Call(id=str(at), args=tuple(each), echo_args=echo, group=name)
        for at, (each, name) in enumerate(zip(args, names, strict=True))
    ]
    return Job(
        source=_source(entry),
        entry="f" if args else "",
        calls=tuple(calls),
        profile=Profile(entry.get("profile", "stdlib")),
        limits=replace(ROOMY, **entry.get("limits", {})),
    )


def read(path: Path) -> list[Program]:
    """Read one family of programs; what a program does not say, the family's defaults do."""
    document = tomllib.loads(path.read_text("utf-8"))
    entries = [{**document["defaults"], **entry} for entry in document["program"]]
    return [
        Program(name=entry["name"], job=_job(entry), expected={key: entry[key] for key in FACTS if key in entry})
        for entry in entries
    ]


def read_all() -> dict[str, Program]:
    """Read every family; each program by its name."""
    found = [program for path in sorted(FOLDER.glob("*.toml")) for program in read(path)]
    twice = [name for name, count in Counter(program.name for program in found).items() if count > 1]
    if twice:
        raise ValueError(f"two programs with one name: {twice}")
    return {program.name: program for program in found}


def _value(returned: Returned) -> str:
    value = returned.value
    return f"Opaque {value.type_name}" if type(value) is Opaque else repr(value)


def _short(returned: Returned) -> str:
    return " ".join([returned.outcome.value, *([returned.fault.type] if returned.fault else [])])


FACTS: dict[str, Callable[[Result], object]] = {
    "outcome": lambda result: result.outcome.value,
    "fault": lambda result: result.fault.type if result.fault else "",
    "line": lambda result: result.fault.line if result.fault else None,
    "detail": lambda result: result.detail,
    "stdout": lambda result: result.stdout,
    "value": lambda result: _value(result.returned[0]),
    "values": lambda result: [_value(returned) for returned in result.returned],
    "each": lambda result: [_short(returned) for returned in result.returned],
}


def differences(program: Program, result: Result) -> list[str]:
    """Say where a result is not the one that is right."""
    facts = {key: FACTS[key](result) for key in program.expected}
    return [f"{key} {facts[key]!r}, not {right!r}" for key, right in program.expected.items() if facts[key] != right]


Note = Callable[[Program, Result], None]


async def run_all(runner: Runner, chosen: Sequence[Program], note: Note) -> None:
    """Run programs, several at a time, and note each result as it comes."""
    waiting = iter(chosen)

    async def work() -> None:
        for program in waiting:
            note(program, await runner.run(program.job))

    await asyncio.gather(*(work() for _ in range(ABREAST)))


@dataclass(slots=True)
class Tally:
    """How often each program got its verdict, and what was wrong when it did not."""

    right: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def note(self, program: Program, result: Result) -> None:
        """Count one result."""
        self.runs[program.name] += 1
        self.outcomes[result.outcome] += 1
        if found := differences(program, result):
            self.wrong.setdefault(program.name, []).append("; ".join(found))
        else:
            self.right[program.name] += 1

    def perfect(self) -> bool:
        """Say whether every single run was right."""
        return self.runs.total() > 0 and self.right == self.runs


def table(programs: Sequence[Program], tally: Tally) -> str:
    """Write one line for each program, what was wrong below it, and the totals."""
    width = max(len(program.name) for program in programs)
    lines = []
    for program in programs:
        name, right = program.name, tally.right[program.name]
        lines.append(f"{name:{width}}  {program.expected['outcome']:12}  {right:4}/{tally.runs[name]}")
        lines += [
            f"    {text} ({count} times)" for text, count in Counter(tally.wrong.get(name, ())).most_common(SHOWN)
        ]
    total = tally.runs.total() or 1
    good, internal = tally.right.total() / total, tally.outcomes[Outcome.INTERNAL] / total
    lines.append(f"{len(programs)} programs, {tally.runs.total()} runs: {good:.3%} right, {internal:.3%} internal")
    return "\n".join(lines) + "\n"


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep cores busy with other work for a while."""
    command = [sys.executable, "-S", "-c", "while True: pass"]
    others = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for _ in range(processes)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


async def long_form(kind: str, programs: Sequence[Program], repeats: int, burners: int) -> Tally:
    """Run every program many times in mixed order, several at once, on cores that are busy already."""
    order = [*programs] * repeats
    random.Random(repeats).shuffle(order)  # noqa: S311 - the order is no secret, and the same next time
    tally = Tally()
    with busy(burners):
        async with RUNNERS[kind]() as runner:
            await run_all(runner, order, tally.note)
    return tally


def main() -> int:
    """Run the long form as the command line says; return 1 when a verdict was wrong."""
    parser = argparse.ArgumentParser(description="Every program's verdict, many times, on a busy machine.")
    parser.add_argument("--runner", choices=RUNNERS, default="warm")
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--burners", type=int, default=os.cpu_count() or 1, help="processes that keep cores busy")
    parser.add_argument("--only", default="", help="programs whose name contains this")
    chosen = parser.parse_args()
    programs = [program for name, program in read_all().items() if chosen.only in name]
    tally = asyncio.run(long_form(chosen.runner, programs, chosen.repeats, chosen.burners))
    sys.stdout.write(table(programs, tally))
    return 0 if tally.perfect() else 1


if __name__ == "__main__":
    sys.exit(main())
