"""Several hands at once: the same call in threads that start together."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import event

from app.database.engine import Database

T = TypeVar("T")


def together(*calls: Callable[[], T]) -> Sequence[T]:
    """What each call answers, all begun at the same instant; the first failure is raised."""
    start = threading.Barrier(len(calls))

    def one(call: Callable[[], T]) -> T:
        start.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as hands:
        return [each.result(30) for each in [hands.submit(one, call) for call in calls]]


@contextmanager
def locks(database: Database) -> Iterator[list[str]]:
    """The tables of which rows are locked while the block runs, in order; none on SQLite, where one writer is alone."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if read := re.search(r"FROM (\w+)\s.*FOR (NO KEY )?UPDATE", statement, re.DOTALL):
            found.append(read[1])

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
