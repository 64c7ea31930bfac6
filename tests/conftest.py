"""One warm runner for all tests of a process, so that each need not pay for libraries again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from runner import Isolation, Job, Result
from runner.warm import WarmRunner


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
