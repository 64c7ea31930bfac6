"""What an operator installs of the bot's own, held against what the program needs and against what its tools accept."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.config import Settings
from runner.spawn import UNPRIVILEGED

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "bot" / "deploy"
RUNNERS = ROOT / "runner" / "deploy"
BOT_USER = 60707


def test_every_file_is_one_that_is_looked_at_here() -> None:
    """So that none is added without a test."""
    assert sorted(path.relative_to(DEPLOY).as_posix() for path in DEPLOY.rglob("*") if path.is_file()) == [
        "Dockerfile",
        "Dockerfile.dockerignore",
        "compose.yaml",
        "systemd/epochbot.service",
    ]


def test_no_file_gives_the_host_away_or_holds_a_secret() -> None:
    dangerous = re.compile(r"privileged: true|docker\.sock|SYS_ADMIN|cap_add|network_mode: host|pid: host|unconfined")
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert not dangerous.search(text), path
            assert not re.search(r"xox[bap]-|sk-ant-|(TOKEN|SECRET|KEY)=[^\"\s$]{12,}", text), path


def test_only_variables_that_the_program_reads_are_set() -> None:
    known = {f"EPOCHBOT_{name.upper()}" for name in Settings.model_fields}
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            assert set(re.findall(r"\bEPOCHBOT_[A-Z_]+", path.read_text())) <= known, path


# --- systemd ----------------------------------------------------------------------------------------------------------


def unit(path: Path) -> dict[str, list[str]]:
    """A unit's settings, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        key, given, value = line.partition("=")
        if given and line[0] not in "#[":
            found.setdefault(key, []).append(value)
    return found


UNIT = DEPLOY / "systemd" / "epochbot.service"


def test_the_unit_is_watched_and_started_anew() -> None:
    found = unit(UNIT)
    assert {
        key: found[key] for key in ("Type", "NotifyAccess", "WatchdogSec", "Restart", "RestartPreventExitStatus")
    } == {
        "Type": ["notify"],
        "NotifyAccess": ["main"],
        "WatchdogSec": ["30"],
        "Restart": ["on-failure"],
        "RestartPreventExitStatus": ["2"],
    }
    assert int(found["TimeoutStopSec"][0]) > 2 * 25, "what is under way may end first"


def test_the_unit_keeps_all_it_has_in_one_folder_of_a_user_made_for_it() -> None:
    found = unit(UNIT)
    assert (found["DynamicUser"], found["StateDirectory"], found["StateDirectoryMode"]) == (
        ["yes"],
        ["epochbot"],
        ["0700"],
    )
    assert "EPOCHBOT_HOME=/var/lib/epochbot" in found["Environment"]
    assert (found["ProtectSystem"], found["ProtectHome"], found["UMask"]) == (["strict"], ["yes"], ["0077"])


def test_the_unit_runs_no_learners_code_so_it_may_forbid_what_a_jail_needs() -> None:
    found, runners = unit(UNIT), unit(RUNNERS / "systemd" / "epochbot-runner.service")
    assert "EPOCHBOT_RUNNER_URL=unix:///run/epochbot/runner.sock" in found["Environment"]
    assert found["SupplementaryGroups"] == runners["Group"] == ["epochbot-runner"]
    assert "/run/epochbot/runner.sock" in runners["ExecStart"][0]
    assert "epochbot-runner.service" in found["After"][0].split()
    for wall in ("RestrictNamespaces", "ProtectControlGroups", "ProtectKernelTunables", "ProtectHostname"):
        assert (found[wall], wall in runners) == (["yes"], False)
    assert found["SystemCallFilter"] == ["@system-service"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    """With programs that exist, for those of an installation do not here."""
    for path in (UNIT, *(RUNNERS / "systemd").iterdir()):
        text = path.read_text().replace("/opt/epochbot/venv/bin/epochbot", "/bin/true")
        (tmp_path / path.name).write_text(text.replace("DelegateSubgroup=epochbot-supervisor\n", ""))  # newer than 252
    told = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "epochbot.service"], capture_output=True, text=True, check=False
    )
    ours = [line for line in (told.stdout + told.stderr).splitlines() if "epochbot" in line]
    assert (told.returncode, ours) == (0, [])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_little_of_the_host_is_exposed_to_the_unit(tmp_path: Path) -> None:
    (tmp_path / UNIT.name).write_text(UNIT.read_text().replace("/opt/epochbot/venv/bin/epochbot", "/bin/true"))
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", tmp_path / UNIT.name],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-300:] + told.stderr[-300:]


