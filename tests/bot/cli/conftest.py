"""The shell commands in this process, and what they leave set put back afterwards."""

from __future__ import annotations

import json
import logging
import os
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.__main__ import main


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, which must be one JSON object on one line and nothing else."""
        assert self.out.count("\n") == 1
        loaded = json.loads(self.out)
        assert isinstance(loaded, dict)
        return loaded


@pytest.fixture(autouse=True)
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty folder, a home of its own, and logging and time zones as they were."""
    for name in [name for name in os.environ if name.startswith(("EPOCHBOT_", "ANTHROPIC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("EPOCHBOT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    zones, handlers, level = zoneinfo.TZPATH, logging.root.handlers[:], logging.root.level
    yield
    zoneinfo.reset_tzpath(zones)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


Epochbot = Callable[..., Done]


@pytest.fixture
def epochbot(capsys: pytest.CaptureFixture[str]) -> Epochbot:
    """Run a shell command."""

    def run(*words: str | Path) -> Done:
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:  # argparse leaves this way
            code = int(ended.code or 0)
        said = capsys.readouterr()
        assert "bot/cli" not in said.err, "a traceback of ours"
        return Done(code, said.out, said.err)

    return run
