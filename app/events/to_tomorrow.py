"""« Avancer jusqu'au prochain rappel »: in a practice space, time comes nearer by whole days until one is due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Mode, Space
from app.accounts.principal import Principal
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.errors import RuleBroken
from app.events import acts, attendance, timing, whom
from app.events.models import Event, EventState, Reminder
from app.french.language import _
from app.messaging import rates
from app.messaging.models import Message
from app.messaging.status import Status


@dataclass(frozen=True)
class Next:
    """The next reminder to leave in a space: of which mission, to how many people, in how many ``days`` at most."""

    title: str
    people: int
    days: int


def find_next(session: Session, space: Space, *, now: datetime) -> Next | None:
    """What a press would bring; None without a reminder still to leave, when it brings the next day."""
    row = session.execute(
        select(Reminder, Event)
        .join(Event, Event.id == Reminder.event_id)
        .where(Reminder.space_id == space.id, Reminder.fired_at.is_(None), Reminder.held_reason == "")
        .where(Event.state != EventState.CANCELLED, Event.starts_at > now)
        .order_by(Reminder.due_at, Reminder.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    reminder, event = row
    meant = whom.people(session, space, reminder, now=now).subquery()
    people = session.scalar(select(func.count()).select_from(meant)) or 0
    return Next(event.title, people, timing.days_until(reminder.due_at, now=now, zone=space.zone))


def advance(session: Session, space: Space, *, by: Principal, now: datetime) -> Next | None:
    """Bring everything planned nearer by as many days as the next reminder needs to leave now. Practice only.

    One day, when no reminder waits. What it brings, as ``find_next`` tells it. Each thing keeps its hour on the wall.
    """
    if space.mode is not Mode.PRACTICE:
        raise RuleBroken("not_practice", _("On ne change pas le jour d'un espace réel."))
    found = find_next(session, space, now=now)
    days = found.days if found else 1
    events = session.scalars(select(Event).where(Event.space_id == space.id).with_for_update()).all()
    waiting_at: set[int] = set()
    for reminder in session.scalars(
        select(Reminder).where(Reminder.space_id == space.id, Reminder.fired_at.is_(None)).with_for_update()
    ):
        reminder.due_at = timing.days_before(reminder.due_at, days, space.zone)
        waiting_at.add(reminder.event_id)
    for event in events:
        # An event that would be over before its reminder could leave stays where it is: the reminder is the lesson.
        starts_at = timing.days_before(event.starts_at, days, space.zone)
        if starts_at > now or event.starts_at <= now or event.id not in waiting_at:
            event.starts_at, event.ends_at = starts_at, timing.days_before(event.ends_at, days, space.zone)
    for campaign in session.scalars(
        select(Campaign).where(Campaign.space_id == space.id, Campaign.stage == Stage.SCHEDULED).with_for_update()
    ):
        campaign.send_at = timing.days_before(campaign.send_at, days, space.zone) if campaign.send_at else None
    waiting = session.execute(
        select(Message.id, Message.not_before, Message.zone)
        .where(Message.space_id == space.id, Message.status == Status.QUEUED, Message.not_before > now)
        .order_by(Message.id)
        .with_for_update()
    ).all()
    if waiting:
        nearer = [{"id": row.id, "not_before": timing.days_before(row.not_before, days, row.zone)} for row in waiting]
        session.execute(update(Message), nearer)
    rates.free_all(session, space.id, now=now)  # what the carrier would not take yesterday, it takes today
    activity.record(session, space.id, acts.DAY_PASSED, by=by, now=now, subject_id=space.id)
    session.flush()
    attendance.moved(session, space.id, [event.id for event in events])
    return found
