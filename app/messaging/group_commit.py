"""Group commit: what arrives while a transaction runs is written by the next one, all together. No Flask, no database.

Callbacks come by the hundred, and a transaction each costs more in waiting for the database than in writing to it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition, Lock, Semaphore
from typing import Generic, TypeVar

T = TypeVar("T")
MAXIMUM = 100
"""Of one transaction: others wait for the database too."""
GATHER_S = 0.002
"""How long a batch waits to be as large as the last one: those just answered are coming again."""


@dataclass(eq=False)
class _Waiting(Generic[T]):
    item: T
    future: "asyncio.Future[None] | None" = None
    """Of whoever waits in an event loop; a thread waits for ``called``."""
    called: Semaphore = field(default_factory=lambda: Semaphore(0))
    """Released once: when it is done, or when it is its turn to write."""
    is_done: bool = False
    error: Exception | None = None


class Interrupted(Exception):
    """The thread that was writing ended in the middle: whoever called is to call again."""


class GroupCommit(Generic[T]):
    """The writers of one process. ``write`` puts items on the disk in one transaction, in the order they came."""

    def __init__(self, write: Callable[[Sequence[T]], None], *, max: int = MAXIMUM) -> None:
        self._write = write
        self._max_length = max
        self._waiting: deque[_Waiting[T]] = deque()
        self._is_writing = False
        self._lock = Lock()
        """Held for an instant, around the two above."""
        self._enough = Condition(self._lock)
        self._wanted = self._last = 0
        """How many a batch waits for now, how many the last one had."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="group-commit")
        """Begun when somebody who has no thread is the first of those who wait."""

    def put(self, item: T) -> None:
        """Return once ``item`` is on the disk. Raises what its own writing raised."""
        mine = _Waiting(item)
        if not self._join(mine):
            mine.called.acquire()
        if not mine.is_done:  # it is the first of those who wait, and writes for them too
            self._write_some()
        if mine.error is not None:
            raise mine.error

    def put_soon(self, item: T) -> "asyncio.Future[None]":
        """The same for an event loop: done once ``item`` is on the disk. Whoever gives up waiting leaves it there."""
        future = asyncio.get_running_loop().create_future()
        if self._join(_Waiting(item, future)):
            self._thread.submit(self._gather_some)
        return future

    def _join(self, mine: _Waiting[T]) -> bool:
        """Whether nobody writes: it is for whoever comes to do so."""
        with self._lock:
            self._waiting.append(mine)
            is_first, self._is_writing = not self._is_writing, True
            if 0 < self._wanted <= len(self._waiting):
                self._enough.notify()
        return is_first

    def _gather_some(self) -> None:
        """In the thread of ours, that holds up nobody else: write as many as the last time, if they come at once."""
        with self._lock:
            self._wanted = min(self._last, self._max_length)
            self._enough.wait_for(lambda: len(self._waiting) >= self._wanted, GATHER_S)
            self._wanted = 0
        self._write_some()

    def _write_some(self) -> None:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(self._max_length, len(self._waiting)))]
            self._last = len(batch)
        try:
            self._write([one.item for one in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0].error = error
            else:
                self._write_apart(batch)
        except BaseException as end:  # this thread ends; those who wait for its batch must not wait for ever
            for one in batch:
                one.error = Interrupted(repr(end))
            raise
        finally:
            self._call(batch)

    def _call(self, batch: Sequence[_Waiting[T]]) -> None:
        """The next writer first, so that the database works while the others answer. Each is called once, by name:
        who is done never stands in line behind who is still to write."""
        with self._lock:
            heir = self._waiting[0] if self._waiting else None
            self._is_writing = heir is not None
        if heir is not None and heir.future is None:
            heir.called.release()
        elif heir is not None:
            self._thread.submit(self._gather_some)
        told: dict[asyncio.AbstractEventLoop, list[_Waiting[T]]] = {}
        for one in batch:
            one.is_done = True
            if one.future is None:
                one.called.release()
            else:
                told.setdefault(one.future.get_loop(), []).append(one)
        for loop, some in told.items():
            with suppress(RuntimeError):  # it is closed: nobody waits there any more
                loop.call_soon_threadsafe(_tell, some)

    def _write_apart(self, batch: Sequence[_Waiting[T]]) -> None:
        """One that cannot be written takes nobody with it."""
        for one in batch:
            try:
                self._write([one.item])
            except Exception as error:
                one.error = error


def _tell(some: Sequence[_Waiting[T]]) -> None:
    """In the loop of those who wait there."""
    for one in some:
        if one.future is None or one.future.done():
            continue
        if one.error is None:
            one.future.set_result(None)
        else:
            one.future.set_exception(one.error)
