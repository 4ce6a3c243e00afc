"""Who somebody of a name at a number is, among the people known."""

from collections.abc import Iterable, Mapping

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.contacts.archiving import OLDEST_PRESENT, PRESENT
from app.contacts.models import Contact
from app.contacts.naming import name_key, recognise
from app.contacts.pairs import likeness
from app.contacts.phone import read_phone
from app.database.functions import among
from app.database.ids import ContactId, SpaceId
from app.errors import RuleBroken


def find(session: Session, space_id: SpaceId, typed: str, first_name: str) -> Contact | None:
    """Whom ``first_name`` at a number typed in any form speaks of, if anyone; they may be archived."""
    found = find_card(session, space_id, typed, first_name)
    return found and (survivor(session, found) or found)


def find_card(session: Session, space_id: SpaceId, typed: str, first_name: str) -> Contact | None:
    """The card that says so; it may be merged into another's, which has its own number and name."""
    people = _at(session, space_id, typed)
    return recognise({person.name_key: person for person in people}, name_key(first_name))


def find_mended(
    session: Session, space_id: SpaceId, typed: str, *, first_name: str, last_name: str, email: str
) -> Contact | None:
    """Whose first name was badly typed until now, or is here (``likeness``); for whom ``find`` finds nobody."""
    known = [
        likeness.Said(person, person.first_name, person.last_name, person.email)
        for person in _at(session, space_id, typed)
        if person.merged_into_id is None
    ]
    return likeness.mended(known, likeness.Said(None, first_name, last_name, email))


def survivor(session: Session, contact: Contact) -> Contact | None:
    """Who a contact merged into another turned out to be; None for anybody else."""
    found = None
    while (merged_into_id := (found or contact).merged_into_id) is not None:
        found = session.scalars(
            select(Contact).where(Contact.space_id == contact.space_id, Contact.id == merged_into_id)
        ).one()
    return found


def known_elsewhere(
    session: Session, space_id: SpaceId, fingerprint: str, contact_id: ContactId | None
) -> list[Contact]:
    """Who has another phone than this one, of which they spoke: a contact of another number, and those merged of it.

    Where a present card has this number, those merged of it speak only where they are the contact: a neighbour at the
    phone says nothing for them.
    """
    theirs = Contact.id == contact_id, Contact.fingerprint != fingerprint
    merged = [Contact.fingerprint == fingerprint, Contact.merged_into_id.is_not(None)]
    present = select(Contact.id).where(Contact.space_id == space_id, Contact.fingerprint == fingerprint, PRESENT)
    if session.scalar(present.limit(1)) is not None:
        merged.append(Contact.id == contact_id)
    cards = select(Contact).where(Contact.space_id == space_id, or_(and_(*theirs), and_(*merged)))
    found = [survivor(session, card) or card for card in session.scalars(cards.order_by(Contact.id))]
    return [one for one in dict.fromkeys(found) if one.fingerprint != fingerprint]


def survivors_of(session: Session, space_id: SpaceId, speakers: Mapping[str, int | None]) -> list[Contact]:
    """Who those merged of phones turned out to be, where they have none of these.

    ``speakers`` are the phones, with the contact who spoke there if known: as in ``known_elsewhere``, a neighbour does
    not speak for who was merged of the phone.
    """
    at = Contact.space_id == space_id, among(Contact.fingerprint, speakers)
    present = set(session.scalars(select(Contact.fingerprint).where(*at, PRESENT)))
    merged = select(Contact).where(*at, Contact.merged_into_id.is_not(None)).order_by(Contact.id)
    found: dict[Contact, None] = {}
    for husk in session.scalars(merged):
        one = survivor(session, husk) or husk
        if husk.fingerprint not in present or speakers[husk.fingerprint] in (husk.id, one.id):
            found[one] = None
    return [one for one in found if one.fingerprint not in speakers]


def husks(session: Session, contact: Contact) -> list[Contact]:
    """The cards merged into a contact's, and those merged into these."""
    found: list[Contact] = []
    ids = [contact.id]
    while ids:
        merged = select(Contact).where(Contact.space_id == contact.space_id, Contact.merged_into_id.in_(ids))
        cards = session.scalars(merged.order_by(Contact.id)).all()
        found += cards
        ids = [one.id for one in cards]
    return found


def with_survivors(session: Session, space_id: SpaceId, contact_ids: Iterable[ContactId]) -> list[ContactId]:
    """These contacts, and who those of them merged into another turned out to be."""
    found = set(contact_ids)
    new = found
    while new:
        led = select(Contact.merged_into_id).where(Contact.space_id == space_id, Contact.id.in_(new))
        new = {one for one in session.scalars(led.where(Contact.merged_into_id.is_not(None))) if one} - found
        found = found | new
    return sorted(found)


def _at(session: Session, space_id: SpaceId, typed: str) -> list[Contact]:
    """Everybody at a number typed in any form, those archived last; nobody at one that does not read."""
    try:
        phone = read_phone(typed)
    except RuleBroken:
        return []
    at_phone = select(Contact).where(Contact.space_id == space_id, Contact.phone == phone)
    return list(session.scalars(at_phone.order_by(*OLDEST_PRESENT)))
