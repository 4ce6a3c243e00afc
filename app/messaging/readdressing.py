"""What still waits for somebody whose card gets another number.

The number was wrong, or is theirs no more: a text that has not left goes to the mended number, in the hours of where
that is, and leaves only if that phone may have it, as the claim asks of any. The link in it speaks for the new phone.
One whose mailing writes to that phone already, for somebody who shares it, is withdrawn: it would say the same twice.
Where others share the phone of before, the text leaves for that too, in the name of the first of them. Whoever only
shared the text of another goes on sharing it: it names the other. What a dispatcher holds has left.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.secrets import LINK_CHARACTERS
from app.audiences.recipients import Recipient
from app.contacts.models import Contact
from app.contacts.phone import time_zone
from app.database.ids import ContactId
from app.french.language import ngettext
from app.links import service as links
from app.links.models import Link
from app.messaging import applying, messages, tallies, validity, withdrawal
from app.messaging.applying import StatusChange
from app.messaging.models import Mailing, Message
from app.messaging.sharing import service as sharing
from app.messaging.status import Status
from app.messaging.tallies import Change

_TOKEN = re.compile(rf"{re.escape(links.PATH)}(\w{{{LINK_CHARACTERS}}})")

_PLACE = ("phone", "fingerprint", "zone", "not_after", "attempt")
"""What a message says of the phone that it goes to."""


def follow(session: Session, contact: Contact, before: str, *, now: datetime) -> None:
    """Address to a card's number what waits for its person at the one of the fingerprint ``before``."""
    waiting = _waiting(contact, before).order_by(Message.id).with_for_update(key_share=True)
    for message in session.scalars(waiting, execution_options={"populate_existing": True}).all():
        others = sharing.of_messages(session, [message.id]).get(message.id, ())
        was = {name: getattr(message, name) for name in _PLACE}
        old_links = list(_links(session, message))
        is_double = _reaches(session, message, contact.phone)
        if is_double:
            _withdraw(session, message, contact, now=now)
        else:
            _address(session, message, contact, old_links)
        if others:
            was["attempt"] += is_double
            _leave(session, message, old_links, others, now=now, **was)


def told(session: Session, contact: Contact) -> Sequence[str]:
    """What waits for a card's number of today, in a sentence, if anything does."""
    query = _waiting(contact, contact.fingerprint).with_only_columns(func.count())
    n = session.scalar(query) or 0
    told = ngettext("%(n)s SMS qui attend partira à ce numéro.", "%(n)s SMS qui attendent partiront à ce numéro.", n)
    return (told,) if n else ()


def _waiting(contact: Contact, fingerprint: str) -> Select[Message]:
    return select(Message).where(
        Message.space_id == contact.space_id,
        Message.contact_id == contact.id,
        Message.fingerprint == fingerprint,
        Message.status == Status.QUEUED,
    )


def _reaches(session: Session, message: Message, phone: str) -> bool:
    """Whether the mailing of a message writes to a phone already."""
    there = select(Message.id).where(
        Message.space_id == message.space_id,
        Message.mailing_id == message.mailing_id,
        Message.phone == phone,
        Message.status != Status.WITHDRAWN,
    )
    return session.scalar(there.limit(1)) is not None


def _address(session: Session, message: Message, contact: Contact, own: Sequence[tuple[str, Link]]) -> None:
    tries = select(func.max(Message.attempt)).where(
        Message.space_id == message.space_id, Message.mailing_id == message.mailing_id, Message.phone == contact.phone
    )
    if message.attempt == 1:  # the link of a later try stands in the text of the first, at the number of before
        for _token, link in own:
            link.fingerprint = contact.fingerprint
    message.attempt = max(message.attempt, (session.scalar(tries) or 0) + 1)
    message.phone, message.fingerprint = contact.phone, contact.fingerprint
    zone = time_zone(contact.phone)
    if zone != message.zone:
        mailing, space = session.get_one(Mailing, message.mailing_id), session.get_one(Space, message.space_id)
        message.zone = zone
        message.not_after = max(message.not_after, validity.until(mailing, space, zone, message.not_before))
    session.flush()


def _withdraw(session: Session, message: Message, contact: Contact, *, now: datetime) -> None:
    """Take back what would reach one phone twice; its person is noted as reached by the other."""
    applying.apply_changes(session, {message.id: StatusChange(Status.WITHDRAWN, reason=withdrawal.SHARED)}, now=now)
    mailing = session.get_one(Mailing, message.mailing_id)
    one = Recipient(contact.id, contact.phone, contact.fingerprint)
    applying.tell_late(session, sharing.add(session, mailing, [one]))


def _leave(
    session: Session,
    message: Message,
    own: Sequence[tuple[str, Link]],
    others: Sequence[ContactId],
    *,
    now: datetime,
    **words: Any,
) -> None:
    """Write the text to the phone of before for those who share it, with a link of the first of them."""
    body, new = message.body, []
    for token, link in own:
        mine = links.new_token()
        body = body.replace(token, mine)
        page = {"purpose": link.purpose, "subject_id": link.subject_id, "contact_id": others[0]}
        new.append(links.row(mine, now=now, space_id=message.space_id, fingerprint=words["fingerprint"], **page))
    other = messages.copy(message, now=now, contact_id=others[0], body=body, **words)
    session.add(other)
    session.flush()
    change = Change(other.space_id, other.mailing_id, None, Status.QUEUED, 1, other.price_micros)
    tallies.note(session, [change])
    links.store(session, new)
    sharing.leave_to(session, message, other)


def _links(session: Session, message: Message) -> Iterator[tuple[str, Link]]:
    """The links of its person that stand in a text, by token."""
    for token in dict.fromkeys(_TOKEN.findall(message.body)):
        link = links.find(session, token)
        if link is not None and (link.space_id, link.contact_id) == (message.space_id, message.contact_id):
            yield token, link
