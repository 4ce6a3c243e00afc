"""A pace kept by one process: so many texts a second, in small handfuls."""

import time
from collections.abc import Callable

BURST_S = 1.0
"""Who rested may hand over one second's worth at once, and no more."""
HANDFUL_S = 0.25
"""A claim costs a transaction: it waits until this much of a second's worth may leave."""


class Pace:
    """``free`` texts may leave now, fewer after ``take``. ``clock`` counts seconds."""

    def __init__(self, per_s: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._clock = clock
        self._at = clock()
        self._saved = per_s * BURST_S

    @property
    def free(self) -> int:
        """How many texts; 0 until they make a handful."""
        now = self._clock()
        self._saved = min(self._saved + (now - self._at) * self._per_s, self._per_s * BURST_S)
        self._at = now
        return int(self._saved) if self._saved >= max(1.0, self._per_s * HANDFUL_S) else 0

    def take(self, count: int) -> None:
        """Use ``count`` of them."""
        self._saved -= count
