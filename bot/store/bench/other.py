"""The baseline of writing: aiosqlite, one commit per row, as most bots do it. A process of its own, on a file of its own.

Run as a script, `other.py FILE ROWS CALLERS RATE`, it imports nothing of ours; a rate of 0 is as fast as it goes. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

TABLE = "CREATE TABLE event (id INTEGER PRIMARY KEY, idem TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT"
INSERT = "INSERT INTO event (idem, body) VALUES (?, 'x')"


class NoBaseline(Exception):  # noqa: N818 - it says what is the matter
    """What others do could not be measured."""


async def measure(path: str, rows: int, callers: int, rate: float) -> dict[str, float]:
    """Write rows, each durable before its caller goes on; give rows per second and the 99th percentile in milliseconds."""
    import aiosqlite

    took: list[float] = []
    async with aiosqlite.connect(path, isolation_level=None) as db:
        for pragma in ("journal_mode = wal", "synchronous = full"):
            await db.execute(f"PRAGMA {pragma}")
        await db.execute(TABLE)

        async def write(number: int) -> None:
            began = time.perf_counter()
            await db.execute(INSERT, (f"key {number}",))
            took.append(time.perf_counter() - began)

        async def caller(first: int) -> None:
            for number in range(first, rows, callers):
                await write(number)

        started = time.perf_counter()
        if rate:
            await _steadily(write, rows, rate)
        else:
            await asyncio.gather(*(caller(first) for first in range(callers)))
        seconds = time.perf_counter() - started
    return {"per_s": rows / seconds, "p99_ms": sorted(took)[min(rows - 1, rows * 99 // 100)] * 1000}


async def _steadily(write: Any, rows: int, rate: float) -> None:
    loop, tasks = asyncio.get_running_loop(), []
    first = loop.time()
    for number in range(rows):
        await asyncio.sleep(max(0.0, first + number / rate - loop.time()))
        tasks.append(asyncio.create_task(write(number)))
    await asyncio.gather(*tasks)


async def ask(path: Path, rows: int, callers: int, rate: float = 0.0) -> dict[str, float]:
    """Have it measured in a process of its own.

    Raises:
        NoBaseline: that failed, as where aiosqlite is not installed.
    """
    words = [sys.executable, __file__, str(path), str(rows), str(callers), str(rate)]
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    if process.returncode:
        told = err.decode(errors="replace").splitlines()
        named = [line for line in told if "Error: " in line and not line.startswith(" ")]
        why = next(
            (line for line in named if "Event loop" not in line), "no reason given"
        )  # its thread dies noisily, too
        raise NoBaseline(f"the baseline failed ({why}); it needs what `make test` installs")
    found: dict[str, float] = json.loads(out)
    return found


if __name__ == "__main__":
    file, *numbers = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(measure(file, int(numbers[0]), int(numbers[1]), float(numbers[2])))))
