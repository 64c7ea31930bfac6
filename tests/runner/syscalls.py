"""Lists the system calls that our own curriculum makes, the base of what the filter allows, and what the filter costs.

    python tests/runner/syscalls.py measure [PROFILE ...]   needs strace; the programs run without a box
    python tests/runner/syscalls.py cost

Libraries are imported first and not counted: in a box the filter comes after them. Then each program of programs.toml
and each challenge's solution, with the cases of one attempt, runs in a fork of its own, and its calls are noted.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from runner import Job, Profile, prepare  # noqa: E402 - found only now
from runner.box import cage, filters, sharing  # noqa: E402 - the same
from runner.box.calls import ALLOWED, JUDGED, UNKNOWN  # noqa: E402 - the same
from runner.box.harness import Program, Task, answer, reseed  # noqa: E402 - the same
from runner.box.init import warm  # noqa: E402 - the same

BEGIN, END = "/syscalls-begin/", "/syscalls-end/"
CALL = re.compile(r"^\d+ +(\w+)\((.*)")
CHOSEN_BY = {"prctl": 0, "ioctl": 1, "fcntl": 1, "clone": 1, "socketpair": 0, "futex": 1, "arch_prctl": 0, "prlimit64": 0}
"""Which of the arguments that strace prints decides."""
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PATIENCE_S = 120
ROUNDS, CALLS = 15, 200_000


def programs(profile: Profile) -> Iterator[tuple[str, Job]]:
    """Every program and every solution that needs this profile."""
    from challenges.load import load_challenges
    from challenges.prepare import draw_cases, learner_job, load_namespace

    for entry in tomllib.loads((Path(__file__).parent / "programs.toml").read_text())["program"]:
        if entry["profile"] == profile:
            yield entry["name"], Job(source=entry["source"], profile=profile)
    for folder in sorted(ROOT.glob("data/tracks/*/challenges")):
        for slug, challenge in load_challenges(folder)[0].items():
            if challenge.profile is profile:
                cases = draw_cases(load_namespace(challenge), challenge, 1)
                yield slug, learner_job(challenge, challenge.solution, cases, 1)


def orders(profile: Profile) -> Iterator[dict[str, Any]]:
    """What a box would be sent for each of them."""
    for name, job in programs(profile):
        texts = prepare.arguments(job)
        setup = prepare.setup(job, texts)
        tasks = [prepare.task(job, call, text, 8 << 20) for call, text in zip(job.calls, texts, strict=False)]
        tasks = tasks or [{"args": texts[0], "echo": False, "cap": 8 << 20, "seed": 0}]
        yield {"name": name, "modules": setup["modules"], "program": setup["program"], "tasks": tasks}


def _run(order: dict[str, Any]) -> None:
    """Run one program in this process, which was forked for it; never returns."""
    signal.alarm(PATIENCE_S)
    os.chdir(tempfile.mkdtemp())
    sharing.settle()
    Path(BEGIN + order["name"]).exists()
    program = Program.read(order["program"])
    for message in order["tasks"]:
        task = Task.read(message)
        reseed(task.seed)
        frame = answer(program, task)
        if b'"fault"' in frame[:40]:
            sys.stderr.write(f"{order['name']} did not run to its end: {frame[:600]!r}\n")
    os._exit(0)


def inside(path: str) -> None:
    """Import what the programs need, then run them one after the other."""
    work = json.loads(Path(path).read_text())
    warm(list(dict.fromkeys(module for order in work for module in order["modules"])))
    for order in work:
        child = os.fork()
        if child == 0:
            _run(order)
        os.waitpid(child, 0)
        Path(END).exists()


def counted(lines: Iterable[str]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Say which programs made each call, and with which values of what the filter looks at."""
    calls: dict[str, set[str]] = defaultdict(set)
    values: dict[str, set[str]] = defaultdict(set)
    current = ""
    for line in lines:
        if BEGIN in line:
            current = line.split(BEGIN)[1].split('"')[0]
        elif END in line:
            current = ""
        elif current and (found := CALL.match(line)):
            name, said = found[1], found[2].split(", ")
            calls[name].add(current)
            if name in CHOSEN_BY:
                values[name].add(said[CHOSEN_BY[name]].partition(")")[0].partition(" ")[0])
    return calls, values


