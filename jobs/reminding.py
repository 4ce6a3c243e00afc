"""The remind tick: reminders whose time has come become letters."""

from app.clock import utc_now
from app.events import reminders
from app.runtime import Runtime

BATCH = 500


def send_due_reminders(runtime: Runtime) -> None:
    """Write every due letter, one batch a transaction so that no other writer waits long."""
    while True:
        now = utc_now()
        with runtime.database.snapshot() as session:
            if not reminders.is_due(session, now=now):
                return
        with runtime.database.transaction() as session:
            reminder = reminders.claim_due(session, now=now)
            if reminder is None:
                return
            reminders.write_batch(session, reminder, limit=BATCH, settings=runtime.settings, now=now)
