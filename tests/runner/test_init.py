"""A box's first process, spoken with directly where no jail is around it: what it says when something fails."""

from __future__ import annotations

import base64
import json
import resource
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.session import parse_done
from runner.values import encode

ROOT = Path(__file__).parents[2]
START = """
import os, resource, sys
sys.path.insert(0, {root!r})
from runner.box.init import main
os.dup2({control}, {place})
if {files}:
    import atexit, base64, binascii, json, random, runner.values
    resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files}))
main({place})
"""
BOUNDS = {"disk_bytes": 1 << 20, "disk_files": 10, "processes": 4, "cpu_s": 10}
TASK = {"args": encode(()).decode(), "echo": False, "cap": 1000, "seed": 1}


class Peer:
    """The other side of a first process."""

    def __init__(self, link: socket.socket, process: subprocess.Popen[bytes]) -> None:
        """Speak over a socket."""
        self.link = link
        self.process = process

    def say(self, message: object) -> None:
        """Send one message."""
        body = json.dumps(message).encode()
        self.link.sendall(struct.pack(">I", len(body)) + body)

    def hear(self) -> bytes:
        """Read one message."""
        (size,) = struct.unpack(">I", self._exactly(4))
        return self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self.link.recv(size - len(found))
            assert part, "it ended"
            found += part
        return found

    def set_up(self, source: str, modules: tuple[str, ...] = ()) -> bytes:
        """Say what it is there for; return what it answers."""
        text = base64.b64encode(source.encode()).decode()
        program = {"source": text, "filename": "a.py", "entry": "f", "driver": "", "script": False}
        self.say({"modules": list(modules), "program": program, "bounds": BOUNDS})
        return self.hear()


@contextmanager
def first_process(*, place: int = 3, files: int = 0) -> Iterator[Peer]:
    """Start one as a plain process; it ends with the block."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        code = START.format(root=str(ROOT), control=theirs.fileno(), place=place, files=files)
        command = [sys.executable, "-B", "-c", code]
        with subprocess.Popen(command, pass_fds=[theirs.fileno()], env={}, stderr=subprocess.PIPE) as process:
            theirs.close()
            try:
                yield Peer(ours, process)
            finally:
                process.kill()


def test_it_serves_call_after_call_and_ends_when_nobody_asks_any_more() -> None:
    """Wherever its socket is."""
    for place in (3, 9):
        with first_process(place=place) as peer:
            assert peer.set_up("def f(): return 7")[:1] == b"R"
            for _call in range(2):
                peer.say(TASK)
                assert peer.hear() == b"S"
                done = parse_done(peer.hear())
                assert (done.status, done.overlong, encode(("ok", 7, None)) in done.raw) == (0, False, True)
            peer.link.close()
            assert peer.process.wait(20) == 0


def test_a_library_that_does_not_import_is_told() -> None:
    """Then nothing is run."""
    with first_process() as peer:
        said = peer.set_up("", modules=("nothing_like_it",))
        assert said == b"FModuleNotFoundError: No module named 'nothing_like_it'"
        assert peer.process.wait(20) == 1


def test_a_child_that_cannot_be_caged_says_why_and_runs_nothing() -> None:
    """Here, because it cannot open one more file."""
    with first_process(files=6) as peer:
        assert peer.set_up("raise SystemExit('this must not run')")[:1] == b"R"
        peer.say(TASK)
        done = parse_done(peer.hear())
        assert done.raw[:1] == b"\x00"
        assert b"Too many open files" in done.raw
        assert done.status == 70 << 8


def test_the_limit_of_files_that_this_rests_on_is_one_that_is_kept() -> None:
    """With one more file it is caged and runs."""
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 64
    with first_process(files=64) as peer:
        assert peer.set_up("def f(): return 7")[:1] == b"R"
        peer.say(TASK)
        assert peer.hear() == b"S"
        assert encode(("ok", 7, None)) in parse_done(peer.hear()).raw
