"""Lists a process and all below it, as /proc shows them."""
from __future__ import annotations

from pathlib import Path


def family(first: int, proc: Path) -> set[int]:
    """List a process and all below it. In a box, whoever loses his parent is given to the first process."""
    found: set[int] = set()
    waiting = [first]
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting.extend(_children(pid, proc))
    return found


def _children(pid: int, proc: Path) -> list[int]:
    children: list[int] = []
    try:
        for task in (proc / str(pid) / "task").iterdir():
            children.extend(int(child) for child in (task / "children").read_text().split())
    except OSError:
        pass  # it ended while we looked
    return children
