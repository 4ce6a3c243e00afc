"""A copy of a practice space has the dates that were in the model when it was opened, and who comes to them.

Their reminders are not taken: nothing leaves a copy but what is sent in it.
"""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.accounts.copies import Copied, Copying
from app.accounts.models import Space
from app.audiences.copies import turn_rules
from app.contacts.models import Contact
from app.events.models import Event, Registration
from app.events.segment_fields import NAMES
from app.messaging.models import Mailing


def _from_the_start(model: Space) -> ColumnElement[bool]:
    return and_(Event.space_id == model.id, Event.created_at < model.created_at)


def _registrations(model: Space) -> ColumnElement[bool]:
    return Registration.event_id.in_(select(Event.id).where(_from_the_start(model)))


def _own_rules(session: Session, copying: Copying) -> None:
    turn_rules(session, copying, dict.fromkeys(NAMES, Event))


COPIED = (
    Copied(table=Event, rows=_from_the_start, finish=_own_rules),
    Copied(
        table=Registration,
        rows=_registrations,
        keys={"event_id": Event, "contact_id": Contact, "mailing_id": Mailing, "made_by_mailing_id": Mailing},
    ),
)
