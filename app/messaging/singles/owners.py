"""What the rooms above say of a mailing of theirs, when one of its messages is written again or stopped by itself.

Assembly hands ``Owners`` to the database (``Database.handed``), whose sessions carry them; without them a mailing is
nobody's.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.principal import Principal
from app.audiences.recipients import Recipient
from app.contacts.models import Contact
from app.database.ids import MailingId
from app.messaging.messages import LinkTarget
from app.messaging.models import Mailing, Message


@dataclass(frozen=True)
class Draft:
    """A message as it is to be written again, true today: ``body`` holds its places, all of them ``known``.

    Without a body the message's own text and link serve. ``recipient`` makes somebody with what fills the places.
    ``follow`` is given the new mailing, so that what becomes of its subject becomes of it.
    """

    body: str
    known: Collection[str]
    target: LinkTarget | None
    recipient: Callable[[Contact], Recipient]
    follow: Callable[[Mailing], None]


@dataclass(frozen=True)
class Owner:
    """A room that opens mailings, by what it answers for those of them that ``owns`` knows.

    ``hold`` keeps what a mailing speaks of as it is until the transaction ends. ``draft`` makes one of its messages
    anew for a contact, and raises RuleBroken when what it said is over or not for them. ``stop`` ends a mailing as its
    page does: whether nothing of it had left. Without ``draft`` a message goes again as it was; without ``stop`` only
    the owner's page ends it.
    """

    owns: Callable[[Session, Space, MailingId], bool]
    hold: Callable[[Session, Space, MailingId], None] | None = None
    draft: Callable[[Session, Space, Message, Contact, datetime], Draft] | None = None
    stop: Callable[[Session, Space, MailingId, Principal, datetime], bool] | None = None


@dataclass(frozen=True)
class Owners:
    """The rooms that are asked. A mailing may have two: a campaign's, and that of what the campaign asks about."""

    rooms: Sequence[Owner]


def hold(session: Session, space: Space, mailing_id: MailingId) -> None:
    """Have its owners keep what a mailing speaks of as it is."""
    for room in _of(session, space, mailing_id):
        if room.hold:
            room.hold(session, space, mailing_id)


def draft(session: Session, space: Space, message: Message, contact: Contact, *, now: datetime) -> Draft | None:
    """The message as its owner has it written again; None for one that goes as it was. Raises RuleBroken."""
    for room in _of(session, space, message.mailing_id):
        if room.draft:
            return room.draft(session, space, message, contact, now)
    return None


def may_stop(session: Session, space: Space, mailing_id: MailingId) -> bool:
    """Whether a mailing is ended from elsewhere than its owner's page."""
    return all(room.stop for room in _of(session, space, mailing_id))


def stop(session: Session, space: Space, mailing_id: MailingId, *, by: Principal, now: datetime) -> bool | None:
    """End a mailing as its owner does: whether nothing had left; None for one of nobody's. ``may_stop`` said yes."""
    for room in _of(session, space, mailing_id):
        if room.stop:
            return room.stop(session, space, mailing_id, by, now)
    return None


def _of(session: Session, space: Space, mailing_id: MailingId) -> Sequence[Owner]:
    found = session.info.get(Owners)
    rooms = found.rooms if isinstance(found, Owners) else ()
    return [room for room in rooms if room.owns(session, space, mailing_id)]
