"""Several hands at once: the same call in threads that start together."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import event, text
from sqlalchemy.orm import Session

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


_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def beside(
    database: Database, first: Callable[[Session], object], call: Callable[[], T], then: Callable[[Session], object]
) -> T:
    """What ``call`` answers, begun by another hand between the two halves of a transaction, ``first`` and ``then``.

    The second half waits until the call waits for the first one, or is done. SQLite lets one writer in at a time.
    """
    with ThreadPoolExecutor(1) as hands:
        with database.transaction() as session:
            first(session)
            hand = hands.submit(call)
            while not database.is_sqlite and not hand.done():
                with database.snapshot() as other:
                    if other.scalar(text(_WAITING)):
                        break
            then(session)
        return hand.result(30)
