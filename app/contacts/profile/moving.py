"""What a program of the release before still writes into ``contacts.custom``, moved to the fields of the space."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.contacts.models import Contact
from app.contacts.naming import tidy
from app.contacts.profile.models import ContactField
from app.contacts.profile.reading import Value, read
from app.contacts.profile.values import named, write
from app.errors import RuleBroken
from app.french.language import _

_IS_HELD = text("CAST(contacts.custom AS TEXT) NOT IN ('{}', 'null')")
"""In the words of its index: with values bound to it, neither database would know that the index is meant."""


def move_custom(session: Session, *, limit: int, now: datetime) -> int:
    """Move what some contacts of any space hold there, on top of what is known; how many contacts."""
    query = select(Contact).where(_IS_HELD).order_by(Contact.id).limit(limit)
    people = session.scalars(query.with_for_update(skip_locked=True)).all()
    for contact in people:
        _move(session, contact, now)
        contact.custom = {}
    session.flush()
    return len(people)


def _move(session: Session, contact: Contact, now: datetime) -> None:
    said: Mapping[str, Any] = contact.custom or {}
    typed = {label: text for label, value in said.items() if (text := tidy(str(value)))}
    fields = named(session, contact.space_id, typed, now=now)
    wanted: dict[tuple[int, int], list[Value]] = {}
    for label, field in fields.items():
        if (values := _readable(field, typed[label])) is not None:
            wanted[contact.id, field.id] = values
            continue
        aside = _("%(label)s (à vérifier)", label=label[:40])  # nothing is lost for want of a type
        [other] = named(session, contact.space_id, [aside], now=now).values()
        wanted[contact.id, other.id] = read(other.type, other.choices, typed[label])
    write(session, wanted)


def _readable(field: ContactField, typed: str) -> list[Value] | None:
    try:
        return read(field.type, field.choices, typed)
    except RuleBroken:
        return None
