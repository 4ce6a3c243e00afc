"""The fold tick: many small tally rows become one for each status."""

from app.messaging import tallies
from app.runtime import Runtime


def fold_tallies(runtime: Runtime) -> None:
    """Fold each crowded mailing in a transaction of its own."""
    with runtime.database.snapshot() as session:
        crowded = tallies.crowded(session)
    for mailing_id in crowded:
        with runtime.database.transaction() as session:
            tallies.fold(session, mailing_id)
