"""`python -m bench.growing.hurried FASTER [FASTEST_S]`: the jobs themselves, their timetable so many times as fast.

No tick comes more often than every ``FASTEST_S`` seconds.
What it says last is one JSON line, how often each tick ran.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from jobs.__main__ import main
from jobs.timetable import TICKS, Tick

turns: Counter[str] = Counter()


def _hurried(tick: Tick, faster: float, fastest_s: float = 0.0) -> Tick:
    def job(*words: object, **named: object) -> object:
        turns[tick.name] += 1
        return run(*words, **named)

    run: Callable[..., object] = tick.job
    return replace(tick, every_s=max(tick.every_s / faster, fastest_s), job=job)


if __name__ == "__main__":
    asked = [float(word) for word in sys.argv[1:]]
    status = main([_hurried(tick, *asked) for tick in TICKS])
    print(json.dumps({"turns": turns}), flush=True)
    sys.exit(status)
