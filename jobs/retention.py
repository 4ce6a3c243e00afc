"""The retention tick: what has been kept long enough goes."""

from app.accounts import retention as accounts
from app.clock import utc_now
from app.contacts import retention as contacts
from app.messaging import notices, receipts
from app.runtime import Runtime


def forget_the_old(runtime: Runtime) -> None:
    """Each kind in a transaction of its own."""
    now = utc_now()
    for forget in (receipts.forget_strays, notices.close_quiet, accounts.forget_ended, contacts.forget_files):
        with runtime.database.transaction() as session:
            forget(session, now=now)
