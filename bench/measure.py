"""Measuring: a value and its limit in turn, in one run, so that a busy machine slows both."""

import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PAIRS = 3


@dataclass(frozen=True)
class Result:
    """One line of ``results.json``. ``runs`` are the pairs (value, limit) in the order they were taken.

    ``value`` and ``limit`` are medians, ``ratio`` is the first over the second, or for times the second over the
    first: the higher the better. ``also`` are figures of the same runs that have no limit, units in their names.
    """

    bench: str
    database: str
    value: float
    unit: str
    limit: float
    limit_is: str
    ratio: float
    runs: list[tuple[float, float]]
    peak_mib: int
    also: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """What a bench measures: two rates, each taken by calling a function that does the work and answers it.

    ``is_time``: they are times instead, the lower the better.
    """

    unit: str
    value: Callable[[], float]
    limit: Callable[[], float]
    limit_is: str
    peak_mib: Callable[[], int] = lambda: peak_mib("self")
    is_time: bool = False
    also: Callable[[], dict[str, float]] = dict


def compare(bench: str, database: str, comparison: Comparison, *, pairs: int = PAIRS) -> Result:
    """Take the pairs and sum them up."""
    runs = [(round(comparison.value(), 1), round(comparison.limit(), 1)) for _ in range(pairs)]
    value = statistics.median(run[0] for run in runs)
    limit = statistics.median(run[1] for run in runs)
    return Result(
        bench=bench,
        database=database,
        value=value,
        unit=comparison.unit,
        limit=limit,
        limit_is=comparison.limit_is,
        ratio=round(limit / value if comparison.is_time else value / limit, 3),
        runs=runs,
        peak_mib=comparison.peak_mib(),
        also=comparison.also(),
    )


def peak_mib(pid: int | str) -> int:
    """The most memory that a living process has held, in MiB; 0 where the system does not tell."""
    return _status_mib(pid, "VmHWM")


def resident_mib(pid: int | str) -> int:
    """What it holds now."""
    return _status_mib(pid, "VmRSS")


def _status_mib(pid: int | str, word: str) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines() if ":" in line)
    return round(int(lines[word].split()[0]) / 1024)


def cpu_s(pid: int) -> float:
    """The processor's seconds that a living process has taken; 0 where the system does not tell."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    words = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
