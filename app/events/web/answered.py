"""What people answered by the links of texts about missions, for the page of replies."""

from collections.abc import Sequence

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.contacts.models import Contact
from app.contacts.phone import show_phone
from app.events.models import Answer, Event, Registration
from app.french.language import _
from app.messaging.web.pages import LinkAnswer

_WORDS = {
    Answer.COMING: _("vient"),
    Answer.WAITING: _("attend une place"),
    Answer.NOT_COMING: _("ne peut pas venir"),
}


def latest(session: Session, space: Space, limit: int) -> Sequence[LinkAnswer]:
    """The latest answers of a space, the newest first; those that somebody noted for them among them."""
    rows = session.execute(
        select(Registration.answer, Registration.answered_at, Event, Contact)
        .join(Event, Event.id == Registration.event_id)
        .join(Contact, Contact.id == Registration.contact_id)
        .where(
            Registration.space_id == space.id,
            Registration.answered_at.is_not(None),
            Registration.answer != Answer.INVITED,
        )
        .order_by(Registration.answered_at.desc(), Registration.id.desc())
        .limit(limit)
    )
    return [
        LinkAnswer(
            contact_id=person.id,
            name=person.name or show_phone(person.phone),
            said=_WORDS[answer],
            about=event.title,
            address=url_for("events.show", slug=space.slug, event_id=event.id),
            at=at,
        )
        for answer, at, event, person in rows
        if at is not None
    ]
