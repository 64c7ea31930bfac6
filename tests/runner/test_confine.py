"""The two walls of contained mode, each by itself: what Landlock is told, and what the second filter answers."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.box import landlock
from runner.box.confine import Libraries, strict
from runner.box.filters import UnknownMachineError

ROOT = Path(__file__).parents[2]

WALLS = """
    import os, signal, sys
    sys.path.insert(0, {root!r})
    from runner.box import cage, landlock
    from runner.box.confine import strict
    victim = {victim!r}
    other = int({other!r})
    cage.drop_powers()
    version, filtered = {version!r}, {filtered!r}
    rules = [(folder, landlock.READ | landlock.LIST) for folder in {readable!r}]
    if version:
        landlock.restrict(rules, version)
    if filtered:
        cage.load_filter(strict(os.uname().machine, os.getpid()))

    def attempt(do):
        try:
            do()
        except OSError:
            return False
        return True

    print([
        attempt(lambda: open(victim)), attempt(lambda: os.truncate(victim, 3)), attempt(lambda: os.chmod(victim, 0o600)),
        attempt(lambda: os.kill(other, 0)), attempt(lambda: os.fork() or os._exit(0)),
        attempt(lambda: open(os.__file__)), attempt(lambda: os.kill(os.getpid(), 0)),
    ])
    os._exit(0)
