"""The missions of a space as its pages list them, and what became of each invitation."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.audiences.people import LEFT_OUT_WORDS
from app.consent import service as consent
from app.contacts.models import Contact
from app.database.ids import ContactId, EventId, MailingId, SpaceId
from app.events import inviting
from app.events.acts import About
from app.events.models import Answer, Event, EventMailing, Registration, Reminder
from app.messaging.models import Mailing, Message
from app.messaging.singles import service as singles
from app.messaging.status import LOST, Status


def to_come(session: Session, space_id: SpaceId, *, since: datetime, limit: int) -> Sequence[Event]:
    """The missions still to come, the nearest first; the cancelled ones among them."""
    query = select(Event).where(Event.space_id == space_id, Event.ends_at >= since)
    return session.scalars(query.order_by(Event.starts_at, Event.id).limit(limit)).all()


def past(
    session: Session, space_id: SpaceId, *, since: datetime, before: EventId | None, limit: int
) -> Sequence[Event]:
    """The missions over ``since``, the latest first, cancelled ones among them; those that precede ``before`` alone."""
    query: Select[Event] = select(Event).where(Event.space_id == space_id, Event.ends_at < since)
    if before is not None:
        last = select(Event.starts_at, Event.id).where(Event.space_id == space_id, Event.id == before)
        row = session.execute(last).one_or_none()
        if row is not None:
            query = query.where(tuple_(Event.starts_at, Event.id) < tuple_(row.starts_at, row.id))
    return session.scalars(query.order_by(Event.starts_at.desc(), Event.id.desc()).limit(limit)).all()


def counted(session: Session, space_id: SpaceId, events: Sequence[Event]) -> Mapping[EventId, tuple[int, int, int]]:
    """Of each mission: (who comes, who was there, of how many that is noted)."""
    coming = func.count().filter(Registration.answer == Answer.COMING)
    came = func.count().filter(Registration.attended.is_(True))
    rows = session.execute(
        select(Registration.event_id, coming, came, func.count(Registration.attended))
        .where(Registration.space_id == space_id, Registration.event_id.in_([event.id for event in events]))
        .group_by(Registration.event_id)
    )
    return dict.fromkeys((event.id for event in events), (0, 0, 0)) | {
        event_id: (coming, came, noted) for event_id, coming, came, noted in rows
    }


def spoken_of(
    session: Session, space_id: SpaceId, mailing_ids: Collection[MailingId], about: About
) -> Mapping[MailingId, Event]:
    """The mission of those of these mailings that are about one in this way."""
    rows = session.execute(
        select(EventMailing.mailing_id, Event)
        .join(Event, Event.id == EventMailing.event_id)
        .where(EventMailing.space_id == space_id, EventMailing.mailing_id.in_(mailing_ids), EventMailing.about == about)
    )
    return {row[0]: row[1] for row in rows}


def is_about(about: About) -> ColumnElement[bool]:
    """Whether a mailing is about a mission in this way."""
    its = select(EventMailing.id).where(EventMailing.mailing_id == Mailing.id, EventMailing.about == about)
    return its.where(EventMailing.space_id == Mailing.space_id).exists()


def refusals(session: Session, space_id: SpaceId, people: Sequence[Contact]) -> Mapping[ContactId, str]:
    """Why some of these would get no invitation, in words."""
    blocked = consent.blocked(session, space_id, inviting.FAMILY, {one.fingerprint for one in people})
    return {one.id: LEFT_OUT_WORDS.get(blocked[one.fingerprint], "") for one in people if one.fingerprint in blocked}


def reminders(session: Session, event_ids: Sequence[int]) -> dict[int, int]:
    """How many reminders each of these dates has."""
    query = select(Reminder.event_id, func.count()).where(Reminder.event_id.in_(event_ids)).group_by(Reminder.event_id)
    return dict.fromkeys(event_ids, 0) | {row.event_id: row[1] for row in session.execute(query)}


def invitations(session: Session, event: Event) -> Mapping[ContactId, Status]:
    """What became of the SMS that invited each person of the list; who shares a phone has that phone's.

    Of one written again, what became of the text in its place.
    """
    reached = or_(Message.contact_id == Registration.contact_id, Message.phone == Contact.phone)
    rows = session.execute(
        select(Registration.contact_id, Message.id, Message.status)
        .join(Contact, Contact.id == Registration.contact_id)
        .join(Message, and_(Message.mailing_id == Registration.mailing_id, reached))
        # Not the messages' space too, which is their mailing's: SQLite would go through all of a space's.
        .where(Registration.event_id == event.id, Registration.space_id == event.space_id, Message.is_latest)
        .order_by(Message.id)
    ).all()
    anew = singles.sent_anew(session, event.space_id, [row.id for row in rows if row.status in LOST])
    return {row.contact_id: anew[row.id].status if row.id in anew else row.status for row in rows}


def objections(session: Session, event: Event) -> Mapping[ContactId, str]:
    """Why those whom no invitation has reached may not be called: {contact id: a reason of LEFT_OUT_WORDS}."""
    people = [person for _registration, person in inviting.candidates(session, event)]
    blocked = consent.blocked(session, event.space_id, inviting.FAMILY, {one.fingerprint for one in people})
    return {one.id: blocked[one.fingerprint] for one in people if one.fingerprint in blocked}
