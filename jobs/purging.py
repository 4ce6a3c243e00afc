"""The purging tick: nothing of an association's own list outlives its workshop, here or at the simulator."""

import logging

from app.clock import utc_now
from app.runtime import Runtime
from app.workshops.phones.client import Handsets, SimulatorSilent
from app.workshops.practice import purging
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)


def purge_ended_lists(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Empty the pretend phones too, and again until nothing more can be on its way to them."""
    with runtime.database.snapshot() as session:
        ended = purging.waiting(session)
    for space in ended:
        if ending:
            return
        try:
            with Handsets(space, runtime.settings) as handsets:
                handsets.forget()
            with runtime.database.transaction() as session:
                purging.purge_again(session, space.id, now=utc_now())
        except SimulatorSilent:
            continue  # the next tick tries again
        except Exception:
            log.exception("purge_failed", extra={"space_id": space.id})
