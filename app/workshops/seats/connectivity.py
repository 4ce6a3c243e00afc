"""« Tester la salle »: whether a phone of the room gets to our pages, asked before anybody is invited."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import ROOM_PHONE, job
from app.workshops import acts
from app.workshops.models import Workshop

ONCE_EVERY = timedelta(seconds=2)
"""A page pressed again and again fills no trail."""


@dataclass(frozen=True)
class Reached:
    """How many times a phone answered, and the last one."""

    times: int
    at: datetime | None


def note(session: Session, workshop: Workshop, *, now: datetime) -> None:
    """A phone has the page."""
    noted = session.scalar(
        update(Workshop)
        .where(Workshop.id == workshop.id)
        .where(or_(Workshop.phone_reached_at.is_(None), Workshop.phone_reached_at <= now - ONCE_EVERY))
        .values(phones_reached=Workshop.phones_reached + 1, phone_reached_at=now)
        .returning(Workshop.id)
    )
    if noted:
        activity.record(
            session, workshop.space_id, acts.PHONE_REACHED, by=job(ROOM_PHONE), now=now, subject_id=workshop.id
        )


def read(workshop: Workshop) -> Reached:
    """Whether a phone answered, for the trainer's screen."""
    return Reached(workshop.phones_reached, workshop.phone_reached_at)
