"""The launch tick: campaigns whose time has come become letters, and finished ones are closed."""

from app.campaigns import launching
from app.clock import utc_now
from app.runtime import Runtime

BATCH = 500


def launch_due_campaigns(runtime: Runtime) -> None:
    """Write every due letter, one batch a transaction so that no other writer waits long."""
    while True:
        now = utc_now()
        with runtime.database.snapshot() as session:
            if not launching.is_due(session, now=now):
                return
        with runtime.database.transaction() as session:
            campaign = launching.claim_due(session, now=now)
            if campaign is None:
                return
            launching.write_batch(session, campaign, limit=BATCH, settings=runtime.settings, now=now)


def follow_campaigns(runtime: Runtime) -> None:
    """Withdraw what was cancelled, close what is over."""
    now = utc_now()
    with runtime.database.snapshot() as session:
        if not launching.has_something_to_follow(session):
            return
    while True:
        with runtime.database.transaction() as session:
            if launching.withdraw_cancelled(session, limit=BATCH, now=now) < BATCH:
                break
    with runtime.database.transaction() as session:
        launching.follow_up(session, settings=runtime.settings, now=now)
