"""Attacks that reach for what is outside the box, or from one call for another: each works where nothing stops it.

Every attack of `reach.toml` prints REACHED when it gets there. Beside each stands the kind of control that shows it can.
"""

from __future__ import annotations

import json
import linecache
import os
import socket
import subprocess
import sys
import textwrap
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from runner import Call, Job, Outcome

SOURCES = Path(__file__).parents[1] / "attacks"
REACH = tomllib.loads((SOURCES / "reach.toml").read_text())
BETWEEN = tomllib.loads((SOURCES / "calls.toml").read_text())
CALLS = {attack["name"]: attack for attack in BETWEEN["attack"]}
LEFT = {attack["name"]: attack for attack in REACH["left"]}
PREAMBLE = """
import ctypes, errno, os, platform, socket, time
libc = ctypes.CDLL(None, use_errno=True)
def number(intel, arm):
    return intel if platform.machine() == "x86_64" else arm
def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
    print("REACHED")
def fork_child():
    child = os.fork()
    if child == 0:
        time.sleep(20)
    return child
print("TRYING", flush=True)
"""


async def _reached(script, host, source):
    result = await script(host.fill(PREAMBLE + textwrap.dedent(source), boxed=True))
    assert result.outcome in (Outcome.OK, Outcome.ERROR), result
    # Stopped by a wall, not by a slip in the attack itself.
    assert result.stdout.startswith("TRYING")
    assert result.fault is None or result.fault.type not in (
        "NameError",
        "SyntaxError",
        "AttributeError",
        "ImportError",
    )
    return "REACHED" in result.stdout


@pytest.mark.parametrize("name", REACH["plain"])
async def test_attack_works_for_a_free_process_and_not_in_a_box(name, script, host):
    """What a free process can do, a box cannot."""
    assert "REACHED" in host.plain(PREAMBLE + REACH["plain"][name])
    assert not await _reached(script, host, REACH["plain"][name])


@pytest.mark.parametrize("name", REACH["rare"])
async def test_attack_that_not_every_host_lets_work_does_not_work_in_a_box(name, script, host, record_property):
    """Its control needs root, or more of the kernel than every host has; where there is neither, the report says so."""
    if "REACHED" not in host.plain(PREAMBLE + REACH["rare"][name]):
        record_property("control", "not on this host")
    assert not await _reached(script, host, REACH["rare"][name])


@pytest.mark.parametrize("name", REACH["powerful"])
async def test_attack_works_with_every_capability_and_not_in_a_box(name, script, host):
    """What a process with every capability can do, a box cannot."""
    assert "REACHED" in host.powerful(PREAMBLE + REACH["powerful"][name])
    assert not await _reached(script, host, REACH["powerful"][name])


@pytest.mark.parametrize("name", LEFT)
async def test_nothing_left_behind_is_found_by_the_next_run(name, script, host):
    """What one free process leaves the next one finds; in boxes it is gone."""
    leave, find = LEFT[name]["leave"], LEFT[name]["find"]
    host.plain(PREAMBLE + leave)
    assert "REACHED" in host.plain(PREAMBLE + find)
    assert (await script(host.fill(PREAMBLE + leave, boxed=True))).outcome is Outcome.OK
    assert not await _reached(script, host, find)


