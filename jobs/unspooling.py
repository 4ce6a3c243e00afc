"""The spool tick: what the carrier brought while the database was busy goes to its space."""

import logging

from app.clock import utc_now
from app.messaging.inbox import spool
from app.messaging.inbox.inbound import take
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)


def take_spooled_texts(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Keep and obey each, in the order they came, as of when they came; its file goes once that is committed."""
    for one in spool.waiting(runtime.settings.data_dir):
        if ending:
            return
        try:
            with runtime.database.transaction() as session:
                take(session, one.incoming, settings=runtime.settings, now=utc_now(), said_at=one.at, raw=one.raw)
            one.path.unlink(missing_ok=True)
        except Exception:  # the next tick tries again; one that cannot be kept holds up no other
            log.exception("spooled_text_failed", extra={"carrier_sid": one.incoming.carrier_sid})
