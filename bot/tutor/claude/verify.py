"""Whether an answer understood the mistake: its private fix must change the line it cites, and then pass. The second is for a box.

Pure. It proves that the bug was found, not that every sentence is true; that is why a text is also held against what it cites.
"""

from __future__ import annotations

import ast
import difflib
import re

SLACK = 1  # lines between what is cited and what is changed
_NUMBERED = re.compile(r"^\s*\d+\| ?", re.MULTILINE)
_FENCED = re.compile(r"\A\s*```\w*\n(.*?)\n?```\s*\Z", re.DOTALL)


def plain_fix(fix: str) -> str:
    """A fix as a program: without a fence around it, and without our line numbers."""
    fenced = _FENCED.match(fix)
    code = fenced.group(1) if fenced else fix
    lines = [line for line in code.split("\n") if line.strip()]
    return _NUMBERED.sub("", code) if lines and all(_NUMBERED.match(line) for line in lines) else code


def plausible(source: str, fix: str, line: int) -> bool:
    """Whether a fix is another program than the learner's and changes the line it cites, or one beside it."""
    try:
        fixed = ast.dump(ast.parse(fix))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    try:
        if fixed == ast.dump(ast.parse(source)):
            return False
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        pass  # what they wrote does not parse: that may be the mistake
    return any(abs(line - changed) <= SLACK for changed in changed_lines(source, fix))


def changed_lines(source: str, fix: str) -> set[int]:
    """The lines of a program, from 1, that a fix changes or removes, or beside which it adds some."""
    before, after = ([line.rstrip() for line in text.split("\n")] for text in (source, fix))
    found: set[int] = set()
    for tag, start, end, _, _ in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "insert":
            found |= {max(start, 1), min(start + 1, len(before))}
        elif tag != "equal":
            found |= set(range(start + 1, end + 1))
    return found
