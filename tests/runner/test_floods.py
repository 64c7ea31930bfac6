"""Attacks that use up time, memory, processes, disk or output: each gets its own verdict, and none harms the host.

Beside each stands what a free process may do with the same code and smaller numbers, still above the box's limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import time
import tomllib
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import replace
from pathlib import Path

import pytest

from runner import Call, ColdRunner, Isolation, Job, Limits, Outcome

WALL_S = 0.4
MISSING = ("NameError", "SyntaxError", "AttributeError", "ImportError", "ModuleNotFoundError")

FLOODS = tomllib.loads((Path(__file__).parents[1] / "attacks" / "floods.toml").read_text())
ENDLESS, HUNGRY, HIDDEN, REFUSED = (FLOODS[kind] for kind in ("endless", "hungry", "hidden", "refused"))
OUTPUT = {name: (stream, source) for stream in ("stdout", "stderr") for name, source in FLOODS[stream].items()}


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_never_ends_is_stopped_at_the_deadline(name, script, host, small):
    """Our own clock decides, whatever the code does about it."""
    if "swallows" not in name:
        assert "STILL RUNNING" in host.plain(ENDLESS[name], stop_after=WALL_S)
    result = await script(ENDLESS[name], replace(small, wall_s=WALL_S))
    assert (result.outcome, result.fault.type) == (Outcome.TIMEOUT, "Timeout")
    assert WALL_S * 1000 <= result.wall_ms < 3000
    assert result.detail == "Stopped after 0.4 s, all the time there was."


@pytest.mark.parametrize("name", HUNGRY)
async def test_what_takes_too_much_memory_is_stopped_as_memory(name, script, host):
    """The kernel's count decides, never an exit code."""
    assert "REACHED" in host.plain(HUNGRY[name])
    result = await script(HUNGRY[name])
    assert (result.outcome, result.fault.type) == (Outcome.MEMORY, "Memory")
    assert "48 MB" in result.detail


async def _hides(run, name, host, small):
    assert "REACHED" in host.plain(HIDDEN[name])
    result = await run(Job(source=HIDDEN[name], limits=replace(small, wall_s=3.0)))
    assert (result.outcome in (Outcome.MEMORY, Outcome.ERROR), result.stdout) == (True, "")
    assert result.fault.type not in MISSING


@pytest.mark.parametrize("name", HIDDEN)
async def test_memory_is_hidden_nowhere(name, runner, host, small):
    """The kernel counts it for the group, or refuses it."""
    await _hides(runner.run, name, host, small)


@pytest.mark.parametrize("name", HIDDEN)
async def test_memory_is_hidden_nowhere_when_it_is_counted_from_outside(name, host, small):
    """Who adds up what processes hold does not see it, so it must be refused."""
    await _hides(ColdRunner(Isolation.REDUCED, places=list).run, name, host, small)


async def test_one_who_takes_all_memory_costs_a_neighbour_nothing(runner, host, small):
    """What the kernel ends is in the group that asked for too much; the control shows that it could be had."""
    assert "REACHED" in host.plain(HUNGRY["many small objects"])
    modest = "import time\nheld = bytearray(20 << 20)\ntime.sleep(0.3)\nprint(len(held))"
    jobs = [Job(source=source, limits=small) for source in (HUNGRY["many small objects"], modest)]
    greedy, neighbour = await asyncio.gather(*map(runner.run, jobs))
    assert greedy.outcome is Outcome.MEMORY
    assert (neighbour.outcome, neighbour.stdout) == (Outcome.OK, f"{20 << 20}\n")


STOPS_READING = """
import sys, threading, time
def spin():
    time.sleep(0.05)
    sys.setswitchinterval(1e6)
    while True: pass
def f(data):
    if data == b'first':
        threading.Thread(target=spin, daemon=True).start()
    return len(data)
"""


