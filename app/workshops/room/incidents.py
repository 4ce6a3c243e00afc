"""Two incidents that a trainer starts: many replies at once, and people whose numbers are no good."""

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.contacts.importing import storage
from app.contacts.importing.entries import Entry
from app.contacts.models import Contact, ContactList, ListMember
from app.contacts.naming import name_key
from app.messaging.models import Message, Reply
from app.messaging.status import Status
from app.workshops.models import Seat, Workshop
from app.workshops.phones.client import Handsets, can_be_answered
from app.workshops.practice import fates
from app.workshops.practice import people as pretend_people

REPLIES = ("OUI", "NON", "c'est qui ?", "Oui, mais pas avant 10h", "STOP", "OUI", "Je ne peux pas, désolée", "NON")
"""What one copy receives, in this order."""
BAD_NUMBERS = 8
LAST_NAME = "Mauvais-Numéro"


def who_answers(session: Session, workshop: Workshop, space: Space) -> list[str]:
    """Phones of a copy that a text reached today and that said nothing yet; those in a hand speak for themselves."""
    if not can_be_answered(space.sender) or workshop.opened_at is None:
        return []
    held = select(Seat.held_phone).where(Seat.space_id == space.id, Seat.held_phone.is_not(None))
    spoke = select(Reply.phone).where(Reply.space_id == space.id, Reply.at >= workshop.opened_at)
    reached = session.scalars(
        select(Message.phone)
        .where(Message.space_id == space.id, Message.status == Status.DELIVERED)
        .where(Message.settled_at >= workshop.opened_at, Message.phone.not_in(held), Message.phone.not_in(spoke))
        .order_by(Message.id)
        .limit(4 * len(REPLIES))
    )
    return list(dict.fromkeys(reached))[: len(REPLIES)]


def raise_replies(handsets: Handsets, space: Space, phones: Sequence[str]) -> int:
    """Each phone writes back to the sender; how many did. Raises SimulatorSilent."""
    for phone, body in zip(phones, REPLIES, strict=False):
        handsets.reply(phone, to=space.sender, body=body)
    return min(len(phones), len(REPLIES))


def add_bad_numbers(session: Session, space: Space, *, key: str, now: datetime) -> int:
    """Put people with bad numbers on every list of a copy, as a badly copied sheet does; how many came."""
    taken = set(session.scalars(select(Contact.phone).where(Contact.space_id == space.id)))
    ends = cycle(fates.BAD_NUMBERS)
    phones = [one for at in range(50, 100) if (one := f"+3363998{at}{next(ends)}") not in taken][:BAD_NUMBERS]
    names = [pretend_people.first_name(at * 3 + 1) for at in range(len(phones))]
    entries = [
        Entry(at, [], phone, phone, name_key(name), {"first_name": name, "last_name": LAST_NAME})
        for at, (phone, name) in enumerate(zip(phones, names, strict=True))
    ]
    spaces.lock(session, space.id)
    made = [person for person, _mark in storage.store(session, space.id, entries, key=key, now=now).people]
    lists = session.scalars(select(ContactList.id).where(ContactList.space_id == space.id)).all()
    rows = [{"list_id": list_id, "contact_id": person} for list_id in lists for person in made]
    if rows:
        session.execute(insert(ListMember), rows)
    return len(made)
