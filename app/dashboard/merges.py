"""What a merge of two cards moves, feature by feature."""

from app.consent import merging as consent
from app.contacts.merging import own as contacts
from app.events import merging as events
from app.links import merging as links
from app.messaging.inbox import merging as messages
from app.programme.cohorts import people as programme
from app.programme.trainings import merging as trainings
from app.signup import merging as sign_ups

MOVES = (
    contacts.MOVES,
    consent.MOVES,
    messages.MOVES,
    links.MOVES,
    sign_ups.MOVES,
    events.MOVES,
    programme.MOVES,
    trainings.MOVES,
)
"""The stricter consent before the texts that it withdraws."""
