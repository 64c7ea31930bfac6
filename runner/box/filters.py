"""Owns the system-call filter a run gets: a denylist compiled to a BPF program, as bytes. Pure; loads nothing itself.

Namespaces, dropped capabilities and cgroups hold without it. It closes what they leave open: new user namespaces,
sockets of families that no network namespace covers, kernel keyrings, io_uring, tracing, and limits of other processes.
"""
from __future__ import annotations

import errno
import struct

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCH_AT, _ARGS_AT = 0, 4, 16
_X32_BIT = 0x40000000
_CLONE_NEW = 0x7E020080  # every CLONE_NEW* flag; the lowest byte of clone's flags is the exit signal except NEWTIME
_CLONE_NEW_ANY = _CLONE_NEW & ~0xFF
_FAMILIES = (1, 2, 10)  # unix, inet, inet6: all kept by the network namespace
_TERMINAL_TRICKS = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX

# name: (x86_64, aarch64); None where the machine has no such call
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "syslog": (103, 116),
    "personality": (135, 92),
    "modify_ldt": (154, None),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "mount": (165, 40),
    "umount2": (166, 39),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "quotactl": (179, 60),
    "kexec_load": (246, 104),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "migrate_pages": (256, 238),
    "unshare": (272, 97),
    "move_pages": (279, 239),
    "perf_event_open": (298, 241),
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "finit_module": (313, 273),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "mount_setattr": (442, 442),
}
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_SOCKET = (41, 198)
_SOCKETPAIR = (53, 199)
_PRLIMIT = (302, 261)
_IOCTL = (16, 29)


class UnknownMachineError(OSError):
    """No system-call numbers are known for this machine."""


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("<HBBI", code, yes, no, value)


def _refuse(number: int) -> bytes:
    return _step(_RETURN, _ERRNO | number)


def _load_argument(index: int) -> bytes:
    return _step(_LOAD, _ARGS_AT + 8 * index)


def _when(number: int, then: list[bytes]) -> list[bytes]:
    """Run some steps, which must end in a return, when the call has this number."""
    return [_step(_JUMP_EQUAL, number, 0, len(then)), *then]


def _only(argument: int, allowed: tuple[int, ...]) -> list[bytes]:
    """Allow the call when an argument has one of some values, else refuse it."""
    tests = [_step(_JUMP_EQUAL, value, len(allowed) - at, 0) for at, value in enumerate(allowed)]
    return [_load_argument(argument), *tests, _refuse(errno.EPERM), _step(_RETURN, _ALLOW)]


def _never(argument: int, refused: tuple[int, ...]) -> list[bytes]:
    """Refuse the call when an argument has one of some values, else allow it."""
    tests = [_step(_JUMP_EQUAL, value, len(refused) - at, 0) for at, value in enumerate(refused)]
    return [_load_argument(argument), *tests, _step(_RETURN, _ALLOW), _refuse(errno.EPERM)]


def _no_new_namespaces() -> list[bytes]:
    jump = _step(_JUMP_ANY, _CLONE_NEW_ANY, 0, 1)
    return [_load_argument(0), jump, _refuse(errno.EPERM), _step(_RETURN, _ALLOW)]


def program(machine: str) -> bytes:
    """Compile the filter for a machine as `os.uname` names it.

    Raises:
        UnknownMachineError: when its call numbers are not known here.
    """
    if machine not in _MACHINES:
        raise UnknownMachineError(errno.ENOTSUP, f"no system-call filter is known for {machine}")
    at, arch = _MACHINES[machine]
    steps = [_step(_LOAD, _ARCH_AT), _step(_JUMP_EQUAL, arch, 1, 0), _step(_RETURN, _KILL), _step(_LOAD, _NUMBER_AT)]
    if machine == "x86_64":
        steps += [_step(_JUMP_AT_LEAST, _X32_BIT, 0, 1), _refuse(errno.ENOSYS)]
    for numbers in _DENIED.values():
        if (number := numbers[at]) is not None:
            steps += _when(number, [_refuse(errno.EPERM)])
    # Not EPERM: thread creation falls back to clone only when clone3 looks unknown.
    steps += _when(_CLONE3[at], [_refuse(errno.ENOSYS)])
    steps += _when(_CLONE[at], _no_new_namespaces())
    steps += _when(_SOCKET[at], _only(0, _FAMILIES))
    steps += _when(_SOCKETPAIR[at], _only(0, _FAMILIES[:1]))
    steps += _when(_PRLIMIT[at], _only(0, (0,)))
    steps += _when(_IOCTL[at], _never(1, _TERMINAL_TRICKS))
    return b"".join([*steps, _step(_RETURN, _ALLOW)])
