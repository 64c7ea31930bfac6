"""Owns the system-call filter a run gets: a list of what is allowed, compiled to a BPF program. Loads nothing itself.

Namespaces, dropped capabilities and control groups hold without it. It keeps a run away from all of the kernel that our
curriculum does not use: what is refused says EPERM, what is not known ENOSYS, and another machine's calls kill.

Numbers next to each other that get the same answer are one span, and a binary search finds a call's span in some seven
comparisons. The kernel tries the program on every call's number as it is loaded, and from then on lets through what
does not depend on arguments without running it; for that it may hold no other kinds of steps than these.
"""
from __future__ import annotations

import errno
import functools
import struct

from .calls import ALLOWED, JUDGED, KNOWN, UNKNOWN, Judged, Only

_LOAD, _AND, _GO, _RETURN = 0x20, 0x54, 0x05, 0x06
_JUMP_EQUAL, _JUMP_AT_LEAST = 0x15, 0x35
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCH_AT, _ARGS_AT = 0, 4, 16
_FARTHEST = 255  # that a jump with a condition reaches
_ALL_BITS = 0xFFFFFFFF
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

Steps = list[bytes]
Span = tuple[int, Steps]
"""Where it begins, and what to do with its calls; it ends where the next begins."""


class UnknownMachineError(OSError):
    """No system-call numbers are known for this machine."""


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("<HBBI", code, yes, no, value)


def _refuse(number: int) -> Steps:
    return [_step(_RETURN, _ERRNO | number)]


def _equal(values: tuple[int, ...], otherwise: int) -> Steps:
    """Go on after these steps when what is loaded is one of some values, else `otherwise` steps further on."""
    last = len(values) - 1
    return [_step(_JUMP_EQUAL, value, last - at, otherwise if at == last else 0) for at, value in enumerate(values)]


def _hold(only: Only, otherwise: int) -> Steps:
    """Go on after these steps when an argument is what it must be, else `otherwise` steps further on."""
    low = _ARGS_AT + 8 * only.argument  # both machines put the lower half first
    cut = [] if only.mask == _ALL_BITS else [_step(_AND, only.mask)]
    steps = [_step(_LOAD, low), *cut, *_equal(only.values, otherwise)]
    return [_step(_LOAD, low + 4), *_equal((0,), len(steps) + otherwise), *steps] if only.whole else steps


def _judge(call: Judged) -> Steps:
    """Try each alternative in turn."""
    steps: Steps = []
    for alternative in call.alternatives:
        tried = [_step(_RETURN, _ALLOW)]
        for only in reversed(alternative):
            tried = _hold(only, len(tried)) + tried
        steps += tried
    return steps + _refuse(call.error)


def spans(at: int) -> list[Span]:
    """Lay out what becomes of every number on one of the machines, by its place in the table."""
    judged = {number: _judge(call) for call in JUDGED.values() if (number := call.numbers[at]) is not None}
    allowed = {number for numbers in ALLOWED.values() if (number := numbers[at]) is not None}
    hidden = {number for numbers in UNKNOWN.values() if (number := numbers[at]) is not None}
    weighed = {number for first, end in KNOWN[at] for number in range(first, end)} - hidden
    found: list[Span] = []
    for number in range(KNOWN[at][-1][1] + 1):  # and one more, for all that come later
        steps = _refuse(errno.EPERM if number in weighed else errno.ENOSYS)
        steps = [_step(_RETURN, _ALLOW)] if number in allowed else judged.get(number, steps)
        if not found or found[-1][1] != steps:
            found.append((number, steps))
    return found


def search(found: list[Span]) -> Steps:
    """Do what belongs to the number that is loaded, by halving the spans."""
    if len(found) == 1:
        return found[0][1]
    middle = len(found) // 2
    below, above = search(found[:middle]), search(found[middle:])
    begins = found[middle][0]
    if len(below) <= _FARTHEST:
        return [_step(_JUMP_AT_LEAST, begins, len(below)), *below, *above]
    return [_step(_JUMP_AT_LEAST, begins, 0, 1), _step(_GO, len(below)), *below, *above]


@functools.cache
def program(machine: str) -> bytes:
    """Compile the filter for a machine as `os.uname` names it; once, for it is needed in every run.

    Raises:
        UnknownMachineError: when its call numbers are not known here.
    """
    if machine not in _MACHINES:
        raise UnknownMachineError(errno.ENOTSUP, f"no system-call filter is known for {machine}")
    at, arch = _MACHINES[machine]
    # The 32-bit calls of x86-64 have other numbers; those of x32 have numbers above all others, and are unknown.
    right = [_step(_LOAD, _ARCH_AT), _step(_JUMP_EQUAL, arch, 1), _step(_RETURN, _KILL), _step(_LOAD, _NUMBER_AT)]
    return b"".join([*right, *search(spans(at))])
