"""`serve`: what may be started and where, what it leaves behind, and the whole of it as a program of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from runner import CannotIsolate, Isolation, Job, Limits, Outcome, Result
from runner.job import MIB
from runner.probe import Check, Report
from runner.remote.client import RemoteRunner
from runner.remote.errors import SetupError
from runner.remote.serve import Plan, configure, plan_from, serve

KEY = "a-secret-for-the-tests-of-serve-0123"
SETTING = "EPOCHBOT_RUNNER_SECRET"
JOB = Job(source="x")


def plan(*words: str) -> Plan:
    """Read options as the shell does."""
    parser = argparse.ArgumentParser()
    configure(parser)
    return plan_from(vars(parser.parse_args(words)))


def test_options_make_a_plan() -> None:
    made = plan("--port", "0", "--slots", "3", "--queue", "9", "--max-wall", "7", "--max-memory-mb", "64")
    given = (made.host, made.port, made.minimum, made.bounds.slots, made.bounds.waiting)
    assert given == ("127.0.0.1", 0, Isolation.REDUCED, 3, 9)
    assert (made.bounds.limits.wall_s, made.bounds.limits.memory_bytes) == (7.0, 64 * MIB)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Say where to listen: --unix PATH on one machine, or --host H --port P; one of the two."),
        (("--unix", "s", "--port", "1"), "Say where to listen: --unix PATH on one machine, or --host H --port P; one of the two."),
        (("--port", "1", "--tls-cert", "c"), "TLS needs a certificate and its key: give both --tls-cert and --tls-key."),
        (("--port", "1", "--tls-key", "k"), "TLS needs a certificate and its key: give both --tls-cert and --tls-key."),
        (("--port", "1", "--host", "192.0.2.1"), "Listening on 192.0.2.1 without TLS would send the secret and learners' code in the open."),
        (("--port", "1", "--host", "::"), "Listening on :: without TLS would send the secret and learners' code in the open."),
    ],
)  # fmt: skip
def test_a_plan_that_says_nothing_or_is_not_safe_is_refused(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(SetupError) as caught:
        plan(*words)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "words",
    [
        ("--host", "192.0.2.1", "--tls-cert", "c", "--tls-key", "k"),
        ("--host", "192.0.2.1", "--behind-tls-proxy"),
    ],
)
def test_a_network_may_be_listened_on_when_tls_ends_here_or_before(words: tuple[str, ...]) -> None:
    assert plan("--port", "1", *words).host == "192.0.2.1"


@pytest.mark.parametrize(
    "words", [("--port", "65536"), ("--slots", "0"), ("--queue", "-1"), ("--mode", "rw"), ("--minimum", "none")]
)
def test_an_option_out_of_range_is_a_matter_for_the_parser(words: tuple[str, ...], capsys: Any) -> None:
    with pytest.raises(SystemExit, match="2"):
        plan("--unix", "s", *words)
    assert f"argument {words[0]}" in capsys.readouterr().err


class Echo:
    """A runner that says the source again."""

    async def run(self, job: Job) -> Result:
        """Say it."""
        return Result(outcome=Outcome.OK, isolation=Isolation.REDUCED, stdout=str(job.source))


REDUCED = Report(
    Isolation.REDUCED,
    (Check("groups", ok=False, found="control groups: none could be made", why="", fix="Make some."),),
)
WALLS = Check("network", ok=False, found="connecting to this host: worked", why="", fix="Mend the kernel.")


class Started:
    """A server of this process, until the block ends."""

    def __init__(self, made: Plan, report: Report = REDUCED) -> None:
        self.stop = asyncio.Event()
        self.said: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def prove() -> Report:
            return report

        def open_runner(_minimum: Isolation, _slots: int) -> nullcontext[Echo]:
            return nullcontext(Echo())

        self.task = asyncio.create_task(serve(made, KEY, open_runner, self.stop, self.said.set_result, prove))

    async def __aenter__(self) -> str:
        done, _ = await asyncio.wait([self.task, self.said], return_when=asyncio.FIRST_COMPLETED)
        if self.task in done:
            await self.task
        return self.said.result()

    async def __aexit__(self, *_what: object) -> None:
        self.stop.set()
        await self.task


async def test_a_socket_in_the_file_system_is_its_owners_alone_and_is_gone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with Started(plan("--unix", str(path))) as said:
        assert said.startswith(f"Runner is at unix://{path} (isolation reduced; stdlib, numpy")
        mode = stat.S_IMODE(path.stat().st_mode)
        result = await RemoteRunner(f"unix://{path}", KEY).run(JOB)
    assert (oct(mode), result.stdout, path.exists()) == (oct(0o600), "x", False)


async def test_a_socket_may_be_shared_with_a_group(tmp_path: Path) -> None:
    async with Started(plan("--unix", str(tmp_path / "s"), "--mode", "660")):
        assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o660


async def test_a_socket_that_a_killed_server_left_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "s"))
    async with Started(plan("--unix", str(tmp_path / "s"))):
        assert (await RemoteRunner(f"unix://{tmp_path}/s", KEY).run(JOB)).outcome is Outcome.OK


async def test_a_socket_that_somebody_answers_on_is_left_alone(tmp_path: Path) -> None:
    made = plan("--unix", str(tmp_path / "s"))
    async with Started(made):
        with pytest.raises(SetupError, match=r"Another server answers on .*/s\. Stop it"):
            await Started(made).__aenter__()
        assert (await RemoteRunner(f"unix://{tmp_path}/s", KEY).run(JOB)).outcome is Outcome.OK


async def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("precious")
    with pytest.raises(SetupError, match=r"exists and is no socket\. Choose another path\."):
        await Started(plan("--unix", str(tmp_path / "s"))).__aenter__()
    assert (tmp_path / "s").read_text() == "precious"


@pytest.mark.parametrize("name", ["none/s", "s" * 200])
async def test_a_path_that_cannot_be_is_told_with_advice(tmp_path: Path, name: str) -> None:
    with pytest.raises(SetupError, match=r"Cannot listen on .* Choose a path of less than 100 characters in a folder"):
        await Started(plan("--unix", str(tmp_path / name))).__aenter__()


async def test_tcp_is_named_by_the_port_it_got(tmp_path: Path, certificate) -> None:
    files = ("--tls-cert", str(certificate.cert), "--tls-key", str(certificate.key))
    async with Started(plan("--port", "0")) as plain, Started(plan("--port", "0", *files)) as tls:
        urls = [said.split()[3] for said in (plain, tls)]
        assert [url.rpartition(":")[0] for url in urls] == ["http://127.0.0.1", "https://127.0.0.1"]
        for url in urls:
            assert (await RemoteRunner(url, KEY, ca_file=certificate.cert).run(JOB)).outcome is Outcome.OK


async def test_a_port_that_is_taken_is_told_with_advice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(SetupError, match=rf"Cannot listen on 127\.0\.0\.1 port {port}: Address already in use"):
            await Started(plan("--port", port)).__aenter__()


@pytest.fixture
def bad_files(tmp_path: Path, certificate, make_cert: Callable[..., Any]) -> dict[str, tuple[Path, Path]]:
    """Certificates and keys that do not belong together, or are none."""
    (tmp_path / "other").mkdir()
    (tmp_path / "text").write_text("text")
    locked = tmp_path / "locked.pem"
    seal = ["openssl", "pkey", "-in", str(certificate.key), "-aes256", "-passout", "pass:word", "-out", str(locked)]
    subprocess.run(seal, check=True, capture_output=True)
    return {
        "missing": (tmp_path / "none", certificate.key),
        "no certificate": (tmp_path / "text", certificate.key),
        "another key": (certificate.cert, make_cert(tmp_path / "other").key),
        "a key with a password": (certificate.cert, locked),
    }


@pytest.mark.parametrize("kind", ["missing", "no certificate", "another key", "a key with a password"])
async def test_a_certificate_that_cannot_be_used_is_told_with_advice(bad_files: Any, kind: str) -> None:
    cert, key = bad_files[kind]
    with pytest.raises(SetupError, match=r"cannot be used: .*\. Give PEM files that belong together"):
        await Started(plan("--port", "0", "--tls-cert", str(cert), "--tls-key", str(key))).__aenter__()


@pytest.mark.parametrize(
    ("report", "words", "message"),
    [
        (
            Report(Isolation.NONE, (*REDUCED.checks, WALLS)),
            (),
            "Isolation here is none, and at least reduced is asked for. connecting to this host: worked. Mend the kernel.",
        ),
        (
            REDUCED,
            ("--minimum", "strong"),
            "Isolation here is reduced, and at least strong is asked for. control groups: none could be made. Make some.",
        ),
        (Report(Isolation.NONE, ()), (), "Isolation here is none, and at least reduced is asked for."),
    ],
)
async def test_below_the_minimum_nothing_listens(
    tmp_path: Path, report: Report, words: tuple[str, ...], message: str
) -> None:
    with pytest.raises(CannotIsolate) as caught:
        await Started(plan("--unix", str(tmp_path / "s"), *words), report).__aenter__()
    assert (str(caught.value), (tmp_path / "s").exists()) == (message, False)


ALONE = """
import runpy, sys
sys.modules.update(bot=None, quizzes=None, challenges=None)
runpy.run_module("runner", run_name="__main__", alter_sys=True)
"""


def program(*words: str, **environ: str) -> subprocess.Popen[str]:
    """Start `python -m runner serve` where there is no bot."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environ}
    return subprocess.Popen(
        [sys.executable, "-c", ALONE, "serve", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a program to end."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def first_line(process: subprocess.Popen[str]) -> str:
    """Wait until it says that it is there."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, ended(process)
    return line


async def test_the_program_serves_real_boxes_and_ends_what_runs_before_it_stops(tmp_path: Path) -> None:
    path = tmp_path / "s"
    process = program("--unix", str(path), **{SETTING: KEY})
    try:
        line = await asyncio.to_thread(first_line, process)
        async with RemoteRunner(f"unix://{path}", KEY) as runner:
            job = Job(source="import time\nprint(1, flush=True)\ntime.sleep(1)\nprint(2)", limits=Limits(wall_s=10.0))
            running = asyncio.create_task(runner.run(job))
            while (await runner.health()).running < 1:
                assert not running.done()
            process.send_signal(signal.SIGTERM)
            result = await running
        code, out, err = await asyncio.to_thread(ended, process)
    finally:
        process.kill()
    assert line.startswith(f"Runner is at unix://{path} (isolation ")
    assert (result.outcome, result.stdout, code, out, err) == (Outcome.OK, "1\n2\n", 0, "", "")
    assert not path.exists()


async def test_the_program_stops_at_once_when_told_twice(tmp_path: Path) -> None:
    process = program("--unix", str(tmp_path / "s"), **{SETTING: KEY})
    try:
        await asyncio.to_thread(first_line, process)
        async with RemoteRunner(f"unix://{tmp_path}/s", KEY) as runner:
            endless = Job(source="import time\ntime.sleep(100)", limits=Limits(wall_s=100.0))
            running = asyncio.create_task(runner.run(endless))
            while (await runner.health()).running < 1:
                assert not running.done()
            process.send_signal(signal.SIGINT)
            while running in (await asyncio.wait([running], timeout=0.2))[1]:
                process.send_signal(signal.SIGINT)
            result = await running
        code, _, err = await asyncio.to_thread(ended, process)
    finally:
        process.kill()
    assert (result.outcome, code, err) == (Outcome.INTERNAL, 0, "")


def test_the_program_refuses_with_advice_and_exit_code_2() -> None:
    code, out, err = ended(program("--port", "0", "--host", "192.0.2.1", **{SETTING: KEY}))
    assert (code, out, err.startswith("Listening on 192.0.2.1 without TLS"), KEY in err) == (2, "", True, False)
