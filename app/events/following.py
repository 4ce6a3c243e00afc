"""What a reminder does when its event is moved, even after its messages were written."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import MailingId
from app.events import timing
from app.events.messages import WAITING
from app.events.models import Event, Reminder
from app.messaging import mailings
from app.messaging.models import Message


def move(session: Session, event: Event, *, was_at: datetime, now: datetime) -> None:
    """Bring the reminders of a moved event, that began at ``was_at``, nearer or farther with it.

    One that has left leaves again when its new time is still to come, or when none of its messages had gone yet: what
    they said is no longer true. Moved back to the beginning that it told of, it has left already.
    """
    zone = session.get_one(Space, event.space_id).zone
    for reminder in session.scalars(select(Reminder).where(Reminder.event_id == event.id).with_for_update()):
        due_at = timing.due_at(event.starts_at, timedelta(seconds=reminder.before_s), zone)
        if reminder.mailing_id is None:
            reminder.due_at = due_at
        elif due_at > now or not _has_left(session, reminder.mailing_id):
            if _has_left(session, reminder.mailing_id):
                reminder.left_mailing_id, reminder.left_for = reminder.mailing_id, was_at
            mailings.cancel(session, [reminder.mailing_id])
            reminder.due_at = due_at
            reminder.mailing_id, reminder.reached_id, reminder.fired_at = None, 0, None
        if due_at > now:
            reminder.held_reason = ""  # its segment is asked again at the new time
        if reminder.mailing_id is None and reminder.left_for == event.starts_at:
            reminder.mailing_id, reminder.fired_at = reminder.left_mailing_id, now


def _has_left(session: Session, mailing_id: MailingId) -> bool:
    gone = select(Message.id).where(Message.mailing_id == mailing_id, Message.status.not_in(WAITING)).limit(1)
    return session.scalar(gone) is not None
