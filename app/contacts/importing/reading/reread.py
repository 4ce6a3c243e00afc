"""Sequences as long as a file that hold nothing of it: they are read anew each time that they are asked for."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

T = TypeVar("T")


class Reread(Sequence[T]):
    """What ``read`` gives, ``count`` in all.

    Slices asked for in order are read once: each goes on after the last, which is kept to be asked for again.
    """

    def __init__(self, read: Callable[[], Iterator[T]], count: int) -> None:
        self._read, self._count = read, count
        self._rest, self._at = read(), 0
        self._kept: tuple[range, list[T]] = range(0), []

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return self._read()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment]  # what compares by its rows is in no set; typeshed has no word for it

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        if isinstance(at, int):
            return next(islice(self._read(), range(self._count)[at], None))
        wanted = range(self._count)[at]
        if wanted.step != 1 or not wanted:
            return [*islice(self._read(), wanted.start, wanted.stop, wanted.step)] if wanted else []
        if wanted != self._kept[0]:
            if wanted.start < self._at:
                self._rest, self._at = self._read(), 0
            self._kept = wanted, [*islice(self._rest, wanted.start - self._at, wanted.stop - self._at)]
            self._at = wanted.stop
        return self._kept[1]
