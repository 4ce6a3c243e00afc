"""A pace kept by one process, and the one it has: so many texts a second."""

import time
from collections import deque
from collections.abc import Callable

BURST_S = 1.0
"""Who rested may hand over one second's worth at once, and no more."""
HANDFUL_S = 0.25
"""A claim costs a transaction: it waits until this much of a second's worth may leave."""
LATELY_S = 4.0
"""Over how long a time the present pace is taken: longer than most calls last."""
SOONEST_S = 0.1
"""A pace of less time than that is that of a few calls."""


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


class Lately:
    """How many calls a second ended lately. ``clock`` counts seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._ends: deque[float] = deque()

    def begin(self) -> None:
        """Calls begin again after a rest: the time of before says nothing of their pace."""
        self._forget()
        if not self._ends:
            self._since = self._clock()

    def note(self) -> None:
        """A call ends now."""
        self._ends.append(self._clock())

    @property
    def per_s(self) -> float:
        """The present pace."""
        self._forget()
        return len(self._ends) / max(SOONEST_S, min(LATELY_S, self._clock() - self._since))

    def _forget(self) -> None:
        oldest = self._clock() - LATELY_S
        while self._ends and self._ends[0] < oldest:
            self._ends.popleft()


def ahead_of(per_s: float, *, hands: int, free: int) -> int:
    """How many messages to hold claimed at ``per_s`` a second, when ``free`` of the ``hands`` that send are free.

    Half of a second's worth, or a round of all hands when that is more; never more than one second's worth, save what
    the free hands take at once.
    """
    return max(free, int(min(per_s, max(per_s / 2, hands))))


def claim_at(per_s: float, *, hands: int, ahead: int, claim_s: float) -> int:
    """How few of ``ahead`` are left when it is time for the next claim, which takes some ``claim_s`` seconds.

    Twice what is sent meanwhile, and a round of all hands: a claim costs as much whatever it takes, so that few large
    ones leave more to the sends. Half of ``ahead`` at most.
    """
    return min(ahead // 2, max(hands, int(per_s * 2 * claim_s)))
