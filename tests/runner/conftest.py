"""A runner with real boxes, small limits, and a plain process to show that an attack works where nothing stops it."""

from __future__ import annotations

import contextlib
import gc
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runner import Call, ColdRunner, Isolation, Job, Limits, Result, groups
from runner.job import MIB
from runner.libraries import jail_program
from runner.warm import WarmRunner

SMALL = Limits(
    wall_s=5.0,
    memory_bytes=48 * MIB,
    processes=16,
    stdout_bytes=8192,
    stderr_bytes=8192,
    result_bytes=256 * 1024,
    disk_bytes=1 * MIB,
    disk_files=50,
    source_bytes=64 * 1024,
)

Runner = Any  # anything whose `run` takes a job: a cold runner, or the shared warm one
RunSource = Callable[..., Awaitable[Result]]


@pytest.fixture(name="leftovers")
def _leftovers() -> Callable[[], list[int]]:
    """Finds processes of boxes that were made since the test began and are still there.

    What runners that are shared by many tests have started, and start meanwhile, descends from processes seen here.
    """
    runners, there = _live_runners(), _descendants()

    def found() -> list[int]:
        shared = there | _jails(runners)  # a zygote is started when it is first asked for
        return [pid for pid in _boxed() if _root_of(pid) in (1, os.getpid()) and not shared & set(_above(pid))]

    return found


@pytest.fixture
def boxes() -> Callable[[], list[int]]:
    """Finds the processes of all boxes of this process, shared ones too."""
    return lambda: [pid for pid in _boxed() if _root_of(pid) in (1, os.getpid())]


@pytest.fixture(name="strays")
def _strays() -> Callable[[], list[str]]:
    """Finds control groups that this process has made since the test began, but for those of shared runners."""
    shared = _live_runners()
    already = _groups()
    return lambda: sorted(_groups() - already - _groups_of(shared))


def _live_runners() -> list[WarmRunner]:
    """Find every warm runner of this process, whoever made it."""
    return [thing for thing in gc.get_objects() if type(thing) is WarmRunner]


def _jails(runners: list[WarmRunner]) -> set[int]:
    """List the processes that the jails of warm runners were started as."""
    return {pool.zygote.box.process.pid for runner in runners for pool in runner.pools.values() if pool.zygote}


def _groups() -> set[str]:
    """List the control groups this process has made."""
    mine = f"epochbot-{os.getpid()}-*"
    return {str(path) for place in groups.here() for _name, folder in place.folders for path in folder.glob(mine)}


def _groups_of(runners: list[WarmRunner]) -> set[str]:
    """List the folders of the groups of warm runners' workers."""
    zygotes = [pool.zygote for runner in runners for pool in runner.pools.values() if pool.zygote]
    found = [cell.group for zygote in zygotes for cell in zygote.cells.values() if cell.group]
    return {str(folder) for group in found for _name, folder in group.folders}


def _descendants() -> set[int]:
    """List the processes below this one."""
    everyone = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return {pid for pid in everyone if pid != os.getpid() and os.getpid() in _above(pid)}


def _above(pid: int) -> Iterator[int]:
    """Climb from a process to the first one."""
    while pid > 1:
        yield pid
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return
        pid = int(status.split("PPid:")[1].split()[0])


def _boxed() -> Iterator[int]:
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with contextlib.suppress(OSError):
                if b"LOGNAME=learner\0" in (path / "environ").read_bytes():
                    yield int(path.name)


def _root_of(pid: int) -> int:
    """Climb to this process or to the first one; another suite's boxes end at neither before their own."""
    while pid not in (0, 1, os.getpid()):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return 0
        parent = int(status.split("PPid:")[1].split()[0])
        if parent == 1 and b"LOGNAME=learner\0" not in Path(f"/proc/{pid}/environ").read_bytes():
            return 0  # someone else's program, with boxes of its own
        pid = parent
    return pid


@pytest.fixture
def small() -> Limits:
    """Limits small enough that passing them harms nothing."""
    return SMALL


@pytest.fixture
def cold() -> ColdRunner:
    """A runner that takes what isolation this host has, never none."""
    return ColdRunner(Isolation.REDUCED)


