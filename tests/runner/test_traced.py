"""What is noted inside boxes is what coverage.py would have seen, and is still there when a process was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from coverage import CoverageData

from tests.runner import traced

ROOT = Path(__file__).parents[2]
PROGRAM = """
    from runner import groups, libraries, prepare
    from runner.job import Call, Job, Profile
    from runner.values import decode, encode

    libraries.interpreter()
    libraries.binds(Profile.NUMPY)
    groups.locate("40 23 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\\n", "0::/user/x\\n")
    decode(encode((1, [2.0, None], {"a": (True, "b")}, {3})))
    try:
        prepare.arguments(Job(source="", calls=(Call(id="1", args=()),)))
    except ValueError:
        print("done")
"""
KILLED = """
    import os, signal
    from runner.box import cage

    if os.fork() == 0:
        os.closerange(3, 4096)
        cage.drop_powers()
        cage.Bounds(disk_bytes=1, disk_files=2, processes=3, cpu_s=4)
        os.kill(os.getpid(), signal.SIGKILL)
    print(os.wait()[1])
"""


def _noted(code: str, folder: Path) -> tuple[str, dict[str, set[tuple[int, int]]]]:
    """Run a program as the plugin has programs run; return what it printed, and its steps."""
    fd = traced.opened(folder)
    try:
        command = traced.with_prelude([sys.executable, "-B", "-c", textwrap.dedent(code)], fd)
        said = subprocess.run(command, cwd=ROOT, pass_fds=[fd], env={}, capture_output=True, text=True, check=True)
    finally:
        os.close(fd)
    return said.stdout, {name: set(found) for name, found in traced.steps((folder / "table").read_bytes()).items()}


def test_what_is_noted_is_what_coverage_py_sees(tmp_path: Path) -> None:
    """Step by step, in every file of ours that a program comes through: loops, generators, errors, imports."""
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(PROGRAM))
    seen = CoverageData(str(tmp_path / "seen"))
    command = [
        "-m",
        "coverage",
        "run",
        "--branch",
        "--source=runner",
        "--rcfile=/dev/null",
        f"--data-file={seen.data_filename()}",
        str(program),
    ]
    settings = {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-B", *command], cwd=ROOT, env=settings, check=True, capture_output=True)
    seen.read()
    said, noted = _noted(PROGRAM, tmp_path)
    assert said == "done\n"
    assert {"libraries.py", "encoding.py", "decoding.py", "groups.py", "prepare.py"} <= {
        Path(name).name for name in noted
    }
    assert {name: found ^ set(seen.arcs(name) or ()) for name, found in noted.items()} == {
        name: set() for name in noted
    }


def test_what_a_process_did_is_known_when_it_was_killed_with_nothing_left_to_it(tmp_path: Path) -> None:
    """No descriptor, no power, no chance to write anything down."""
    said, noted = _noted(KILLED, tmp_path)
    cage = str(ROOT / "runner" / "box" / "cage.py")
    source = Path(cage).read_text().splitlines()
    lines = {source[line - 1].strip() for _before, line in noted[cage] if line > 0}
    assert int(said) == signal.SIGKILL
    assert {'must("capset", header, nothing)', "self.cpu_s = cpu_s"} <= lines
    assert 'os.chdir("/tmp")  # the box\'s own' not in lines


@pytest.mark.parametrize(
    ("command", "at"),
    [
        (["python", "-I", "-S", "-c", "from runner.box.init import main", "3"], 4),
        (["python", "-X", "utf8", "-c", "import challenges.jury"], 4),
        (["bwrap", "--uid", "1000", "--", "/python", "-B", "-c", "from runner.box.init import main; main(3)"], 7),
    ],
)
def test_a_program_of_ours_is_told_to_note_first(command: list[str], at: int) -> None:
    """All else stays as it is."""
    told = traced.with_prelude(command, 9)
    assert (told[:at], told[at + 1 :]) == (command[:at], command[at + 1 :])
    assert told[at] == traced.prelude(9, threads="runner.box" not in command[at]) + command[at]


def test_modules_and_files_of_ours_become_programs_that_note_first() -> None:
    """With the same arguments."""
    module = traced.with_prelude(["python", "-m", "runner", "--json", "x.py"], 9)
    file = traced.with_prelude(["python", "-I", "-S", str(ROOT / "runner" / "launch.py"), "7"], 9)
    assert (module[:2], module[3:]) == (["python", "-c"], ["--json", "x.py"])
    assert (file[:4], file[5:]) == (["python", "-I", "-S", "-c"], ["7"])
    assert "run_module('runner'" in module[2]
    assert "launch.py" in file[4]


@pytest.mark.parametrize(
    "command",
    [[], ["python"], ["ls", "-l"], ["python", "-c", "print(1)"], ["python", "-m", "pytest"], ["python", "a.py"]],
)
def test_what_is_not_ours_is_started_as_it_is(command: list[str]) -> None:
    """Attacks and their controls, above all."""
    assert traced.with_prelude(command, 9) == command