"""


@pytest.mark.parametrize(
    ("version", "filtered", "expected"),
    [
        # read, cut off, mode, signal, fork; its own library, a signal to itself
        (0, False, [True, True, True, True, True, True, True]),
        (0, True, [True, True, False, False, False, True, True]),
        (3, False, [False, False, True, True, True, True, True]),
        (5, False, [False, False, True, True, True, True, True]),
        (6, False, [False, False, True, False, True, True, True]),
        (3, True, [False, False, False, False, False, True, True]),
        (7, True, [False, False, False, False, False, True, True]),
    ],
)
def test_each_wall_holds_what_it_is_there_for(
    version: int, filtered: bool, expected: list[bool], tmp_path: Path
) -> None:
    """Landlock keeps files, the filter keeps modes, signals and processes; what a run needs is left to it."""
    if version > landlock.version():
        version = landlock.version()  # the same walls from 6 on; below it nothing here would be contained at all
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    code = textwrap.dedent(WALLS).format(
        root=str(ROOT), victim=str(victim), other=str(os.getpid()), version=version, filtered=filtered,
        readable=[sys.base_prefix],
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1:] == [str(expected)], done.stderr


def test_landlock_is_told_to_refuse_all_that_its_version_knows() -> None:
    """Files from 1 to 5, the network from 4, signals and abstract sockets from 6."""
    files = [0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF]
    network = [0, 0, 0, 3, 3, 3, 3]
    scopes = [0, 0, 0, 0, 0, 3, 3]
    assert [landlock.handled(known) for known in range(1, 8)] == list(zip(files, network, scopes, strict=True))


@pytest.mark.parametrize("known", [0, 1, 2])
def test_a_version_that_lets_files_be_cut_off_is_refused(known: int) -> None:
    """Before anything is asked of the kernel."""
    with pytest.raises(OSError, match=f"version {known} is too old") as caught:
        landlock.restrict([], known)
    assert caught.value.errno == errno.EOPNOTSUPP


def test_a_path_that_is_not_there_restricts_nothing(tmp_path: Path) -> None:
    """A half-made set of rules is never put in force: this very process still reads what it could."""
    with pytest.raises(FileNotFoundError):
        landlock.restrict([(str(tmp_path / "no"), landlock.READ)], landlock.version())
    assert Path("/proc/self/status").read_text()


# --- the second filter ------------------------------------------------------------------------------------------------

ALLOW, REFUSE = 0x7FFF0000, 0x00050000
SELF = 4321
MACHINES = ("x86_64", "aarch64")


def decide(machine: str, number: int, *arguments: int) -> int:
    """Interpret the filter over one call, as the kernel does."""
    fields = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", number, 0, 0, *fields)
    steps = list(struct.iter_unpack("<HBBI", strict(machine, SELF)))
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


def both(intel: int, arm: int, *arguments: int) -> set[int]:
    """What both machines answer: one answer, when they agree."""
    return {decide(machine, number, *arguments) for machine, number in zip(MACHINES, (intel, arm), strict=True)}


@pytest.mark.parametrize(
    ("intel", "arm"),
    [
        (59, 221), (322, 281), (41, 198), (42, 203), (49, 200), (50, 201), (288, 242), (91, 52), (268, 53), (93, 55),
        (260, 54), (280, 88), (29, 194), (30, 196), (64, 190), (68, 186), (240, 180), (319, 279), (294, 26), (141, 140),
        (144, 119), (314, 274), (251, 30), (200, 130), (129, 138), (297, 240),
    ],
)  # fmt: skip
def test_what_namespaces_would_have_made_harmless_is_refused(intel: int, arm: int) -> None:
    """Programs, sockets, modes and owners, what the kernel keeps for everybody, priorities, queued signals."""
    assert both(intel, arm) == {REFUSE | errno.EPERM}


@pytest.mark.parametrize("number", [57, 58, 90, 92, 132, 235, 253, 261])
def test_the_old_calls_of_intel_are_refused_too(number: int) -> None:
    """Which ARM never had."""
    assert decide("x86_64", number) == REFUSE | errno.EPERM


@pytest.mark.parametrize(("intel", "arm"), [(0, 63), (1, 64), (9, 222), (202, 98), (257, 56), (231, 94), (436, 436)])
def test_what_every_run_needs_is_allowed(intel: int, arm: int) -> None:
    """Reading, writing, mapping, locking, opening, ending, closing."""
    assert both(intel, arm) == {ALLOW}


@given(st.integers(0, 2**31 - 1).filter(lambda pid: pid != SELF))
@settings(deadline=None, max_examples=30)
def test_a_signal_goes_to_oneself_and_nobody_else(pid: int) -> None:
    """By either call; not to its group, and not to everybody."""
    for intel, arm in ((62, 129), (234, 131)):
        assert both(intel, arm, SELF) == {ALLOW}
        assert both(intel, arm, pid) == both(intel, arm, -pid % 2**64) == {REFUSE | errno.EPERM}


def test_threads_are_allowed_and_processes_are_not() -> None:
    """As the C library makes them, by the one call that is left."""
    thread, process, quick = 0x003D0F00, 17, 0x4111
    assert both(56, 220, thread) == {ALLOW}
    assert both(56, 220, process) == both(56, 220, quick) == {REFUSE | errno.EPERM}


def test_a_pair_of_sockets_is_a_stream_or_nothing() -> None:
    """One of datagrams could be led to any socket of the host by its path."""
    assert [both(53, 199, 1, kind) for kind in (1, 0x80801)] == [{ALLOW}] * 2
    assert [both(53, 199, 1, kind) for kind in (2, 3, 5, 0x80002)] == [{REFUSE | errno.EPERM}] * 4


def test_of_its_own_fate_a_run_may_change_only_its_name() -> None:
    """It is still told when its parent dies, and by the signal that cannot be ignored."""
    assert both(157, 167, 1, 9) == both(157, 167, 15) == {ALLOW}
    for option in ((1, 0), (1, 15), (4, 0), (4, 1), (36, 1), (0x59616D61, 1)):
        assert both(157, 167, *option) == {REFUSE | errno.EPERM}


def test_attributes_look_unsupported_and_newer_calls_unknown() -> None:
    """Copying a file then goes on without them, and programs fall back to what they know."""
    assert {decide("x86_64", number) for number in range(188, 200)} == {REFUSE | errno.ENOTSUP}
    assert {decide("aarch64", number) for number in range(5, 17)} == {REFUSE | errno.ENOTSUP}
    unknown = (424, 425, 434, 435, 438, 440, 444, 446, 447, 448, 452, 463, 469, 10_000)
    assert {answer for number in unknown for answer in both(number, number)} == {REFUSE | errno.ENOSYS}


def test_descriptors_are_not_controlled_beyond_what_a_terminal_is_asked() -> None:
    """Owners of signals, leases and notices reach other processes; so do a file system's own requests."""
    assert [both(72, 25, 3, command) for command in (1, 2, 3, 4, 5, 1030)] == [{ALLOW}] * 6
    assert [both(72, 25, 3, command) for command in (8, 10, 15, 1024, 1026)] == [{REFUSE | errno.EPERM}] * 5
    assert [both(16, 29, 1, request) for request in (0x5401, 0x5413)] == [{ALLOW}] * 2
    assert [both(16, 29, 1, request) for request in (0x5412, 0x8901, 0x40086602)] == [{REFUSE | errno.ENOTTY}] * 3


def test_a_machine_without_a_table_is_refused() -> None:
    """No filter is no containment."""
    with pytest.raises(UnknownMachineError, match="riscv64"):
        strict("riscv64", SELF)


# --- libraries --------------------------------------------------------------------------------------------------------


def test_libraries_are_found_by_name_and_nothing_else_is(tmp_path: Path) -> None:
    """A package, a single file; not their neighbours, and not what lies below a package, which is its own to find."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "__init__.py").write_text("")
    (tmp_path / "two.py").write_text("")
    (tmp_path / "three.py").write_text("")
    package, module = str(tmp_path / "one" / "__init__.py"), str(tmp_path / "two.py")
    finder = Libraries({"one": package, "two": module})
    found = {name: finder.find_spec(name) for name in ("one", "two", "three", "one.two")}
    assert {name: spec and (spec.origin, spec.submodule_search_locations) for name, spec in found.items()} == {
        "one": (package, [str(tmp_path / "one")]),
        "two": (module, None),
        "three": None,
        "one.two": None,
    }
