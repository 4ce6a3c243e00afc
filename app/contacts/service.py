"""One person at a time: find, add, edit, remove."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NoReturn, Unpack, cast

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import activity, spaces
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.accounts.secrets import fingerprint
from app.contacts import acts, archiving, renumbering, rules
from app.contacts.fields import BLANK, BY_NAME, ONE_LINE, Card
from app.contacts.finding import rows
from app.contacts.finding import service as finding
from app.contacts.models import Contact
from app.contacts.naming import name_key, search_keys, tidy
from app.contacts.pairs import proposing as pairs
from app.contacts.pairs import recognising
from app.contacts.pairs.likeness import keeps_its_name
from app.contacts.phone import read_phone
from app.contacts.profile import values
from app.database.ids import ContactId, SpaceId
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _

PRESENT = archiving.PRESENT
"""Whom one may choose: nobody archived."""
MAX_SHARING = 10
"""People of one phone, shown on the card of another."""
find = recognising.find
survivor = recognising.survivor
Page = finding.Page
search = finding.search
matching = finding.matching
Filter = rows.Filter


def get(session: Session, space_id: SpaceId, contact_id: ContactId, *, lock: bool = False) -> Contact:
    """A contact of this space; ``lock`` before a change. Raises NotFound."""
    query = select(Contact).where(Contact.space_id == space_id, Contact.id == contact_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("contact_unknown", _("Cette personne n'est pas dans vos bénévoles."))
    return found


def of_ids(session: Session, space_id: SpaceId, ids: Iterable[int | None]) -> Sequence[Contact]:
    """Those of these contacts that are still in the space, the oldest first."""
    wanted = [one for one in ids if one is not None]
    query = select(Contact).where(Contact.space_id == space_id, Contact.id.in_(wanted))
    return session.scalars(query.order_by(Contact.id)).all()


def sharing_phone(session: Session, contact: Contact) -> Sequence[Contact]:
    """The others who have the phone of a contact, a few at most, by first name: in the order of their index."""
    query = select(Contact).where(Contact.space_id == contact.space_id, Contact.phone == contact.phone, PRESENT)
    return session.scalars(
        query.where(Contact.id != contact.id).order_by(Contact.name_key, Contact.id).limit(MAX_SHARING)
    ).all()


def count(session: Session, space_id: SpaceId, **which: Unpack[Filter]) -> int:
    """How many contacts ``search`` goes through, all of them read: a page asks ``finding.count``, which stops."""
    return session.scalar(matching(select(func.count(Contact.id)), space_id, which)) or 0


def add(session: Session, space: Space, card: Card, *, key: str, by: Principal, now: datetime) -> Contact:
    """A new contact, or one of this number: the nameless made whole, the badly typed mended, the archived brought back.

    ``key`` is the fingerprint key of the settings. Raises RuleBroken for a card against the rules, Conflict for
    somebody who is there already.
    """
    phone = _read(card["phone"], space)
    spaces.lock(session, space.id)  # two at once could make one person twice
    met = recognising.find_card(session, space.id, phone, card.get("first_name", ""))
    known = met and (survivor(session, met) or met)
    if known is None and (known := _mended(session, space.id, card)) is not None:
        return _mend(session, space, known, card, key=key, by=by, now=now)
    if known is not None:
        said = card if known is met else _led(card, known)
        return _met(session, space, known, said, key=key, by=by, now=now)
    contact = Contact(
        space_id=space.id,
        phone=phone,
        fingerprint=fingerprint(phone, key=key),
        **BLANK,
        created_at=now,
        updated_at=now,
    )
    _write(contact, card, now=now)
    _store(session, contact)
    _note(session, contact, card, now=now)
    pairs.propose(session, space.id, [contact.id], are_new=True, now=now)
    activity.record(session, space.id, acts.CONTACT_ADDED, by=by, now=now, subject_id=contact.id)
    return contact


def _met(
    session: Session, space: Space, known: Contact, card: Card, *, key: str, by: Principal, now: datetime
) -> Contact:
    """Somebody who is there: brought back, or given the name that they had not."""
    if known.archived_at is not None:
        session.refresh(known, with_for_update=True)
        archiving.bring_back(session, known, by=by, now=now)
        return edit(session, space, known, _said_of(card), key=key, by=by, now=now)
    if known.first_name or not card.get("first_name"):
        _refuse_known(known.name)
    session.refresh(known, with_for_update=True)
    return edit(session, space, known, card, key=key, by=by, now=now)


def _mended(session: Session, space_id: SpaceId, card: Card) -> Contact | None:
    """Whose first name the card mends."""
    words = {name: str(card.get(name, "")) for name in ("first_name", "last_name", "email")}
    return recognising.find_mended(session, space_id, card["phone"], **words)


def _mend(
    session: Session, space: Space, known: Contact, card: Card, *, key: str, by: Principal, now: datetime
) -> Contact:
    session.refresh(known, with_for_update=True)
    archiving.bring_back(session, known, by=by, now=now)
    said = _said_of(card)
    if keeps_its_name(known.first_name, card["first_name"]):
        said.pop("first_name")
    return edit(session, space, known, said, key=key, by=by, now=now)


def edit(
    session: Session, space: Space, contact: Contact, card: Card, *, key: str, by: Principal, now: datetime
) -> Contact:
    """Change what ``card`` says, and nothing else; what a person refused follows to a new number. Raises as ``add``."""
    before = contact.fingerprint
    if "phone" in card:
        phone = _read(card["phone"], space)
        if phone != contact.phone:
            contact.phone, contact.fingerprint = phone, fingerprint(phone, key=key)
    _write(contact, card, now=now)
    if _note(session, contact, card, now=now) or session.is_modified(contact):
        contact.updated_at = now
        _store(session, contact)
        pairs.propose(session, space.id, [contact.id], now=now)
        activity.record(session, space.id, acts.CONTACT_EDITED, by=by, now=now, subject_id=contact.id)
        renumbering.follow(session, contact, before, by=by, now=now)
    return contact


def hold(session: Session, space_id: SpaceId, contact_id: ContactId) -> Contact:
    """A contact whose messages are about to be changed too: the space is held before, as whoever writes to them does.

    Raises NotFound.
    """
    spaces.lock(session, space_id)
    return get(session, space_id, contact_id, lock=True)


def remove(session: Session, contact: Contact, *, by: Principal, now: datetime) -> None:
    """Take somebody off everywhere, with the cards merged into theirs. A « plus de SMS » outlives them."""
    activity.record(session, contact.space_id, acts.CONTACT_REMOVED, by=by, now=now, subject_id=contact.id)
    for husk in recognising.husks(session, contact):
        session.delete(husk)
    session.delete(contact)
    session.flush()


def _read(typed: str, space: Space) -> str:
    try:
        phone = read_phone(typed)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.code, refusal.sentence, fields={"phone": refusal.sentence}) from None
    rules.check_number(phone, space.mode)
    return phone


def _said_of(card: Card) -> Card:
    """The card without what it leaves blank, which is known otherwise."""
    return cast(
        Card, {name: value for name, value in card.items() if value != BLANK.get(name) and value not in ({}, [])}
    )


def _led(card: Card, known: Contact) -> Card:
    """The card as it speaks of whom another was merged into: they keep their number, and the first name they have."""
    said = cast(Card, {name: value for name, value in card.items() if name != "phone"})
    if known.first_name:
        said.pop("first_name", None)
    return said


def _write(contact: Contact, card: Card, *, now: datetime) -> None:
    if "phone" in card:
        contact.phone_typed = tidy(card["phone"])[:40]
    for name, value in card.items():
        if name not in ("phone", "custom", "skills"):
            is_line = name in BY_NAME and BY_NAME[name].kind in ONE_LINE
            setattr(contact, name, tidy(str(value)) if is_line else value)
    contact.name_key = name_key(contact.first_name)
    for name, key in search_keys({one: getattr(contact, one) for one in BLANK}).items():
        setattr(contact, name, key)
    if contact.birth_year is not None:
        rules.check_birth_year(contact.birth_year, now=now)
    rules.check_age(contact.birth_year, phone_is_parents=contact.phone_is_parents, now=now)


def _note(session: Session, contact: Contact, card: Card, *, now: datetime) -> bool:
    """What the card says by fields of the space's own; whether that changed anything."""
    if not card.keys() & {"custom", "skills"}:
        return False
    with session.no_autoflush:
        is_new = "custom" in card and values.put(session, contact, card["custom"], now=now)
        return ("skills" in card and values.put_skills(session, contact, card["skills"], now=now)) or is_new


def _store(session: Session, contact: Contact) -> None:
    """Write, unless this number and first name are already somebody's."""
    name = contact.name
    session.add(contact)
    try:
        session.flush()
    except IntegrityError:
        _refuse_known(name)


def _refuse_known(name: str) -> NoReturn:
    sentence = _("%(name)s est déjà là avec ce numéro.", name=name or _("Quelqu'un"))
    raise Conflict("contact_exists", sentence, fields={"phone": sentence})
