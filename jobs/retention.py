"""The retention tick: what has been kept long enough goes."""

import logging
from collections.abc import Callable
from functools import partial

from app.accounts import retention as accounts
from app.clock import utc_now
from app.contacts import retention as contacts
from app.contacts.bulk import retention as bulk
from app.contacts.merging import retention as merging
from app.hooks import retention as hooks
from app.messaging import mailings, receipts
from app.messaging.inbox import strays
from app.programme.applications import alerts
from app.programme.applications import retention as applications
from app.programme.diagnostic import retention as diagnostics
from app.programme.resources import views
from app.runtime import Runtime
from app.signup import retention as sign_ups
from jobs.ending import NEVER, Ending, LeftUndone

log = logging.getLogger(__name__)

BATCH = 500


def forget_the_old(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Each kind apart, so that one that fails keeps no other from its turn; what may be much, a batch a transaction.

    Raises LeftUndone at the end if one failed.
    """
    now = utc_now()
    done: list[bool] = []
    for forget in (
        receipts.forget_strays,
        strays.forget,
        accounts.forget_ended,
        contacts.forget_files,
        merging.forget_records,
        sign_ups.forget_expired,
        views.forget_ended_days,
        diagnostics.forget_names,
        alerts.forget,
        hooks.forget_removed,
    ):
        done.append(_run(runtime, partial(forget, now=now), ending, once=True))
    for end in (
        mailings.withdraw_forgotten,
        partial(mailings.close_quiet, settings=runtime.settings),
        bulk.forget_values,
        hooks.forget_deliveries,
    ):
        done.append(_run(runtime, partial(end, now=now, limit=BATCH), ending))
    done.append(_keep_terms(runtime, ending))
    if not all(done):
        raise LeftUndone


def _run(runtime: Runtime, forget: Callable[..., int | None], ending: Ending, *, once: bool = False) -> bool:
    """Whether it went well."""
    try:
        while not ending:
            with runtime.database.transaction() as session:
                done = forget(session)
            if once or (done or 0) < BATCH:
                break
    except Exception:  # the next tick tries again
        log.exception("forget_failed", extra={"kind": str(forget)[:200]})
        return False
    return True


def _keep_terms(runtime: Runtime, ending: Ending) -> bool:
    """A transaction for each application whose term is near or over; one that fails is tried again at the next tick.

    Whether all went well.
    """
    is_done = True
    with runtime.database.snapshot() as session:
        found = applications.due(session, now=runtime.clock(session), limit=BATCH)
    for application_id in found:
        if ending:
            break
        try:
            with runtime.database.transaction() as session:
                now = runtime.clock(session)
                applications.step(session, application_id, settings=runtime.settings, now=now)
        except Exception:
            log.exception("application_term_failed", extra={"application_id": application_id})
            is_done = False
    return is_done
