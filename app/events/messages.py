"""Everything written about an event, which follows it: taken back, written anew, shown and ended."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union_all
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.consent.families import Family
from app.contacts.models import Contact
from app.database.ids import ContactId, EventId, MailingId, SpaceId
from app.events.acts import SAID, About
from app.events.models import Event, EventMailing
from app.events.placeholders import PLACES, recipient
from app.links import service as links
from app.messaging import afterthought, mailings, messages, validity, withdrawal
from app.messaging.afterthought import Leaving
from app.messaging.models import Mailing, Message
from app.messaging.sharing.models import MessageSharer
from app.messaging.status import Status

WAITING = (Status.QUEUED, Status.WITHDRAWN)
"""Of messages that nobody has read."""
PRIORITY = 3
BY_THEMSELVES = tuple(about for about, said in SAID.items() if said.by_itself)
_LINK = re.compile(r"https?://[^\s(]*?" + re.escape(links.PATH) + r"\w+")


def family_of(about: About) -> Family:
    """What a text about an event is for: whoever never signed up is called, whoever did is kept informed."""
    return Family.CHARITABLE if about is About.INVITATION else Family.SERVICE


def open_mailing(
    session: Session,
    space: Space,
    event: Event,
    about: About,
    *,
    body: str,
    now: datetime,
    cap_micros: int | None = None,
) -> Mailing:
    """A mailing that follows the event. ``body`` still holds its places, so that what waits can be written anew."""
    mailing = mailings.open(session, space, family=family_of(about), priority=PRIORITY, cap_micros=cap_micros, now=now)
    session.add(EventMailing(space_id=space.id, event_id=event.id, mailing_id=mailing.id, about=about, body=body))
    session.flush()
    return mailing


def of_event(session: Session, event_id: EventId) -> Sequence[tuple[EventMailing, Mailing]]:
    """Its mailings, the oldest first."""
    rows = session.execute(
        select(EventMailing, Mailing)
        .join(Mailing, Mailing.id == EventMailing.mailing_id)
        .where(EventMailing.event_id == event_id)
        .order_by(EventMailing.id)
    )
    return [(row[0], row[1]) for row in rows]


def leaving(session: Session, space: Space, event: Event, *, now: datetime) -> Sequence[Leaving]:
    """Its mailings that somebody sent and may still stop whole; what leaves by itself is not among them."""
    ids = session.scalars(_ids(event.id).where(EventMailing.about.not_in(BY_THEMSELVES))).all()
    return afterthought.leaving(session, space, ids, now=now) if ids else ()


def call_off(session: Session, event: Event) -> None:
    """Nothing that waits about a cancelled event leaves: reminders, invitations, news."""
    mailings.cancel(session, session.scalars(_ids(event.id)).all())


def take_back(session: Session, event_id: EventId, contact_id: ContactId, *, now: datetime) -> None:
    """Somebody does not come, or is off the list: no invitation and no reminder that waits for them leaves."""
    ids = session.scalars(_ids(event_id).where(EventMailing.about != About.NEWS)).all()
    withdrawal.take_back(session, contact_id=contact_id, mailing_ids=ids, reason=withdrawal.CANCELLED, now=now)


def take_back_news(session: Session, event: Event, people: Collection[int], *, now: datetime) -> None:
    """News that waits for these contacts is old once there is newer."""
    ids = session.scalars(_ids(event.id).where(EventMailing.about == About.NEWS)).all()
    waiting = select(Message.contact_id).where(
        Message.space_id == event.space_id, Message.mailing_id.in_(ids), Message.status == Status.QUEUED
    )
    for contact_id in sorted({one for one in session.scalars(waiting) if one and one in people}):
        withdrawal.take_back(session, contact_id=contact_id, mailing_ids=ids, reason=withdrawal.CHANGED, now=now)


def rewrite(session: Session, event: Event, *, was_at: datetime) -> int:
    """Write anew what waits, so that it says the day, the hour and the place as they are now; how many changed.

    It ends when the event, that began at ``was_at``, begins; what was opened after both, thanks for one, keeps its end.
    """
    space = session.get_one(Space, event.space_id)
    bodies, its = {}, {}
    for row, mailing in of_event(session, event.id):
        its[mailing.id] = mailing
        if mailing.created_at < max(was_at, event.starts_at):
            mailing.expires_at = event.starts_at
        if row.body:
            bodies[mailing.id] = messages.with_link(row.body, known=PLACES)
    waiting = session.execute(
        select(Message, Contact)
        .join(Contact, Contact.id == Message.contact_id)
        .where(Message.mailing_id.in_(bodies), Message.status == Status.QUEUED)
        .order_by(Message.id)
        .with_for_update(key_share=True, of=Message)
    ).all()
    changed = 0
    for message, person in waiting:
        link = _LINK.search(message.body)
        body = messages.compose(
            bodies[message.mailing_id], recipient(person, event, space.zone), space=space, link=link[0] if link else ""
        )
        message.not_after = validity.until(its[message.mailing_id], space, message.zone, message.created_at)
        changed += messages.rewrite(session, message, body)
    return changed


def awaited(space_id: SpaceId, event_id: EventId) -> CompoundSelect[ContactId]:
    """Those to whom a text about the event still is to leave, whatever it says."""
    waits = Message.status == Status.QUEUED
    return readers(space_id, Message.mailing_id.in_(_ids(event_id)), waits)


def readers(space_id: SpaceId, *marks: ColumnElement[bool]) -> CompoundSelect[ContactId]:
    """Whom messages with these marks are for: each their own, or that of somebody on the same phone."""
    its = (Message.space_id == space_id, *marks)
    own = select(Message.contact_id).where(*its, Message.contact_id.is_not(None))
    shared = select(MessageSharer.contact_id).join(Message, Message.id == MessageSharer.message_id).where(*its)
    return union_all(own, shared)


def _ids(event_id: EventId) -> Select[MailingId]:
    return select(EventMailing.mailing_id).where(EventMailing.event_id == event_id)
