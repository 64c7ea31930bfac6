"""A local Claude over a real socket, and a failed submission to ask it about."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FAKES = Path(__file__).parents[2] / "fakes"


def _load(name: str) -> ModuleType:
    """A module beside the tests, which are no package."""
    spec = importlib.util.spec_from_file_location(f"fakes_{name}", FAKES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def wire() -> ModuleType:
    """The fake's module: `message`, `failure`, `Step`."""
    return _load("claude_server")


@pytest.fixture
def claude(wire: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A local Claude, and an environment in which nothing else can be reached by accident."""
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with wire.serving() as server:
        yield server
