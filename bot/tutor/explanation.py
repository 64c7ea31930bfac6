"""What an explanation is: the words, where they come from, and the learner's line they point at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One explanation of a failed submission.

    `source` names the rule that found it: known, syntax, exception, shape, numeric, check, place, pattern, limit, case, ai. `specific` says
    that it names a cause or a place, not only the failing case. `text` may quote the learner, and ends with `next_step`, if there is one.
    `blamed` is the line whose change is known to make every case pass; an exception's own `line` is only where it was raised.
    """

    source: str
    specific: bool
    text: str
    line: int | None = None
    code_line: str = ""
    misconception: str = ""
    next_step: str = ""
    blamed: int | None = None

    @property
    def proven(self) -> bool:
        """Whether the place of the mistake is known for certain."""
        return self.blamed is not None
