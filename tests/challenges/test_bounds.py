"""Bounds on judging: a value that would stall or starve the bot costs one process of ours, and is wrong in time."""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.tutor.offline import explain
from challenges.examine import draw
from challenges.grade import NO_STOCK, Grader
from challenges.judge import value_fault
from challenges.juror import HEAD, bound_memory, main, receive, send, serve
from challenges.jury import Bounds, JurorLost, Jury, Overrun
from challenges.model import Case, Challenge, Compare, CompareKind, Verdict
from challenges.prepare import CasesError
from challenges.size import oversize
from runner import Run

MIB = 1024 * 1024
TIGHT = Bounds(cpu_s=0.3, memory_bytes=96 * MIB, jurors=1)
PATIENCE_S = 1  # of processor time
MATCHED = "import re\ndef check(args, got, right):\n    return None if re.fullmatch('(a+)+', str(got)) else 'no'\n"
SIZED = (
    "import numpy as np\ndef check(args, got, right):\n    return None if np.ones(int(got)).sum() == right else 'no'\n"
)
TRAPS = {"time": (MATCHED, "'a' * 40 + 'b'"), "memory": (SIZED, "10 ** 8")}


def ring() -> list[Any]:
    """A list that is twice in itself."""
    made: list[Any] = []
    made += [made, made]
    return made


ENDLESS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "weighing a list that is in itself": (oversize, (1.0, ring())),
    "a table of 600 MB": (bytearray, (6 * 10**8,)),
}
FILL = "if isinstance(made, bytearray): made[::4096] = b'x' * len(made[::4096])"
UNBOUNDED = {
    **{f: f"import test_bounds\nf, args = test_bounds.ENDLESS[{f!r}]\nmade = f(*args)\n{FILL}" for f in ENDLESS},
    **{name: f"{check}\ncheck((), {returned}, 0)" for name, (check, returned) in TRAPS.items()},
}


@pytest.fixture
async def jury() -> AsyncIterator[Jury]:
    """One tightly bounded process, in which nothing has been asked yet."""
    async with Jury(TIGHT) as made:
        yield made


def checked(challenge: Challenge, check: str) -> Challenge:
    return replace(challenge, compare=Compare(kind=CompareKind.CHECK), cases=challenge.cases + check)


def counting() -> Callable[[], int]:
    return iter(range(1000)).__next__


class Pulse:
    """Counts how often the event loop gets to run us."""

    def __init__(self) -> None:
        self.count = 0

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(0.005)
            self.count += 1


@pytest.mark.parametrize("code", UNBOUNDED.values(), ids=UNBOUNDED)
def test_without_bounds_a_hostile_value_stalls_or_starves(code: str) -> None:
    """The control: what is bounded below takes far more when nothing but our patience bounds it."""
    patience = f"import resource\nresource.setrlimit(resource.RLIMIT_CPU, ({PATIENCE_S}, {PATIENCE_S}))\n"
    told = f"{patience}{code}\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)"
    path = os.pathsep.join([str(Path(__file__).parents[2]), str(Path(__file__).parent), *filter(None, sys.path)])
    ended = subprocess.run([sys.executable, "-c", told], capture_output=True, check=False, env={"PYTHONPATH": path})
    stalled = ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
    assert stalled or int(ended.stdout) > 5 * TIGHT.memory_bytes, ended.stderr


