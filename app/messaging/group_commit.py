"""Group commit: what arrives while a transaction runs is written by the next one, all together. No Flask, no database.

Callbacks come by the hundred, and a transaction each costs more in waiting for the database than in writing to it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock, Semaphore
from typing import Generic, TypeVar

T = TypeVar("T")
MAXIMUM = 100
"""Of one transaction: others wait for the database too."""


@dataclass(eq=False)
class _Waiting(Generic[T]):
    item: T
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

    def put(self, item: T) -> None:
        """Return once ``item`` is on the disk. Raises what its own writing raised."""
        mine = _Waiting(item)
        with self._lock:
            self._waiting.append(mine)
            is_first, self._is_writing = not self._is_writing, True
        if not is_first:
            mine.called.acquire()
        if not mine.is_done:  # it is the first of those who wait, and writes for them too
            self._write_some()
        if mine.error is not None:
            raise mine.error

    def _write_some(self) -> None:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(self._max_length, len(self._waiting)))]
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
        if heir is not None:
            heir.called.release()
        for one in batch:
            one.is_done = True
            one.called.release()

    def _write_apart(self, batch: Sequence[_Waiting[T]]) -> None:
        """One that cannot be written takes nobody with it."""
        for one in batch:
            try:
                self._write([one.item])
            except Exception as error:
                one.error = error
