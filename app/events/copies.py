"""A copy of a practice space has the dates that were in the model when it was opened, and who comes to them.

Their reminders are not taken: nothing leaves a copy but what is sent in it.
"""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.accounts.copies import Copied, Copying, Values
from app.accounts.models import Space
from app.audiences.copies import turn_rules
from app.contacts.models import Contact
from app.events.models import Event, Registration, Shift
from app.events.segment_fields import NAMES
from app.messaging.models import Mailing


def _from_the_start(model: Space) -> ColumnElement[bool]:
    return and_(Event.space_id == model.id, Event.created_at < model.created_at)


def _registrations(model: Space) -> ColumnElement[bool]:
    return Registration.event_id.in_(select(Event.id).where(_from_the_start(model)))


def _own_rules(session: Session, copying: Copying) -> None:
    turn_rules(session, copying, dict.fromkeys(NAMES, Event))


def _shifts(model: Space) -> ColumnElement[bool]:
    return Shift.event_id.in_(select(Event.id).where(_from_the_start(model)))


def _nothing_to_tell(_session: Session, rows: list[Values], _copying: Copying) -> None:
    """Who was still to be told of a seat in the model is not told in the copy."""
    for row in rows:
        row["tell_seat_at"] = None


COPIED = (
    Copied(table=Event, rows=_from_the_start, finish=_own_rules),
    Copied(table=Shift, rows=_shifts, keys={"event_id": Event}),
    Copied(
        table=Registration,
        rows=_registrations,
        keys={
            "event_id": Event,
            "contact_id": Contact,
            "mailing_id": Mailing,
            "made_by_mailing_id": Mailing,
            "shift_id": Shift,
        },
        prepare=_nothing_to_tell,
    ),
)
