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
SOONEST_S = 0.01
"""A pace of less time than that, all hands busy, is that of a few calls."""


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
    """How many calls a second ``hands`` end that are never idle: what they ended lately, in the time they were busy.

    By busy hand, and not by the clock: hands that wait for a slow database say nothing of how fast the carrier is, and
    a pace that fell with them would keep claims small when they cost most. ``clock`` counts seconds.
    """

    def __init__(self, hands: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._hands = hands
        self._clock = clock
        self._at = clock()
        self.busy = 0
        """How many calls there are now."""
        self._worked_s = self._forgotten_s = 0.0
        self._ends: deque[tuple[float, float]] = deque()
        """When each of the last calls ended, and what all hands together had worked by then."""

    def begin(self) -> None:
        """A call begins now."""
        self._work()
        self.busy += 1

    def end(self) -> None:
        """One ends now."""
        self._work()
        self.busy -= 1
        self._ends.append((self._at, self._worked_s))

    @property
    def per_s(self) -> float:
        """The present pace; 0 when no call has ended lately."""
        self._work()
        while self._ends and self._ends[0][0] < self._at - LATELY_S:
            self._forgotten_s = self._ends.popleft()[1]
        worked_s = max(SOONEST_S, (self._worked_s - self._forgotten_s) / self._hands)
        return len(self._ends) / worked_s

    def _work(self) -> None:
        now = self._clock()
        self._worked_s += self.busy * (now - self._at)
        self._at = now


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