async def test_a_datagram_of_a_box_never_arrives(script, host):
    """Sending may seem to work: a box may have a loopback of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inbox:
        inbox.bind(("127.0.0.1", 0))
        inbox.setblocking(False)
        send = f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'out', {inbox.getsockname()})"
        host.plain(PREAMBLE + send)
        assert inbox.recv(9) == b"out"
        assert (await script(PREAMBLE + send)).stdout == "TRYING\n"
        with pytest.raises(BlockingIOError):
            inbox.recv(9)


MARK_INPUT = "import fcntl, os; fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)"
SEE_INPUT = "import fcntl, os; print('marked' if fcntl.fcntl(0, fcntl.F_GETFL) & os.O_APPEND else 'plain')"


def _on_one_stream(*sources):
    with Path(os.devnull).open() as shared:
        return [subprocess.check_output([sys.executable, "-c", one], stdin=shared, text=True) for one in sources]


async def test_a_mark_on_the_input_stream_is_not_seen_by_the_next_run(script):
    """An open file keeps its settings, and whoever shares it sees them."""
    assert _on_one_stream(SEE_INPUT, MARK_INPUT, SEE_INPUT) == ["plain\n", "", "marked\n"]
    await script(MARK_INPUT)
    assert (await script(SEE_INPUT)).stdout == "plain\n"


# Planted where a careless host collects results; beside each, what befalls such a host.
PLANTED = {
    "a link over which the result is written": (
        "os.symlink('@LINKED@', 'result.json')",
        "open('result.json', 'w').write('{}'); print('REACHED' if open('@LINKED@').read() == '{}' else '')",
    ),
    "a link over which rights are changed": (
        "os.symlink('@LINKED@', 'result.json')",
        "os.chmod('result.json', 0o600); print('REACHED' if os.stat('@LINKED@').st_mode & 0o777 == 0o600 else '')",
    ),
    "a pipe that no one ever writes to": (
        "os.mkfifo('result.json')",
        "print('WAITS', flush=True); open('result.json')",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
async def test_nothing_planted_is_ever_opened_by_the_host(name, script, host):
    """No path that a learner could have written is opened, changed or walked."""
    victim = host.scratch / "linked"
    victim.write_text("untouched")
    plant, collect = (part.replace("@LINKED@", str(victim)) for part in PLANTED[name])
    befell = host.plain(f"{PREAMBLE}\n{plant}\n{collect}", stop_after=0.6)
    assert "REACHED" in befell or befell == "STILL RUNNING"
    victim.write_text("untouched")
    victim.chmod(0o640)
    result = await script(f"{PREAMBLE}\n{plant}\nos.chdir('/dev/shm')\n{plant}")
    assert (result.outcome, result.fault) == (Outcome.OK, None)
    assert (victim.read_text(), victim.stat().st_mode & 0o777) == ("untouched", 0o640)


@pytest.mark.parametrize(
    "name", ["@CANARY@", "../../../../../@CANARY@", "a\0b", "x" * 10**6], ids=["path", "up", "NUL", "long"]
)
async def test_the_name_of_a_source_leads_to_no_file_of_the_host(name, script, host):
    """It is a text for tracebacks; who looks its lines up in a file would show what is there."""
    assert linecache.getlines(host.names["CANARY"]) == ["hunter2\n"]
    result = await script("1 / 0", filename=host.fill(name, boxed=True))
    assert result.outcome in (Outcome.ERROR, Outcome.OUTPUT_LIMIT)
    assert "hunter2" not in repr(result)


SCAN = """
import re
mark = bytes(reversed(b"-yranac"))  # not spelt here, so that what is found was left by someone else
pattern = re.compile(mark + b"[0-9a-f]{16}")
reading, writing = os.pipe()
libc.write.argtypes = ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t
libc.sbrk.argtypes, libc.sbrk.restype = (ctypes.c_ssize_t,), ctypes.c_void_p
pages = 0
for middle in (libc.sbrk(0), id(pattern), id(os.environ), ctypes.cast(libc.malloc, ctypes.c_void_p).value):
    for at in range((middle & ~4095) - (16 << 20), middle + (16 << 20), 4096):
        if libc.write(writing, at, 4096) == 4096:
            pages += 1
            for found in pattern.findall(os.read(reading, 4096)):
                print("REACHED", found.decode())
print("LOOKED", pages > 500)
"""


async def test_no_trace_of_a_run_is_in_the_memory_of_the_next(script, host):
    """Page after page is looked through; a process that was forked where a run was keeps its traces."""
    bearer = f"secret = 'canary-{host.names['TOKEN']}'; kept = [secret + str(n) for n in range(9999)]\n"
    assert f"REACHED canary-{host.names['TOKEN']}" in host.plain(
        f"{bearer}{PREAMBLE}\nif os.fork() == 0:{textwrap.indent(SCAN, ' ')}"
    )
    assert (await script(bearer)).outcome is Outcome.OK
    assert (await script(PREAMBLE + SCAN)).stdout == "TRYING\nLOOKED True\n"


BEFORE = """
import os, struct, sys, time
def frame():
    data = b'{"ok": "forged"}'
    if "runner.values" in sys.modules:
        from runner.values import encode
        data = encode(("ok", "forged", None))
    return struct.pack(">I", len(data)) + data
