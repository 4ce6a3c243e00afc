"""The launch tick: campaigns whose time has come become messages, and finished ones are closed."""

import logging

from app.campaigns import launching
from app.clock import utc_now
from app.messaging import mailings
from app.runtime import Runtime
from jobs.batches import BATCH, Queue
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)


launch_due_campaigns = Queue("campaign", launching.is_due, launching.claim_due, launching.write_batch)


def follow_campaigns(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Withdraw what was cancelled, close what is over."""
    now = utc_now()
    with runtime.database.snapshot() as session:
        if not launching.has_something_to_follow(session):
            return
    while not ending:
        with runtime.database.transaction() as session:
            if mailings.withdraw_cancelled(session, limit=BATCH, now=now) < BATCH:
                break
    with runtime.database.snapshot() as session:
        sending = launching.sending(session)
    for campaign_id in sending:
        try:
            with runtime.database.transaction() as session:
                launching.follow_up(session, campaign_id, settings=runtime.settings, now=now)
        except Exception:
            log.exception("follow_failed", extra={"campaign_id": campaign_id})
