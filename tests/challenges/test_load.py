"""Loading folders: a sound one becomes a challenge; of a broken one every fault is reported at once, with its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenges.load import Fault, load_challenge, load_challenges
from challenges.model import CompareKind, Verdict
from runner import Limits, Profile

FACTS = """
id = "add"
title = "Add"
level = "easy"
minutes = 5
section = "first"
source = "First: Adding"
concepts = ["adding"]
entry = "add"
profile = "numpy"
compare = { kind = "close", rtol = 1e-3 }
keep_inputs = false
limits = { wall_s = 2, memory_mb = 256 }
hints = ["one", "two", "three"]

[[wrong]]
file = "wrong/multiplies.py"
verdict = "wrong"
misconception = "sum=product"
explanation = "Because."

[[wrong]]
file = "wrong/divides.py"
verdict = "error"
misconception = "sum=quotient"
explanation = "Because."
"""
FILES = {
    "challenge.toml": FACTS,
    "statement.md": "Write `add`.\n",
    "starter.py": "def add(a, b):\n    pass\n",
    "solution.py": "from operator import add\n",
    "cases.py": "def cases(rng):\n    yield 'one', True, (1, 2)\n",
    "driver.py": "drive = lambda learner, a, b: learner.add(a, b)\n",
    "wrong/multiplies.py": "def add(a, b):\n    return a * b\n",
    "wrong/divides.py": "def add(a, b):\n    return a / 0\n",
}


def write(folder: Path, changes: dict[str, str | bytes | None] | None = None) -> Path:
    """Write a sound folder with some files changed, added, or left out."""
    path = folder / "add"
    for name, text in {**FILES, **(changes or {})}.items():
        if text is not None:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_sound_folder_becomes_a_challenge(tmp_path: Path) -> None:
    challenge, faults = load_challenge(write(tmp_path))
    assert faults == []
    assert challenge is not None
    assert (challenge.slug, challenge.entry, challenge.profile) == ("add", "add", Profile.NUMPY)
    assert (challenge.compare.kind, challenge.compare.rtol, challenge.compare.atol) == (CompareKind.CLOSE, 1e-3, 1e-8)
    assert challenge.limits == Limits(wall_s=2.0, memory_bytes=256 * 1024 * 1024)
    assert [(w.name, w.verdict) for w in challenge.wrong] == [("multiplies", Verdict.WRONG), ("divides", Verdict.ERROR)]
    assert challenge.keep_inputs is False
    assert challenge.statement == "Write `add`."


def test_what_may_be_left_out_has_its_default(tmp_path: Path) -> None:
    facts = FACTS.replace("keep_inputs = false\n", "").replace("limits = { wall_s = 2, memory_mb = 256 }\n", "")
    challenge, _ = load_challenge(write(tmp_path, {"challenge.toml": facts, "driver.py": None}))
    assert challenge is not None
    assert (challenge.keep_inputs, challenge.limits, challenge.driver) == (True, Limits(), "")


FACT_FAULTS = {
    ("title", '"Add"', "7"): "`title` must be str, not int.",
    ("title", '"Add"', '" "'): "`title` is empty.",
    ("id", '"add"', '"sub"'): "`id` is 'sub'; it must be the folder's name, 'add'.",
    ("level", '"easy"', '"simple"'): "`level` is 'simple'; use one of easy, medium, hard.",
    ("minutes", "5", "0"): "`minutes` is 0; between 1 and 90 are meant.",
    ("minutes", "5", "true"): "`minutes` must be int, not bool.",
    ("concepts", '["adding"]', "[]"): "`concepts` names no concept; a challenge exercises at least one.",
    ("concepts", '["adding"]', "[3]"): "`concepts` must hold texts only, none of them empty.",
    ("entry", '"add"', '"add two"'): "`entry` is 'add two', which cannot be a Python name.",
    ("profile", '"numpy"', '"jax"'): "`profile` is 'jax'; use one of stdlib, numpy, sklearn, torch.",
    ("compare", '{ kind = "close", rtol = 1e-3 }', '{ kind = "near" }'): (
        "`compare` needs kind = one of close, exact, unordered, check."
    ),
    ("compare", '{ kind = "close", rtol = 1e-3 }', '{ kind = ["close"] }'): (
        "`compare` needs kind = one of close, exact, unordered, check."
    ),
    ("compare", "rtol = 1e-3", "tolerance = 1"): "`compare` has an unknown key `tolerance`; it may have rtol and atol.",
    ("compare", "rtol = 1e-3", "rtol = -1"): "`compare` has rtol = -1; a tolerance is a number from 0 to 1.",
    ("compare", "rtol = 1e-3", 'atol = "1"'): "`compare` has atol = '1'; a tolerance is a number from 0 to 1.",
    ("limits", "wall_s = 2", "wall_s = 0"): "`limits` has wall_s = 0; use a number from 1 to 30.",
    ("limits", "wall_s = 2", 'wall_s = "2"'): "`limits` has wall_s = '2'; use a number from 1 to 30.",
    ("limits", "wall_s = 2", "cpu_s = 2"): "`limits` has an unknown key `cpu_s`; it may have wall_s and memory_mb.",
    ("limits", "memory_mb = 256", "memory_mb = true"): "`limits` has memory_mb = True; use a number from 64 to 2048.",
    ("hints", '["one", "two", "three"]', '["one", "two"]'): (
        "`hints` must be three, and climb from a question to nearly the whole way."
    ),
    ("hints", '["one", "two", "three"]', '["one", "two", ""]'): "`hints` must hold texts only, none of them empty.",
    (
        "title",
        'title = "Add"',
        'titel = "Add"',
    ): "has an unknown key `titel`; see data/README.md for the ones there are.",
    ("wrong", 'verdict = "error"', 'verdict = "accepted"'): (
        "`wrong` number 2 has the verdict 'accepted'; use one of error, memory, output_limit, timeout, violation, wrong."
    ),
    ("wrong", 'misconception = "sum=quotient"', 'about = "x"'): (
        "`wrong` number 2 must have exactly explanation, file, misconception, verdict, all of them texts."
    ),
    ("wrong", 'misconception = "sum=quotient"', "misconception = 3"): (
        "`wrong` number 2 must have exactly explanation, file, misconception, verdict, all of them texts."
    ),
    ("wrong", "wrong/divides.py", "../divides.py"): (
        "`wrong` number 2 names the file '../divides.py'; it must be wrong/<name>.py."
    ),
    ("wrong", "wrong/divides.py", "wrong/multiplies.py"): "`wrong` solutions: wrong/multiplies.py is named twice.",
}


@pytest.mark.parametrize(("change", "said"), FACT_FAULTS.items(), ids=[f"{k} {v}" for k, _, v in FACT_FAULTS])
def test_a_fault_of_the_facts_is_said_with_what_to_write(
    tmp_path: Path, change: tuple[str, str, str], said: str
) -> None:
    key, old, new = change
    facts = "\n".join(
        line.replace(old, new) if line.startswith(key) or key == "wrong" else line for line in FACTS.splitlines()
    )
    challenge, faults = load_challenge(write(tmp_path, {"challenge.toml": facts}))
    assert challenge is None
    assert Fault("add/challenge.toml", said) in faults


@pytest.mark.parametrize("key", ["id", "title", "level", "minutes", "section", "source", "concepts", "entry", "hints"])
def test_a_fact_that_is_missing_is_named(tmp_path: Path, key: str) -> None:
    facts = "\n".join(line for line in FACTS.splitlines() if not line.startswith(f"{key} ="))
    _, faults = load_challenge(write(tmp_path, {"challenge.toml": facts}))
    assert Fault("add/challenge.toml", f"lacks `{key}`.") in faults


def test_wrong_solutions_that_are_no_tables_are_told_so(tmp_path: Path) -> None:
    facts = FACTS.split("[[wrong]]")[0] + 'wrong = ["wrong/divides.py"]\n'
    _, faults = load_challenge(write(tmp_path, {"challenge.toml": facts}))
    assert Fault("add/challenge.toml", "`wrong` must be tables: write [[wrong]].") in faults


FILE_FAULTS: dict[str, tuple[dict[str, str | bytes | None], Fault]] = {
    "no facts": (
        {"challenge.toml": None},
        Fault("add/challenge.toml", "is missing; every challenge folder needs one."),
    ),
    "no statement": ({"statement.md": None}, Fault("add/statement.md", "is missing.")),
    "no wrong file": ({"wrong/divides.py": None}, Fault("add/wrong/divides.py", "is missing.")),
    "an empty statement": ({"statement.md": " \n"}, Fault("add/statement.md", "is empty.")),
    "an empty driver": ({"driver.py": ""}, Fault("add/driver.py", "is empty.")),
    "a stray file": (
        {"notes.txt": "x"},
        Fault("add/notes.txt", "is not part of a challenge, or is a wrong solution that no [[wrong]] names."),
    ),
    "an undeclared wrong solution": (
        {"wrong/other.py": "x = 1"},
        Fault("add/wrong/other.py", "is not part of a challenge, or is a wrong solution that no [[wrong]] names."),
    ),
    "a starter without the entry": ({"starter.py": "x = 1\n"}, Fault("add/starter.py", "does not define `add`.")),
    "a solution without the entry": (
        {"solution.py": "def sub(a, b): ...\n"},
        Fault("add/solution.py", "does not define `add`."),
    ),
    "no cases function": ({"cases.py": "x = 1\n"}, Fault("add/cases.py", "does not define `cases`.")),
    "no drive function": ({"driver.py": "def run(): ...\n"}, Fault("add/driver.py", "does not define `drive`.")),
}


@pytest.mark.parametrize(("changes", "fault"), FILE_FAULTS.values(), ids=FILE_FAULTS.keys())
def test_a_fault_of_a_file_is_said_with_its_name(
    tmp_path: Path, changes: dict[str, str | bytes | None], fault: Fault
) -> None:
    assert load_challenge(write(tmp_path, changes)) == (None, [fault])


@pytest.mark.parametrize(
    ("name", "text", "start"),
    [
        ("challenge.toml", "id = ", "is not readable TOML: "),
        ("challenge.toml", b"\xff", "is not readable TOML: "),
        ("solution.py", "def add(:", "does not parse: "),
        ("wrong/divides.py", "x = \x00", "does not parse: "),
        ("cases.py", b"# \xff", "does not parse: "),
        ("statement.md", b"\xff", "does not parse: "),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path, name: str, text: str | bytes, start: str) -> None:
    challenge, faults = load_challenge(write(tmp_path, {name: text}))
    assert challenge is None
    assert [(fault.file, fault.message.startswith(start)) for fault in faults] == [(f"add/{name}", True)]


def test_all_faults_of_all_folders_come_at_once(tmp_path: Path) -> None:
    facts = FACTS.replace('"easy"', '"simple"').replace("minutes = 5", "minutes = 500").replace('"numpy"', '"jax"')
    write(tmp_path, {"challenge.toml": facts, "statement.md": None, "solution.py": "def", "notes.txt": ""})
    (tmp_path / "empty").mkdir()
    (tmp_path / "not-a-folder.txt").write_text("ignored")
    found, faults = load_challenges(tmp_path)
    assert found == {}
    assert [fault.file for fault in faults] == [
        "add/challenge.toml",
        "add/challenge.toml",
        "add/challenge.toml",
        "add/statement.md",
        "add/notes.txt",
        "add/solution.py",
        "empty/challenge.toml",
    ]


def test_one_broken_folder_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "broken").mkdir()
    found, faults = load_challenges(tmp_path)
    assert list(found) == ["add"]
    assert [fault.file for fault in faults] == ["broken/challenge.toml"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert load_challenges(tmp_path / "nowhere") == ({}, [])
