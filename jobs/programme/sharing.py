"""The sharing tick: the month that ended, counted for the associations that agreed."""

import logging

from app.programme.sharing import service
from app.runtime import Runtime
from jobs.ending import NEVER, Ending, LeftUndone

log = logging.getLogger(__name__)


def share_ended_months(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """A transaction for each association; one that fails is counted at the next tick.

    Raises LeftUndone at the end if one failed.
    """
    is_done = True
    with runtime.database.snapshot() as session:
        now = runtime.clock(session)
        due = [one for one in service.sharing(session) if service.is_due(session, one, now=now)]
    for association_id in due:
        if ending:
            break
        try:
            with runtime.database.transaction() as session:
                service.write_ended(session, association_id, now=runtime.clock(session))
        except Exception:
            log.exception("share_failed", extra={"association_id": association_id})
            is_done = False
    if not is_done:
        raise LeftUndone
