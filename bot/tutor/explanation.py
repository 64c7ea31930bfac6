"""What an explanation is: the words, where they come from, and the learner's line they point at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One explanation of a failed submission.

    `source` names the rule that found it: known, syntax, exception, shape, numeric, limit, case, ai. `specific` says that
    it names a cause, not only the failing case. `text` may quote the learner.
    """

    source: str
    specific: bool
    text: str
    line: int | None = None
    code_line: str = ""
    misconception: str = ""
