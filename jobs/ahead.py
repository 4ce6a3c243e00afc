"""What a dispatcher has claimed ahead of its sends, in memory, the most urgent first."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple

from app.messaging.claims import Claimed


@dataclass(frozen=True)
class Moment:
    """An instant by both clocks of this machine. Rows are dated by another: only what goes by since is read here."""

    wall: datetime
    awake_s: float
    read_s: float
    """When what was claimed then was last read, by the clock of ``awake_s``: at the claim, or again since."""


class Held(NamedTuple):
    """One message ahead. ``priority``, then ``serial``, the order of claims, say whose turn it is."""

    priority: int
    serial: int
    message: Claimed
    since: Moment


class Ahead:
    """Used by one event loop. Messages claimed wait here for a free hand, and are lost with the process: as doubts."""

    def __init__(self) -> None:
        self._heap: list[Held] = []
        self._serial = count()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_over = False

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, message: Claimed, since: Moment) -> None:
        """One just claimed: after all of its priority."""
        self.put_back([Held(message.priority, next(self._serial), message, since)])

    def put_back(self, some: Sequence[Held]) -> None:
        """In the place that they had."""
        for held in some:
            heappush(self._heap, held)
            self._wake()

    async def take(self) -> Held | None:
        """The next one, once there is one; None after the end."""
        while not self._heap:
            if self._is_over:
                return None
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            await waiter
        return heappop(self._heap)

    def take_last(self, max: int) -> list[Held]:
        """Up to ``max`` of those whose turn comes last."""
        self._heap.sort()
        kept = len(self._heap) - min(max, len(self._heap))
        last = self._heap[kept:]
        del self._heap[kept:]
        return last

    def take_read_before(self, awake_s: float) -> list[Held]:
        """Those last read before an instant."""
        old = [held for held in self._heap if held.since.read_s < awake_s]
        if old:
            self._heap = [held for held in self._heap if held.since.read_s >= awake_s]
            heapify(self._heap)
        return old

    def end(self) -> list[Held]:
        """What is left; whoever waits, or comes, is told that there is no more."""
        left, self._heap = sorted(self._heap), []
        self._is_over = True
        while self._waiting:
            self._wake()
        return left

    def _wake(self) -> None:
        """One of who waits; it looks again, for whoever came meanwhile may have been quicker."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
