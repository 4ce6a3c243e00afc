"""The purging tick: what a practice space holds goes once it has ended, here and at the simulator.

An association's own list goes with its workshop; the house's people a month later, also of a workshop nobody closed.
A practice of one's own goes whole, begun again or left alone for a month.
"""

import logging

from app.accounts.models import Space
from app.accounts.principal import TAMBOUR
from app.clock import utc_now
from app.runtime import Runtime
from app.workshops import retention
from app.workshops.alone import service as alone
from app.workshops.phones.client import Handsets, SimulatorSilent
from app.workshops.practice import purging
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)

MAX_SILENCES = 5
"""A simulator that does not answer is asked again at the next tick, not once for each of a thousand copies."""


def purge_ended_copies(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Empty the pretend phones too, and own lists again until nothing more can be on its way to them."""
    _close_forgotten(runtime, ending)
    with runtime.database.snapshot() as session:
        ended = [(_purge, one) for one in (*purging.waiting(session), *purging.outlived(session, now=utc_now()))]
        ended += [(_end_alone, one) for one in alone.forgotten(session, now=utc_now())]
        ended += [(_clear_alone, one) for one in alone.ended(session)]
    silences = 0
    for empty, space in ended:
        if ending or silences >= MAX_SILENCES:
            return
        try:
            empty(runtime, space)
        except SimulatorSilent:
            silences += 1
        except Exception:
            log.exception("purge_failed", extra={"space_id": space.id})


def _end_alone(runtime: Runtime, space: Space) -> None:
    """As « Recommencer » does; a later tick empties its phones and takes it away."""
    with runtime.database.transaction() as session:
        alone.end(session, session.get_one(Space, space.id), by=TAMBOUR, now=utc_now())


def _clear_alone(runtime: Runtime, space: Space) -> None:
    with Handsets(space, runtime.settings) as handsets:
        handsets.forget()
    with runtime.database.transaction() as session:
        alone.clear(session, space, now=utc_now())


def _purge(runtime: Runtime, space: Space) -> None:
    with Handsets(space, runtime.settings) as handsets:
        handsets.forget()
    with runtime.database.transaction() as session:
        purging.purge_again(session, space.id, now=utc_now())


def _close_forgotten(runtime: Runtime, ending: Ending) -> None:
    """A transaction each: forty copies end with a workshop."""
    try:
        while not ending:
            with runtime.database.transaction() as session:
                if not retention.close_forgotten(session, now=utc_now()):
                    return
    except Exception:  # the next tick tries again
        log.exception("close_forgotten_failed")
