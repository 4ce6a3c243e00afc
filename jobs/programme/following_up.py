"""The follow-ups tick: on the day chosen, an association is asked where a recommended tool stands."""

from app.programme.recommendations import reminding
from jobs.batches import Queue

ask_follow_ups = Queue("follow_up", reminding.is_due, reminding.claim_due, reminding.write)
