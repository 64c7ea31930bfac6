"""What keeps the page from being served ends the program, with advice."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.platforms.web.server import PortTakenError, check_port


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_told_with_the_next_free_one(taken_port: int) -> None:
    """What is wrong, and the command that works."""
    with pytest.raises(PortTakenError) as caught:
        check_port(taken_port)
    said = str(caught.value)
    assert said.startswith(f"port {taken_port} is taken by another program; port ")
    free = int(said.split("--port ")[1].split(",")[0])
    assert said.endswith(f"epochbot serve --port {free}, or make demo PORT={free}.")
    check_port(free)


@pytest.mark.parametrize("where", ["option", "environment"])
def test_a_taken_port_ends_serve_with_advice(
    where: str, taken_port: int, tmp_path: Path, epochbot, learner_environment
) -> None:
    """`--port` and EPOCHBOT_PORT are both heard; the answer is on standard error, and the exit code is 2."""
    environment, options = learner_environment(tmp_path / "home"), ["--port", str(taken_port)]
    if where == "environment":
        environment, options = {**environment, "EPOCHBOT_PORT": str(taken_port)}, []
    ended = subprocess.run(
        [*epochbot, "serve", *options],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"epochbot: port {taken_port} is taken by another program; port ")


def test_where_the_app_cannot_open_serve_ends_with_advice(
    port: int, tmp_path: Path, epochbot, learner_environment
) -> None:
    """No page that waits for ever: a damaged database is told, and is left as it is."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "epochbot.sqlite3").write_bytes(b"not a database" * 1000)
    words = [*epochbot, "serve", "--port", str(port)]
    ended = subprocess.run(
        words, env=learner_environment(home), cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("epochbot: The file is not an SQLite database")
    assert (home / "epochbot.sqlite3").read_bytes() == b"not a database" * 1000
