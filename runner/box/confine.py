"""The first process of a run on a host without namespaces: confines itself, then serves calls like any box's.

Files are kept by Landlock, which a fork inherits. Each forked child gets a second filter on top of the usual one, which
refuses what namespaces would otherwise have made harmless: new processes and programs, sockets, signals to others,
owners and modes of files, and all that System V and POSIX keep for a whole host.
"""
from __future__ import annotations

import ctypes
import errno
import functools
import json
import os
import resource
import signal
import struct
import sys
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from typing import Any

from runner.launch import become

from . import cage, filters, init, landlock

_LOAD, _EQUAL, _AT_LEAST, _ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER_AT, _ARGS_AT = 0, 16
_THREAD = 0x00010000  # clone's flag for a thread
_NEWEST = 424  # from here on numbers are the same on every machine
_KNOWN_NEW = (436, 437, 439, 441, 449, 453, 454, 455, 456, 462)
"""close_range, openat2, faccessat2, epoll_pwait2, futex_waitv, shadow stacks, futexes, mseal."""
_STREAMS = (0x1, 0x801, 0x80001, 0x80801)  # alone or not waiting, closed on exec: a pair that can be led nowhere else
_TERMINAL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # is it a terminal, how wide; how much is there; flags
_OTHERS_TOLD = (8, 10, 15, 1024, 1026)  # fcntl: owner, signal, owner, lease, notices about folders
_DEATH_SIGNAL, _DUMPABLE, _SUBREAPER, _NO_NEW_PRIVILEGES, _TRACER = 1, 4, 36, 38, 0x59616D61

# name: (x86_64, aarch64); None where the machine has no such call
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "shmget": (29, 194),
    "shmctl": (31, 195),
    "shmat": (30, 196),
    "semget": (64, 190),
    "semctl": (66, 191),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgctl": (71, 187),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "memfd_create": (319, 279),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "setpriority": (141, 140),
    "setpgid": (109, 154),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "ioprio_set": (251, 30),
}
_ATTRIBUTES = (tuple(range(188, 200)), tuple(range(5, 17)))  # reading, listing, setting, removing them
_CLONE, _KILL, _TGKILL = (56, 220), (62, 129), (234, 131)
_SOCKETPAIR, _PRCTL, _FCNTL, _IOCTL, _SET_AFFINITY = (53, 199), (157, 167), (72, 25), (16, 29), (203, 122)
_MACHINES = {"x86_64": 0, "aarch64": 1}

_libc = ctypes.CDLL(None, use_errno=True)


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("<HBBI", code, yes, no, value)


def _refuse(number: int = errno.EPERM) -> bytes:
    return _step(_RETURN, _ERRNO | number)


def _argument(index: int) -> bytes:
    return _step(_LOAD, _ARGS_AT + 8 * index)


def _when(number: int, then: list[bytes]) -> list[bytes]:
    """Run some steps, which must end in a return, when the value loaded is this one."""
    return [_step(_EQUAL, number, 0, len(then)), *then]


def _only(argument: int, accepted: tuple[int, ...], refusal: int = errno.EPERM) -> list[bytes]:
    tests = [_step(_EQUAL, value, len(accepted) - at, 0) for at, value in enumerate(accepted)]
    return [_argument(argument), *tests, _refuse(refusal), _step(_RETURN, _ALLOW)]


def _never(argument: int, refused: tuple[int, ...]) -> list[bytes]:
    tests = [_step(_EQUAL, value, len(refused) - at, 0) for at, value in enumerate(refused)]
    return [_argument(argument), *tests, _step(_RETURN, _ALLOW), _refuse()]


