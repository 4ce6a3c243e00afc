"""The fold tick: many small tally rows become one for each status."""

import logging

from app.messaging import tallies
from app.runtime import Runtime

log = logging.getLogger(__name__)


def fold_tallies(runtime: Runtime) -> None:
    """Fold each crowded mailing in a transaction of its own; one that fails stops no other."""
    with runtime.database.snapshot() as session:
        crowded = tallies.crowded(session)
    for mailing_id in crowded:
        try:
            with runtime.database.transaction() as session:
                tallies.fold(session, mailing_id)
        except Exception:
            log.exception("fold_failed", extra={"mailing_id": mailing_id})
