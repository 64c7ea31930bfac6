"""The filter's decisions, by running its program the way the kernel does."""

from __future__ import annotations

import errno
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.box.filters import UnknownMachineError, program

INTEL, ARM = ("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000


def decide(machine: tuple[str, int], number: int, *arguments: int, arch: int | None = None) -> int:
    """Interpret the program over one call, as seccomp does."""
    fields = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", number, machine[1] if arch is None else arch, 0, *fields)
    steps = list(struct.iter_unpack("<HBBI", program(machine[0])))
    at = value = 0
    while True:
        code, yes, no, operand = steps[at]
        at += 1
        if code == 0x20:
            value = struct.unpack_from("<I", data, operand)[0]
        elif code == 0x06:
            return operand
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += yes if holds else no


def refused(number: int) -> int:
    """Return the decision that gives a caller an error."""
    return REFUSE | number


@pytest.mark.parametrize(
    ("name", "intel", "arm"),
    [
        ("ptrace", 101, 117), ("mount", 165, 40), ("umount2", 166, 39), ("pivot_root", 155, 41), ("chroot", 161, 51),
        ("unshare", 272, 97), ("setns", 308, 268), ("keyctl", 250, 219), ("bpf", 321, 280), ("perf", 298, 241),
        ("io_uring_setup", 425, 425), ("io_uring_enter", 426, 426), ("userfaultfd", 323, 282), ("pidfd_getfd", 438, 438),
        ("process_vm_writev", 311, 271), ("open_by_handle_at", 304, 265), ("kexec_load", 246, 104), ("reboot", 169, 142),
    ],
)  # fmt: skip
def test_calls_that_reach_the_kernels_corners_are_refused(name: str, intel: int, arm: int) -> None:
    """On both machines, with the error a program expects."""
    assert [decide(INTEL, intel), decide(ARM, arm)] == [refused(errno.EPERM)] * 2


@pytest.mark.parametrize(("intel", "arm"), [(0, 63), (1, 64), (9, 222), (59, 221), (61, 260), (202, 98), (257, 56)])
def test_what_every_program_needs_is_allowed(intel: int, arm: int) -> None:
    """Reading, writing, mapping, executing, waiting, locking, opening."""
    assert [decide(INTEL, intel), decide(ARM, arm)] == [ALLOW] * 2


def test_clone_is_for_threads_and_processes_and_clone3_looks_unknown() -> None:
    """A thread library falls back to clone only when clone3 seems not to exist."""
    thread, process, user_namespace = 0x003D0F00, 17, 0x10000000 | 17
    assert decide(INTEL, 56, thread) == decide(INTEL, 56, process) == ALLOW
    for namespace in (user_namespace, 0x00020000, 0x20000000, 0x40000000, 0x02000000, 0x04000000, 0x08000000):
        assert decide(INTEL, 56, namespace) == decide(ARM, 220, namespace) == refused(errno.EPERM)
    assert decide(INTEL, 435) == decide(ARM, 435) == refused(errno.ENOSYS)


@given(st.integers(0, 64))
@settings(deadline=None)
def test_only_sockets_that_the_network_namespace_holds_are_made(family: int) -> None:
    """Unix and internet sockets; not netlink, packet, vsock, crypto or bluetooth."""
    expected = ALLOW if family in (1, 2, 10) else refused(errno.EPERM)
    assert decide(INTEL, 41, family) == decide(ARM, 198, family) == expected
    assert decide(INTEL, 53, family) == (ALLOW if family == 1 else refused(errno.EPERM))


def test_limits_are_read_and_set_for_oneself_only() -> None:
    """The first process of the box belongs to the same user."""
    assert decide(INTEL, 302, 0) == decide(ARM, 261, 0) == ALLOW
    assert decide(INTEL, 302, 1) == decide(ARM, 261, 1) == refused(errno.EPERM)


def test_typing_into_a_terminal_is_refused_and_other_requests_are_not() -> None:
    """Even where a terminal was left open by mistake."""
    assert [decide(INTEL, 16, 0, request) for request in (0x5412, 0x541C, 0x5401)] == [refused(1), refused(1), ALLOW]


def test_another_machines_calls_are_not_interpreted() -> None:
    """The 32-bit table has other numbers: such a process is killed, and x32 calls do not exist."""
    assert decide(INTEL, 101, arch=0x40000003) == KILL
    assert decide(INTEL, 0x40000000 | 101) == refused(errno.ENOSYS)


def test_a_machine_without_a_table_is_refused_not_left_open() -> None:
    """No filter is no box."""
    with pytest.raises(UnknownMachineError, match="riscv64"):
        program("riscv64")
