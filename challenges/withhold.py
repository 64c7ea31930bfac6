"""Takes out of a report all that hidden inputs could have shaped: messages, texts and numbers a learner's code chose.

Pure. A fault of a visible case is told in full, for its inputs are public. Of a hidden case's fault only what can carry
next to nothing of its inputs is left: the class, if it is one of Python's own, and the line, if the source has it and is
no longer than a solution needs to be. Even a frame that a learner forged goes through here, so a class or a line of their
making says nothing either.

A learner who chooses class and line by a hidden input still sends at most 14 bits (`BITS`) of it to themselves with each
attempt; how many hidden cases pass, and how long a run takes, say a little more. Inputs drawn anew make that worthless
for the next attempt. A hidden case that is the same each time could be asked for bit by bit, so nothing may hang on its
staying unknown; its right answer is nowhere to be asked for.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import replace

from challenges.model import Case
from challenges.show import clean
from runner import Fault, Outcome, Result, Returned

OURS = frozenset({"SystemExit", "Signal", "Exit", "OutputLimit", "Violation", "Timeout", "Memory", "NotRun"})
MEASURED = (Outcome.TIMEOUT, Outcome.MEMORY)  # seen from outside and told in our words
NOT_RUN = "NotRun"
TOLD_LINES = 128  # of a longer source no line is told: it could be a table that spells out the input
BITS = 14  # of which the line is half
UNTOLD = {
    Outcome.OUTPUT_LIMIT: "A hidden case printed or returned more than is allowed.",
    Outcome.VIOLATION: "A hidden case tried something that is not allowed here.",
}


def told(
    cases: Sequence[Case], returned: dict[str, Returned], learner: Result, source: str
) -> tuple[Fault | None, str]:
    """The fault to show for a whole run, and the sentence that goes with its outcome."""
    back = _telling(cases, returned, learner.outcome)
    if learner.outcome is Outcome.INTERNAL:
        return None, learner.detail  # for the operator; learners read a text of ours
    if back is None or back.fault is None:
        return None, UNTOLD.get(learner.outcome, "")
    if any(case.visible for case in cases if case.id == back.id):
        fault = cleaned(back.fault)
    else:
        fault = withheld(back.fault, back.outcome, source)
    return fault, _detail(learner.outcome, fault)


def withheld(fault: Fault, outcome: Outcome, source: str) -> Fault:
    """What may be said of a hidden case's fault."""
    lines = source.splitlines()
    line = fault.line if fault.line and 0 < fault.line <= len(lines) <= TOLD_LINES else None
    return Fault(
        type=fault.type if _known(fault.type) else "Exception",
        message=fault.message if outcome in MEASURED else "",
        line=line,
        source_line=clean(lines[line - 1].strip()[:300]) if line else "",
    )


def cleaned(fault: Fault) -> Fault:
    """The fault with texts that can be stored and sent."""
    return replace(
        fault,
        type=clean(fault.type),
        message=clean(fault.message),
        source_line=clean(fault.source_line),
        traceback=clean(fault.traceback),
    )


def _telling(cases: Sequence[Case], returned: dict[str, Returned], outcome: Outcome) -> Returned | None:
    """The call that tells most: one with the run's outcome before any other, and a visible one before a hidden one."""
    faulty = [
        (case, returned[case.id])
        for case in cases
        if case.id in returned and returned[case.id].fault and returned[case.id].outcome is not Outcome.OK
    ]
    ran = [(case, back) for case, back in faulty if back.fault and back.fault.type != NOT_RUN] or faulty
    decisive = [(case, back) for case, back in ran if back.outcome is outcome] or ran
    return min(decisive, key=lambda pair: not pair[0].visible)[1] if decisive else None


def _known(name: str) -> bool:
    found = getattr(builtins, name, None)
    return name in OURS or (isinstance(found, type) and issubclass(found, BaseException))


def _detail(outcome: Outcome, fault: Fault) -> str:
    if outcome in (Outcome.OK, Outcome.ERROR):
        return ""
    if not fault.message:
        return UNTOLD.get(outcome, "")
    return f"{fault.message[:1].upper()}{fault.message[1:]}."
