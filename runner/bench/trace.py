"""Times the steps of warm runs from within, for a few runs that are not counted otherwise.

Puts a clock around functions of the runner for as long as a block lasts. Knows their names, and nothing of what they do.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

from runner import prepare, verdict, warm
from runner.cells import Cell
from runner.pool import Pool
from runner.zygote import Zygote

Spent = dict[str, float]
"""Milliseconds by phase; what happens several times adds up."""

# On the way of a run: what is timed and what it is called.
_STEPS: tuple[tuple[Any, str, str], ...] = (
    (prepare, "arguments", "arguments encoded"),
    (Pool, "take", "waited for a worker"),
    (warm._WarmRun, "_take", "worker taken"),
    (Cell, "answer", "task sent to frame read"),
    (warm._WarmRun, "_drop", "worker given back"),
    (verdict, "result", "verdict"),
)


def _replaced(owner: Any, name: str, make: Callable[[Any], Any], undo: ExitStack) -> None:
    original = getattr(owner, name)
    setattr(owner, name, wraps(original)(make(original)))
    undo.callback(setattr, owner, name, original)


def _timed(phase: str, spent: Spent) -> Callable[[Any], Any]:
    def around(original: Any) -> Any:
        def done(began: float) -> None:
            spent[phase] = spent.get(phase, 0.0) + (time.perf_counter() - began) * 1000

        async def later(*args: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return await original(*args, **named)
            finally:
                done(began)

        def now(*args: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return original(*args, **named)
            finally:
                done(began)

        return later if inspect.iscoroutinefunction(original) else now

    return around


class _Lives:
    """The milestones of each cell, which lie between functions and not within one."""

    def __init__(self, spent: Spent) -> None:
        self.spent = spent
        self.since: dict[Cell, float] = {}

    def step(self, cell: Cell, phase: str) -> None:
        """Note the time since this cell's last milestone."""
        now = time.perf_counter()
        if cell in self.since:
            self.spent[phase] = (now - self.since[cell]) * 1000
        self.since[cell] = now

    def order(self, original: Any) -> Any:
        def around(*args: Any) -> Cell:
            began = time.perf_counter()
            cell: Cell = original(*args)
            self.since[cell] = began
            cell.ready.add_done_callback(lambda _done: self.step(cell, "and caged, beyond that"))
            return cell

        return around

    def made(self, original: Any) -> Any:
        def around(zygote: Zygote, number: int, *fds: int) -> None:
            if cell := zygote.cells.get(number):
                self.step(cell, "cell made and worker forked")
            original(zygote, number, *fds)

        return around

    def placed(self, original: Any) -> Any:
        def around(zygote: Zygote, cell: Cell, *args: Any) -> None:
            self.step(cell, "worker put in its group")
            original(zygote, cell, *args)

        return around

    def end(self, original: Any) -> Any:
        def around(cell: Cell) -> None:
            if not cell.ended:
                self.since[cell] = time.perf_counter()
                cell.gone.add_done_callback(lambda _done: self.step(cell, "torn down"))
            original(cell)

        return around


@contextmanager
def traced(spent: Spent) -> Iterator[None]:
    """Time the steps of all warm runs, and of all cells ordered, while the block lasts."""
    lives = _Lives(spent)
    milestones = (
        (Zygote, "order", lives.order),
        (Zygote, "_made", lives.made),
        (Zygote, "_placed", lives.placed),
        (Cell, "end", lives.end),
    )
    with ExitStack() as undo:
        for owner, name, phase in _STEPS:
            _replaced(owner, name, _timed(phase, spent), undo)
        for holder, name, make in milestones:
            _replaced(holder, name, make, undo)
        yield
