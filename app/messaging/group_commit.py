"""Group commit: what arrives while a transaction runs is written by the next one, all together. No Flask, no database.

Callbacks come by the hundred, and a transaction each costs more in waiting for the database than in writing to it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
MAXIMUM = 100
"""Of one transaction: others wait for the database too."""


@dataclass(eq=False)
class _Waiting(Generic[T]):
    item: T
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
        self._turn = Lock()

    def put(self, item: T) -> None:
        """Return once ``item`` is on the disk. Raises what its own writing raised."""
        mine = _Waiting(item)
        self._waiting.append(mine)
        with self._turn:  # whoever has the turn writes for those who wait for it
            while not mine.is_done:
                self._write_some()
        if mine.error is not None:
            raise mine.error

    def _write_some(self) -> None:
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
            for one in batch:
                one.is_done = True

    def _write_apart(self, batch: Sequence[_Waiting[T]]) -> None:
        """One that cannot be written takes nobody with it."""
        for one in batch:
            try:
                self._write([one.item])
            except Exception as error:
                one.error = error
