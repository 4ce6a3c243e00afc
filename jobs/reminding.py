"""The remind tick: reminders whose time has come become messages; so does the news of a seat that fell to somebody."""

from app.events import reminders
from app.events.seats import freed
from jobs.batches import Queue

send_due_reminders = Queue("reminder", reminders.is_due, reminders.claim_due, reminders.write_batch)
tell_given_seats = Queue("seat", freed.is_due, freed.claim_due, freed.write)
