"""A plugin that counts what runs in boxes and other processes of ours, where coverage.py cannot be: `-p tests.runner.traced`.

Only with EPOCHBOT_COVERAGE set to a folder. Python programs that the tests start get `inside.py` in front of what they are
told to run, and one more descriptor: of a table with a byte for each step from line to line. Nothing of the product changes
for it, and a box sees no more of the host. At the end the table becomes one more file for `coverage combine`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = "EPOCHBOT_COVERAGE"
SIDE = 800  # lines, and as many for where a function begins: half of it is more than a file may have
MODULES = ("runner", "challenges")
_NAMED = re.compile(rf"\b({'|'.join(MODULES)})\b")
_OPTIONS_WITH_VALUES = ("-X", "-W")


@cache
def files() -> dict[str, int]:
    """Number the files that are looked at."""
    found = sorted(path for name in MODULES for path in (ROOT / name).rglob("*.py"))
    return {str(path.relative_to(ROOT)): number for number, path in enumerate(found)}


def prelude(fd: int, *, threads: bool, keep: bool = False) -> str:
    """Return what has a process note its steps, in one line.

    Args:
        fd: the table.
        threads: whether all of its threads do.
        keep: whether it still needs the table's descriptor, for a program that it starts or becomes.
    """
    names = {"GIVEN": (fd, SIDE, files(), threads, keep)}
    text = (Path(__file__).parent / "inside.py").read_text()
    return f"exec(compile({text!r}, '<noting>', 'exec', dont_inherit=True), {names!r})\n"


def with_prelude(command: Sequence[str], fd: int) -> list[str]:
    """Return a command that does the same and notes it, or the same command where nothing of ours is run. Pure.

    What is ours is a program given with `-c` that names our modules, one of our modules with `-m`, or one of our files.
    """
    at = 1
    while at < len(command) and command[at].startswith("-") and command[at] not in ("-c", "-m"):
        at += 2 if command[at] in _OPTIONS_WITH_VALUES else 1
    if "bwrap" in command[:1]:
        at = max((place for place, part in enumerate(command) if part == "-c"), default=len(command))
    before, rest = list(command[:at]), list(command[at:])
    if rest[:1] == ["-c"]:
        if _NAMED.search(rest[1]):
            inside = "runner.box" in rest[1]  # where it must not import what nobody else did
            return [*before, "-c", prelude(fd, threads=not inside) + rest[1], *rest[2:]]
    elif rest[:1] == ["-m"] and rest[1].partition(".")[0] in MODULES:
        start = f"import runpy; runpy.run_module({rest[1]!r}, run_name='__main__', alter_sys=True)"
        return [*before, "-c", prelude(fd, threads=True) + start, *rest[2:]]
    elif rest and any(rest[0] == str(ROOT / name) for name in files()):
        start = f"exec(compile(open({rest[0]!r}).read(), {rest[0]!r}, 'exec'))"
        return [*before, "-c", prelude(fd, threads=False, keep=True) + start, *rest[1:]]
    return list(command)


def follow(fd: int) -> None:
    """Have all programs that this process starts note their steps too."""
    # Only here: whoever measures imports this before anything is looked at.
    from runner import launch

    popen: Callable[..., None] = subprocess.Popen.__init__
    order = launch.order

    def start(self: object, args: Any, *rest: Any, pass_fds: Sequence[int] = (), **how: Any) -> None:
        if isinstance(args, (list, tuple)):
            told = with_prelude([os.fsdecode(part) for part in args], fd)
            if told != [os.fsdecode(part) for part in args]:
                args, pass_fds = told, (*pass_fds, fd)
        popen(self, args, *rest, pass_fds=pass_fds, **how)

    subprocess.Popen.__init__ = start  # type: ignore[assignment, method-assign]
    launch.order = lambda user, paths, arguments: order(user, paths, with_prelude(arguments, fd))


def begin(fd: int) -> None:
    """Note the steps of this process, and of all it starts: for a program that was given the table."""
    exec(prelude(fd, threads=True, keep=True))  # noqa: S102 - text of our own
    follow(fd)


def opened(folder: Path) -> int:
    """Open the table, and make it where there is none."""
    fd = os.open(folder / "table", os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(fd, len(files()) * SIDE * SIDE)
    return fd


def steps(table: bytes) -> dict[str, list[tuple[int, int]]]:
    """Read a table: for each file that was run, its steps from line to line. Pure."""
    found: dict[str, list[tuple[int, int]]] = {}
    half = SIDE // 2
    for name, number in files().items():
        part = table[number * SIDE * SIDE : (number + 1) * SIDE * SIDE]
        at, seen = part.find(1), []
        while at >= 0:
            seen.append((at // SIDE - half, at % SIDE - half))
            at = part.find(1, at + 1)
        if seen:
            found[str(ROOT / name)] = seen
    return found


def pytest_configure(config: Any) -> None:
    """Start, when asked for."""
    if folder := os.environ.get(FOLDER):
        follow(opened(Path(folder)))
        for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG") if hasattr(config, "workerinput") else ():
            os.environ.pop(name, None)  # two that look at one process would be in each other's way


def pytest_unconfigure(config: Any) -> None:
    """Write what was noted, once, when all workers have ended."""
    if (folder := os.environ.get(FOLDER)) and not hasattr(config, "workerinput"):
        from coverage import CoverageData

        data = CoverageData(str(Path(folder) / ".coverage.boxes"))
        data.add_arcs(steps((Path(folder) / "table").read_bytes()))
        data.write()


if __name__ == "__main__":
    sys.exit("This is a plugin: pytest -p tests.runner.traced")