# --- containers -------------------------------------------------------------------------------------------------------


def stages(path: Path) -> list[list[tuple[str, str]]]:
    """A Dockerfile's stages, each a list of instructions with continuation lines joined."""
    text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#"))
    found: list[list[tuple[str, str]]] = []
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        word, _space, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append([])
        if word:
            found[-1].append((word, rest.strip()))
    return found


def ignored(path: str) -> bool:
    """Whether `.dockerignore` keeps a top-level path from the build."""
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    return f"!{path}" not in lines


def test_the_image_is_built_apart_from_what_it_was_built_with() -> None:
    """From pinned slim bases, the second stage with no source and no build tools, as a user no account has."""
    build, image = stages(DEPLOY / "Dockerfile")
    assert [rest.split()[0] for stage in (build, image) for word, rest in stage if word == "FROM"] == [
        "python:3.12-slim"
    ] * 2
    assert [rest for word, rest in image if word == "COPY"] == ["--from=built /opt/epochbot /opt/epochbot"]
    last = dict(image)
    assert last["USER"] == f"{BOT_USER}:{BOT_USER}"
    assert str(UNPRIVILEGED) not in last["USER"], "the runner's processes are counted by their user"
    assert (json.loads(last["ENTRYPOINT"]), json.loads(last["CMD"]), last["STOPSIGNAL"]) == (
        ["epochbot"],
        ["serve"],
        "SIGTERM",
    )
    assert f"-o {BOT_USER} -g {BOT_USER} -m 0700 /var/lib/epochbot /var/backups/epochbot" in last["RUN"]


def test_all_that_is_copied_is_there_and_sent_and_all_that_is_packed_is_copied() -> None:
    copied = [path for word, rest in stages(DEPLOY / "Dockerfile")[0] if word == "COPY" for path in rest.split()[:-1]]
    assert [path for path in copied if not (ROOT / path).exists() or ignored(path)] == []
    assert set(copied) >= {"bot", "quizzes", "challenges", "runner", "data", "pyproject.toml", "LICENSE", "README.md"}


def test_nothing_private_is_sent_to_be_built() -> None:
    assert (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()[1] == "*"
    assert all(ignored(path) for path in (".env", ".git", "tests", "epochbot.sqlite3"))


def test_the_image_asks_the_address_that_it_sets() -> None:
    last = dict(stages(DEPLOY / "Dockerfile")[1])
    port = re.search(r"EPOCHBOT_HEALTH_PORT=(\d+)", last["ENV"])
    assert port
    assert f"http://127.0.0.1:{port[1]}/readyz" in last["HEALTHCHECK"]


STRINGS = {"type": "array", "items": {"type": "string"}}
SERVICE = {  # of the Compose Specification, as much as is used; nothing else may be
    "type": "object",
    "additionalProperties": False,
    "required": ["build", "image", "init", "restart", "read_only", "user", "cap_drop", "security_opt", "pids_limit"],
    "properties": {
        "build": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"context": {"type": "string"}, "dockerfile": {"type": "string"}},
        },
        "image": {"type": "string"},
        "init": {"const": True},
        "restart": {"type": "string", "pattern": "^(no|always|unless-stopped|on-failure(:[0-9]+)?)$"},
        "network_mode": {"const": "none"},
        "read_only": {"const": True},
        "user": {"type": "string", "pattern": "^[1-9][0-9]*:[1-9][0-9]*$"},
        "group_add": STRINGS,
        "cap_drop": {"const": ["ALL"]},
        "security_opt": {"const": ["no-new-privileges:true"]},
        "pids_limit": {"type": "integer", "minimum": 1},
        "mem_limit": {"type": "string", "pattern": "^[0-9]+[kmg]$"},
        "memswap_limit": {"type": "string", "pattern": "^[0-9]+[kmg]$"},
        "cpus": {"type": "number"},
        "tmpfs": STRINGS,
        "volumes": STRINGS,
        "env_file": STRINGS,
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"condition": {"enum": ["service_started", "service_healthy"]}},
            },
        },
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "required": ["test"],
            "properties": {
                "test": STRINGS,
                "retries": {"type": "integer"},
                **{
                    key: {"type": "string", "pattern": "^[0-9]+s$"}
                    for key in ("interval", "timeout", "start_period", "start_interval")
                },
            },
        },
        "stop_grace_period": {"type": "string", "pattern": "^[0-9]+s$"},
        "logging": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "driver": {"type": "string"},
                "options": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        },
    },
}
COMPOSE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "services", "volumes"],
    "properties": {
        "name": {"type": "string"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
    },
}


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def test_the_compose_file_has_no_key_that_compose_does_not_know(compose: dict[str, Any]) -> None:
    assert [error.message for error in Draft202012Validator(COMPOSE).iter_errors(compose)] == []
    assert set(compose["services"]) == {"runner", "bot"}


