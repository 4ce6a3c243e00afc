"""Ticks of the books: many small tally rows become one for each status, and where sending stands is written down."""

import logging

from app.health import history
from app.messaging import tallies
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)


def compact_tallies(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Compact each crowded mailing in a transaction of its own."""
    with runtime.database.snapshot() as session:
        crowded = tallies.crowded(session)
    for mailing_id in crowded:
        if ending:
            return
        try:
            with runtime.database.transaction() as session:
                tallies.compact(session, mailing_id)
        except Exception:  # the next tick tries again
            log.exception("fold_failed", extra={"mailing_id": mailing_id})


def measure_sending(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Write down where the queue stands, and what became of what left lately."""
    for write in (history.sample, history.count_outcomes):
        if ending:
            return
        with runtime.database.transaction() as session:
            write(session, now=runtime.clock(session))
