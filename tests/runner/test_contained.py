"""Contained mode: every attack works for a free process of the same user and not contained; no wall, no run."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
import tomllib
from pathlib import Path

import pytest

from runner import CannotIsolate, Isolation, Job, Outcome, Result
from runner.contained import ContainedRunner, or_contained, tasks_of
from runner.job import Fault
from runner.probe import level_of
from runner.proof import EXPECTED, read

HERE = Path(__file__).parent
FOUND = tomllib.loads((HERE / "contained.toml").read_text())
PRELUDE: str = FOUND["prelude"]
ATTACKS: dict[str, str] = FOUND["attacks"]


def needs_c(source: str) -> bool:
    """Say whether an attack calls the C library itself."""
    return bool(re.search(r"\b(call|libc|ctypes)\b", source))


def on_host(host: str, code: str, *, given: str = "") -> str:
    """Run code on this host made to look like another one."""
    command = [sys.executable, str(HERE / "hosts.py"), host, textwrap.dedent(code)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=120, cwd="/", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tried() -> dict[str, dict[str, str]]:
    """What came of every attack, free and contained."""
    attacks = {name: PRELUDE + source if needs_c(source) else source for name, source in ATTACKS.items()}
    code = (HERE / "free_and_contained.py").read_text()
    found: dict[str, dict[str, str]] = json.loads(on_host("ordinary", code, given=json.dumps(attacks)))
    return found


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_works_for_a_free_process_and_not_when_contained(name: str, tried: dict[str, dict[str, str]]) -> None:
    """The control is a process of the same user that nothing stops."""
    assert "REACHED" in tried[name]["free"], tried[name]
    assert "REACHED" not in tried[name]["contained"], tried[name]
    assert tried[name]["contained"].startswith("ok "), tried[name]


# --- what a run is like -----------------------------------------------------------------------------------------------

RUNS = """
    import asyncio, json, os, sys, time
    from pathlib import Path
    from runner import Call, Job, Limits, Profile
    from runner.contained import ContainedRunner
    from runner.job import MIB
    from runner.family import family

    async def main():
        runner, found = ContainedRunner(), {}
        limits = Limits(wall_s=0.5, memory_bytes=96 * MIB)
        call = Call(id="a", args=(20,))
        said = await runner.run(Job(source="def f(x):\\n    print('hi')\\n    return x + 1", entry="f", calls=(call, )))
        found["call"] = [said.outcome, said.isolation, said.returned[0].value, said.stdout]
        numpy = Job(source="import numpy, scipy.linalg\\nprint(numpy.linalg.det(numpy.eye(2)))", profile=Profile.NUMPY)
        found["numpy"] = [(await runner.run(numpy)).stdout]
        for name, source in {
            "loop": "while True: pass",
            "deaf": "import signal\\nfor n in range(1, 32):\\n  try: signal.signal(n, signal.SIG_IGN)\\n"
                    "  except (OSError, ValueError): pass\\nwhile True: pass",
            "threads": "import threading, time\\nfor _ in range(5): threading.Thread(target=time.sleep, args=(99,)).start()",
            "hoard": "hoard = []\\nwhile True: hoard.append(bytearray(1 << 20))",
            "exit": "import os; os._exit(0)",
            "crash": "import ctypes; ctypes.string_at(0)",
            "write": "open('/tmp/x', 'w')",
            "kill itself": "import os; os.kill(os.getpid(), 9)",
        }.items():
            result = await runner.run(Job(source=source, limits=limits))
            found[name] = [result.outcome, result.fault.type]
        found["left"] = [len(family(os.getpid(), Path("/proc"))) - 1]
        json.dump(found, sys.stdout)

    asyncio.run(main())
"""


def test_a_contained_run_has_exact_outcomes_is_stamped_reduced_and_leaves_nothing() -> None:
    """Where new namespaces are refused as Docker refuses them."""
    assert json.loads(on_host("docker", RUNS)) == {
        "call": ["ok", "reduced", 21, "hi\n"],
        "numpy": ["1.0\n"],
        "loop": ["timeout", "Timeout"],
        "deaf": ["timeout", "Timeout"],
        "threads": ["timeout", "Timeout"],
        "hoard": ["memory", "Memory"],
        "exit": ["error", "Exit"],
        "crash": ["error", "Signal"],
        "write": ["error", "PermissionError"],
        "kill itself": ["error", "Signal"],
        "left": [0],
    }


KILLED = """
    import asyncio, os
    from runner import Job
    from runner.contained import ContainedRunner

    async def main():
        running = asyncio.create_task(ContainedRunner()._run(Job(source="print('up'); import time; time.sleep(600)")))
        family = lambda pid: open(f"/proc/{pid}/task/{pid}/children").read().split()
        while not (first := family(os.getpid())) or not family(first[0]):
            await asyncio.sleep(0.01)
        print(*first, *family(first[0]), flush=True)
        os.kill(os.getpid(), 9)

    asyncio.run(main())