async def test_who_stops_reading_its_tasks_is_waited_for_no_longer_than_it_has_time(runner, small):
    """A large task does not fit in between, and its sender would wait as long as it is let."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.1)
        with pytest.raises(TimeoutError):
            ours.sendall(bytes(8 << 20))
    calls = (Call(id="1", args=(b"first",), group="g"), Call(id="2", args=(bytes(8 << 20),), group="g"))
    began = time.perf_counter()
    limits = replace(small, wall_s=1.0, memory_bytes=256 << 20)
    result = await runner.run(Job(source=STOPS_READING, entry="f", calls=calls, limits=limits))
    assert result.returned[0].outcome is Outcome.OK
    assert result.outcome in (Outcome.OK, Outcome.TIMEOUT)  # the second may have had a process of its own
    assert time.perf_counter() - began < 6


# Too much for whoever reads a source before it is in a box.
UNREADABLE = {
    "brackets without end": "(" * 60_000,
    "minus signs without end": "-" * 60_000 + "1",
    "a sum without end": "x = " + "1+" * 29_000 + "1",
    "functions in functions": "".join(f"{' ' * depth}def f():\n" for depth in range(300)),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_a_source_that_breaks_the_compiler_breaks_only_its_box(name, script):
    """It is compiled nowhere else."""
    careless = [sys.executable, "-c", "import ast, sys; compile(ast.parse(sys.stdin.read()), '', 'exec')"]
    process = await asyncio.create_subprocess_exec(*careless, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL)
    await process.communicate(UNREADABLE[name].encode())
    assert process.returncode != 0
    assert (await script(UNREADABLE[name])).outcome is Outcome.ERROR


@pytest.mark.parametrize("name", REFUSED)
async def test_what_asks_for_too_much_is_told_no(name, script, host):
    """A limit on processes, files, bytes or descriptors shows as the error any program would get."""
    assert "REACHED" in host.plain(REFUSED[name])
    result = await script(host.fill(REFUSED[name], boxed=True))
    assert "REACHED" not in result.stdout
    assert result.outcome in (Outcome.OK, Outcome.ERROR)
    assert result.fault is None or result.fault.type not in MISSING


NAMED = """
import ctypes, os, platform, signal, time
libc = ctypes.CDLL(None)
libc.prctl(15, b"@NAME@")
{}
time.sleep(0.2)
"""


async def _until(holds) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.01)


def _processes(name: str) -> list[str]:
    found = []
    for path in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            found += [path.name] * (path.name.isdigit() and (path / "comm").read_text() == f"{name}\n")
    return found


@pytest.mark.parametrize("name", FLOODS["lasting"])
async def test_what_would_outlast_its_run_is_gone_with_it(name, script, host):
    """Seen while it runs, and soon seen no more; a free process leaves it behind."""
    known = f"kin{host.names['TOKEN'][:9]}"
    source = NAMED.format(FLOODS["lasting"][name]).replace("@NAME@", known)
    assert host.plain(source, stop_after=0.4) == "STILL RUNNING"
    running = asyncio.create_task(script(source))
    await _until(lambda: len(_processes(known)) >= 2)
    assert (await running).outcome is Outcome.OK
    await _until(lambda: not _processes(known))


async def test_a_run_that_ends_badly_is_not_made_again(script, host, small):
    """It costs its time once, and is one attempt."""
    known = f"kin{host.names['TOKEN'][:9]}"
    source = NAMED.format("time.sleep(9)").replace("@NAME@", known)
    running = asyncio.create_task(script(source, replace(small, wall_s=0.5)))
    seen: set[str] = set()
    while not running.done():
        seen.update(_processes(known))
        await asyncio.sleep(0.01)
    assert (running.result().outcome, len(seen)) == (Outcome.TIMEOUT, 1)


@pytest.mark.parametrize("name", OUTPUT)
async def test_output_without_end_is_cut_at_the_cap(name, script, host, small):
    """What fits is kept, the box is ended, and the verdict says which stream it was."""
    stream, source = OUTPUT[name]
    to_nowhere = "import os; os.dup2(os.open('/dev/null', 1), 1); os.dup2(1, 2)\n"
    assert "STILL RUNNING" in host.plain(to_nowhere + source, stop_after=0.2)
    result = await script(source)
    assert result.outcome is Outcome.OUTPUT_LIMIT
    assert result.detail == f"Wrote more than {small.stdout_bytes // 1024} KB to {stream}."
    assert len(getattr(result, stream)) == small.stdout_bytes


async def test_output_of_exactly_the_cap_is_fine(script, small):
    """The cap itself is allowed."""
    result = await script(f"import sys; sys.stdout.write('x' * {small.stdout_bytes})")
    assert (result.outcome, len(result.stdout)) == (Outcome.OK, small.stdout_bytes)


async def test_output_that_is_no_text_is_shown_with_replacements(script, host):
    """Bytes are decoded outside, and cannot fail there; who reads them as text does fail."""
    source = "import os; os.write(1, b'ok \\xff\\x00 end')"
    with pytest.raises(UnicodeDecodeError):
        host.plain(source)
    result = await script(source)
    assert (result.outcome, result.stdout) == (Outcome.OK, "ok \ufffd\x00 end")


KEEPS_STDOUT = """
import os, time
if os.fork() == 0:
    os.setsid(); time.sleep(1e6)
print('done')
"""


async def test_a_grandchild_that_keeps_stdout_open_does_not_hold_the_run(script, host):
    """The end of the run is waited for, not the end of a stream, for which one could wait long."""
    assert host.plain(KEEPS_STDOUT, stop_after=0.4) == "STILL RUNNING"
    result = await script(KEEPS_STDOUT, Limits(wall_s=3))
    assert (result.outcome, result.stdout) == (Outcome.OK, "done\n")
    assert result.wall_ms < 2500


async def test_closing_its_own_streams_changes_nothing(script):
    """A run may throw its output away."""
    assert (await script("import os; os.close(1); os.close(2); os.close(0)")).outcome is Outcome.OK


async def test_memory_error_that_the_kernel_did_not_cause_is_an_error(script):
    """Asking for more than there is address space raises, and what was raised is what is shown."""
    result = await script("bytearray(1 << 60)")
    assert (result.outcome, result.fault.type, result.fault.line) == (Outcome.ERROR, "MemoryError", 1)


@pytest.mark.parametrize("kind", ["CORE", "FSIZE", "NOFILE", "STACK", "CPU", "MEMLOCK", "RTPRIO", "NICE", "MSGQUEUE"])
async def test_limits_cannot_be_raised_again(kind, script):
    """Soft equals hard, and the hard one cannot be lifted."""
    result = await script(f"""
        import resource
        soft, hard = resource.getrlimit(resource.RLIMIT_{kind})
        print(soft == hard != resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_{kind}, (hard + 1, hard + 1))
    """)
    assert result.stdout == "True\n"
    assert result.fault is not None
    assert result.fault.type in ("ValueError", "PermissionError")


def test_the_tables_of_floods_do_not_shrink() -> None:
    """Nor go unnoticed when they do."""
    least = {"endless": 14, "hungry": 8, "hidden": 2, "refused": 11, "lasting": 4, "stdout": 4, "stderr": 1}
    assert {kind: len(table) for kind, table in FLOODS.items() if len(table) < least[kind]} == {}