def test_what_is_built_and_mounted_is_there(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        context = (DEPLOY / service["build"]["context"]).resolve()
        assert (context, (context / service["build"]["dockerfile"]).is_file()) == (ROOT, True)
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(compose["volumes"])


def test_the_runner_has_no_network_no_token_and_nothing_of_the_bots(compose: dict[str, Any]) -> None:
    runner, bot = compose["services"]["runner"], compose["services"]["bot"]
    assert (runner["network_mode"], runner["env_file"], runner["volumes"]) == (
        "none",
        ["runner.env"],
        ["run:/run/epochbot"],
    )
    assert set(runner["env_file"]) < set(bot["env_file"]), "the secret between them, and the tokens"
    users = [service["user"].partition(":")[0] for service in (runner, bot)]
    assert users == [str(UNPRIVILEGED), str(BOT_USER)]
    assert bot["group_add"] == [str(UNPRIVILEGED)], "to open the socket"


def test_the_runner_is_started_as_its_own_file_says(compose: dict[str, Any]) -> None:
    """The walls of its `docker run` line are those of the compose file."""
    runner = compose["services"]["runner"]
    text = " ".join(
        line.removeprefix("#").strip().rstrip("\\") for line in (RUNNERS / "Dockerfile").read_text().splitlines()
    )
    for flag, value in {
        "--pids-limit": runner["pids_limit"], "--memory": runner["mem_limit"], "--memory-swap": runner["memswap_limit"],
        "--cpus": runner["cpus"], "--tmpfs": runner["tmpfs"][0], "--user": runner["user"], "--network": runner["network_mode"],
    }.items():  # fmt: skip
        assert re.search(rf"{flag} +{re.escape(str(value))}( |$)", text), flag


def test_the_bot_waits_for_its_runner_and_both_are_asked_how_they_are(compose: dict[str, Any]) -> None:
    runner, bot = compose["services"]["runner"], compose["services"]["bot"]
    assert bot["depends_on"] == {"runner": {"condition": "service_healthy"}}
    socket = bot["environment"]["EPOCHBOT_RUNNER_URL"].removeprefix("unix://")
    assert socket in runner["healthcheck"]["test"][-1]
    assert socket in (RUNNERS / "Dockerfile").read_text()
    compile(runner["healthcheck"]["test"][-1], "healthcheck", "exec")
    assert int(bot["stop_grace_period"].removesuffix("s")) > 2 * 25


def test_what_the_bot_writes_outlives_it(compose: dict[str, Any]) -> None:
    bot, env = compose["services"]["bot"], dict(stages(DEPLOY / "Dockerfile")[1])["ENV"]
    mounted = {volume.rpartition(":")[2] for volume in bot["volumes"]}
    assert {re.search(rf"{name}=(\S+)", env)[1] for name in ("EPOCHBOT_HOME", "EPOCHBOT_BACKUP_DIR")} <= mounted  # type: ignore[index]
