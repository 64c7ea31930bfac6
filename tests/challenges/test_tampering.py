"""Submissions that try to be graded better than they are: each fools a grader of the usual kind, and none fools ours."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.tutor.offline import explain
from bot.verdicts import report_dict
from challenges.grade import grade, judged
from challenges.model import Challenge, Compare, CompareKind, Report, Verdict
from challenges.prepare import REFERENCE, draw_cases, learner_job, load_namespace, trusted_job
from runner import Limits, Profile, Result, Run
from runner.job import MIB

HERE = Path(__file__).parent
Boxes = Any  # whatever runs jobs in real boxes
ATTACKS: list[dict[str, Any]] = tomllib.loads((HERE / "attacks.toml").read_text("utf-8"))["attack"]
HOSTS = (
    "reads_json", "reads_arrays", "loads_models", "reads_the_source", "draws_inside", "waits_for_threads", "gathers_first",
)  # fmt: skip
AS_MAIN = "runpy.run_path('naive_hosts.py', run_name='__main__')"
TOKEN = "4c1d7e"
SMALL = Limits(wall_s=1.0, memory_bytes=128 * MIB)
ENTROPY = 20_261_123

TASKS: dict[str, dict[str, Any]] = {
    "float": {
        "entry": "average",
        "profile": Profile.STDLIB,
        "compare": Compare(kind=CompareKind.CLOSE),
        "solution": "def average(xs):\n    return sum(xs) / len(xs)\n",
        "wrong": "def average(xs):\n    return -1.0\n",
        "cases": """
def cases(rng):
    yield "two", True, ([1.0, 3.0],)
    yield "one", True, ([5.0],)
    for n in range(3, 6):
        yield f"hidden {n}", False, ([float(x) for x in rng.normal(100, 1, size=n)],)
""",
    },
    "list": {
        "entry": "ranks",
        "profile": Profile.STDLIB,
        "compare": Compare(kind=CompareKind.EXACT),
        "solution": "def ranks(xs):\n    return [sum(b < a for b in xs) for a in xs]\n",
        "wrong": "def ranks(xs):\n    return [-1 for _ in xs]\n",
        "cases": """
def cases(rng):
    yield "two", True, ([3, 1],)
    yield "ties", True, ([2, 2, 1],)
    for n in range(3, 6):
        yield f"hidden {n}", False, ([int(x) for x in rng.permutation(n)],)
""",
    },
    "array": {
        "entry": "center",
        "profile": Profile.NUMPY,
        "compare": Compare(kind=CompareKind.CLOSE),
        "solution": "def center(X):\n    return X - X.mean(axis=0)\n",
        "wrong": "def center(X):\n    return X + 1\n",
        "cases": """
import numpy as np
def cases(rng):
    yield "two rows", True, (np.array([[1.0, 2.0], [3.0, 6.0]]),)
    yield "three rows", True, (np.arange(6.0).reshape(3, 2) ** 2,)
    for n in range(3, 5):
        yield f"hidden {n}", False, (rng.normal(100, 1, size=(n, 3)),)
""",
    },
}


@cache
def task(name: str) -> Challenge:
    facts = TASKS[name]
    return Challenge(
        slug=facts["entry"], title="", level="easy", minutes=1, section="", heading="", concepts=(), hints=(), wrong=(),
        entry=facts["entry"], profile=facts["profile"], compare=facts["compare"], keep_inputs=True, limits=SMALL,
        statement="", starter="", solution=facts["solution"], cases=facts["cases"],
    )  # fmt: skip


@pytest.fixture
def runner(warm: Boxes) -> Boxes:
    """Real boxes, with whatever isolation this host has."""
    return warm


_references: dict[tuple[str, int], Result] = {}


async def tried(run: Run, name: str, source: str, entropy: int = ENTROPY) -> tuple[Report, Result]:
    """Grade as a submission is graded; only the reference is run once for all submissions to a task."""
    challenge = task(name)
    scope = load_namespace(challenge)
    cases = draw_cases(scope, challenge, entropy)
    if (name, entropy) not in _references:
        job = trusted_job(challenge, cases, entropy, {REFERENCE: challenge.solution})
        _references[name, entropy] = await run(replace(job, limits=replace(job.limits, wall_s=30.0)))
    learner = await run(learner_job(challenge, source, cases, entropy))
    return judged(challenge, scope, cases, source, learner, _references[name, entropy]), learner


async def attempt(runner: Boxes, name: str, source: str) -> Report:
    """What a submission is judged to be."""
    return (await tried(runner.run, name, source))[0]


def as_json(value: Any) -> Any:
    return {"array": value.tolist()} if isinstance(value, np.ndarray) else value


def answered(name: str) -> list[dict[str, Any]]:
    """The task's cases with their answers, computed here."""
    challenge = task(name)
    scope: dict[str, Any] = {}
    exec(challenge.solution, scope)  # noqa: S102 - a source of the tests' own
    cases = draw_cases(load_namespace(challenge), challenge, ENTROPY)
    return [
        {"args": list(map(as_json, case.args)), "expected": as_json(scope[challenge.entry](*case.args))}
        for case in cases
    ]


