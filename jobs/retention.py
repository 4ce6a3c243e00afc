"""The retention tick: what has been kept long enough goes."""

import logging

from app.accounts import retention as accounts
from app.clock import utc_now
from app.contacts import retention as contacts
from app.messaging import notices, receipts
from app.runtime import Runtime

log = logging.getLogger(__name__)


def forget_the_old(runtime: Runtime) -> None:
    """Each kind in a transaction of its own; one that fails stops no other, and is tried again by the next tick."""
    now = utc_now()
    for forget in (receipts.forget_strays, notices.close_quiet, accounts.forget_ended, contacts.forget_files):
        try:
            with runtime.database.transaction() as session:
                forget(session, now=now)
        except Exception:
            log.exception("forget_failed", extra={"kind": forget.__name__})
