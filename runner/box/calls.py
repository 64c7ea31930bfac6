"""Owns the table of system calls that a run may make, each with its reason. Knows nothing of how a filter is made.

Drawn from what our own solutions and everyday programs were seen to call (`tests/runner/syscalls.py`), and the same
calls under the names that other machines and C libraries use. Numbers are (x86_64, aarch64); None where there is none.
"""
from __future__ import annotations

import errno

Numbers = tuple[int | None, int | None]


class Only:
    """What one argument must be: one of some values, once cut to the bits of a mask. `whole` looks at all 64 bits."""

    __slots__ = ("argument", "mask", "values", "whole")

    def __init__(self, argument: int, *values: int, mask: int = 0xFFFFFFFF, whole: bool = False) -> None:
        """Keep it; the kernel itself looks at 32 bits of most arguments, and what is in the others may be anything."""
        self.argument = argument
        self.values = values
        self.mask = mask
        self.whole = whole


class Judged:
    """A call that depends on its arguments: allowed when all parts of any alternative hold, else an error."""

    __slots__ = ("alternatives", "error", "numbers")

    def __init__(self, numbers: Numbers, *alternatives: tuple[Only, ...], error: int = errno.EPERM) -> None:
        """Keep it."""
        self.numbers = numbers
        self.alternatives = alternatives
        self.error = error


ALLOWED: dict[str, Numbers] = {
    # Files that are open. Not splice and its kin, nor locks, nor what reaches a disk that others use (sync, readahead).
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67),
    "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70), "lseek": (8, 62), "sendfile": (40, 71),
    "copy_file_range": (326, 285), "ftruncate": (77, 46), "fallocate": (285, 47), "fsync": (74, 82),
    "fdatasync": (75, 83), "close": (3, 57), "close_range": (436, 436), "dup": (32, 23), "dup2": (33, None),
    "dup3": (292, 24), "fstat": (5, 80), "fstatfs": (138, 44), "fchmod": (91, 52), "fchdir": (81, 50),
    "getdents64": (217, 61),
    # Files by name. Not owners, for there is one user, and no telling who else uses a file (inotify).
    "open": (2, None), "openat": (257, 56), "stat": (4, None), "lstat": (6, None), "newfstatat": (262, 79),
    "statx": (332, 291), "statfs": (137, 43), "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439),
    "readlink": (89, None), "readlinkat": (267, 78), "getcwd": (79, 17), "chdir": (80, 49), "mkdir": (83, None),
    "mkdirat": (258, 34), "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None),
    "renameat": (264, 38), "renameat2": (316, 276), "link": (86, None), "linkat": (265, 37), "symlink": (88, None),
    "symlinkat": (266, 36), "chmod": (90, None), "fchmodat": (268, 53), "truncate": (76, 45), "umask": (95, 166),
    "utimensat": (280, 88),
    # Attributes of files: `shutil.copy2` asks for them, and takes only some refusals.
    "getxattr": (191, 8), "lgetxattr": (192, 9), "fgetxattr": (193, 10), "listxattr": (194, 11),
    "llistxattr": (195, 12), "flistxattr": (196, 13), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    # Memory, also such as code may run from: ctypes and torch write functions as they go. Nothing kept outside processes
    # (memfd, System V), no placing on nodes (numpy asks, and takes a no), no asking what is in the cache (mincore).
    "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "madvise": (28, 233),
    "msync": (26, 227), "brk": (12, 214),
    # Processes and threads (clone is below). Not execve: a run starts no program; `subprocess` says PermissionError.
    "fork": (57, None), "vfork": (58, None), "exit": (60, 93), "exit_group": (231, 94), "wait4": (61, 260),
    "waitid": (247, 95), "set_tid_address": (218, 96), "set_robust_list": (273, 99), "rseq": (334, 293),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "getcpu": (309, 168), "setsid": (112, 157),
    "setpgid": (109, 154),
    # Signals, to whom the process namespace shows.
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137),
    "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132), "pause": (34, None), "alarm": (37, None),
    "getitimer": (36, 102), "setitimer": (38, 103), "restart_syscall": (219, 128),
    # Pipes, pairs of sockets (made and spoken through by calls below), and waiting for them.
    "pipe": (22, None), "pipe2": (293, 59), "poll": (7, None), "ppoll": (271, 73), "select": (23, None),
    "pselect6": (270, 72), "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None),
    "epoll_pwait": (281, 22), "shutdown": (48, 210), "getsockname": (51, 204), "getpeername": (52, 205),
    # Who one is, what one may use and has used. Not the load and memory of the host (sysinfo).
    "getpid": (39, 172), "getppid": (110, 173), "gettid": (186, 178), "getpgid": (121, 155), "getpgrp": (111, None),
    "getsid": (124, 156), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177),
    "getresuid": (118, 148), "getresgid": (120, 150), "getgroups": (115, 158), "getpriority": (140, 141),
    "uname": (63, 160), "getrlimit": (97, 163), "setrlimit": (160, 164), "getrusage": (98, 165), "times": (100, 153),
    # Time and chance, for where the kernel does not lend the C library its own functions.
    "time": (201, None), "gettimeofday": (96, 169), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "getrandom": (318, 278),
}  # fmt: skip