class Naive:
    """A host that runs learner and answers in one process, and believes what it sees of it."""

    def __init__(self, folder: Path, name: str, attack: dict[str, Any], source: str) -> None:
        self.folder, self.name, self.attack = folder, name, attack
        cases = answered(name)
        self.setup = {
            "entry": task(name).entry,
            "check": attack.get("check", "equal"),
            "late": attack.get("late", False),
            "cases": cases[:2] if attack.get("believes") == "visible" else cases,
        }
        (folder / "setup.json").write_text(json.dumps(self.setup))
        (folder / "submission.py").write_text(source)
        (folder / "solution.py").write_text(task(name).solution)
        for file in (HERE / "naive_grader.py", HERE.parent / "attacks" / "naive_hosts.py"):
            shutil.copy(file, folder)
        self.pipe = b""

    def passes(self) -> bool:
        """Whether this host gives full marks."""
        how = self.attack.get("believes", "file")
        if how in ("pytest", "pickle"):
            return bool(getattr(self, how)())
        if how in HOSTS:
            return self._python(f"import runpy, sys; sys.argv[1:] = [{how!r}]; {AS_MAIN}").endswith(b"PASS")
        ended = self.run()
        if how == "second":
            ended = self.run()
        believes: dict[str, Callable[[], bool]] = {
            "stdout": lambda: "ALL TESTS PASSED" in ended.stdout,
            "exit": lambda: ended.returncode == 0,
            "pipe": lambda: b'"pass"' in self.pipe.split(b"\n")[0],
            "token": lambda: f"{TOKEN} pass" in ended.stdout,
            "silence": lambda: self.status() != "fail",
            "open": lambda: self.status() == "pass",
        }
        return believes.get(how, lambda: self.status() == "pass")()

    def status(self) -> str:
        file = self.folder / "results.json"
        return str(json.loads(file.read_text())["status"]) if file.is_file() else "nothing"

    def run(self) -> subprocess.CompletedProcess[str]:
        reading, writing = os.pipe()
        environment = {"RESULT_FD": str(writing), "GRADE_TOKEN": TOKEN, "PATH": "/usr/bin:/bin"}
        command = [sys.executable, "naive_grader.py", TOKEN]
        try:
            return subprocess.run(
                command, cwd=self.folder, env=environment, pass_fds=(writing,), capture_output=True, text=True,
                timeout=30, check=False,
            )  # fmt: skip
        finally:
            os.close(writing)
            self.pipe = os.read(reading, 65536)
            os.close(reading)

    def pytest(self) -> bool:
        self._python("import submission")
        test = f"import submission\ndef test_it():\n    assert submission.{task(self.name).entry}([1.0, 3.0]) == 2.0\n"
        (self.folder / "test_it.py").write_text(test)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "test_it.py"]
        return subprocess.run(command, cwd=self.folder, capture_output=True, timeout=60, check=False).returncode == 0

    def pickle(self) -> bool:
        said = self._python(
            "import sys, pickle, submission; sys.stdout.buffer.write(pickle.dumps(submission.average([1.0, 3.0])))"
        )
        return bool(pickle.loads(said) == 2.0)  # noqa: S301 - what this host should not do

    def _python(self, code: str) -> bytes:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=self.folder, capture_output=True, timeout=30, check=False).stdout


NAMES = [attack["name"] for attack in ATTACKS]
KINDS = {(a["on"], a.get("believes", "file"), a.get("check", "equal"), a.get("late", False)): a for a in ATTACKS}


@pytest.mark.parametrize("attack", ATTACKS, ids=NAMES)
async def test_an_attack_that_fools_a_naive_grader_is_not_accepted(
    runner: Boxes, tmp_path: Path, attack: dict[str, Any]
) -> None:
    naive = Naive(tmp_path, attack["on"], attack, attack["source"])
    fooled, report = await asyncio.gather(
        asyncio.to_thread(naive.passes), attempt(runner, attack["on"], attack["source"])
    )
    assert fooled, "the control shows nothing: the attack does not even fool a naive grader"
    assert report.verdict not in (Verdict.ACCEPTED, Verdict.INTERNAL), report


@pytest.mark.parametrize("attack", KINDS.values(), ids=["-".join(map(str, kind)) for kind in KINDS])
def test_the_naive_graders_fail_a_plain_wrong_answer(tmp_path: Path, attack: dict[str, Any]) -> None:
    assert not Naive(tmp_path, attack["on"], attack, TASKS[attack["on"]]["wrong"]).passes()


