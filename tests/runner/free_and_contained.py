"""Tries each attack twice as one ordinary user: in a process that nothing stops, and contained; prints what came of it.

`python hosts.py ordinary <this file> < attacks.json`. Every attack prints REACHED when it gets there.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner import Call, Job, Limits, Result
from runner.contained import ContainedRunner
from runner.job import MIB

LIMITS = Limits(wall_s=20, memory_bytes=256 * MIB, stdout_bytes=1 << 20, source_bytes=1 << 20)
INHERITED = 200
ENTRY = """
def attempt(name):
    try:
        exec(compile(ATTACKS[name], name, "exec"), {"__name__": "attack"})
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")
"""


@contextmanager
def _within_reach() -> Iterator[dict[str, str]]:
    with (
        tempfile.TemporaryDirectory(prefix="epochbot-reach-") as folder,
        socket.create_server(("127.0.0.1", 0)) as port,
        socket.socket(socket.AF_UNIX) as named,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as letters,
        socket.socket(socket.AF_UNIX) as abstract,
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as sibling,
    ):
        Path(folder, "canary").write_text("hunter2")
        Path(folder, "letters").mkdir()
        named.bind(f"{folder}/s")
        named.listen(100)
        letters.bind(f"{folder}/d")
        abstract.bind(f"\0{folder}")
        abstract.listen(100)
        try:
            yield {"FOLDER": folder, "PORT": str(port.getsockname()[1]), "SIBLING": str(sibling.pid)}
        finally:
            sibling.kill()


def _free(source: str, canary: Path) -> str:
    """Run an attack in a fork of this process, which has something in its environment and a descriptor left open."""
    canary.write_text("hunter2")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        for fd in (1, 2):
            os.dup2(writing, fd)
        try:
            exec(compile(source, "attack", "exec"), {"__name__": "attack"})  # noqa: S102 - an attack of our own
            sys.stdout.flush()
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as stream:
        os.set_blocking(reading, False)  # whoever it left behind may still hold the other end
        return (stream.read() or b"").decode()


async def _contained(attacks: dict[str, str]) -> Result:
    calls = tuple(Call(id=name, args=(name,)) for name in attacks)
    return await ContainedRunner().run(
        Job(source=f"ATTACKS = {attacks!r}\n{ENTRY}", entry="attempt", calls=calls, limits=LIMITS)
    )


def main() -> None:
    """Try them all; the free ones second, for what they destroy is then no longer needed."""
    if "SECRET" not in os.environ:  # what a process was started with is all that others can read of its environment
        os.execve(sys.executable, sys.orig_argv, {**os.environ, "SECRET": "hunter2"})  # noqa: S606 - ourselves
    os.dup2(os.open(os.devnull, os.O_RDONLY), INHERITED)
    with _within_reach() as names:
        attacks = json.load(sys.stdin)
        for place, value in names.items():
            attacks = {name: text.replace(f"@{place}@", value) for name, text in attacks.items()}
        result = asyncio.run(_contained(attacks))
        found = {
            one.id: {"contained": f"{one.outcome} {one.stdout}", "fault": str(one.fault)} for one in result.returned
        }
        for name, source in attacks.items():
            found[name]["free"] = _free(source, Path(names["FOLDER"], "canary"))
    sys.stdout.write(json.dumps(found))


main()
