"""A few threads that only read. Each has a connection of its own that the engine keeps from writing."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.store import connect, errors

READERS = 2

T = TypeVar("T")


class Readers:
    """A small pool of reading connections. Open it after the writer, close it before."""

    def __init__(self, path: Path, size: int = READERS) -> None:
        self._path = path
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="store-reader")
        self._idle: queue.SimpleQueue[Database] = queue.SimpleQueue()
        for _ in range(size):
            self._idle.put(connect.open_reader(path))
        self._size, self._closed = size, False

    async def run(self, query: Callable[[Database], T]) -> T:
        """Run a query on one consistent state of the database and return its value.

        Raises:
            StoreError: when the database cannot be read.
        """
        if self._closed:
            raise errors.closed(self._path)
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, query)

    def _read(self, query: Callable[[Database], T]) -> T:
        db = self._idle.get()
        try:
            with errors.explained(self._path):
                db.execute("BEGIN")
                return query(db)
        finally:
            if db.conn.in_transaction:
                db.execute("ROLLBACK")
            self._idle.put(db)

    async def close(self) -> None:
        """Wait for running queries and close every connection."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._pool.shutdown)
        for _ in range(self._size):
            self._idle.get().close()
