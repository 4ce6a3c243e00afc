"""The retention tick: what has been kept long enough goes."""

import logging

from app.accounts import retention as accounts
from app.clock import utc_now
from app.contacts import retention as contacts
from app.messaging import notices, receipts, strays
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)


def forget_the_old(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Each kind in a transaction of its own: one that fails keeps no other from its turn."""
    now = utc_now()
    for forget in (
        receipts.forget_strays,
        strays.forget,
        notices.close_quiet,
        accounts.forget_ended,
        contacts.forget_files,
    ):
        if ending:
            return
        try:
            with runtime.database.transaction() as session:
                forget(session, now=now)
        except Exception:  # the next tick tries again
            log.exception("forget_failed", extra={"kind": f"{forget.__module__}.{forget.__name__}"})
