"""Every program of the matrix gets the one right verdict: once here, fifty times on a busy machine by `make verdicts`.

`EPOCHBOT_RUNNER=cold` (or `warm`) says which kind of runner is held to it.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from runner import Fault, Isolation, Outcome, Result

KIND = os.environ.get("EPOCHBOT_RUNNER", "warm")
SOAK_REPEATS = 5


def _load(path: Path) -> ModuleType:
    """Import a neighbour, which is in no package."""
    spec = importlib.util.spec_from_file_location("verdict_matrix", path)
    assert spec
    assert spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


matrix = _load(Path(__file__).with_name("matrix.py"))
PROGRAMS = matrix.read_all()
FINE = PROGRAMS["nothing at all"]


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> dict[str, Result]:
    """What became of each program that is asked for, several having run at a time."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    names = [item.callspec.params.get("name") for item in items if item.path == Path(__file__)]
    found: dict[str, Result] = {}

    async def run() -> None:
        async with matrix.RUNNERS[KIND]() as runner:
            chosen = [PROGRAMS[name] for name in names if name in PROGRAMS]
            await matrix.run_all(runner, chosen, lambda program, result: found.update({program.name: result}))

    asyncio.run(run())
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gets_its_verdict(name: str, results: dict[str, Result]) -> None:
    """The outcome, the type of the fault, and whatever else the program says of it."""
    assert matrix.differences(PROGRAMS[name], results[name]) == []


def test_every_verdict_has_programs() -> None:
    """Except the one that is never a program's doing; and each says what its fault is."""
    outcomes = {program.expected["outcome"] for program in PROGRAMS.values()}
    assert outcomes == {outcome.value for outcome in Outcome} - {Outcome.INTERNAL.value}
    assert len(PROGRAMS) >= 300
    silent = [name for name, program in PROGRAMS.items() if "fault" not in program.expected]
    assert [name for name in silent if PROGRAMS[name].expected["outcome"] != "ok"] == []


GOOD = Result(outcome=Outcome.OK, isolation=Isolation.STRONG)


def test_the_right_result_has_no_differences() -> None:
    """So that finding one means something."""
    assert matrix.differences(FINE, GOOD) == []


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.OK])
def test_a_result_of_another_class_is_noticed(outcome: Outcome) -> None:
    """Whichever it is."""
    wrong = replace(GOOD, outcome=outcome, fault=Fault(type="T", message=""))
    assert matrix.differences(FINE, wrong) == [f"outcome {outcome.value!r}, not 'ok'", "fault 'T', not ''"]


def test_one_wrong_run_is_counted_shown_and_not_perfect() -> None:
    """Nothing below all of them is enough."""
    tally = matrix.Tally()
    assert not tally.perfect()
    tally.note(FINE, GOOD)
    assert tally.perfect()
    tally.note(FINE, replace(GOOD, outcome=Outcome.INTERNAL))
    assert not tally.perfect()
    assert matrix.table([FINE], tally).splitlines() == [
        "nothing at all  ok               1/2",
        "    outcome 'internal', not 'ok' (1 times)",
        "1 programs, 2 runs: 50.000% right, 50.000% internal",
    ]
@pytest.mark.slow
@pytest.mark.parametrize("kind", matrix.RUNNERS)
async def test_every_program_keeps_its_verdict_on_a_busy_machine(kind: str) -> None:
    """In mixed order, several at once, while other processes use every core."""
    programs = list(PROGRAMS.values())
    tally = await matrix.long_form(kind, programs, SOAK_REPEATS, os.cpu_count() or 1)
    assert tally.perfect(), matrix.table(programs, tally)