"""


def test_nothing_outlives_a_supervisor_that_is_killed() -> None:
    """Neither the first process nor the run itself, which cannot ask to be spared."""
    command = [sys.executable, str(HERE / "hosts.py"), "docker", textwrap.dedent(KILLED)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    pids = done.stdout.split()
    assert len(pids) == 2
    deadline = time.monotonic() + 10
    while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
        os.sched_yield()
    assert [pid for pid in pids if _alive(pid)] == []


def _alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def test_tasks_are_counted_for_each_user(tmp_path: Path) -> None:
    """Threads too; what has gone while one looked is not counted."""
    for pid, user, threads in ((1, 0, 1), (20, 7, 3), (21, 7, 1), (22, 77, 9)):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "status").write_text(f"Name:\tx\nUid:\t{user}\t0\t0\t0\nThreads:\t{threads}\n")
    (tmp_path / "30").mkdir()
    (tmp_path / "self").mkdir()
    assert [tasks_of(user, tmp_path) for user in (0, 7, 8)] == [1, 4, 0]


# --- consent and proof ------------------------------------------------------------------------------------------------


async def _works(_job: Job) -> Result:
    return Result(outcome=Outcome.OK, isolation=Isolation.STRONG)


async def _refuses(_job: Job) -> Result:
    raise CannotIsolate("No jail.", "Get one.")


async def _breaks(_job: Job) -> Result:
    fault = Fault(type="Internal", message="bwrap: setting up uid map: Permission denied")
    return Result(outcome=Outcome.INTERNAL, isolation=Isolation.REDUCED, fault=fault)


async def test_what_works_is_preferred() -> None:
    """Also where containment would be allowed."""
    assert await or_contained(_works, minimum=Isolation.REDUCED, allowed=True) is _works


@pytest.mark.parametrize(("minimum", "allowed"), [(Isolation.REDUCED, False), (Isolation.STRONG, True)])
async def test_containment_is_neither_chosen_unasked_nor_taken_for_strong(minimum: Isolation, allowed: bool) -> None:
    """The refusal of what was preferred stands."""
    with pytest.raises(CannotIsolate, match=r"^No jail\. Get one\.$"):
        await or_contained(_refuses, minimum=minimum, allowed=allowed)


async def test_a_jail_that_breaks_while_it_is_built_does_not_count_as_working() -> None:
    """It says so by a run that is our fault, and its own words name the remedy."""
    with pytest.raises(CannotIsolate, match=r"uid map.*apparmor_parser"):
        await or_contained(_breaks, minimum=Isolation.REDUCED, allowed=False)


CHOOSE = """
    import asyncio
    from runner import CannotIsolate, ColdRunner, Isolation, Job
    from runner.contained import or_contained

    async def main():
        try:
            run = await or_contained(ColdRunner().run, minimum=Isolation.REDUCED, allowed=True)
            result = await run(Job(source="print('fine')"))
            print(run.__self__.__class__.__name__, result.outcome, result.isolation, result.stdout.strip())
        except CannotIsolate as error:
            print("refused", error.what, error.advice)

    asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("ordinary", "ColdRunner ok reduced fine"),
        ("no-namespaces", "ContainedRunner ok reduced fine"),
        ("docker", "ContainedRunner ok reduced fine"),
        ("ubuntu", "ContainedRunner ok reduced fine"),
        ("root", "ColdRunner ok"),
        ("docker-without-landlock", "refused The sandbox could not be started"),
        ("docker-root", "refused The sandbox could not be started"),
        ("rootless", "refused The sandbox could not be started"),
    ],
)
def test_once_allowed_containment_is_used_where_nothing_better_works(host: str, said: str) -> None:
    """And where not even that holds, nothing runs."""
    assert on_host(host, CHOOSE).startswith(said)


EXAMINE = """
    import asyncio
    from runner.contained import ContainedRunner
    report = asyncio.run(ContainedRunner().examine())
    print(report.level, *(f"{check.name}: {check.found} -> {check.fix}" for check in report.faults if check.name != "groups"))
"""


def test_root_steps_down_to_a_user_who_owns_nothing() -> None:
    """Where the installation can be read by everyone; a proof as that user is then as good as an ordinary one's."""
    assert on_host("root" if os.getuid() == 0 else "ordinary", EXAMINE) == "reduced\n"


@pytest.mark.parametrize(
    ("host", "part", "fix"),
    [
        ("docker-without-landlock", "landlock: version 0 is too old", "Linux 6.2"),
        ("rootless", "not permitted", "ordinary user"),
    ],
)
def test_a_host_without_the_walls_is_refused_with_one_remedy(host: str, part: str, fix: str) -> None:
    """Nothing is said to be reduced that was not shown to be."""
    said = on_host(host, EXAMINE)
    assert said.startswith("none contained: ")
    assert part in said
    assert fix in said


HELD: dict[str, object] = {**{name: answer for name, _what, answer, _why in EXPECTED}, "uid": 60706}


def test_all_walls_together_are_reduced() -> None:
    """What an honest host says."""
    assert [check.name for check in read(HELD) if not check.ok] == []


@pytest.mark.parametrize("name", HELD)
@pytest.mark.parametrize("answer", ["worked", "ENOSYS", None])
def test_one_wall_that_does_not_hold_is_no_containment(name: str, answer: str | None) -> None:
    """Nor is one of which nothing was said, or something else than what was expected."""
    said = {key: value for key, value in HELD.items() if key != name}
    said |= {name: 0 if name == "uid" else answer} if answer else {}
    checks = tuple(read(said))
    assert len([check for check in checks if not check.ok]) == 1
    assert level_of(checks) is Isolation.NONE


async def test_nothing_runs_contained_before_every_wall_was_shown_to_hold() -> None:
    """Here because root cannot step down to someone who can read this installation, or because it was all shown."""
    runner = ContainedRunner()
    report = await runner.examine()
    if report.level is Isolation.REDUCED:
        assert (await runner.run(Job(source="print(1)"))).stdout == "1\n"
    else:
        with pytest.raises(CannotIsolate, match="does not hold here"):
            await runner.run(Job(source="print(1)"))
