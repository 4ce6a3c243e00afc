"""The remind tick: reminders whose time has come become messages."""

from app.events import reminders
from app.runtime import Runtime
from jobs.batches import drain
from jobs.ending import NEVER, Ending


def send_due_reminders(runtime: Runtime, *, ending: Ending = NEVER) -> None:
    """Write every due message, until asked to end."""
    drain(reminders.is_due, reminders.claim_due, reminders.write_batch, name="reminder", runtime=runtime, ending=ending)
