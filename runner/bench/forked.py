"""A plain process that imports what a warm one imports, and times its own forks.

The measure that warm runs are held against: no jail, no cell, no protocol. Started by `forks`, told over its standard
input what to import and how often to fork; answers on its standard output.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

from runner.box.init import warm
from runner.box.namespaces import gather_memory

Trivial = Callable[[], object]


def _answer(trivial: Trivial) -> None:
    """Fork; the child calls the function and answers through a pipe; have the answer, and have collected the child."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, repr(trivial()).encode("ascii"))
        os._exit(0)
    os.close(writing)
    said = os.read(reading, 100)
    os.waitpid(child, 0)
    os.close(reading)
    if not said:
        raise RuntimeError("a bare fork gave no answer")


def _byte(_trivial: Trivial) -> None:
    """Fork and wait until the child has written one byte; collecting it comes after the clock."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, b"x")
        os._exit(0)
    os.read(reading, 1)
    os.close(reading)
    os.close(writing)


def _exit(_trivial: Trivial) -> None:
    """Fork a child that ends at once, and collect it."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


KINDS: dict[str, Callable[[Trivial], None]] = {"answer": _answer, "byte": _byte, "exit": _exit}


def _collect() -> None:
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


def timed(kind: str, count: int, trivial: Trivial) -> list[float]:
    """Fork so often and return how many milliseconds each took."""
    took = []
    for _ in range(count):
        began = time.perf_counter()
        KINDS[kind](trivial)
        took.append((time.perf_counter() - began) * 1000)
        _collect()
    return took


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Get warm as told, say so, and answer until there are no more questions."""
    told = json.loads(sys.stdin.readline())
    warm(told["modules"])
    scope: dict[str, Trivial] = {}
    exec(compile(told["source"], "trivial.py", "exec"), scope)  # noqa: S102 - our own text, which warm runs get too
    if told["gather"]:
        gather_memory(os.open("/proc", os.O_PATH | os.O_DIRECTORY))
    _tell("warm")
    for line in sys.stdin:
        kind, count = line.split()
        _tell(json.dumps(timed(kind, int(count), scope[told["entry"]])))