_UNIX = 1
_OUT_OF_BAND = 1  # a flag of sending and receiving that the kernel has got wrong before, and Python has no use for
_THREADS_AND_FORKS = (
    0xFF  # the signal to send at its end
    | 0x100 | 0x200 | 0x400 | 0x800  # shared memory, folder, descriptors, handlers
    | 0x4000 | 0x10000  # wait for it to end or start a program; a thread
    | 0x40000 | 0x80000  # what a thread needs: undoing semaphores, its own storage
    | 0x100000 | 0x200000 | 0x400000 | 0x1000000  # where to note its id; not being waited for
)  # fmt: skip
_DEATH_SIGNAL, _KILL = 1, 9
_KIND, _PIPE = 0o170000, 0o010000  # of a file, as its mode says

JUDGED: dict[str, Judged] = {
    # No new namespace, and no brother: whoever started this process would become the parent of a stranger.
    "clone": Judged((56, 220), (Only(0, 0, mask=0xFFFFFFFF & ~_THREADS_AND_FORKS),)),
    "socketpair": Judged((53, 199), (Only(0, _UNIX),)),
    # To the other end of a pair only: with an address, a socket of a pair would reach others.
    "sendto": Judged((44, 206), (Only(3, 0, mask=_OUT_OF_BAND), Only(4, 0, whole=True))),
    "recvfrom": Judged((45, 207), (Only(3, 0, mask=_OUT_OF_BAND),)),
    # Limits and rank of itself only; neither can be raised again.
    "prlimit64": Judged((302, 261), (Only(0, 0),)),
    "setpriority": Judged((141, 140), (Only(0, 0), Only(1, 0))),
    # Named pipes, not devices.
    "mknod": Judged((133, None), (Only(1, _PIPE, mask=_KIND),)),
    "mknodat": Judged((259, 33), (Only(2, _PIPE, mask=_KIND),)),
    # Duplicates and flags of descriptors. Not locks, leases and notices, through which runs that see one file could talk.
    "fcntl": Judged((72, 25), (Only(1, 0, 1, 2, 3, 4, 1030),)),
    # Is it a terminal (two ways to ask) and how wide; how much is there; waiting or not; inherited or not; copy a file.
    "ioctl": Judged((16, 29), (Only(1, 0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x40049409),)),
    # Names of threads, and reading: death signal, dumping, filters, slack, privileges, huge pages, length of vectors.
    # A run must not outlive who started it, so it may only be told again to be killed then.
    "prctl": Judged(
        (157, 167), (Only(0, 2, 3, 15, 16, 21, 30, 39, 42, 51, 64),), (Only(0, _DEATH_SIGNAL), Only(1, _KILL))
    ),
    "arch_prctl": Judged((158, None), (Only(0, 0x1021, 0x1022, 0x1023),)),  # the use of a processor's matrix unit
    # Waiting and waking, not the inheriting of priority: it has been a way into the kernel, and no lock here uses it.
    "futex": Judged((202, 98), (Only(1, 0, 1, 3, 4, 5, 9, 10, mask=0x7F),), error=errno.ENOSYS),
}

UNKNOWN: dict[str, Numbers] = {
    # Answered as by a kernel that does not have them, for then a C library does the same by older calls, and with a
    # refusal it would fail: clone3 cannot be judged by its arguments, and preadv2 can ask what is in the cache.
    "clone3": (435, 435), "openat2": (437, 437), "preadv2": (327, 286), "pwritev2": (328, 287),
    "epoll_pwait2": (441, 441),
}  # fmt: skip

KNOWN = (((0, 335), (424, 451)), ((0, 244), (260, 295), (424, 451)))
"""From where up to where numbers belong to calls that were weighed, up to Linux 6.1: those not allowed are refused.

All others, such as those of later kernels, are answered as unknown.
"""
