"""What a reminder does when its event is moved or called off, even after its letters were written."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.events import timing
from app.events.models import Event, Registration, Reminder
from app.messaging.models import Gate, Mailing, Message
from app.messaging.status import Status

STAYED = (Status.QUEUED, Status.WITHDRAWN)


def move(session: Session, event: Event, *, now: datetime) -> None:
    """Bring the reminders of a moved event nearer or farther with it; no invitation leaves once it has begun.

    One that has left leaves again when its new time is still to come, or when none of its letters had gone yet: what
    they said is no longer true.
    """
    zone = session.get_one(Space, event.space_id).zone
    told = select(Registration.mailing_id).where(Registration.event_id == event.id)
    session.execute(update(Mailing).where(Mailing.id.in_(told)).values(expires_at=event.starts_at))
    for reminder in session.scalars(select(Reminder).where(Reminder.event_id == event.id).with_for_update()):
        due_at = timing.due_at(event.starts_at, timedelta(seconds=reminder.before_s), zone)
        if reminder.mailing_id is None:
            reminder.due_at = due_at
        elif due_at > now or not _has_left(session, reminder.mailing_id):
            _take_back(session, reminder.mailing_id)
            reminder.due_at = due_at
            reminder.mailing_id, reminder.reached_id, reminder.fired_at = None, 0, None


def call_off(session: Session, event: Event) -> None:
    """Take back the letters of a cancelled event's reminders that still wait for their hour."""
    mailing_ids = session.scalars(
        select(Reminder.mailing_id).where(Reminder.event_id == event.id, Reminder.mailing_id.is_not(None))
    )
    for mailing_id in mailing_ids.all():
        _take_back(session, mailing_id)


def _has_left(session: Session, mailing_id: int) -> bool:
    gone = select(Message.id).where(Message.mailing_id == mailing_id, Message.status.not_in(STAYED)).limit(1)
    return session.scalar(gone) is not None


def _take_back(session: Session, mailing_id: int | None) -> None:
    """Nothing more of it leaves; a tick withdraws what waits."""
    session.execute(
        update(Mailing)
        .where(Mailing.id == mailing_id, Mailing.gate.in_((Gate.OPEN, Gate.PAUSED)))
        .values(gate=Gate.CANCELLED)
    )
