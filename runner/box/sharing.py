"""Has `multiprocessing` do without what no filter of ours allows: its own program, and passing of descriptors.

The program, its tracker, removes the shared memory that processes forget. A run's shared memory goes with the run, so
nothing is lost; without this, everything that tells the tracker of a name would fail. The descriptors are torch's way
of passing tensors between processes, such as from a loader's workers; without this, who waits for one would for ever.
"""
from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

_TRACKER = "multiprocessing.resource_tracker"
_PASSING = "multiprocessing.reduction"


def _say_nothing(*_said: str) -> None:
    """Stand in for telling the tracker."""


def _silence(module: ModuleType) -> None:
    module._resource_tracker._send = _say_nothing


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        _silence(module)


class _Finder:
    def find_spec(self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        found = PathFinder.find_spec(name, path) if name == _TRACKER else None
        if found is not None and found.origin is not None:
            found.loader = _Loader(name, found.origin)
        return found


def _pass_tensors_by_value(module: ModuleType) -> None:
    reducers = module.ForkingPickler._extra_reducers
    for kind in [kind for kind in reducers if kind.__module__.partition(".")[0] == "torch"]:
        del reducers[kind]


def settle() -> None:
    """Silence the tracker, now or when it is imported, and have tensors passed as bytes where torch is there."""
    if (tracker := sys.modules.get(_TRACKER)) is not None:
        _silence(tracker)
    elif not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    if "torch" in sys.modules and (passing := sys.modules.get(_PASSING)) is not None:
        _pass_tensors_by_value(passing)