def traced(profile: Profile) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Run all programs and solutions of a profile under strace and count."""
    with tempfile.TemporaryDirectory() as folder:
        work, trace = Path(folder, "work.json"), Path(folder, "trace")
        work.write_text(json.dumps(list(orders(profile))))
        command = ["strace", "-f", "-qq", "-s", "200", "-o", str(trace), sys.executable, __file__, "inside", str(work)]
        settings = {**os.environ, "TMPDIR": folder, **dict.fromkeys(ONE_THREAD, "1")}
        subprocess.run(command, check=True, env=settings, stdin=subprocess.DEVNULL)
        with trace.open(errors="replace") as lines:
            return counted(lines)


def _answer(name: str) -> str:
    tables = {"allowed": ALLOWED, "judged": JUDGED, "unknown": UNKNOWN}
    return next((answer for answer, table in tables.items() if name in table), "REFUSED")


def measure(profiles: list[str]) -> None:
    """Print every call that was seen and how the table answers it, then what the table allows besides."""
    calls: dict[str, set[str]] = defaultdict(set)
    values: dict[str, set[str]] = defaultdict(set)
    for profile in profiles or list(Profile):
        for into, found in zip((calls, values), traced(Profile(profile)), strict=True):
            for name, seen in found.items():
                into[name] |= seen
    for name, seen in sorted(calls.items()):
        with_values = ", ".join(sorted(values.get(name, ())))
        _say(f"{name:18} {_answer(name):8} {len(seen):3} programs, such as {min(seen)!r}; {with_values}")
    _say("allowed, and not seen:", *sorted((ALLOWED.keys() | JUDGED.keys()) - calls.keys()))


def _say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")


def _in_a_fork(do: Callable[[], float]) -> float:
    """Do something in a process of its own and return what it found."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, struct.pack("d", do()))
        os._exit(0)
    os.waitpid(child, 0)
    (found,) = struct.unpack("d", os.read(reading, 8))
    os.close(reading)
    os.close(writing)
    return float(found)


def _load() -> float:
    cage.drop_powers()
    program = filters.program(os.uname().machine)
    began = time.thread_time()
    cage.load_filter(program)
    return (time.thread_time() - began) * 1e6


def _each(call: Callable[[], object], *, filtered: bool) -> float:
    if filtered:
        _load()
    began = time.thread_time()
    for _ in range(CALLS):
        call()
    return (time.thread_time() - began) * 1e9 / CALLS


def cost() -> None:
    """Print what loading the filter costs and what it adds to a call, without and with it in turn; medians of many."""
    machine = os.uname().machine
    began = time.perf_counter()
    size = len(filters.program(machine)) // 8
    _say(f"{size} steps for {machine}, compiled in {(time.perf_counter() - began) * 1e3:.1f} ms, once")
    loads = sorted(_in_a_fork(_load) for _ in range(ROUNDS * 5))
    _say(f"loading: {statistics.median(loads):.0f} us, least {loads[0]:.0f}")
    asked: dict[str, Callable[[], object]] = {
        "allowed (getppid)": os.getppid,
        "judged (fcntl)": lambda: fcntl.fcntl(0, fcntl.F_GETFL),
    }
    for name, call in asked.items():
        pairs = [[_in_a_fork(partial(_each, call, filtered=on)) for on in (False, True)] for _ in range(ROUNDS)]
        without, given = (statistics.median(one) for one in zip(*pairs, strict=True))
        _say(f"{name}: {without:.0f} ns without, {given:.0f} ns with it")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["measure", *profiles]:
            measure(profiles)
        case ["cost"]:
            cost()
        case ["inside", path]:
            inside(path)
        case _:
            sys.exit(__doc__)
