"""Telling by SMS those to whom a seat fell: a tick writes it, the hours hold it, and never once the event has begun."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import TAMBOUR
from app.contacts.archiving import PRESENT
from app.contacts.models import Contact
from app.errors import RuleBroken
from app.events import acts, inviting
from app.events.acts import About
from app.events.models import Answer, Event, EventState, Registration
from app.events.placeholders import SEAT_FREED, fit
from app.settings import Settings

AGAIN = timedelta(hours=1)
"""After how long a text that could not be written is tried again: the month's money, a missing sender."""


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether somebody has a seat and does not know it."""
    query = select(Registration.id).join(Event, Event.id == Registration.event_id)
    return session.scalar(query.where(_due(now)).limit(1)) is not None


def claim_due(session: Session, *, now: datetime, exclude: Collection[int] = ()) -> Event | None:
    """An event where somebody is to be told, not one of ``exclude``, held until the transaction ends."""
    waits = select(Registration.id).where(Registration.event_id == Event.id, _due(now))
    query = select(Event).where(waits.exists(), Event.id.not_in(exclude)).order_by(Event.starts_at, Event.id).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True))


def write(session: Session, event: Event, *, limit: int, settings: Settings, now: datetime) -> int:
    """Write to those of an event to whom a seat fell; how many. What is refused is tried again in an hour."""
    space = session.get_one(Space, event.space_id)
    rows = session.execute(
        select(Registration.id, Contact)
        .join(Contact, Contact.id == Registration.contact_id)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.space_id == space.id, Registration.event_id == event.id, _due(now), PRESENT)
        .order_by(Registration.tell_seat_at, Registration.id)
        .limit(limit)
    ).all()
    ids, people = [row[0] for row in rows], [row[1] for row in rows]
    tell_at = None
    try:
        if people:
            body = fit(SEAT_FREED, event)
            inviting.write(session, space, event, people, body=body, settings=settings, now=now, about=About.SEAT)
    except RuleBroken:
        tell_at = now + AGAIN
    its = update(Registration).where(Registration.space_id == space.id)
    whose = (
        Registration.id.in_(ids) if ids else and_(Registration.event_id == event.id, Registration.tell_seat_at <= now)
    )
    session.execute(its.where(whose).values(tell_seat_at=tell_at), execution_options={"synchronize_session": False})
    if people and tell_at is None:
        activity.record(
            session, space.id, acts.SEATS_TOLD, by=TAMBOUR, now=now, subject_id=event.id, people=len(people)
        )
    return len(people)


def _due(now: datetime) -> ColumnElement[bool]:
    """Of a place and its event: they came off the waiting list, and nothing has begun or been called off."""
    return and_(
        Registration.tell_seat_at <= now,
        Registration.answer == Answer.COMING,
        Event.starts_at > now,
        Event.state.not_in((EventState.CANCELLED, EventState.HELD)),
    )
