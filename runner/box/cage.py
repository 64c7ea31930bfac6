"""Takes every power away from the process that calls it: own mounts and IPC, limits, no capabilities, filtered calls.

Called once in each fresh child, before a byte of a learner's code is compiled. Any step that fails raises.
"""
from __future__ import annotations

import ctypes
import os
import resource
import signal

from . import filters, sharing
from .namespaces import NEW_IPC, NEW_MOUNTS, must, unshare

_READ_ONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND = 1, 2, 4, 8, 32, 4096
_DETACH = 2
_SET_PDEATHSIG = 1
_SET_DUMPABLE, _CAPBSET_DROP, _SET_SECCOMP, _NO_NEW_PRIVS, _AMBIENT = 4, 24, 22, 38, 47
_AMBIENT_CLEAR, _SECCOMP_FILTER, _CAPABILITY_VERSION = 4, 2, 0x20080522
_LAST_CAPABILITY = 63
STACK_BYTES = 8 * 1024 * 1024
OPEN_FILES = 256
STAGE = "/stage"


class Bounds:
    """The limits that a process can be given from within."""

    __slots__ = ("cpu_s", "disk_bytes", "disk_files", "processes")

    def __init__(self, *, disk_bytes: int, disk_files: int, processes: int, cpu_s: int) -> None:
        """Keep them."""
        self.disk_bytes = disk_bytes
        self.disk_files = disk_files
        self.processes = processes
        self.cpu_s = cpu_s


# Called some fifty times for every run, so its types are settled once.
_raw_prctl = ctypes.CDLL(None, use_errno=True).prctl
_raw_prctl.argtypes = (ctypes.c_int, *([ctypes.c_ulong] * 4))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def _prctl(option: int, first: int = 0, second: int = 0) -> None:
    if _raw_prctl(option, first, second, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option}: {os.strerror(number)}")


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    must("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode())


def mount_disk(bounds: Bounds) -> None:
    """Mount an empty /tmp and /dev/shm that share one cap on bytes and one on files, in this mount namespace."""
    own = 3  # the mount's root and the two folders below it
    options = f"size={bounds.disk_bytes},nr_inodes={bounds.disk_files + own},mode=0755"
    _mount("disk", STAGE, "tmpfs", _NOSUID | _NODEV, options)
    for folder, target in (("tmp", "/tmp"), ("shm", "/dev/shm")):  # these are the box's own
        os.mkdir(f"{STAGE}/{folder}", 0o700)  # pathlib would cost every cold start an import
        _mount(f"{STAGE}/{folder}", target, "none", _BIND)
    must("umount2", STAGE.encode(), _DETACH)


def seal_devices() -> None:
    """Make the nodes of devices read-only: what is written to a device is not written to its node, but a date would be."""
    for entry in os.scandir("/dev"):
        if not entry.is_dir():
            flags = _REMOUNT | _BIND | _READ_ONLY | _NOSUID | _NOEXEC
            _mount("none", entry.path, "none", flags)


def limit(bounds: Bounds) -> None:
    """Set the limits a process carries with it; a soft limit equals its hard one."""
    limit_any()
    _lower(resource.RLIMIT_FSIZE, bounds.disk_bytes)
    _lower(resource.RLIMIT_CPU, bounds.cpu_s)


def limit_any() -> None:
    """Set the limits that are the same for every job."""
    for kind, value in (
        # Not 0: a core handler that is a program ignores 0 and is told by 1 alone to stay away.
        (resource.RLIMIT_CORE, 1),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_STACK, STACK_BYTES),
        (resource.RLIMIT_MEMLOCK, 64 * 1024),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NICE, 0),
        (resource.RLIMIT_RTPRIO, 0),
        (resource.RLIMIT_SIGPENDING, 256),
    ):
        _lower(kind, value)


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def limit_processes(bounds: Bounds) -> None:
    """Limit processes and threads together; they are counted per user namespace, so only in a jail."""
    _lower(resource.RLIMIT_NPROC, bounds.processes + 1)  # and the box's first process


def drop_powers() -> None:
    """Give up every capability for good, in every set."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            _prctl(_CAPBSET_DROP, capability)
        except OSError:
            break  # one past the last this kernel knows
    _prctl(_AMBIENT, _AMBIENT_CLEAR)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    must("capset", header, nothing)
    _prctl(_NO_NEW_PRIVS, 1)


def load_filter(program: bytes) -> None:
    """Put the system-call filter in force, and have Python not try what no filter of ours allows."""
    loaded = _Program(len(program) // 8, program)
    must("prctl", _SET_SECCOMP, ctypes.c_ulong(_SECCOMP_FILTER), ctypes.byref(loaded), 0, 0)
    sharing.settle()


def hide() -> None:
    """Keep this process's memory from others of the same user, and from core dumps."""
    _prctl(_SET_DUMPABLE, 0)


def show() -> None:
    """Undo `hide`, for a process that still has to write its own identity map or be joined by others."""
    _prctl(_SET_DUMPABLE, 1)


def enter_bare(bounds: Bounds) -> None:
    """Set limits only, for a run that was started without a jail; it ends when the process that started it does."""
    os.setsid()
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    limit(bounds)


def enter(bounds: Bounds) -> None:
    """Do all of it; after this the process is as weak as a learner's code must be.

    Raises:
        OSError: when any step is refused; the caller must then end without running anything.
    """
    program = filters.program(os.uname().machine)
    os.setsid()
    unshare(NEW_MOUNTS | NEW_IPC)
    mount_disk(bounds)
    limit(bounds)
    limit_processes(bounds)
    drop_powers()
    hide()
    load_filter(program)
    os.chdir("/tmp")  # the box's own


def enter_cell() -> None:
    """Do the same in a cell that has a disk and namespaces already, for a job that is not known yet.

    Raises:
        OSError: when any step is refused; the caller must then end without running anything.
    """
    program = filters.program(os.uname().machine)
    os.setsid()
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    limit_any()
    drop_powers()
    hide()
    load_filter(program)
    os.chdir("/tmp")  # the cell's own


def limit_job(bounds: Bounds) -> None:
    """Set what a job limits, once it is known."""
    _lower(resource.RLIMIT_FSIZE, bounds.disk_bytes)
    _lower(resource.RLIMIT_CPU, bounds.cpu_s)
    limit_processes(bounds)
