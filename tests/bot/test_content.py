"""Checking content: a sound course has no fault; of one with every kind of fault, all are reported in one run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.content import ContentReport, check, claim_fault, claim_faults, static_faults
from challenges.load import load_challenge
from challenges.model import Challenge
from quizzes.claims import Claim, Expectation
from quizzes.items import Track
from quizzes.load import load_track
from runner import Fault, Isolation, Job, Outcome, Result

TRACK = """
title = "A small course"
summary = "One section, one challenge."

[[path]]
slug = "whole"
title = "All of it"
months = "1"
focus = "Everything."
skills = ["Adding"]
prerequisites = "None."
sections = ["basics"]

[[project]]
slug = "build-it"
title = "Build it"
level = "beginner"
summary = "Something to build."
sections = ["basics"]
challenges = ["add"]

[[section]]
slug = "basics"
[[section.heading]]
title = "Data"
bullets = ["Sums"]
"""
BASICS = """
[section]
slug = "basics"
title = "Data basics"
headings = ["Data"]
order = 1

[[concept]]
id = "sums"
title = "Sums of numbers"

[[item]]
id = "sums-output-01"
concept = "sums"
kind = "output"
difficulty = 0
source = "Data: Sums"
prompt = "What does this print?"
code = "print(sum([1, 2, 3]))"
answer = "6"
explanation = "The three numbers are added up one after the other, and the total is printed."
[[item.wrong]]
answer = "3"
misconception = "sum=count"
feedback = "Three is how many numbers there are; adding them up gives more."

[[item]]
id = "sums-fill-01"
concept = "sums"
kind = "fill"
difficulty = 1
source = "Data: Sums"
prompt = "Complete the mean of the three numbers."
code = '''
x = [1, 2, 6]
mean = sum(x) / __1__
'''
blanks = [["len(x)", "3"]]
check = "assert mean == 3"
explanation = "A mean divides the total by how many numbers there are."
[[item.wrong]]
blank = 1
answer = "max(x)"
misconception = "mean-by-max"
feedback = "The largest number scales the total; a mean needs the count."
"""
CHALLENGE = """
id = "add"
title = "Add"
level = "easy"
minutes = 5
section = "basics"
source = "Data: Sums"
concepts = ["sums"]
entry = "add"
profile = "stdlib"
compare = { kind = "exact" }
limits = { wall_s = 1, memory_mb = 128 }
hints = ["one", "two", "three"]

[[wrong]]
file = "wrong/multiplies.py"
verdict = "wrong"
misconception = "sum=product"
explanation = "You multiply the two numbers. For two and two that gives the same as adding, and nearly nowhere else."

[[wrong]]
file = "wrong/divides.py"
verdict = "error"
misconception = "sum=quotient"
explanation = "You divide by nothing, which no number can bear. A sum needs no division at all, so take it out again."
"""
CASES = """
def cases(rng):
    yield "two and three", True, (2, 3)
    yield "nothing", True, (0, 0)
    for n in range(6):
        yield f"random {n}", False, tuple(int(x) for x in rng.integers(3, 10**6, size=2))
