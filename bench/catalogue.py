"""The benches by name, each run in a process of its own, so that its peak of memory is its own too."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager

from bench import (
    contacts_page,
    dispatching,
    importing,
    launching,
    pages,
    programme_pages,
    receipts,
    scheduling,
    segment,
    two_dispatchers,
    workshop,
)
from bench.growing import bench as growing
from bench.growing import days
from bench.measure import Comparison, Result, compare

BENCHES: dict[str, Callable[[str], AbstractContextManager[Comparison]]] = {
    "import": importing.bench,
    "schedule": scheduling.bench,
    "launch": launching.bench,
    "dispatch": dispatching.bench,
    "dispatch-100ms": dispatching.bench_far,
    "dispatch-two": two_dispatchers.bench,
    "dispatch-two-few": two_dispatchers.bench_few,
    "receipts": receipts.bench,
    "growth": growing.bench,
    "contacts-page": contacts_page.bench,
    "segment": segment.bench,
    "programme-pages": programme_pages.bench,
    "pages": pages.bench,
    "memory": days.bench,
    "workshop": workshop.bench,
}


def run_apart(name: str, database: str) -> Result:
    """Measure one bench on one kind of database."""
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(_run, name, database).result()


def _run(name: str, database: str) -> Result:
    with BENCHES[name](database) as comparison:
        return compare(name, database, comparison)
