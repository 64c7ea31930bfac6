"""Makes and joins namespaces by raw system calls, and reads the few facts about itself that a jailed process needs.

Knows no job and no learner. `/proc` is reached through a descriptor only, because inside a jail it is not mounted.
"""
from __future__ import annotations

import ctypes
import os

NEW_MOUNTS, NEW_CGROUP, NEW_UTS, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000
CELL = NEW_USER | NEW_MOUNTS | NEW_CGROUP | NEW_UTS | NEW_IPC
"""All that a cell has of its own, besides its processes. The empty network is the jail's: no worker can make a socket, and
a network for each would cost a seventh of all runs."""

_DETACH = 2
_COLLAPSE = 25  # madvise, Linux 6.1
_HUGE = 2 << 20

_libc = ctypes.CDLL(None, use_errno=True)
_libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


def must(name: str, *arguments: object) -> None:
    """Call a function of the C library that returns 0 when it worked.

    Raises:
        OSError: when it did not.
    """
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave some namespaces for new ones."""
    must("unshare", ctypes.c_int(flags))


def join(pidfd: int, flags: int) -> None:
    """Enter some namespaces of a process."""
    must("setns", ctypes.c_int(pidfd), ctypes.c_int(flags))


def take_proc() -> int:
    """Open /proc and take it out of sight; what is returned is the one way left to it."""
    handle = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    must("umount2", b"/proc", _DETACH)
    return handle


def _write(proc: int, name: str, text: str) -> None:
    file = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
    try:
        os.write(file, text.encode("ascii"))
    finally:
        os.close(file)


def _read(proc: int, name: str) -> str:
    with os.fdopen(os.open(f"self/{name}", os.O_RDONLY, dir_fd=proc)) as file:
        return file.read()


def new_user(proc: int, flags: int, user: int, group: int) -> None:
    """Enter a new user namespace, and others that it owns, as the same user."""
    unshare(NEW_USER | flags)
    _write(proc, "setgroups", "deny")
    _write(proc, "uid_map", f"{user} {user} 1")
    _write(proc, "gid_map", f"{group} {group} 1")


def threads(proc: int) -> int:
    """Count this process's threads, those of compiled libraries too."""
    for line in _read(proc, "status").splitlines():
        if line.startswith("Threads:"):
            return int(line.split()[1])
    return 0


def gather_memory(proc: int) -> int:
    """Gather this process's memory in huge pages and return how many; a fork then copies far fewer page tables.

    A kernel that cannot does nothing, and forks are slower.
    """
    gathered = 0
    for line in _read(proc, "maps").splitlines():
        span, rights, *rest = line.split()
        if rights.startswith("rw-p") and (len(rest) == 3 or rest[3] == "[heap]"):
            first, last = (int(end, 16) for end in span.split("-"))
            for at in range(-(-first // _HUGE) * _HUGE, last - _HUGE + 1, _HUGE):
                gathered += _libc.madvise(at, _HUGE, _COLLAPSE) == 0
    return gathered