def strict(machine: str, process: int) -> bytes:
    """Compile the second filter for a machine, and for the one process that it may send signals to: itself. Pure.

    Raises:
        UnknownMachineError: when its call numbers are not known here.
    """
    if machine not in _MACHINES:
        raise filters.UnknownMachineError(errno.ENOTSUP, f"no system-call filter is known for {machine}")
    at = _MACHINES[machine]
    new = [step for number in _KNOWN_NEW for step in _when(number, [_step(_RETURN, _ALLOW)])]
    new.append(_refuse(errno.ENOSYS))
    steps = [_step(_LOAD, _NUMBER_AT), _step(_AT_LEAST, _NEWEST, 0, len(new)), *new]
    for numbers in _REFUSED.values():
        if (number := numbers[at]) is not None:
            steps += _when(number, [_refuse()])
    for number in _ATTRIBUTES[at]:
        steps += _when(number, [_refuse(errno.ENOTSUP)])  # which copying a file takes for a plain file system
    thread = [_argument(0), _step(_ANY, _THREAD, 1, 0), _refuse(), _step(_RETURN, _ALLOW)]
    own_death = [*_when(_DEATH_SIGNAL, _only(1, (signal.SIGKILL,))), *_never(0, (_DUMPABLE, _SUBREAPER, _TRACER))]
    for numbers, then in (
        (_CLONE, thread),
        (_KILL, _only(0, (process,))),
        (_TGKILL, _only(0, (process,))),
        (_SOCKETPAIR, _only(1, _STREAMS)),
        (_PRCTL, [_argument(0), *own_death]),
        (_FCNTL, _never(1, _OTHERS_TOLD)),
        (_IOCTL, _only(1, _TERMINAL, errno.ENOTTY)),
        (_SET_AFFINITY, _only(0, (0,))),
    ):
        steps += _when(numbers[at], then)
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


class Order:
    """What confining depends on."""

    __slots__ = ("files", "libraries", "parent", "tasks", "user")

    def __init__(
        self, *, files: list[tuple[str, int]], libraries: dict[str, str], parent: int, tasks: int, user: int | None
    ) -> None:
        """Keep it: files with rights, where each library is, whom nothing may outlive, how many tasks, which user."""
        self.files = files
        self.libraries = libraries
        self.parent = parent
        self.tasks = tasks
        self.user = user


class Libraries:
    """Finds some libraries where they are, without looking through the folder they share with others."""

    def __init__(self, places: dict[str, str]) -> None:
        """Keep the file of each; a package's is its `__init__.py`."""
        self.places = places

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Find a library by its name, as imports ask for it."""
        file = self.places.get(name)
        if file is None:
            return None
        folder = file.removesuffix("/__init__.py")
        return spec_from_file_location(name, file, submodule_search_locations=None if folder == file else [folder])


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), *[ctypes.c_ulong(0)] * 3) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl: {os.strerror(number)}")


def _die_with(parent: int) -> None:
    _prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it had ended before
        os._exit(70)


def confine(order: Order) -> None:
    """Take from this process all that its children must not have either.

    Raises:
        OSError: when any step is refused; the caller must then end without running anything.
    """
    filters.program(os.uname().machine)  # compiled once, for all children to come
    _prctl(_NO_NEW_PRIVILEGES, 1)
    landlock.restrict(order.files, landlock.version())  # while all that it names can still be found
    if order.user is not None:
        become(order.user)
    _die_with(order.parent)  # after, for who changes his user is no longer told
    cage.drop_powers()


def contain(parent: int, tasks: int) -> None:
    """Take from a forked child what its parent still needs. Runs before anything else in it; a child it fails for ends."""
    try:
        _die_with(parent)
        resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))
        _prctl(_DUMPABLE, 1)  # its memory is added up from outside; who could abuse that is confined
        machine = os.uname().machine
        cage.load_filter(strict(machine, os.getpid()))
        cage.load_filter(filters.program(machine))  # last: it refuses further ones
    except BaseException:  # whatever it is, a hook's error would only be printed
        os._exit(70)


def main(order: int, ready: int, control: int) -> None:
    """Confine this process as ordered, say so, and serve calls until the other side closes."""
    with os.fdopen(order, "rb") as stream:
        said: dict[str, Any] = json.loads(stream.read())
    asked = Order(**said)
    try:
        confine(asked)
    except OSError as error:
        os.write(2, f"confine: {error.strerror or error}\n".encode())
        os._exit(1)
    os.register_at_fork(after_in_child=functools.partial(contain, os.getpid(), asked.tasks))
    sys.meta_path.append(Libraries(asked.libraries))
    os.write(ready, b"x")
    init.main(control)
