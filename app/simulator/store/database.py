"""The two doors to the file: acts, which one thread commits together, and readers.

A commit waits for the disk. Hundreds of requests a second cannot each wait their turn, so whatever has
gathered while one commit was under way goes into the next, and nobody is answered before theirs is safe.
"""

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from app.simulator.store.schema import SCHEMA

Result = TypeVar("Result")
Act = Callable[[sqlite3.Connection], Result]
BATCH = 256


class Database:
    """The open file. ``do`` and ``submit`` write, ``read`` lends a connection for looking."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)  # it holds the accounts' tokens
        self._path = path
        self._writer = self._connect()
        self._writer.executescript(SCHEMA)
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._acts: queue.SimpleQueue[tuple[Act[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="simulator-writer", daemon=True)
        self._thread.start()

    def submit(self, act: Act[Result]) -> Future[Result]:
        """``act``'s result once it is on the disk. An act that raises leaves no trace and hands its error back."""
        future: Future[Result] = Future()
        future.set_running_or_notify_cancel()  # nobody may cancel what is on its way to the disk
        self._acts.put((act, future))
        return future

    def do(self, act: Act[Result]) -> Result:
        return self.submit(act).result()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._readers.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            yield connection
        finally:
            self._readers.put(connection)

    def close(self) -> None:
        """Finish what was asked, then close the file."""
        self._acts.put(None)
        self._thread.join()
        self._writer.close()
        while not self._readers.empty():
            self._readers.get().close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=30)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _write(self) -> None:
        while (first := self._acts.get()) is not None:
            batch, ended = [first], False
            while len(batch) < BATCH and not self._acts.empty():
                following = self._acts.get()
                if following is None:
                    ended = True
                    break
                batch.append(following)
            self._commit_together(batch)
            if ended:
                return

    def _commit_together(self, batch: list[tuple[Act[Any], Future[Any]]]) -> None:
        """One transaction for all; if one fails, each alone, so that only the culprit hears of it."""
        try:
            results = self._transact([act for act, _ in batch])
        except Exception as error:  # the asker's to handle, not this thread's to die of
            if len(batch) == 1:
                batch[0][1].set_exception(error)
            else:
                for single in batch:
                    self._commit_together([single])
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)

    def _transact(self, acts: list[Act[Any]]) -> list[Any]:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            results = [act(self._writer) for act in acts]
            self._writer.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise
        return results
