"""What all tests share: one warm runner for each process, and a count of the payloads that were held against the platforms' rules."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from hypothesis import settings

from runner import Isolation, Job, Result
from runner.warm import WarmRunner

settings.register_profile("quick", max_examples=40, deadline=None)  # how busy a machine is says nothing of the code
settings.register_profile("soak", max_examples=500, deadline=None)
settings.load_profile("soak" if os.environ.get("EPOCHBOT_SOAK") else "quick")

CHECKED: Counter[str] = Counter()
COUNTERS = {"Discord": "tests.fakes.discord_answers", "Slack": "tests.fakes.slack_checks"}


def checked_here() -> dict[str, int]:
    """Count what this process has checked, by platform and kind."""
    modules = {platform: sys.modules.get(name) for platform, name in COUNTERS.items()}
    counters = {platform: module.ALL_VALIDATED for platform, module in modules.items() if module}
    return {f"{platform} {kind}": n for platform, counter in counters.items() for kind, n in counter.items()}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's count to the process that reports."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["checked"] = checked_here()


class Workers:
    """Hears of workers that end; there are none without the plugin that makes them."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add its count."""
        CHECKED.update(getattr(node, "workeroutput", {}).get("checked", {}))


def pytest_configure(config: pytest.Config) -> None:
    """Listen to workers."""
    config.pluginmanager.register(Workers())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long forms out, unless they are asked for: each has a short form beside it."""
    if not os.environ.get("EPOCHBOT_SOAK"):
        long = [item for item in items if item.get_closest_marker("slow")]
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=long)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many payloads of which kinds were checked."""
    CHECKED.update(checked_here())
    if CHECKED:
        terminalreporter.section(f"{CHECKED.total():,} payloads held against the platforms' rules")
        terminalreporter.line(", ".join(f"{kind} {n}" for kind, n in sorted(CHECKED.items())))


class Warm:
    """A warm runner in a thread of its own, so that all tests of a process share its zygotes."""

    def __init__(self) -> None:
        """Start the thread; zygotes are started as profiles are asked for."""
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.inner: WarmRunner = self.wait(self._open())

    async def _open(self) -> WarmRunner:
        return WarmRunner(Isolation.REDUCED)

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    async def _run(self, job: Job) -> Result:
        assert await self.inner.warm_up(job.profile)
        return await self.inner.run(job)

    async def run(self, job: Job) -> Result:
        """Run a job in the other thread."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._run(job), self.loop))

    def close(self) -> None:
        """End every zygote; nothing may be left."""
        assert self.wait(self.inner.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


@pytest.fixture(scope="session", name="warm")
def _warm() -> Iterator[Warm]:
    """The warm runner that all tests of this process share."""
    warm = Warm()
    yield warm
    warm.close()
