"""The compaction tick: many small tally rows become one for each status."""

import logging

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
