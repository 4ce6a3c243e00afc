"""What a reminder does when its event is moved or called off, even after its letters were written."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events.models import Event, Reminder
from app.messaging import mailings
from app.messaging.models import Message
from app.messaging.status import Status

STAYED = (Status.QUEUED, Status.WITHDRAWN)


def move(session: Session, event: Event, *, now: datetime) -> None:
    """Bring the reminders of a moved event nearer or farther with it.

    One that has left leaves again when its new time is still to come, or when none of its letters had gone yet: what
    they said is no longer true.
    """
    for reminder in session.scalars(select(Reminder).where(Reminder.event_id == event.id).with_for_update()):
        due_at = event.starts_at - timedelta(seconds=reminder.before_s)
        if reminder.mailing_id is None:
            reminder.due_at = due_at
        elif due_at > now or not _has_left(session, reminder.mailing_id):
            mailings.cancel(session, [reminder.mailing_id])
            reminder.due_at = due_at
            reminder.mailing_id, reminder.reached_id, reminder.fired_at = None, 0, None


def call_off(session: Session, event: Event) -> None:
    """Take back the letters of a cancelled event's reminders that still wait for their hour."""
    mailing_ids = session.scalars(
        select(Reminder.mailing_id).where(Reminder.event_id == event.id, Reminder.mailing_id.is_not(None))
    )
    mailings.cancel(session, [one for one in mailing_ids if one is not None])


def _has_left(session: Session, mailing_id: int) -> bool:
    gone = select(Message.id).where(Message.mailing_id == mailing_id, Message.status.not_in(STAYED)).limit(1)
    return session.scalar(gone) is not None
