"""Confines a process to some files by Landlock: what is not named can be neither read nor written nor listed.

Knows the kernel's interface and its versions, and nothing of runs. Needs neither root nor namespaces.
"""
from __future__ import annotations

import ctypes
import errno
import os
import stat
from collections.abc import Iterable

LEAST = 3  # before it, a file that may not be written could still be cut off
READ, LIST, WRITE = 1 << 2, 1 << 3, 1 << 1

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every machine
_ASK_VERSION = 1
_BENEATH = 1
_QUIET = 1 << 0 | 1 << 2  # a run must not be able to fill the host's audit log with what it was refused
_FILES = (1 << 13) - 1  # every right of the first version
_REFER, _TRUNCATE, _DEVICES = 1 << 13, 1 << 14, 1 << 15  # link across folders, cut off, control
_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract sockets, signals

_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _call(number: int, *arguments: object) -> int:
    answer = int(_libc.syscall(ctypes.c_long(number), *arguments))
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock: {os.strerror(code)}")
    return answer


def version() -> int:
    """Return the version this kernel has, 0 when it has none or was started without it."""
    try:
        return _call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP):
            return 0
        raise


def handled(known: int) -> tuple[int, int, int]:
    """Return all that a version can refuse: rights on files, on the network, and ways out of the process. Pure."""
    files = _FILES
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _DEVICES)):
        files |= right if known >= since else 0
    return files, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0


def restrict(allowed: Iterable[tuple[str, int]], known: int) -> None:
    """Refuse this process, and all it will ever start, every file but some, and all else that a version can refuse.

    Args:
        allowed: paths with what may be done with them and, for folders, with all below them.
        known: the version to use, at least `LEAST`.

    Raises:
        OSError: when the kernel has no such version, or a path is not there; nothing is then refused.
    """
    if known < LEAST:
        raise OSError(errno.EOPNOTSUPP, f"landlock: version {known} is too old, {LEAST} is needed")
    rules = _Ruleset(*handled(known))
    ruleset = _call(_CREATE, ctypes.byref(rules), ctypes.c_size_t(ctypes.sizeof(rules)), ctypes.c_uint32(0))
    try:
        for path, rights in allowed:
            _allow(ruleset, path, rights)
        _call(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(_QUIET if known >= 7 else 0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(beneath).st_mode):
            rights &= ~LIST
        rule = _Beneath(rights, beneath)
        _call(_ADD, ctypes.c_int(ruleset), ctypes.c_int(_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(beneath)
