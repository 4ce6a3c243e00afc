"""The remind tick: reminders whose time has come become messages."""

import logging

from app.clock import utc_now
from app.events import reminders
from app.runtime import Runtime
from jobs.ending import NEVER, Ending

BATCH = 500

log = logging.getLogger(__name__)


def send_due_reminders(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Write every due message, one batch a transaction so that no other writer waits long, until asked to end."""
    broken: set[int] = set()
    with runtime.database.snapshot() as session:
        if not reminders.is_due(session, now=utc_now()):
            return
    while not ending and _write_batch(runtime, broken):
        pass


def _write_batch(runtime: Runtime, broken: set[int]) -> bool:
    """One batch of one reminder; False when none is left to this process. One that breaks stops no other."""
    now, reminder_id = utc_now(), None
    try:
        with runtime.database.transaction() as session:
            reminder = reminders.claim_due(session, now=now, exclude=broken)
            if reminder is None:
                return False
            reminder_id = reminder.id
            reminders.write_batch(session, reminder, limit=BATCH, settings=runtime.settings, now=now)
    except Exception:
        if reminder_id is None:
            raise
        log.exception("reminder_failed", extra={"reminder_id": reminder_id})
        broken.add(reminder_id)  # the next tick tries again
    return True