"""
SOUND = {
    "track.toml": TRACK,
    "quizzes/basics.toml": BASICS,
    "challenges/add/challenge.toml": CHALLENGE,
    "challenges/add/statement.md": "Write `add(a, b)`, which returns the sum of two numbers.\n",
    "challenges/add/starter.py": "def add(a, b):\n    pass\n",
    "challenges/add/solution.py": "def add(a, b):\n    return a + b\n",
    "challenges/add/cases.py": CASES,
    "challenges/add/wrong/multiplies.py": "def add(a, b):\n    return a * b\n",
    "challenges/add/wrong/divides.py": "def add(a, b):\n    return a / 0\n",
}
Change = dict[str, str]


def write(folder: Path, changes: Change | None = None) -> Path:
    """Write the small course with some files changed or added."""
    for name, text in {**SOUND, **(changes or {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def runner(warm: Any) -> Any:
    """Real boxes, with whatever isolation this host has."""
    return warm


def faults(report: ContentReport) -> dict[str, list[str]]:
    """Messages by file, or by item where there is one."""
    found: dict[str, list[str]] = {}
    for fault in report.faults:
        found.setdefault(fault.item or fault.file, []).append(fault.message)
    return found


async def test_a_sound_course_has_no_fault(tmp_path: Path, runner: Any) -> None:
    said: list[str] = []
    report = await check(write(tmp_path), runner.run, range(2), progress=said.append)
    assert report == ContentReport(items=2, challenges=1, claims=4, grades=8, faults=())
    assert said[0] == "4 claimed outputs to execute, 1 challenges to grade"
    assert sorted(said[1:]) == ["executed 4 claimed outputs", "graded add"]


def renamed(name: str, **files: str) -> Change:
    """A second challenge, like the sound one but for some files."""
    copied = {
        key.replace("/add/", f"/{name}/"): text.replace('"add"', f'"{name}"', 1) if key.endswith(".toml") else text
        for key, text in SOUND.items()
        if key.startswith("challenges/")
    }
    changed = {f"challenges/{name}/{file.replace('__', '/')}": text for file, text in files.items()}
    return {**copied, **{key.replace("_py", ".py").replace("_md", ".md"): text for key, text in changed.items()}}


async def test_every_fault_of_every_file_is_reported_in_one_run(tmp_path: Path, runner: Any) -> None:
    facts = CHALLENGE.replace('"basics"', '"advanced"').replace('["sums"]', '["sums", "carrying"]')
    changes = {
        "quizzes/basics.toml": BASICS.replace('answer = "6"', 'answer = "7"').replace('"max(x)"', '"float(3)"'),
        **renamed("generous", starter_py=SOUND["challenges/add/solution.py"]),
        **renamed("mistaken", solution_py="def add(a, b):\n    return a + b if a < 10 else raised\n"),
        **renamed("undeclared", wrong__multiplies_py="def add(a, b):\n    return a + b\n"),
        **renamed("wordy", statement_md="Write add. " + "word " * 150),
        **renamed("foreign", cases_py="import sklearn.datasets\n" + CASES),
        **renamed("few", cases_py=CASES.replace("range(6)", "range(2)").replace('"nothing", True', '"nothing", False')),
        **renamed("moving", cases_py=CASES.replace("(0, 0)", "(int(rng.integers(99)), 0)")),
        **renamed("frozen", cases_py=CASES.replace("rng.integers(3, 10**6, size=2)", "(n + 3, n + 4)")),
        **renamed(
            "unseeded", cases_py=CASES.replace("rng.integers", "__import__('numpy').random.default_rng().integers")
        ),
        **renamed("broken", cases_py="def cases(rng):\n    yield 1 / 0\n"),
        **renamed("unread", solution_py="def ad(a, b): ...\n"),
    }
    unfiled = renamed("unfiled")
    unfiled["challenges/unfiled/challenge.toml"] = facts.replace('"add"', '"unfiled"', 1)
    twins = renamed("twins", wrong__divides_py="def add(a, b):\n    return b * a\n")
    twins["challenges/twins/challenge.toml"] = CHALLENGE.replace('"add"', '"twins"', 1).replace('"error"', '"wrong"')
    gullible = renamed(
        "gullible",
        cases_py=CASES + "def check(a, g, r):\n    return None if not abs(g - r) > 0 else 'Another number.'\n",
    )
    gullible["challenges/gullible/challenge.toml"] = CHALLENGE.replace('"add"', '"gullible"', 1).replace(
        '"exact"', '"check"'
    )
    report = await check(write(tmp_path, {**changes, **unfiled, **twins, **gullible}), runner.run, range(2))
    found = faults(report)
    told = {key.removeprefix("challenges/"): " | ".join(messages) for key, messages in found.items()}
    expected = {
        "sums-output-01": "it prints '6', and the file says '7'",
        "sums-fill-01": "it should fail, and it is ok; is it a right answer?",
        "generous/starter.py": "is accepted at seed 0; it must fail.",
        "mistaken/solution.py": "is internal at seed 0; it must be accepted. The reference gave no value.",
        "undeclared/wrong/multiplies.py": "is accepted at seed 0; challenge.toml declares wrong.",
        "twins/wrong/divides.py": "answers like wrong/multiplies.py on every case at seed 0",
        "wordy/statement.md": "has 152 words; 150 are enough.",
        "foreign/cases.py": "imports sklearn; only NumPy and the standard library are trusted there.",
        "few/cases.py": "yields 4 cases; at least 8 are needed. | yields 1 visible cases; 2 or 3 are wanted.",
        "moving/cases.py": "a visible case changes with the seed; those are fixed.",
        "frozen/cases.py": "no hidden case changes with the seed, so answers could be written down.",
        "unseeded/cases.py": "gives other inputs for the same seed: use only the rng it is given.",
        "broken/cases.py": "fails at case 0: ZeroDivisionError('division by zero')",
        "unread/solution.py": "does not define `add`.",
        "unfiled/challenge.toml": "`section` is 'advanced', which is no section of the track. | unknown concept 'carrying'",
        "gullible/cases.py": "the right answer with every number NaN passes for the right answer in “two and three”.",
    }
    assert {key: said for key, said in expected.items() if said not in told.get(key, "")} == {}
    assert [key for key in told if key.startswith("add/")] == []


async def test_only_one_challenge_is_checked_when_named(tmp_path: Path, runner: Any) -> None:
    changes = {
        **renamed("generous", starter_py=SOUND["challenges/add/solution.py"]),
        "quizzes/basics.toml": BASICS.replace('answer = "6"', 'answer = "7"'),
    }
    folder = write(tmp_path, changes)
    assert (await check(folder, runner.run, [0], only="add")).faults == ()
    report = await check(folder, runner.run, [0], only="generous")
    assert faults(report) == {"challenges/generous/starter.py": ["is accepted at seed 0; it must fail."]}
    assert (report.challenges, report.claims, report.grades) == (1, 0, 4)


async def test_a_section_is_checked_with_its_challenges_when_named(tmp_path: Path, runner: Any) -> None:
    changes = {
        "challenges/add/statement.md": "Adds.",
        "quizzes/basics.toml": BASICS.replace('answer = "6"', 'answer = "7"'),
    }
    report = await check(write(tmp_path, changes), runner.run, [0], only="basics")
    assert sorted(faults(report)) == ["challenges/add/statement.md", "sums-output-01"]


async def test_a_name_that_is_nothing_is_said_so(tmp_path: Path, runner: Any) -> None:
    report = await check(write(tmp_path), runner.run, [0], only="nowhere")
    assert [(fault.file, fault.message[:16]) for fault in report.faults] == [("nowhere", "is no challenge ")]


@pytest.fixture
def course(tmp_path: Path) -> tuple[Challenge, Track]:
    """The sound challenge and its track, to be changed one field at a time."""
    folder = write(tmp_path)
    challenge, _ = load_challenge(folder / "challenges" / "add")
    assert challenge is not None
    return challenge, load_track(folder)[0]


STATIC: list[tuple[Callable[[Challenge], Challenge], str, str]] = [
    (lambda c: replace(c, statement="Adds."), "statement.md", "never names `add`, which the learner is to write."),
    (
        lambda c: replace(c, wrong=(replace(c.wrong[0], explanation="Too short."), c.wrong[1])),
        "challenge.toml",
        "the explanation of multiplies should have 15 to 110 words.",
    ),
    (
        lambda c: replace(c, cases=c.cases.replace("random {n}", "random")),
        "cases.py",
        "gives two cases the same name.",
    ),
    (
        lambda c: replace(c, cases="from sklearn import svm\n" + c.cases),
        "cases.py",
        "imports sklearn; only NumPy and the standard library are trusted there.",
    ),
    (
        lambda c: replace(c, cases=c.cases + "    yield 'c', True, (1, 1)\n    yield 'd', True, (1, 2)\n"),
        "cases.py",
        "yields 4 visible cases; 2 or 3 are wanted.",
    ),
]


@pytest.mark.parametrize(("change", "file", "said"), STATIC, ids=[said[:20] for _, _, said in STATIC])
def test_a_fault_that_shows_without_running_is_named(
    course: tuple[Challenge, Track], change: Callable[[Challenge], Challenge], file: str, said: str
) -> None:
    challenge, track = course
    assert static_faults(challenge, track) == []
    assert static_faults(change(challenge), track) == [(file, said)]


async def test_a_solution_that_costs_too_much_is_named(tmp_path: Path, runner: Any) -> None:
    async def run(job: Job) -> Result:
        return replace(await runner.run(job), cpu_ms=len(job.calls) * 600.0)

    report = await check(write(tmp_path), run, [0])
    assert faults(report) == {
        "challenges/add/solution.py": ["takes 600 ms of processor time a case; make the cases smaller, to 300 ms."]
    }


def claim(expects: Expectation, stdout: str = "") -> Claim:
    return Claim(
        file="quizzes/a.toml", item="a-01", about="it", source="", profile="stdlib", expects=expects, stdout=stdout
    )


def ended(outcome: Outcome, stdout: str = "", fault: Fault | None = None, detail: str = "") -> Result:
    return Result(outcome=outcome, isolation=Isolation.STRONG, stdout=stdout, fault=fault, detail=detail)


RAISED = Fault(type="ValueError", message="no")


@pytest.mark.parametrize(
    ("claimed", "result", "said"),
    [
        (claim(Expectation.PRINTS, "6"), ended(Outcome.OK, "6\n"), ""),
        (claim(Expectation.PRINTS, "6"), ended(Outcome.OK, "7\n"), "it: it prints '7', and the file says '6'."),
        (claim(Expectation.PRINTS, "6"), ended(Outcome.ERROR, "6\n", RAISED), "it: it does not run: ValueError: no."),
        (claim(Expectation.PASSES), ended(Outcome.OK), ""),
        (claim(Expectation.PASSES), ended(Outcome.TIMEOUT, detail="Stopped"), "it: it does not run: Stopped."),
        (claim(Expectation.PASSES), ended(Outcome.MEMORY), "it: it does not run: memory."),
        (claim(Expectation.FAILS), ended(Outcome.ERROR, fault=RAISED), ""),
        (claim(Expectation.FAILS), ended(Outcome.OK), "it: it should fail, and it is ok; is it a right answer?"),
        (
            claim(Expectation.FAILS),
            ended(Outcome.TIMEOUT),
            "it: it should fail, and it is timeout; is it a right answer?",
        ),
    ],
)
def test_a_claim_is_held_against_what_happened(claimed: Claim, result: Result, said: str) -> None:
    assert claim_fault(claimed, result) == said


async def test_a_claim_that_never_ends_does_not_hide_the_others(runner: Any) -> None:
    said = {"print(1)": "1", "while True: pass": "1", "print(2)": "2", "print(3)": "4", "import sys; sys.exit(3)": "1"}
    claimed = [
        replace(claim(Expectation.PRINTS, stdout), item=str(n), source=source)
        for n, (source, stdout) in enumerate(said.items())
    ]

    async def run(job: Job) -> Result:
        return await runner.run(replace(job, limits=replace(job.limits, wall_s=0.5)))

    assert [(fault.item, fault.message) for fault in await claim_faults(claimed, run)] == [
        ("1", "it: it does not run: Timeout: stopped after 0.5 s, all the time there was."),
        ("3", "it: it prints '3', and the file says '4'."),
        ("4", "it: it does not run: SystemExit: your code exited before returning."),
    ]


def shell(folder: Path, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "content", "check", "--seeds", "1", *options]
    environment = {**os.environ, "EPOCHBOT_DATA": str(folder), "EPOCHBOT_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_shell_command_prints_one_object_and_says_no_with_its_exit_code(tmp_path: Path) -> None:
    place = tmp_path / "data" / "tracks" / "ai-machine-learning"
    write(place)
    ended_well = shell(tmp_path / "data", tmp_path / "home", "--json")
    assert (ended_well.returncode, json.loads(ended_well.stdout)) == (0, {"items": 2, "challenges": 1, "faults": []})
    assert "graded add" in ended_well.stderr
    write(place, {"challenges/add/statement.md": "Adds."})
    ended_badly = shell(tmp_path / "data", tmp_path / "home", "--only", "add")
    assert ended_badly.returncode == 1
    assert ended_badly.stdout.splitlines() == [
        "challenges/add/statement.md: never names `add`, which the learner is to write.",
        "2 questions, 1 challenges, 0 claimed outputs executed, 4 gradings, 1 fault",
    ]
