"""The launch tick: campaigns whose time has come become messages, and finished ones are closed."""

import logging

from app.campaigns import launching
from app.clock import utc_now
from app.messaging import mailings
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

log = logging.getLogger(__name__)

BATCH = 500


def launch_due_campaigns(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Write every due message, one batch a transaction so that no other writer waits long, until asked to end."""
    broken: set[int] = set()
    with runtime.database.snapshot() as session:
        if not launching.is_due(session, now=utc_now()):
            return
    while not ending and _write_batch(runtime, broken):
        pass


def _write_batch(runtime: Runtime, broken: set[int]) -> bool:
    """One batch of one campaign; False when none is left to this process."""
    now, campaign_id = utc_now(), None
    try:
        with runtime.database.transaction() as session:
            campaign = launching.claim_due(session, now=now, exclude=broken)
            if campaign is None:
                return False
            campaign_id = campaign.id
            launching.write_batch(session, campaign, limit=BATCH, settings=runtime.settings, now=now)
    except Exception:
        if campaign_id is None:
            raise
        log.exception("launch_failed", extra={"campaign_id": campaign_id})
        broken.add(campaign_id)  # the next tick tries again
    return True


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
