"""The remind tick: reminders whose time has come become messages."""

from app.events import reminders
from jobs.batches import Queue

send_due_reminders = Queue("reminder", reminders.is_due, reminders.claim_due, reminders.write_batch)