@pytest.fixture(params=["cold", "warm"])
def runner(request: pytest.FixtureRequest) -> Runner:
    """Both ways to run: what one promises, the other keeps."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def script(runner: Runner) -> RunSource:
    """Run a source as a script in a box."""

    async def run(source: str | bytes, limits: Limits = SMALL, **fields: object) -> Result:
        text = textwrap.dedent(source) if isinstance(source, str) else source
        return await runner.run(Job(source=text, limits=limits, **fields))  # type: ignore[arg-type]  # a test's own

    return run


@pytest.fixture
def call(runner: Runner) -> RunSource:
    """Call `f` of a source in a box, once for each tuple of arguments."""

    async def run(source: str, *arguments: tuple[object, ...], limits: Limits = SMALL, **fields: object) -> Result:
        calls = tuple(Call(id=str(at), args=args) for at, args in enumerate(arguments or ((),)))
        job = Job(source=textwrap.dedent(source), entry="f", calls=calls, limits=limits, **fields)  # type: ignore[arg-type]
        return await runner.run(job)

    return run


PLAIN: dict[tuple[str, float | None], str] = {}
POWERFUL: dict[str, str] = {}
"""What controls printed, by what was run."""


@dataclass(frozen=True)
class Host:
    """What an attack could reach if nothing stopped it, and a process that nothing stops."""

    scratch: Path
    port: int
    names: dict[str, str]

    def fill(self, source: str, *, boxed: bool) -> str:
        """Put this host's names into an attack; what it may overwrite differs, so that controls harm nothing."""
        folders = "/python/bin:/python/lib:/box:/box/runner/box:/usr/lib:/dev:/" if boxed else str(self.scratch)
        files = "/box/runner/box/init.py" if boxed else str(self.scratch / "victim")
        text = textwrap.dedent(source)
        for name, value in {**self.names, "FOLDERS": folders, "VICTIM": files}.items():
            text = text.replace(f"@{name}@", value)
        return text

    def plain(self, source: str, *, stop_after: float | None = None) -> str:
        """Run an attack as an ordinary process below another ordinary process; return what it printed.

        What one did once in this process of tests is not tried again: both runners have the same control.
        """
        if (source, stop_after) not in PLAIN:
            PLAIN[source, stop_after] = self._plain(source, stop_after)
        return PLAIN[source, stop_after]

    def _plain(self, source: str, stop_after: float | None) -> str:
        path = self.scratch / "attack.py"
        path.write_text(self.fill(source, boxed=False))
        parent = f"import os, sys; os.spawnv(os.P_WAIT, sys.executable, [sys.executable, {str(path)!r}])"
        return self._output([sys.executable, "-c", parent], stop_after)

    def powerful(self, source: str) -> str:
        """Run an attack in namespaces of its own with every capability kept, where it can harm nothing; once, too."""
        if source not in POWERFUL:
            POWERFUL[source] = self._powerful(source)
        return POWERFUL[source]

    def _powerful(self, source: str) -> str:
        path = self.scratch / "attack.py"
        path.write_text(self.fill(source, boxed=False))
        jail = [jail_program().path, "--unshare-user", "--unshare-pid", "--unshare-uts", "--dev-bind", "/", "/"]
        inner = ["--cap-add", "ALL", "--die-with-parent", "--", sys.executable, str(path)]
        return self._output([*jail, *inner], None)

    def _output(self, command: list[str], stop_after: float | None) -> str:
        reading, writing = os.pipe()
        environment = {"SECRET": "hunter2", "PATH": "/usr/bin:/bin", "HOME": str(self.scratch)}
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=self.scratch,
            pass_fds=(writing,),
            start_new_session=True,
            text=True,
        )
        try:
            return process.communicate(timeout=stop_after or 30)[0]
        except subprocess.TimeoutExpired:
            assert stop_after, "the control itself hung"
            return "STILL RUNNING"
        finally:
            for fd in (reading, writing):
                os.close(fd)
            _end_session(process, f"HOME={self.scratch}")


def _end_session(process: subprocess.Popen[str], mark: str) -> None:
    """End a control and all it started, also what has left its session: their environment tells whose they are."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    while strays := _with_environment(mark):
        for pid in strays:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    if process.stdout:
        process.stdout.close()
    process.wait()


def _with_environment(mark: str) -> list[int]:
    """Find live processes that were started with a setting; a zombie's environment reads as empty."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


@pytest.fixture
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A scratch folder, a secret file and three sockets that a free process reaches."""
    scratch = tmp_path_factory.mktemp("host")
    (scratch / "canary").write_text("hunter2")
    (scratch / "victim").write_text("untouched")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as named,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        named.bind(str(scratch / "s"))
        named.listen()
        abstract.bind(f"\0epochbot-{scratch}")
        abstract.listen()
        names = {
            "CANARY": str(scratch / "canary"),
            "PORT": str(tcp.getsockname()[1]),
            "NAMED": str(scratch / "s"),
            "ABSTRACT": f"epochbot-{scratch}",
            "HOSTNAME": socket.gethostname(),
            "PREFIX": sys.base_prefix,
            "TOKEN": secrets.token_hex(8),
            "KEY": str(secrets.randbelow(1 << 30) + 1),
        }
        yield Host(scratch, tcp.getsockname()[1], names)
    shutil.rmtree(scratch, ignore_errors=True)
