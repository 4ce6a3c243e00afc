"""The retention tick: what has been kept long enough goes."""

from functools import partial

from app.accounts import retention as accounts
from app.clock import utc_now
from app.contacts import retention as contacts
from app.messaging import mailings, receipts
from app.runtime import Runtime

BATCH = 500


def forget_the_old(runtime: Runtime) -> None:
    """Each kind in a transaction of its own; what may be much, a batch a transaction."""
    now = utc_now()
    for forget in (receipts.forget_strays, accounts.forget_ended, contacts.forget_files):
        with runtime.database.transaction() as session:
            forget(session, now=now)
    for end in (mailings.withdraw_forgotten, partial(mailings.close_quiet, settings=runtime.settings)):
        more = True
        while more:
            with runtime.database.transaction() as session:
                more = end(session, now=now, limit=BATCH) >= BATCH
