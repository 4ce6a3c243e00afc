"""`python -m bench.growing.hurried FASTER`: the jobs themselves, their timetable so many times as fast.

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


def _hurried(tick: Tick, faster: float) -> Tick:
    def job(*words: object, **named: object) -> object:
        turns[tick.name] += 1
        return run(*words, **named)

    run: Callable[..., object] = tick.job
    return replace(tick, every_s=tick.every_s / faster, job=job)


if __name__ == "__main__":
    status = main([_hurried(tick, float(sys.argv[1])) for tick in TICKS])
    print(json.dumps({"turns": turns}), flush=True)
    sys.exit(status)
