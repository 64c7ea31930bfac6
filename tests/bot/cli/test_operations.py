"""`doctor`, `config`, `content` and the program itself: JSON alone on standard output, and advice instead of tracebacks."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import discover

DATA = Path(__file__).parents[3] / "data"
KEY = "sk-ant-api03-0123456789abcdef"


def test_the_doctor_gives_one_object(epochbot) -> None:
    done = epochbot("doctor", "--json")
    report = done.json
    assert (done.code, set(report), report["ok"]) == (0 if report["ok"] else 1, {"ok", "findings"}, done.code == 0)
    assert {finding["area"] for finding in report["findings"]} >= {"python", "isolation", "database", "content"}
    assert all(set(finding) == {"area", "what", "ok", "detail", "fix"} for finding in report["findings"])


def test_the_doctor_names_each_fault_with_its_fix(epochbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EPOCHBOT_HOME", str(tmp_path / "file"))
    done = epochbot("doctor")
    assert done.code == 1
    lines = done.out.splitlines()
    fault = next(n for n, line in enumerate(lines) if "FAULT cannot open" in line)
    assert lines[fault + 1] == "        fix: Make the folder writable, or set EPOCHBOT_HOME to another one."


def test_the_settings_are_printed_without_the_key(epochbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    done = epochbot("config", "print")
    assert (done.code, KEY in done.out + done.err, "ANTHROPIC_API_KEY=set (hidden)" in done.out) == (0, False, True)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("EPOCHBOT_PORT", "x"), ("EPOCHBOT_LOG_LEVEL", "loud"), ("ANTHROPIC_API_KEY", "changeme")],
)
@pytest.mark.parametrize("command", [("config", "print"), ("doctor",), ("chat",), ("serve",)], ids=" ".join)
def test_a_setting_that_cannot_be_ends_any_command_with_its_name(
    epochbot, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    done = epochbot(*command)
    assert (done.code, done.out) == (2, "")
    assert f"\n  {variable}: " in done.err


@pytest.mark.parametrize("command", [("chat",), ("chat", "--user", "Mia")], ids=" ".join)
def test_a_file_in_the_way_of_the_home_is_told_with_advice(
    epochbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EPOCHBOT_HOME", str(tmp_path / "file"))
    done = epochbot(*command)
    assert (done.code, done.err) == (
        2,
        (
            f"epochbot: The folder {tmp_path}/file cannot be made: File exists. "
            "Set EPOCHBOT_HOME to a folder that can be made or written, and start again.\n"
        ),
    )


def test_a_home_that_cannot_be_written_is_told_with_advice(epochbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOT_HOME", "/proc/epochbot")
    done = epochbot("chat")
    assert (done.code, "Set EPOCHBOT_HOME to a folder" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("content", "check", "--only", "byte-pair-merge"), "Did you mean byte-pair-merges"),
        (("content", "check", "--seeds", "0"), "0 is not a number from 1 on"),
        (("content", "bake"), "invalid choice"),
        (("chat", "--now", "yesterday"), "'yesterday' is not an ISO 8601 instant"),
        (("chat", "--now", "0001-01-01T00:00:00Z"), "'0001-01-01T00:00:00Z' is not in the years 1970 to 2200"),
        (("chat", "--now", "9999-12-31"), "'9999-12-31' is not in the years 1970 to 2200"),
        (("dance",), "invalid choice: 'dance'"),
        ((), "required"),
    ],
    ids=repr,
)
def test_a_wrong_use_is_exit_code_2_with_advice(epochbot, words: tuple[str, ...], advice: str) -> None:
    done = epochbot(*words)
    assert (done.code, done.out, advice in done.err) == (2, "", True), done.err


def test_one_challenge_can_be_checked_alone(epochbot) -> None:
    done = epochbot("content", "check", "--only", "byte-pair-merges", "--seeds", "1", "--json")
    assert (done.code, done.json["faults"], done.json["challenges"]) == (0, [], 1)


@pytest.mark.parametrize("name", discover())
def test_every_command_has_help(epochbot, name: str) -> None:
    done = epochbot(name, "--help")
    assert (done.code, done.out.startswith(f"usage: epochbot {name} ")) == (0, True)


@pytest.mark.parametrize("name", ["items", "backup", "config", "votes"])
def test_a_command_starts_without_the_libraries_of_others(name: str) -> None:
    program = (
        "import sys\nfrom bot.__main__ import main\n"
        f"try:\n    main([{name!r}, '--help'])\nexcept SystemExit:\n    pass\n"
        "print('>', *sorted({'aiohttp', 'nicegui', 'pandas', 'sklearn', 'slack_bolt', 'torch'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=DATA.parent, check=True)
    assert done.stdout.splitlines()[-1] == ">"


def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    program = f"{sys.executable} -m bot config print | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_challenge_whose_cases_are_broken_is_named_without_a_traceback(
    epochbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    cases = next((tmp_path / "data").rglob("byte-pair-merges")) / "cases.py"
    cases.write_text("def cases(rng):\n    yield 1 / 0\n")
    (tmp_path / "x.py").write_text("x = 1")
    monkeypatch.setenv("EPOCHBOT_DATA", str(tmp_path / "data"))
    done = epochbot("grade", "byte-pair-merges", "x.py", "--json")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[-1].startswith("epochbot: byte-pair-merges/cases.py fails at case 0: ")
