"""Whether this process was asked to end: what a long tick reads between two batches."""

import threading


class Ending:
    """Asked once, for good, from any thread. What a tick has not done yet is still a row for the next process."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __bool__(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        self._asked.set()

    def wait(self, at_most_s: float) -> bool:
        """Until it is asked, or so long; whether it was."""
        return self._asked.wait(at_most_s)


class LeftUndone(Exception):
    """Part of a tick's work failed, was logged, and kept nothing else from its turn. Raised at the tick's end, which
    would pass for a good one otherwise: an hour's log is read by nobody."""


NEVER = Ending()
"""Of whoever runs a tick to its end."""
