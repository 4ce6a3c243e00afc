"""The sign-ups tick: whoever filled in a public page gets the SMS of their link."""

from app.signup import asking
from jobs.batches import Queue

ask_new_sign_ups = Queue("sign_up", asking.is_due, asking.claim_due, asking.write)