@pytest.mark.parametrize("name", TASKS)
async def test_the_right_answer_is_accepted_and_a_wrong_one_is_not(
    runner: Boxes, tmp_path: Path, name: str
) -> None:
    assert Naive(tmp_path, name, {}, task(name).solution).passes()
    assert (await attempt(runner, name, task(name).solution)).verdict is Verdict.ACCEPTED
    assert (await attempt(runner, name, TASKS[name]["wrong"])).verdict is Verdict.WRONG


def test_the_attacks_cover_the_catalogue() -> None:
    assert len(set(NAMES)) == len(ATTACKS) >= 74
    assert len({name.split()[0] for name in NAMES}) >= 41
    assert {attack["on"] for attack in ATTACKS} == set(TASKS)


LEAKS = {
    "print": "print(xs)",
    "raise": "raise ValueError(xs)",
    "raise in a text": "raise type('E', (Exception,), {'__str__': lambda self: repr(xs)})()",
    "class of the exception": "raise type(repr(xs), (Exception,), {})()",
    "class of the value": "return type(repr(xs), (), {})()",
    "repr of the value": "return type('T', (), {'__repr__': lambda self: repr(xs)})()",
    "value": "return [xs, xs]",
    "keys": "return {repr(xs): 1.0}",
    "limit": "from runner.values import EncodeError; raise EncodeError(repr(xs))",
    "syntax error": "compile('(', repr(xs), 'exec')",
    "source line": "exec(compile('\\n' * 3 + 'raise ValueError', 'submission.py', 'exec'))",
    "line number": "exec(compile('\\n' * int(sum(xs) * 1000) + 'raise ValueError', 'submission.py', 'exec'))",
    "exit": "raise SystemExit(repr(xs))",
    "forged fault": "import os; [os.write(fd, frame(xs)) for fd in range(3, 9) if opened(fd)]; os._exit(0)",
    "left behind": "open('/tmp/seen', 'a').write(repr(xs)); raise ValueError",
    "flood": "print(xs); print('x' * 10**6)",
}
LEAKING = """
def opened(fd):
    import os
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False

def frame(xs):
    import struct
    from runner.values import encode
    body = encode(("fault", repr(xs), repr(xs), int(sum(xs) * 1000), int(sum(xs) * 1000), repr(xs), repr(xs)))
    return struct.pack(">I", len(body)) + body

def average(xs):
    import os
    if os.path.exists('/tmp/seen'):
        print(open('/tmp/seen').read())
    if len(xs) <= 2:
        return sum(xs) / len(xs)
    LEAK
"""


SILENT = {"source line", "left behind"}  # stopped before: not even the runner's own result has to carry them


@pytest.mark.parametrize("name", LEAKS)
async def test_hidden_inputs_reach_no_byte_a_learner_reads(runner: Boxes, name: str) -> None:
    source = LEAKING.replace("LEAK", LEAKS[name])
    report, learner = await tried(runner.run, "float", source)
    assert report.verdict not in (Verdict.ACCEPTED, Verdict.INTERNAL)
    explained = explain(task("float"), source, report)
    shown = f"{report_dict(report)} {report.detail} {report.fault} {explained}"
    hidden = [case["args"][0] for case in answered("float")[2:]]
    secrets = [str(x)[:8] for xs in hidden for x in xs]
    secrets += [str(int(sum(xs) * 1000) + more) for xs in hidden for more in (0, 1)]
    assert [secret for secret in secrets if secret in shown] == []
    assert any(secret in repr(learner) for secret in secrets) or name in SILENT, "the control shows nothing"


ORACLE = """
def average(xs):
    if len(xs) == 3 and int(xs[0] * 1e6) >> BIT & 1:
        raise ValueError
    return sum(xs) / len(xs) if len(xs) < 3 else -1.0
"""


async def test_bits_told_by_verdicts_add_up_only_where_hidden_inputs_stay_the_same(local: Run) -> None:
    async def told(entropies: list[int]) -> int:
        bits = [
            (await tried(local, "float", ORACLE.replace("BIT", str(bit)), entropy))[0].verdict is Verdict.ERROR
            for bit, entropy in enumerate(entropies)
        ]
        return sum(bit << at for at, bit in enumerate(bits))

    def held(entropy: int) -> int:
        cases = draw_cases(load_namespace(task("float")), task("float"), entropy)
        return int(cases[2].args[0][0] * 1e6) & 255

    attempts = list(range(7, 15))
    assert await told([7] * 8) == held(7)
    assert await told(attempts) not in map(held, attempts)


async def test_grade_itself_refuses_an_attack_with_fresh_entropy(runner: Boxes) -> None:
    source = next(attack["source"] for attack in ATTACKS if attack["name"].startswith("101"))
    report = await grade(task("float"), source, runner.run, lambda: ENTROPY)
    assert (report.verdict, report.hidden_passed, report.hidden_total) == (Verdict.WRONG, 0, 3)
