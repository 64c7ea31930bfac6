"""Notes which lines were run after which, in a process where coverage.py cannot be: sent to it as text, never imported.

A note is one byte of a file that was mapped before anything was given up. So it needs no system call, and outlives closed
descriptors, filters, forks and being killed.
"""

import mmap
import os
import sys
from opcode import opmap

# Given by who sends this: the table's descriptor, how wide it is for a file, where each file is in it, whether threads are
# looked at too, for which a module must be imported that would not be there otherwise, and whether the descriptor is
# needed again.
FD, SIDE, FILES, THREADS, KEEP = globals()["GIVEN"]

MOST = 300  # what is run so often has been seen, and looking at it would take too long
HALF = SIDE // 2

# What was mapped needs no descriptor, and nobody should find one: neither what was given nor the copy that is kept of it.
COPY = os.dup(FD)
os.close(COPY)
TABLE = mmap.mmap(FD, 0)
if not KEEP:
    os.close(FD)
os.close(COPY)  # the lowest free number then and now

bases: dict = {}
entered: dict = {}


def base_of(name):
    """Say where a file's part of the table begins; below 0 for files that are not ours."""
    if name not in bases:
        tail = next((name[at + 1 :] for top in ("/runner/", "/challenges/") if (at := name.rfind(top)) >= 0), "")
        bases[name] = FILES.get(tail, -1) * SIDE * SIDE
    return bases[name]


def at_resume(steps, at):
    """Say whether a step is where a generator goes on."""
    return 0 <= at < len(steps) and steps[at] == opmap.get("RESUME")


def follow(frame, _event, _about):
    """Note the steps of one call, as long as there are not too many calls."""
    code = frame.f_code
    base = base_of(code.co_filename)
    times = entered[code] = entered.get(code, 0) + 1 if base >= 0 else MOST + 1
    if times > MOST:
        return None
    steps, outside = code.co_code, -code.co_firstlineno
    goes_on = at_resume(steps, frame.f_lasti) and steps[frame.f_lasti + 1] != 0
    before = frame.f_lineno if goes_on else outside

    def line(frame, event, _about):
        nonlocal before
        now = frame.f_lineno
        if event == "line" and now is not None:
            TABLE[base + (before + HALF) * SIDE + now + HALF] = 1
            before = now
        elif event == "return" and not at_resume(steps, frame.f_lasti + 2):
            TABLE[base + (before + HALF) * SIDE + outside + HALF] = 1
        return line

    return line


if THREADS:
    import threading

    threading.settrace(follow)
sys.settrace(follow)
