"""Several hands at once: the same call in threads that start together."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def together(*calls: Callable[[], T]) -> Sequence[T]:
    """What each call answers, all begun at the same instant; the first failure is raised."""
    start = threading.Barrier(len(calls))

    def one(call: Callable[[], T]) -> T:
        start.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as hands:
        return [each.result(30) for each in [hands.submit(one, call) for call in calls]]
