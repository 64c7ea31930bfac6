"""Measures how much of the runner and of grading the tests run, also inside boxes: `python -m tests.runner.measure`.

Takes minutes. Prints a line for each file that is not covered whole, and fails below what is asked for; what is given to
it is given to pytest, such as `-n 2` or a part of the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "coverage"
SETTINGS = f"--rcfile={Path(__file__).with_name('coverage.toml')}"
LEAST = 95.0
TESTS = ("tests/runner", "tests/challenges")
# Hold what they time to processor time, of which being measured takes a multiple.
TIMED = ("tests/challenges/test_compare.py::test_large_values_are_compared_in_bounded_time",)


def _coverage(*words: str) -> int:
    settings = {**os.environ, "EPOCHBOT_COVERAGE": str(FOLDER)}
    return subprocess.run([sys.executable, "-m", "coverage", *words], cwd=ROOT, env=settings, check=False).returncode


def main(words: list[str]) -> int:
    """Run the tests, and say what of the code they ran."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    tests = [*words, *(() if any(word.startswith("tests/") for word in words) else TESTS)]
    left_out = [part for name in TIMED for part in ("--deselect", name)]
    failed = _coverage("run", SETTINGS, "-m", "pytest", "-q", "-p", "tests.runner.traced", *left_out, *tests)
    said = FOLDER / "coverage.json"
    _coverage("combine", SETTINGS, "-q", str(FOLDER))
    _coverage("report", SETTINGS, "--skip-covered", "--show-missing")
    _coverage("json", SETTINGS, "-q", "-o", str(said))
    totals = json.loads(said.read_text())["totals"]
    branches, lines = totals["percent_branches_covered"], totals["percent_statements_covered"]
    sys.stdout.write(f"Branches {branches:.1f} %, lines {lines:.1f} %; at least {LEAST:g} % are asked for.\n")
    if failed:
        sys.stdout.write("Not all tests went well. Being measured makes them slower: what counts is `make test`.\n")
    return int(min(branches, lines) < LEAST)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