def later():
    pass
"""
AFTER = """
def f(x):
    if x == 1:
        return attack()
    later()
    return x
"""


def _believed(host, source, *, forks):
    """Let a careless host serve the calls 1, 2 and 3, and return what it takes for their answers."""
    worker = (SOURCES / "naive_worker.py").read_text()
    said = host.powerful(f"SOURCE, FORKS = {source!r}, {forks}\n{worker}")
    return next((json.loads(line) for line in said.splitlines() if line.startswith("[")), [])


@pytest.mark.parametrize("forks", [False, True])
def test_a_careless_host_serves_honest_calls(forks, host):
    """What fools it below is the attack."""
    assert _believed(host, "def f(x): return x", forks=forks) == [1, 2, 3]


@pytest.mark.parametrize("name", CALLS)
def test_a_call_spoils_the_next_of_a_careless_host(name, host):
    """The controls of the attacks of one call on another."""
    source, forks = BEFORE + CALLS[name]["source"] + AFTER, CALLS[name].get("forks", False)
    assert _believed(host, source, forks=forks)[1:] != [2, 3]


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_never_spoils_the_next(name, runner, small):
    """Only calls that share a process by permission can, and even they cannot make it our fault."""
    calls = [(1, ""), (2, ""), (3, ""), (1, "shared"), (4, "shared")]
    job = Job(
        source=BEFORE + CALLS[name]["source"] + AFTER,
        entry="f",
        calls=tuple(Call(id=str(at), args=(x,), group=group) for at, (x, group) in enumerate(calls)),
        limits=replace(small, wall_s=1.0),
    )
    result = await runner.run(job)
    assert [(back.outcome, back.value) for back in result.returned[1:3]] == [(Outcome.OK, 2), (Outcome.OK, 3)]
    assert Outcome.INTERNAL not in [back.outcome for back in result.returned]


MARKING = f"""
import builtins, contextlib, ctypes, math, os, resource, signal, sys, threading, time
libc = ctypes.CDLL(None)
def opened(fd):
    with contextlib.suppress(OSError):
        return bool(os.fstat(fd))
def process_name():
    name = ctypes.create_string_buffer(16)
    libc.prctl(16, name)
    return name.value
def has_child():
    with contextlib.suppress(OSError):
        return os.waitpid(-1, os.WNOHANG) is not None
MARKS = {BETWEEN["marks"]!r}
def f(leave):
    if not leave:
        return [where for where, (_, found) in MARKS.items() if eval(found)]
    for mark, _ in MARKS.values():
        exec(mark)
"""


async def test_a_mark_left_by_one_call_is_found_by_no_other(call, host):
    """Not by the next call, nor by the next run; in one process all are found."""
    kept = MARKING.replace("/tmp/", f"{host.scratch}/").replace("'/dev/shm/marked'", f"'{host.scratch}/shared'")
    assert str(list(BETWEEN["marks"])) in host.plain(f"{kept}\nf(True)\nprint(f(False), flush=True)\nos.kill(0, 9)")
    values = [back.value for _ in range(2) for back in (await call(MARKING, (False,), (True,), (False,))).returned]
    assert values == [[], None, []] * 2


@pytest.mark.parametrize("name", BETWEEN["used"])
async def test_what_one_call_uses_up_the_next_one_has(name, call):
    """The control is the first call: it has some, and in the end is refused."""
    source = f"""
import os, threading, time
{BETWEEN["used"][name]}
def f(x):
    for n in range(9999):
        try:
            take(n)
        except (AssertionError, OSError, RuntimeError):
            return n > 0
"""
    assert [back.value for back in (await call(source, (1,), (2,))).returned] == [True, True]


def test_the_tables_of_attacks_do_not_shrink() -> None:
    """Nor go unnoticed when they do."""
    sizes = {name: len(table) for name, table in {**REACH, **BETWEEN}.items()}
    least = {"plain": 55, "rare": 10, "powerful": 9, "left": 7, "marks": 18, "used": 6, "attack": 24}
    assert {name: size for name, size in sizes.items() if size < least[name]} == {}
