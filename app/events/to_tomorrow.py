"""« Passer à demain »: in a practice space, everything planned comes a day nearer."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Mode, Space
from app.accounts.principal import Principal
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.errors import RuleBroken
from app.events import acts, attendance
from app.events.models import Event, Reminder
from app.french.language import _
from app.messaging import rates
from app.messaging.models import Message
from app.messaging.status import Status

DAY = timedelta(days=1)


def pass_a_day(session: Session, space: Space, *, by: Principal, now: datetime) -> None:
    """Move the space's dates back by a day, so that what is due tomorrow leaves now. Practice only."""
    if space.mode is not Mode.PRACTICE:
        raise RuleBroken("not_practice", _("On ne change pas le jour d'un espace réel."))
    events = session.scalars(select(Event).where(Event.space_id == space.id).with_for_update()).all()
    waiting_at: set[int] = set()
    for reminder in session.scalars(
        select(Reminder).where(Reminder.space_id == space.id, Reminder.fired_at.is_(None)).with_for_update()
    ):
        reminder.due_at -= DAY
        waiting_at.add(reminder.event_id)
    for event in events:
        # An event that would be over before its reminder could leave stays where it is: the reminder is the lesson.
        if event.starts_at - DAY > now or event.starts_at <= now or event.id not in waiting_at:
            event.starts_at, event.ends_at = event.starts_at - DAY, event.ends_at - DAY
    for campaign in session.scalars(
        select(Campaign).where(Campaign.space_id == space.id, Campaign.stage == Stage.SCHEDULED).with_for_update()
    ):
        campaign.send_at = campaign.send_at - DAY if campaign.send_at else None
    waiting = session.execute(
        select(Message.id, Message.not_before)
        .where(Message.space_id == space.id, Message.status == Status.QUEUED, Message.not_before > now)
        .order_by(Message.id)
        .with_for_update()
    ).all()
    if waiting:
        session.execute(update(Message), [{"id": row.id, "not_before": row.not_before - DAY} for row in waiting])
    rates.free_all(session, space.id, now=now)  # what the carrier would not take yesterday, it takes today
    activity.record(session, space.id, acts.DAY_PASSED, by=by, now=now, subject_id=space.id)
    session.flush()
    attendance.moved(session, space.id, [event.id for event in events])
