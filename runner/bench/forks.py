"""The other end of a plain warm process whose bare forks are the measure of warm runs: starts it, asks it, ends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from runner import bwrap, libraries
from runner.bench.plan import Broken
from runner.bench.sources import ENTRY, TRIVIAL
from runner.job import Profile


@dataclass(frozen=True, slots=True)
class Forker:
    """A plain warm process."""

    profile: Profile
    asked: IO[str]
    said: IO[str]

    def ready(self) -> None:
        """Wait until its libraries are imported.

        Raises:
            Broken: when it ended instead.
        """
        if self.said.readline() != "warm\n":
            raise Broken(f"a plain process with the libraries of {self.profile} jobs did not come up")

    def fork(self, kind: str, count: int) -> list[float]:
        """Have it fork so often; return how many milliseconds each took.

        Raises:
            Broken: when it gives no answer.
        """
        try:
            self.asked.write(f"{kind} {count}\n")
            self.asked.flush()
            took: list[float] = json.loads(self.said.readline())
        except (OSError, ValueError):
            raise Broken(f"a plain process with the libraries of {self.profile} jobs ended") from None
        return took


# As in a jail: what the package's own first lines would import is left out.
_BEGIN = (
    "import sys, types; sys.modules['runner'] = package = types.ModuleType('runner'); package.__path__ = [{folder!r}]; "
    "from runner.bench.forked import main; main()"
)


@contextmanager
def forker(profile: Profile, *, gather: bool) -> Iterator[Forker]:
    """Start one, in the same environment as inside a jail; it is ended with the block."""
    settings = bwrap.environment(libraries.interpreter())
    with subprocess.Popen(
        [sys.executable, "-s", "-P", "-B", "-X", "utf8", "-c", _BEGIN.format(folder=str(libraries.HERE))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={name: value for name, value in settings.items() if name != "LD_LIBRARY_PATH"},
        cwd=os.sep,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            if process.stdin is None or process.stdout is None:
                raise Broken("a plain process was started without pipes")
            told = {"modules": libraries.all_modules(profile), "gather": gather, "source": TRIVIAL, "entry": ENTRY}
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            yield Forker(profile, process.stdin, process.stdout)
        finally:
            process.kill()