async def test_what_would_stall_or_starve_us_is_over_in_time(jury: Jury) -> None:
    large = [list(range(1000)) for _ in range(200)]
    assert await jury.ask(list, large) == large
    for name, (work, args) in ENDLESS.items():
        pulse, before = Pulse(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        beating = asyncio.create_task(pulse.beat())
        with pytest.raises(Overrun):
            await jury.ask(work, *args)
        beating.cancel()
        assert pulse.count > 1, f"{name} held us up"
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < PATIENCE_S
    assert await jury.ask(abs, -1) == 1  # another took the place of each


async def test_a_value_that_traps_the_authors_check_is_wrong_in_time(challenge: Challenge, local: Run) -> None:
    reports = {}
    async with Grader(local, counting(), bounds=TIGHT, capacity=NO_STOCK) as grader:
        for name, (check, returned) in TRAPS.items():
            reports[name] = await grader.grade(checked(challenge, check), f"def add(a, b):\n    return {returned}\n")
    found = [(r.verdict, r.hidden_passed, r.hidden_total, r.hidden_failure) for r in reports.values()]
    assert found == [(Verdict.WRONG, 0, 6, Verdict.WRONG)] * 2
    assert reports["memory"].cases[0].message == "The returned value, an int, does not have the expected form."
    assert reports["time"].detail == "What your code returned could not be compared in 0.3 s and 96 MB of memory."
    assert explain(challenge, "", reports["time"]).text == (
        "add returned an object, which the grader cannot compare. "
        "A hidden case shows it; the visible ones may not. Return plain numbers, lists or arrays."
    )


async def test_one_who_waits_behind_a_hostile_value_is_judged_all_the_same(challenge: Challenge, local: Run) -> None:
    trapped, right = "def add(a, b):\n    return 'a' * 40 + 'b'\n", "def add(a, b):\n    return 'a'\n"
    task = replace(checked(challenge, MATCHED), solution=right)
    async with Grader(local, counting(), bounds=TIGHT, capacity=NO_STOCK) as grader:
        reports = await asyncio.gather(*(grader.grade(task, source) for source in (trapped, right, right)))
    assert [report.verdict for report in reports] == [Verdict.WRONG, Verdict.ACCEPTED, Verdict.ACCEPTED]


async def test_cases_that_never_end_are_the_authors_fault(challenge: Challenge, local: Run) -> None:
    endless = "def cases(rng):\n    while True:\n        rng = rng\n"
    async with Grader(local, counting(), bounds=TIGHT, capacity=NO_STOCK) as grader:
        with pytest.raises(CasesError, match=r"add/cases.py takes more than 0.3 s and 96 MB of memory for 1 attempts"):
            await grader.grade(replace(challenge, cases=endless), "")


async def test_a_process_that_ends_for_our_fault_is_internal_and_tried_again(
    challenge: Challenge, local: Run, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = "def check(args, got, right):\n    raise KeyboardInterrupt\n"
    async with Grader(local, counting(), bounds=TIGHT, capacity=NO_STOCK) as grader:
        report = await grader.grade(checked(challenge, broken), "def add(a, b):\n    return 1\n")
    assert (report.verdict, report.detail[:45]) == (Verdict.INTERNAL, "A process that judges values ended with statu")
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    assert capfd.readouterr().err.count("in check\nKeyboardInterrupt") == 2  # its last words, for the operator


async def test_a_process_that_is_killed_is_replaced(jury: Jury) -> None:
    first = await jury.ask(os.getpid)
    open_question = asyncio.create_task(jury.ask(time.sleep, 60))
    await asyncio.sleep(0)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(JurorLost, match="status -9"):
        await open_question
    second = await jury.ask(os.getpid)
    os.kill(second, signal.SIGKILL)
    await asyncio.to_thread(os.waitid, os.P_PID, second, os.WEXITED | os.WNOWAIT)
    third = await jury.ask(os.getpid)  # it died with nothing to do, so nothing was lost
    assert len({first, second, third}) == 3


async def test_a_process_that_gets_no_processor_is_our_fault() -> None:
    async with Jury(replace(TIGHT, wall_s=0.1)) as jury:
        with pytest.raises(JurorLost, match=r"gave no answer for 0\.1 s"):
            await jury.ask(time.sleep, 60)


async def test_a_question_given_up_leaves_nobody_at_work(jury: Jury) -> None:
    busy = await jury.ask(os.getpid)
    asked = asyncio.create_task(jury.ask(time.sleep, 60))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await jury.ask(os.getpid) != busy


async def test_a_mistake_of_ours_is_told_on_standard_error(jury: Jury, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(JurorLost, match="status 1"):
        await jury.ask(int, "no number")
    assert "invalid literal for int()" in capfd.readouterr().err


async def test_nothing_is_started_before_it_is_needed_and_nothing_is_left() -> None:
    async with Jury(replace(TIGHT, jurors=2)) as jury:
        assert jury._alive == set()
        one = [await jury.ask(os.getpid) for _ in range(5)]
        assert len(jury._alive) == len(set(one)) == 1
        await asyncio.gather(*(jury.ask(time.sleep, 0.2) for _ in range(9)))
        pids = {juror.process.pid for juror in jury._alive}
        assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(RuntimeError, match="This jury is closed"):
        await jury.ask(abs, -1)


async def test_closing_ends_a_question_that_is_open() -> None:
    jury = Jury(TIGHT)
    pid = await jury.ask(os.getpid)
    waiting = [asyncio.create_task(jury.ask(time.sleep, 60)) for _ in range(2)]
    await asyncio.sleep(0)
    jury.close()
    assert [type(end) for end in await asyncio.gather(*waiting, return_exceptions=True)] == [JurorLost, RuntimeError]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_process_serves_for_a_while_only() -> None:
    async with Jury(replace(TIGHT, lifetime=2)) as jury:
        pids = [await jury.ask(os.getpid) for _ in range(3)]
    assert pids[0] == pids[1] != pids[2]


async def test_a_place_is_not_lost_when_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Jury(TIGHT) as jury:
        with monkeypatch.context() as without:
            without.setattr(sys, "executable", "/nowhere/python")
            with pytest.raises(FileNotFoundError):
                await jury.ask(abs, -1)
        assert await jury.ask(abs, -1) == 1


async def test_a_judging_process_has_no_secret_no_thread_and_no_room(
    jury: Jury, challenge: Challenge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EPOCHBOT_DISCORD_TOKEN", "secret")
    assert await jury.ask(os.getenv, "EPOCHBOT_DISCORD_TOKEN") is None
    assert await jury.ask(os.listdir, "/proc/self/task") == [str(await jury.ask(os.getpid))]
    assert len(await jury.ask(os.listdir, "/proc/self/fd")) == 5  # the usual three, its socket, and the listing itself
    assert await jury.ask(resource.getrlimit, resource.RLIMIT_CORE) == (0, 0)
    assert (await jury.ask(resource.getrlimit, resource.RLIMIT_AS))[1] < TIGHT.memory_bytes + 1024 * MIB
    assert await jury.ask(os.getsid, 0) != os.getsid(0)
    with pytest.raises(CasesError, match=r"^add/cases.py has no cases\(rng\) function\.$"):
        await jury.ask(draw, replace(challenge, cases="\n"), (1,))


def test_the_other_end_answers_in_order_until_nobody_asks(challenge: Challenge) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for question in ((abs, (-3,)), (draw, (replace(challenge, cases="\n"), (1,))), (bytearray, (1 << 62,))):
            send(ours, pickle.dumps(question))
        ours.shutdown(socket.SHUT_WR)
        serve(theirs, 60.0)
        answers = [receive(ours) for _ in range(3)]
    assert answers == [
        b"A" + pickle.dumps(3, pickle.HIGHEST_PROTOCOL),
        b"Radd/cases.py has no cases(rng) function.",
        b"M",
    ]


def test_the_other_end_ends_quietly_with_the_program_that_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)  # this process is not the one to be bounded
    monkeypatch.setattr("gc.freeze", lambda: None)
    ours, theirs = socket.socketpair()
    send(ours, pickle.dumps((list, (range(10**6),))))
    ours.close()
    main(theirs.detach(), 60.0, MIB)


@pytest.mark.parametrize("sent", [b"", HEAD.pack(10)[:5], HEAD.pack(10) + b"half"])
def test_a_question_that_breaks_off_is_none(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(sent)
        ours.shutdown(socket.SHUT_WR)
        assert receive(theirs) is None


def test_memory_is_bounded_from_what_there_is_already(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", asked.__setitem__)
    bound_memory(5 * MIB)
    most = asked[resource.RLIMIT_AS][0]
    assert asked == {resource.RLIMIT_AS: (most, most), resource.RLIMIT_CORE: (0, 0)}
    assert most > 15 * MIB


def test_memory_that_runs_out_in_a_check_is_a_wrong_value(challenge: Challenge) -> None:
    def check(_args: object, _got: object, _right: object) -> str | None:
        return str(bytearray(1 << 62))

    task = replace(challenge, compare=Compare(kind=CompareKind.CHECK))
    case = Case(id="c0", name="x", visible=True, args=())
    said = value_fault(task, check, case, 1, 2)
    assert said == "The returned value, an int, does not have the expected form."
