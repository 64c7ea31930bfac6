"""The filter's decisions, by running its program the way the kernel does."""

from __future__ import annotations

import errno
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.box import filters
from runner.box.calls import ALLOWED, JUDGED, KNOWN, UNKNOWN, Judged, Only
from runner.box.filters import UnknownMachineError, program, search

INTEL, ARM = ("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
X32 = 0x40000000

machines = st.sampled_from([INTEL, ARM])
words = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2, 9, 17, 1030, 0x5401, 0x12345678_00000000]))


def interpret(steps: bytes, data: bytes) -> int:
    """Run a program over one call, as seccomp does."""
    parsed = list(struct.iter_unpack("<HBBI", steps))
    at = value = 0
    while True:
        code, yes, no, operand = parsed[at]
        at += 1
        if code == 0x20:
            value = struct.unpack_from("<I", data, operand)[0]
        elif code == 0x54:
            value &= operand
        elif code == 0x05:
            at += operand
        elif code == 0x06:
            return operand
        else:
            at += yes if {0x15: value == operand, 0x35: value >= operand}[code] else no


def decide(machine: tuple[str, int], number: int, *arguments: int, arch: int | None = None) -> int:
    """Say what the filter of a machine makes of one call."""
    fields = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    return interpret(
        program(machine[0]), struct.pack("<IIQ6Q", number, machine[1] if arch is None else arch, 0, *fields)
    )


def refused(number: int) -> int:
    """Return the decision that gives a caller an error."""
    return REFUSE | number


def holds(only: Only, arguments: tuple[int, ...]) -> bool:
    """Read one part of a rule in the plainest way."""
    value = arguments[only.argument]
    return (value if only.whole else value & 0xFFFFFFFF & only.mask) in only.values


def expected(machine: tuple[str, int], number: int, arguments: tuple[int, ...]) -> int:
    """Look a call up in the table, name by name."""
    at = (INTEL, ARM).index(machine)
    if any(numbers[at] == number for numbers in ALLOWED.values()):
        return ALLOW
    if any(numbers[at] == number for numbers in UNKNOWN.values()):
        return refused(errno.ENOSYS)
    for call in JUDGED.values():
        if call.numbers[at] == number:
            good = any(all(holds(only, arguments) for only in parts) for parts in call.alternatives)
            return ALLOW if good else refused(call.error)
    known = any(first <= number < end for first, end in KNOWN[at])
    return refused(errno.EPERM if known else errno.ENOSYS)


@pytest.mark.parametrize("machine", [INTEL, ARM], ids=lambda machine: machine[0])
def test_every_number_gets_what_the_table_says(machine: tuple[str, int]) -> None:
    """Of both machines, without arguments, and with those that allow each judged call; also all numbers of x32."""
    numbers = [*range(601), *range(X32, X32 + 601), 2**31, 2**32 - 1]
    none = (0,) * 6
    assert [decide(machine, n) for n in numbers] == [expected(machine, n, none) for n in numbers]


