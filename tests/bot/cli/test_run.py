"""`epochbot run FILE`: one file in isolation, its result as text or one JSON object, and an honest exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.libraries import jail_program

KEYS = {"outcome", "stdout", "stderr", "wall_ms", "cpu_ms", "peak_bytes", "isolation", "fault", "detail"}
CHEAP = ("--profile", "stdlib", "--wall", "1")


def test_a_file_that_runs_is_reported_in_full(epochbot, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("import sys\nprint('out ✓')\nprint('err', file=sys.stderr)\n")
    done = epochbot("run", "x.py", "--json", *CHEAP)
    report = done.json
    assert (done.code, set(report), report["outcome"], report["stdout"], report["stderr"]) == (
        0,
        KEYS,
        "ok",
        "out ✓\n",
        "err\n",
    )
    assert report["isolation"] in ("strong", "reduced")
    assert report["peak_bytes"] > 0


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        (b"1 / 0", "error"),
        (b"raise SystemExit(3)", "error"),
        (b"def f(:", "error"),
        (b"\xff\xfe not text", "error"),
        (b"while True: pass", "timeout"),
        (b"x = bytearray(10**9)", "memory"),
        (b"raise ValueError('\\ud800')", "error"),
    ],
    ids=repr,
)
def test_a_file_that_does_not_is_exit_code_1_with_its_outcome(
    epochbot, tmp_path: Path, source: bytes, outcome: str
) -> None:
    (tmp_path / "x.py").write_bytes(source)
    done = epochbot("run", tmp_path / "x.py", "--json", *CHEAP, "--memory-mb", "64")
    assert (done.code, done.json["outcome"]) == (1, outcome)


def test_as_text_both_streams_pass_through_and_the_summary_goes_to_standard_error(epochbot, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("print('hello')")
    done = epochbot("run", "x.py", *CHEAP)
    assert (done.code, done.out) == (0, "hello\n")
    assert done.err.startswith("[ok in ")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os\nos._exit(0)", "Your code exited before returning.\n"),
        ("import os\nos.kill(os.getpid(), 9)", "Your code was ended by a kill signal.\n"),
        (
            "import os, sys\nsys.stderr.write('half')\nsys.stderr.flush()\nos._exit(0)",
            "half\nYour code exited before returning.\n",
        ),
        ("import os\nos.close(2)\n1 / 0", "ZeroDivisionError: division by zero\n"),
    ],
)
def test_code_that_dies_without_a_traceback_is_told_why(epochbot, tmp_path: Path, source: str, reason: str) -> None:
    (tmp_path / "x.py").write_text(source)
    done = epochbot("run", "x.py", *CHEAP)
    assert (done.code, done.out, done.err.partition("[")[0]) == (1, "", reason)


def test_a_terminal_gets_no_control_characters_and_a_file_gets_every_one(epochbot, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "x.py").write_text("print('\\x1b[31mred\\x07')")
    assert epochbot("run", "x.py", *CHEAP).out == "\x1b[31mred\x07\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert epochbot("run", "x.py", *CHEAP).out == "[31mred\n"


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("nothing.py",), "Cannot read nothing.py: No such file or directory. Give the path of a Python file."),
        ((".",), "Cannot read .: Is a directory. Give the path of a Python file."),
        (("x\0.py",), "that is no file name"),
        (("x.py", "--wall", "nan"), "nan is not between 0 and 3600 seconds"),
        (("x.py", "--wall", "0"), "0 is not between 0 and 3600 seconds"),
        (("x.py", "--wall", "soon"), "invalid _seconds value"),
        (("x.py", "--memory-mb", "0"), "0 is not a number of megabytes from 1 on"),
        (("x.py", "--profile", "tensorflow"), "invalid"),
        ((), "the following arguments are required: file"),
    ],
    ids=repr,
)
def test_a_wrong_use_is_exit_code_2_with_advice(epochbot, tmp_path: Path, words: tuple[str, ...], advice: str) -> None:
    (tmp_path / "x.py").write_text("")
    (tmp_path / "large.py").write_bytes(b"#" * (1024 * 1024 + 1))
    done = epochbot("run", *words)
    assert (done.code, done.out, advice in done.err) == (2, "", True), done.err


@pytest.mark.parametrize("command", [("run",), ("grade", "byte-pair-merges")], ids=" ".join)
def test_where_nothing_can_be_isolated_nothing_runs_and_the_exit_code_is_125(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """In real namespaces that forbid further ones, as some containers do."""
    (tmp_path / "x.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    jail = [jail_program().path, "--unshare-user", "--disable-userns", "--dev-bind", "/", "/", "--chdir", str(tmp_path)]
    done = subprocess.run(
        [*jail, "--", sys.executable, "-m", "bot", *command, "x.py", "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "EPOCHBOT_HOME": str(tmp_path)},
        check=False,
    )
    assert (done.returncode, done.stdout, (tmp_path / "ran").exists()) == (125, "", False)
    assert done.stderr.startswith("epochbot: ")


@pytest.mark.parametrize("name", ["/dev/zero", "large.py"])
def test_a_source_without_end_is_an_error_of_the_code_and_ends(epochbot, tmp_path: Path, name: str) -> None:
    (tmp_path / "large.py").write_bytes(b"#" * 10_000_000)
    done = epochbot("run", name, "--json")
    assert done.code == 1
    assert json.loads(done.out)["outcome"] == "error"
