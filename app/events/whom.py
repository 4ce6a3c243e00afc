"""For whom a reminder is: those who come, a list, or whomever a segment keeps when it is written."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.audiences.book import open_book
from app.audiences.recipients import Recipient
from app.consent import hours
from app.consent.families import Family
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact, ContactList, ListMember
from app.contacts.phone import show_phone, time_zone
from app.database.ids import ContactId, EventId, MessageId, SegmentId, SpaceId
from app.events.acts import About
from app.events.models import Answer, Event, EventMailing, EventState, Registration, Reminder
from app.french.language import _
from app.messaging import posting
from app.messaging.models import Message
from app.messaging.sharing.models import MessageSharer

MAX_LOOKED_AT = 2000
"""People of a list whose phones a page places: each costs it some microseconds."""


def people(session: Session, space: Space, reminder: Reminder, *, now: datetime) -> Select[Contact]:
    """Whom it is for: who said « ne peut pas » or waits for a seat is left in peace, on a list or in a segment too.

    Without either it is for those who said they come: whoever has not answered signed up for nothing.
    """
    registered = select(Registration.contact_id).where(Registration.event_id == reminder.event_id)
    if reminder.segment_id is not None:
        chosen = open_book(session, space).keeps([reminder.segment_id], now)
    elif reminder.list_id is not None:
        chosen = Contact.id.in_(select(ListMember.contact_id).where(ListMember.list_id == reminder.list_id))
    else:
        chosen = Contact.id.in_(registered.where(Registration.answer == Answer.COMING))
    return select(Contact).where(
        Contact.space_id == space.id,
        PRESENT,
        chosen,
        Contact.id.not_in(registered.where(Registration.answer.in_((Answer.NOT_COMING, Answer.WAITING)))),
    )


def admit(
    session: Session, space: Space, everyone: Sequence[Recipient], *, event_id: EventId, now: datetime
) -> tuple[list[Recipient], Mapping[str, str]]:
    """Who of these may get a reminder, and why the others may not: {phone: reason}.

    To whoever comes it follows up what they signed up for; anybody else of a list or a segment is called by it.
    """
    coming = set(
        session.scalars(
            select(Registration.contact_id).where(
                Registration.space_id == space.id,
                Registration.event_id == event_id,
                Registration.answer == Answer.COMING,
                Registration.contact_id.in_([one.contact_id for one in everyone]),
            )
        )
    )
    called = [one for one in everyone if one.contact_id not in coming]
    callable_now, refused = posting.admit(session, space, called, family=Family.CHARITABLE, now=now)
    kept = coming | {one.contact_id for one in callable_now}
    its = [one for one in everyone if one.contact_id in kept]
    allowed, objecting = posting.admit(session, space, its, family=Family.SERVICE, now=now)
    return allowed, {**refused, **objecting}


def calls_among(session: Session, space_id: SpaceId, message_ids: Collection[MessageId]) -> set[MessageId]:
    """Which of these messages are reminders to somebody who does not come, nor anybody else that they reach.

    ``admit`` asked it when they were written; their people may say since that they come, or want their missions alone.
    """
    sharers = select(MessageSharer.contact_id).where(MessageSharer.message_id == Message.id).correlate(Message)
    coming = select(Registration.id).where(
        Registration.space_id == space_id,
        Registration.event_id == EventMailing.event_id,
        Registration.answer == Answer.COMING,
        or_(Registration.contact_id == Message.contact_id, Registration.contact_id.in_(sharers)),
    )
    calls = (
        select(Message.id)
        .join(EventMailing, EventMailing.mailing_id == Message.mailing_id)
        .where(Message.space_id == space_id, Message.id.in_(message_ids), EventMailing.about == About.REMINDER)
    )
    return set(session.scalars(calls.where(~coming.exists())))


def is_for(
    session: Session, space: Space, reminders: Sequence[Reminder], contact_id: ContactId, *, now: datetime
) -> bool:
    """Whether one of these reminders is for somebody, as those it is for are today."""
    its = (people(session, space, one, now=now).where(Contact.id == contact_id) for one in reminders)
    return any(session.scalar(query.with_only_columns(Contact.id)) is not None for query in its)


def fault(session: Session, space: Space, segment_id: SegmentId | None) -> str:
    """Why a reminder to this segment would reach nobody, in a sentence; empty while it is whole, or without one."""
    return open_book(session, space).fault(segment_id) if segment_id is not None else ""


def too_far(session: Session, space: Space, event: Event, reminder: Reminder) -> list[str]:
    """Who will not get a reminder still to leave: where their phones live, the hours open after the event begins."""
    if reminder.fired_at is not None or not space.hours_hold:
        return []
    names, opens = [], {space.zone: reminder.due_at}
    query = people(session, space, reminder, now=reminder.due_at)
    for person in session.scalars(query.order_by(Contact.id).limit(MAX_LOOKED_AT)):
        zone = time_zone(person.phone)
        if zone not in opens:
            opens[zone] = hours.slot(Family.SERVICE, zone, reminder.due_at).opens_at
        if opens[zone] >= event.starts_at:
            names.append(person.name or show_phone(person.phone))
    return names


def name_of(session: Session, space: Space, reminder: Reminder) -> str:
    """For whom it is, in words."""
    if reminder.segment_id is not None:
        name = open_book(session, space).names.get(reminder.segment_id)
        return _("la sélection « %(name)s »", name=name) if name else _("une sélection retirée")
    if reminder.list_id is None:
        return _("ceux qui viennent")
    query = select(ContactList.name).where(ContactList.space_id == space.id, ContactList.id == reminder.list_id)
    return _("la liste « %(name)s »", name=session.scalar(query))


def using(session: Session, space_id: SpaceId, field: str, id: int) -> Iterator[str]:
    """Which reminders still to leave would miss a list or a segment; ``field`` is the field of rules of that name."""
    column = {"lists": Reminder.list_id, "segments": Reminder.segment_id}.get(field)
    if column is None:
        return
    titles = (
        select(Event.title)
        .join(Reminder, Reminder.event_id == Event.id)
        .where(
            Reminder.space_id == space_id,
            column == id,
            Reminder.fired_at.is_(None),
            Event.state.in_((EventState.PLANNED, EventState.OPEN)),
        )
        .order_by(Reminder.due_at, Reminder.id)
    )
    for title in session.scalars(titles):
        yield _("rappel de %(title)s", title=title)