@given(machines, st.sampled_from(sorted(JUDGED)), st.tuples(*[words] * 6))
def test_every_judged_call_is_judged_as_the_table_says(
    machine: tuple[str, int], name: str, arguments: tuple[int, ...]
) -> None:
    """Whatever the arguments."""
    number = JUDGED[name].numbers[(INTEL, ARM).index(machine)]
    if number is not None:
        assert decide(machine, number, *arguments) == expected(machine, number, arguments)


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(1, 120)), min_size=1, max_size=12), st.data())
def test_a_search_finds_the_span_of_every_number(sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    """However long the steps of a span are: a short jump does not reach over all of them."""
    begins = [sum(width for width, _ in sizes[:at]) for at in range(len(sizes))]
    found = [
        (begin, [*[struct.pack("<HBBI", 0x54, 0, 0, 0xFFFFFFFF)] * length, struct.pack("<HBBI", 0x06, 0, 0, at)])
        for at, (begin, (_, length)) in enumerate(zip(begins, sizes, strict=True))
    ]
    steps = [struct.pack("<HBBI", 0x20, 0, 0, 0), *search(found)]
    number = data.draw(st.integers(0, begins[-1] + sizes[-1][0]))
    assert interpret(b"".join(steps), struct.pack("<I", number)) == max(at for at, b in enumerate(begins) if b <= number)


@pytest.mark.parametrize("at", [0, 1], ids=["x86_64", "aarch64"])
def test_the_table_names_each_number_once(at: int) -> None:
    """A slip of a digit would allow a call that nobody asked for."""
    numbers = [*ALLOWED.values(), *UNKNOWN.values(), *(call.numbers for call in JUDGED.values())]
    own = [one[at] for one in numbers if one[at] is not None]
    assert len(own) == len(set(own))
    assert len(ALLOWED.keys() | JUDGED.keys()) <= 160


@pytest.mark.parametrize("machine", [INTEL, ARM], ids=lambda machine: machine[0])
def test_the_program_is_small_and_made_once_of_steps_that_the_kernel_can_foresee(machine: tuple[str, int]) -> None:
    """With other steps the kernel would run it for every call, also for those that are always allowed."""
    steps = list(struct.iter_unpack("<HBBI", program(machine[0])))
    assert {code for code, *_ in steps} <= {0x20, 0x54, 0x05, 0x06, 0x15, 0x35}
    assert len(steps) <= 400
    assert program(machine[0]) is program(machine[0])


@pytest.mark.parametrize(
    ("name", "intel", "arm"),
    [
        ("ptrace", 101, 117), ("mount", 165, 40), ("umount2", 166, 39), ("pivot_root", 155, 41), ("chroot", 161, 51),
        ("unshare", 272, 97), ("setns", 308, 268), ("keyctl", 250, 219), ("add_key", 248, 217), ("bpf", 321, 280),
        ("perf_event_open", 298, 241), ("io_uring_setup", 425, 425), ("io_uring_enter", 426, 426),
        ("userfaultfd", 323, 282), ("pidfd_getfd", 438, 438), ("process_vm_readv", 310, 270),
        ("process_vm_writev", 311, 271), ("open_by_handle_at", 304, 265), ("name_to_handle_at", 303, 264),
        ("kexec_load", 246, 104), ("reboot", 169, 142), ("execve", 59, 221), ("execveat", 322, 281), ("socket", 41, 198),
        ("connect", 42, 203), ("accept", 43, 202), ("bind", 49, 200), ("listen", 50, 201), ("sendmsg", 46, 211),
        ("recvmsg", 47, 212), ("setsockopt", 54, 208), ("flock", 73, 32), ("memfd_create", 319, 279), ("kcmp", 312, 272),
        ("quotactl", 179, 60), ("seccomp", 317, 277), ("personality", 135, 92), ("shmget", 29, 194), ("mq_open", 240, 180),
        ("inotify_init1", 294, 26), ("fanotify_init", 300, 262), ("splice", 275, 76), ("vmsplice", 278, 75),
        ("sync", 162, 81), ("syncfs", 306, 267), ("sysinfo", 99, 179), ("mincore", 27, 232), ("setuid", 105, 146),
        ("sched_setscheduler", 144, 119), ("sched_setaffinity", 203, 122), ("init_module", 175, 105),
    ],
)  # fmt: skip
def test_calls_that_reach_the_kernels_corners_are_refused(name: str, intel: int, arm: int) -> None:
    """On both machines, with the error a program expects."""
    assert [decide(INTEL, intel), decide(ARM, arm)] == [refused(errno.EPERM)] * 2


@pytest.mark.parametrize(("intel", "arm"), [(0, 63), (1, 64), (9, 222), (10, 226), (61, 260), (257, 56), (13, 134), (8, 62)])
def test_what_every_program_needs_is_allowed(intel: int, arm: int) -> None:
    """Reading, writing, mapping, protecting, waiting, opening, handling signals, seeking."""
    assert [decide(INTEL, intel), decide(ARM, arm)] == [ALLOW] * 2


def test_clone_is_for_threads_and_processes_and_clone3_looks_unknown() -> None:
    """A thread library falls back to clone only when clone3 seems not to exist."""
    thread, musl_thread, process, spawn = 0x003D0F00, 0x007D0F00, 0x01200011, 0x4111
    brother, traced, with_descriptor = 0x8000 | 17, 0x2000 | 17, 0x1000 | 17
    for good in (thread, musl_thread, process, spawn):
        assert decide(INTEL, 56, good) == decide(ARM, 220, good) == ALLOW
    namespaces = (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x02000000, 0x04000000, 0x08000000)
    for bad in (brother, traced, with_descriptor, *namespaces, *(flag | process for flag in namespaces)):
        assert decide(INTEL, 56, bad) == decide(ARM, 220, bad) == refused(errno.EPERM)
    assert decide(INTEL, 435) == decide(ARM, 435) == refused(errno.ENOSYS)


def test_sockets_are_made_in_pairs_and_speak_to_each_other_only() -> None:
    """A socket of a pair could otherwise be given another's address."""
    unix, inet, netlink, address, out_of_band = 1, 2, 16, 0x7FFF_0000_1000, 1
    assert [decide(INTEL, 53, kind) for kind in (unix, inet, netlink)] == [ALLOW, refused(1), refused(1)]
    assert [decide(ARM, 206, 3, 0, 0, 0, to) for to in (0, address, 1 << 40)] == [ALLOW, refused(1), refused(1)]
    assert [decide(INTEL, call, 3, 0, 0, out_of_band) for call in (44, 45)] == [refused(1)] * 2


def test_limits_and_priority_are_set_for_oneself_only() -> None:
    """The first process of the box belongs to the same user."""
    assert [decide(INTEL, 302, who) for who in (0, 1)] == [ALLOW, refused(1)]
    by_process, by_user = 0, 2
    assert [decide(ARM, 140, *whom) for whom in ((by_process, 0), (by_process, 1), (by_user, 0))] == [
        ALLOW,
        refused(1),
        refused(1),
    ]


def test_descriptors_are_asked_harmless_things_only() -> None:
    """No typing into a terminal, no locks, leases, notices or larger pipes."""
    assert [decide(INTEL, 16, 0, request) for request in (0x5412, 0x541C, 0x5401)] == [refused(1), refused(1), ALLOW]
    wanted, locks = (0, 1, 2, 3, 4, 1030), (5, 6, 7, 36, 37, 38)
    others = (8, 10, 1024, 1025, 1026, 1031, 1033)
    assert [decide(ARM, 25, 0, what) for what in (*wanted, *locks, *others)] == [ALLOW] * 6 + [refused(1)] * 13


def test_a_process_may_be_told_to_die_with_its_parent_and_never_to_outlive_it() -> None:
    """Nor may it show its memory, collect orphans or be given other filters."""
    death, name, dumpable, orphans, seccomp, tracer = 1, 15, 4, 36, 22, 0x59616D61
    assert [decide(INTEL, 157, death, signal) for signal in (9, 0, 15)] == [ALLOW, refused(1), refused(1)]
    assert [decide(ARM, 167, what) for what in (name, dumpable, orphans, seccomp, tracer)] == [ALLOW] + [refused(1)] * 4


def test_another_machines_calls_are_not_interpreted() -> None:
    """The 32-bit table has other numbers: such a process is killed, and x32 calls do not exist."""
    assert decide(INTEL, 39, arch=0x40000003) == decide(ARM, 39, arch=0x40000028) == KILL
    assert decide(INTEL, X32 | 39) == refused(errno.ENOSYS)


def test_a_machine_without_a_table_is_refused_not_left_open() -> None:
    """No filter is no box."""
    with pytest.raises(UnknownMachineError, match="riscv64"):
        program("riscv64")


def test_a_rule_without_arguments_to_look_at_refuses() -> None:
    """A slip in the table closes, and does not open."""
    steps = filters._judge(Judged((1, 1)))
    assert interpret(b"".join(steps), bytes(64)) == refused(errno.EPERM)
