"""Who may have written a reply: on a shared phone nothing says which of its people it was."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts import service as contacts
from app.contacts.archiving import OLDEST_PRESENT, PRESENT
from app.contacts.models import Contact
from app.database.ids import SpaceId
from app.messaging.models import Reply

MAX_NAMED = 3
"""Of one phone; that of a shelter may have fifty people."""


def writers(session: Session, space_id: SpaceId, replies: Iterable[Reply]) -> Mapping[int, Sequence[Contact]]:
    """By reply, the person it is kept for, then the others who have its phone today."""
    shown = list(replies)
    kept_for = contacts.of_ids(session, space_id, {one.contact_id for one in shown if one.contact_id is not None})
    by_id = {person.id: person for person in kept_for}
    on_phone = select(Contact).where(Contact.space_id == space_id, PRESENT)
    on_phone = on_phone.where(Contact.phone.in_({reply.phone for reply in shown})).order_by(*OLDEST_PRESENT)
    by_phone: dict[str, list[Contact]] = {}
    for person in session.scalars(on_phone) if shown else ():
        by_phone.setdefault(person.phone, []).append(person)
    found: dict[int, Sequence[Contact]] = {}
    for reply in shown:
        first = [by_id[reply.contact_id]] if reply.contact_id in by_id else []
        found[reply.id] = [*first, *(one for one in by_phone.get(reply.phone, ()) if one not in first)]
    return found
