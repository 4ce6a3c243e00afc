"""Workshops that nobody closed: their practice spaces would stay for ever."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Activity
from app.accounts.principal import TAMBOUR
from app.events.models import Event
from app.workshops.models import PracticeSpace, Seat, Workshop
from app.workshops.practice.purging import KEPT_FOR
from app.workshops.room import service as room_service


def close_forgotten(session: Session, *, now: datetime) -> bool:
    """Close one workshop that was over, and left alone by everybody, a month ago; whether there was any."""
    since = now - KEPT_FOR
    present = select(Seat.id).where(Seat.workshop_id == Workshop.id, Seat.seen_at >= since)
    at_work = (
        select(Activity.id)
        .join(PracticeSpace, PracticeSpace.space_id == Activity.space_id)
        .where(PracticeSpace.workshop_id == Workshop.id, Activity.at >= since)
    )
    workshop = session.scalar(
        select(Workshop)
        .join(Event, Event.id == Workshop.event_id)
        .where(Workshop.closed_at.is_(None), Workshop.opened_at < since, Event.ends_at < since)
        .where(~present.exists(), ~at_work.exists())
        .order_by(Workshop.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Workshop)
    )
    if workshop is None:
        return False
    room_service.close(session, workshop, by=TAMBOUR, now=now)
    return True
