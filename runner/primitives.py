"""Attempts, one by one and each in a throw-away process, what isolation is made of; says what the kernel answered.

A box that does not come up says only how far it got. This says which of its parts this host refuses, and is asked when
someone wants to know: no run depends on it.
"""
from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from runner.box import cage, filters, landlock, namespaces
from runner.box.namespaces import NEW_CGROUP, NEW_IPC, NEW_MOUNTS, NEW_NET, NEW_PID, NEW_USER, NEW_UTS, must
from runner.launch import become

WORKED = "worked"
TIMEOUT_S = 30
_SHARED_FILES = 0x400  # what a process may always stop sharing, unless a filter refuses the call as such
_RECURSIVE_PRIVATE, _NOSUID = 16384 | 1 << 18, 2
_SETTINGS = Path("/proc/sys/kernel")  # read only to choose among remedies, never to decide whether something works
_REMEDIES = ("apparmor_restrict_unprivileged_userns", "unprivileged_userns_clone")
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_START = (
    "import sys, types; m = types.ModuleType('runner'); m.__path__ = [sys.argv[1]]; sys.modules['runner'] = m; "
    "from runner.primitives import main; main(sys.argv[2], int(sys.argv[3]))"
)

Attempt = Callable[[], None]


def _own(flags: int) -> None:
    """Enter a user namespace and others that it owns."""
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    namespaces.new_user(proc, flags, os.getuid(), os.getgid())


def _first_process() -> None:
    _own(NEW_PID)
    child = os.fork()
    if child == 0:
        os._exit(0 if os.getpid() == 1 else 1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise OSError(errno.EINVAL, "it is not process 1")


def _mount() -> None:
    _own(NEW_MOUNTS)
    must("mount", b"none", b"/", None, ctypes.c_ulong(_RECURSIVE_PRIVATE), None)
    must("mount", b"disk", b"/tmp", b"tmpfs", ctypes.c_ulong(_NOSUID), b"size=64k")


def _new_root() -> None:
    _mount()
    Path("/tmp/old").mkdir(0o700)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(_PIVOT_ROOT[os.uname().machine]), b"/tmp", b"/tmp/old") != 0:
        raise OSError(ctypes.get_errno(), "pivot_root")
    must("umount2", b"/old", 2)
    if list(Path("/").iterdir()) != [Path("/old")]:
        raise OSError(errno.EEXIST, "the old root can still be seen")


def _no_network(port: int) -> Attempt:
    def attempt() -> None:
        _own(NEW_NET)
        with socket.socket() as client:
            client.settimeout(1)
            code = client.connect_ex(("127.0.0.1", port))
        if code not in (errno.ECONNREFUSED, errno.ENETUNREACH):
            raise OSError(code or errno.EISCONN, "this host could be reached")

    return attempt


def _filter() -> None:
    cage.drop_powers()
    cage.load_filter(filters.program(os.uname().machine))
    try:
        must("unshare", _SHARED_FILES)
    except PermissionError:
        return
    raise OSError(errno.EINVAL, "it refuses nothing")


def _landlock() -> None:
    cage.drop_powers()
    landlock.restrict([], landlock.version())
    try:
        os.close(os.open("/", os.O_RDONLY))
    except PermissionError:
        return
    raise OSError(errno.EINVAL, "it refuses nothing")


def attempts(port: int) -> dict[str, Attempt]:
    """List what is attempted, each to be done in a process of its own; a port of this host is to stay out of reach."""
    return {
        "unshare": lambda: namespaces.unshare(_SHARED_FILES),
        "user": lambda: namespaces.unshare(NEW_USER),
        "identity": lambda: _own(0),
        "mount": _mount,
        "root": _new_root,
        "process": _first_process,
        "network": _no_network(port),
        "ipc": lambda: _own(NEW_IPC),
        "host name": lambda: _own(NEW_UTS),
        "group": lambda: _own(NEW_CGROUP),
        "filter": _filter,
        "landlock": _landlock,
    }


def _answer(attempt: Attempt) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return WORKED


def _try(attempt: Attempt) -> str:
    """Do it in a child, and return what it was told."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, _answer(attempt).encode("ascii", "replace"))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read().decode("ascii")
    os.waitpid(child, 0)
    return said or "it was killed"


def main(user: str, port: int) -> None:
    """Attempt everything as a user, and print what came of each."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    said = {"become": _answer(lambda: become(int(user)))} if user else {}
    cage.show()  # who changes his user may otherwise not write his own identity map
    said |= {name: _try(attempt) for name, attempt in attempts(port).items()}
    said["version"] = str(landlock.version())
    said |= {name: (_SETTINGS / name).read_text().strip() for name in _REMEDIES if (_SETTINGS / name).is_file()}
    sys.stdout.write(json.dumps(said))


def ask(user: int | None) -> dict[str, str]:
    """Attempt everything in processes apart, as a user where one is named, and return what came of each."""
    if not sys.platform.startswith("linux"):
        return {}
    with socket.create_server(("127.0.0.1", 0)) as server:
        named = "" if user is None else str(user)
        arguments = [str(Path(__file__).parent), named, str(server.getsockname()[1])]
        command = [sys.executable, "-I", "-S", "-c", _START, *arguments]
        done = subprocess.run(
            command, env={}, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    try:
        said: dict[str, str] = json.loads(done.stdout)
    except ValueError:
        return {"start": done.stderr.decode("utf-8", "replace").strip()[-300:] or "no answer"}
    return said
