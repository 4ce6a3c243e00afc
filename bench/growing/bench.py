"""Growth: every statement of each tick, poll and page, at ten thousand messages and contacts and at a million.

What is compared are counts of work, so that a busy machine changes nothing; times are told beside it, of each statement
that reads or takes more in the old house than it may (`comparing`).
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.ground import kept_ground
from bench.growing import comparing
from bench.growing.asking import TOKEN
from bench.growing.comparing import Costs
from bench.growing.filling import LARGE, SMALL, Size, fill
from bench.measure import Comparison


@contextmanager
def bench(kind: str) -> Iterator[Comparison]:
    with ExitStack() as stack:
        young, old = (_looked_at(kind, size, stack) for size in (SMALL, LARGE))
        yield Comparison(
            unit="rows" if kind == "postgresql" else "tens of steps",
            value=lambda: comparing.total(old).read,
            limit=lambda: comparing.total(young).read,
            limit_is=f"the same at {SMALL:,} messages and contacts instead of {LARGE:,}",
            is_time=True,
            also=lambda: _beside(young, old),
        )


def _looked_at(kind: str, size: int, stack: ExitStack) -> Costs:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tambour-bench-")))
    with kept_ground(kind, folder, metrics_token=TOKEN) as runtime:
        return comparing.look(runtime, fill(runtime, Size(size), kept=folder), folder / "costs.json")


def _beside(young: Costs, old: Costs) -> dict[str, float]:
    """Of each statement that grew what it read and took, then the milliseconds of all."""
    found: dict[str, float] = {}
    for one in comparing.grown(young, old):
        for size, cost in ((SMALL, one.young), (LARGE, one.old)):
            found[f"read, {one.question}: {one.statement[:60]}, {size:,}"] = cost.read
            found[f"ms, {one.question}: {one.statement[:60]}, {size:,}"] = round(cost.ms, 1)
    for size, every in ((SMALL, young), (LARGE, old)):
        found[f"ms of all statements, {size:,}"] = round(comparing.total(every).ms)
    return found
