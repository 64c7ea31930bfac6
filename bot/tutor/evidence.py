"""What a closer look at a failed submission found: a proven place, a smaller failing case.

Plain values, handed to the explainer. No code of our own solutions is in them.
"""

from __future__ import annotations

from dataclasses import dataclass

from challenges.model import Mismatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a submission goes wrong, in the learner's own lines.

    `kind` says what stands there: comparison, operator, number, name, function, option, condition, index, step missing … `code` is the
    learner's own text at that place. Changing `line`, and `others` with it, makes every case pass: that has been run, or
    follows because nothing else differs from a solution that passes.
    """

    line: int
    kind: str
    code: str = ""
    others: tuple[int, ...] = ()
    function: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was found beyond the grader's report; each part may be missing."""

    place: Place | None = None
    smaller: Mismatch | None = None  # on an input made from visible ones, so it may be shown
