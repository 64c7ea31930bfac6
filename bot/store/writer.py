"""The one thread that writes: many callers' operations become one durable commit.

An operation is a function of the database. It runs in a savepoint of its own, so one that fails takes nobody else's
work with it, and it is answered only after the commit. Operations may run twice when a commit fails (the first time
leaves no trace), so they must have no other effect. Knows nothing of tables.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from bot.measuring import Meter, Silent
from bot.store import connect, errors
from bot.store.engine import sqlite3

MOST_PER_COMMIT = 256
MOST_WAITING = 4096  # more callers than this wait for a place in the queue

T = TypeVar("T")
Operation = Callable[[Database], T]


class _Kept:
    """Keep an exception raised in a block, to be raised again where the caller waits for it."""

    error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


@dataclass(slots=True)
class _Task:
    """An operation on its way, and later what became of it."""

    operation: Operation[Any]
    answer: asyncio.Future[Any]
    value: Any = None
    error: Exception | None = None

    def deliver(self) -> None:
        """Answer the caller, unless it has gone."""
        if not self.answer.done():
            _settle(self.answer, self.value, self.error)


class Writer:
    """Owns the writing connection and its thread. Begin with `start`, end with `close`."""

    def __init__(self, path: Path, prepare: Callable[[Database], None], meter: Meter | None = None) -> None:
        self._path, self._prepare, self._meter = path, prepare, meter or Silent()
        self._loop = asyncio.get_running_loop()
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._places = asyncio.Semaphore(MOST_WAITING)
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)

    async def start(self) -> None:
        """Open the database and prepare it, in the writer's own thread.

        Raises:
            StoreError: when it cannot be opened or written.
        """
        self._thread.start()
        await self._opened

    @property
    def alive(self) -> bool:
        """Whether its thread is there."""
        return self._thread.is_alive()

    @property
    def queued(self) -> int:
        """How many operations wait for their turn."""
        return self._tasks.qsize()

    async def run(self, operation: Operation[T]) -> T:
        """Run an operation and return its value once it is on the disk.

        Raises:
            StoreError: when it could not be stored.
        """
        async with self._places:
            if self._closing:
                raise errors.closed(self._path)
            answer: asyncio.Future[T] = self._loop.create_future()
            self._tasks.put(_Task(operation, answer))
            return await answer

    async def close(self) -> None:
        """Finish what is queued, fold the log into the file and close it."""
        if not self._closing:
            self._closing = True
            self._tasks.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    def _work(self) -> None:
        """Be the thread: open, serve until told to stop, close."""
        opening = _Kept()
        with opening:
            turn, db = self._open()
        self._tell(_settle, self._opened, None, opening.error)
        if opening.error is None:
            self._serve(db, turn)
            self._shut(db, turn)
        self._tell(_settle, self._ended, None, None)

    def _open(self) -> tuple[connect.Turn, Database]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            turn = connect.Turn(self._path)
        except OSError as error:
            raise errors.unreachable(error, self._path) from error
        opened = False
        try:
            with errors.explained(self._path), turn.held():
                db = self._open_database()
                opened = True
                return turn, db
        finally:
            if not opened:
                turn.close()

    def _open_database(self) -> Database:
        db = connect.open_writer(self._path)
        prepared = False
        try:
            self._prepare(db)
            db.execute(f"PRAGMA busy_timeout = {connect.BUSY_TIMEOUT_MS}").close()
            prepared = True
        finally:
            if not prepared:
                db.close()
        return db

    def _serve(self, db: Database, turn: connect.Turn) -> None:
        while (batch := self._next_batch()) is not None:
            started = time.perf_counter()
            self._commit(db, turn, batch)
            self._meter.wrote(time.perf_counter() - started, len(batch))
            self._tell(_deliver_all, batch)

    def _next_batch(self) -> list[_Task] | None:
        """Wait for one task, then take whatever else is there; None at the end."""
        first = self._tasks.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < MOST_PER_COMMIT and not self._tasks.empty():
            task = self._tasks.get()
            if task is None:
                self._tasks.put(None)  # the next round ends
                break
            batch.append(task)
        return batch

    def _commit(self, db: Database, turn: connect.Turn, batch: list[_Task]) -> None:
        """Commit a batch together; when that fails, each task alone, so that those that fit are kept."""
        attempt = _Kept()
        with attempt, errors.explained(self._path), turn.held(), connect.transaction(db):
            for task in batch:
                self._run_one(db, task)
        if attempt.error is None:
            return
        if len(batch) == 1:
            batch[0].error = attempt.error
            return
        for task in batch:
            self._commit(db, turn, [task])

    def _run_one(self, db: Database, task: _Task) -> None:
        kept = _Kept()
        with kept, errors.explained(self._path), connect.savepoint(db):
            task.value = task.operation(db)
        task.error = kept.error
        if kept.error is not None and not db.conn.in_transaction:
            raise kept.error  # the engine gave up the whole transaction, everybody's work with it

    def _shut(self, db: Database, turn: connect.Turn) -> None:
        """Close; a log that cannot be folded into the file now is folded in at the next opening."""
        with suppress(sqlite3.Error, errors.StoreError), turn.held():
            try:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            finally:
                db.close()
        turn.close()

    def _tell(self, call: Callable[..., object], *args: object) -> None:
        """Hand something to the event loop, unless that ended without closing the store."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *args)


def _settle(answer: asyncio.Future[Any], value: object, error: Exception | None) -> None:
    if error is None:
        answer.set_result(value)
    else:
        answer.set_exception(error)


def _deliver_all(batch: list[_Task]) -> None:
    for task in batch:
        task.deliver()
