"""Whose phones are whose: names for numbers, and in a live space only what concerns it.

Each practice space has an account of its own at the simulator. Live spaces share one, as they do at Twilio: what
another space sent, a one-time code for instance, is not theirs to read.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.contacts import service as contacts
from app.contacts.models import Contact
from app.contacts.phone import search_digits
from app.database.ids import SpaceId
from app.french.language import _
from app.messaging.models import Message
from app.workshops.phones.client import Conversation, Phone, Text

MAX_FOUND = 200
"""How many people a search by name looks at."""


def names(session: Session, space_id: SpaceId, numbers: Collection[str]) -> dict[str, str]:
    """Who answers at each of these numbers: « Jeanne Petit », « Jeanne Petit et Ali Petit »."""
    found: dict[str, list[str]] = {}
    for person in session.scalars(
        select(Contact).where(Contact.space_id == space_id, Contact.phone.in_(numbers)).order_by(Contact.id)
    ):
        if person.name:
            found.setdefault(person.phone, []).append(person.name)
    return {number: _(" et ").join(people) for number, people in found.items()}


def is_known(session: Session, space: Space, number: str) -> bool:
    """Whether somebody of this space has that number, or had a text there."""
    here = select(Contact.id).where(Contact.space_id == space.id, Contact.phone == number).limit(1)
    texted = select(Message.id).where(Message.space_id == space.id, Message.phone == number).limit(1)
    return session.scalar(here) is not None or session.scalar(texted) is not None


def search(session: Session, space: Space, phones: Sequence[Phone], words: str) -> list[Phone]:
    """The phones that answer to a name or a part of a number; people whose phone never rang come last."""
    digits = search_digits(words)
    people = contacts.search(session, space.id, words=words, limit=MAX_FOUND).items
    wanted = {person.phone for person in people}
    found = [phone for phone in phones if phone.number in wanted or (digits and digits in phone.number)]
    rang = {phone.number for phone in found}
    silent = dict.fromkeys(person.phone for person in people if person.phone not in rang)
    return found + [Phone(number, None) for number in silent]


def own_phones(session: Session, space: Space, phones: Sequence[Phone]) -> list[Phone]:
    """The phones that this space texted; a newest text that is another's is left out."""
    if space.mode is Mode.PRACTICE:
        return list(phones)
    numbers = [phone.number for phone in phones]
    texted = set(session.scalars(select(Message.phone).where(Message.space_id == space.id, Message.phone.in_(numbers))))
    mine = [phone for phone in phones if phone.number in texted]
    shown = {text.sid for text in _own(session, space, (phone.last for phone in mine if phone.last))}
    return [phone if phone.last and phone.last.sid in shown else replace(phone, last=None) for phone in mine]


def own_conversation(session: Session, space: Space, whole: Conversation) -> Conversation:
    """What this space and the phone said to each other."""
    if space.mode is Mode.PRACTICE:
        return whole
    stopped = tuple(sender for sender in whole.stopped if sender == space.sender)
    return replace(whole, texts=tuple(_own(session, space, whole.texts)), stopped=stopped)


def _own(session: Session, space: Space, texts: Iterable[Text]) -> list[Text]:
    found = list(texts)
    sids = [text.sid for text in found if not text.mine]
    ours = set(
        session.scalars(select(Message.carrier_sid).where(Message.space_id == space.id, Message.carrier_sid.in_(sids)))
    )
    return [text for text in found if (text.mine and space.two_way and text.to == space.sender) or text.sid in ours]
