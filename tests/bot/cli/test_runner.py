"""`epochbot runner`: one host runs code for a bot on another, and every command that runs code goes there."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app import open_run
from bot.config import ConfigError, describe, load_settings
from runner import Job, Outcome

KEY = "a-secret-for-the-tests-of-the-bot-0123"
ADDRESS, SECRET, CA = "EPOCHBOT_RUNNER_URL", "EPOCHBOT_RUNNER_SECRET", "EPOCHBOT_RUNNER_CA"


@dataclass(frozen=True)
class There:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    url: str

    def stop(self) -> tuple[int, str]:
        """Ask it to stop; say how it ended and what it complained about."""
        self.process.send_signal(signal.SIGTERM)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err


@pytest.fixture
def there(tmp_path: Path) -> Iterator[There]:
    """`epochbot runner serve`, as an operator starts it."""
    path = tmp_path / "runner.sock"
    command = [sys.executable, "-m", "bot", "runner", "serve", "--unix", str(path)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), SECRET: KEY}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=tmp_path, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        assert line.startswith(f"Runner is at unix://{path} (isolation "), process.communicate()
        yield There(process, f"unix://{path}")
    finally:
        process.kill()
        process.communicate()


async def kept() -> list[Outcome]:
    """Run twice as the bot does, which keeps its connections."""
    async with open_run(load_settings()) as (run, _expect):
        return [(await run(Job(source="print(1)"))).outcome for _ in range(2)]


def test_commands_that_run_code_use_the_runner_that_is_set(epochbot, there: There, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "x.py").write_text("print('from afar')")
    monkeypatch.setenv(ADDRESS, there.url)
    monkeypatch.setenv(SECRET, KEY)
    health = epochbot("runner", "health", "--json").json
    assert (health["profiles"][0], health["running"], health["waiting"]) == ("stdlib", 0, 0)
    ran = epochbot("run", "x.py", "--profile", "stdlib", "--json")
    assert (ran.code, ran.json["outcome"], ran.json["stdout"]) == (0, "ok", "from afar\n")
    assert asyncio.run(kept()) == [Outcome.OK] * 2
    asked = epochbot("run", "x.py", "--profile", "stdlib", "--wall", "3000")
    assert (asked.code, "job.limits.wall_s: is 3000.0, more than the 120.0 allowed" in asked.err) == (125, True)

    monkeypatch.setenv(SECRET, KEY + "X")
    wrong = epochbot("run", "x.py", "--profile", "stdlib")
    told = f"The remote runner does not know our secret. Set {SECRET} to the same value on both hosts, and start both again."
    assert (wrong.code, wrong.err, KEY in wrong.err) == (125, f"epochbot: {told}\n", False)

    monkeypatch.setenv(SECRET, KEY)
    assert there.stop() == (0, "")
    gone = epochbot("run", "x.py", "--profile", "stdlib", "--json")
    assert (gone.code, gone.json["outcome"], gone.json["detail"]) == (
        1,
        "internal",
        "The remote runner cannot be reached.",
    )


def test_without_a_secret_nothing_is_served(epochbot) -> None:
    done = epochbot("runner", "serve", "--port", "0")
    assert (done.code, done.out, done.err.startswith(f"epochbot: {SECRET} is not set")) == (2, "", True)


def test_on_a_network_without_tls_nothing_is_served(epochbot, monkeypatch) -> None:
    monkeypatch.setenv(SECRET, KEY)
    done = epochbot("runner", "serve", "--host", "192.0.2.1", "--port", "0")
    assert (done.code, done.err.startswith("epochbot: Listening on 192.0.2.1 without TLS")) == (2, True)


def test_health_without_an_address_says_what_to_set(epochbot) -> None:
    done = epochbot("runner", "health")
    assert (done.code, f"{ADDRESS} is not set" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({ADDRESS: "unix:///run/s"}, f"{SECRET} is not set"),
        ({ADDRESS: "unix:///run/s", SECRET: "short"}, f"{SECRET} has 5 characters"),
        ({ADDRESS: "http://runner.example", SECRET: KEY}, "in the open"),
        ({ADDRESS: "https://runner.example", SECRET: KEY, CA: "none.pem"}, "The certificates in none.pem"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused_before_anything_runs(
    monkeypatch, settings: dict[str, str], message: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=f"The runner at {ADDRESS} cannot be used. .*{message}"):
        async with open_run(load_settings()):
            pass


def test_an_empty_address_is_none_and_a_secret_is_never_shown(monkeypatch) -> None:
    monkeypatch.setenv(ADDRESS, " ")
    monkeypatch.setenv(SECRET, KEY)
    monkeypatch.setenv(CA, "")
    shown = describe(load_settings())
    assert (shown[ADDRESS], shown[SECRET], shown[CA]) == ("not set", "set (hidden)", "not set")
