"""« Tester la salle »: whether a phone of the room gets to our pages, asked before anybody is invited."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Activity
from app.accounts.principal import ROOM_PHONE, job
from app.workshops import acts
from app.workshops.models import Workshop

VERB = acts.PHONE_REACHED
ONCE_EVERY = timedelta(seconds=2)
"""A page pressed again and again fills no trail."""


@dataclass(frozen=True)
class Reached:
    """How many times a phone answered, and the last one."""

    times: int
    at: datetime | None


def note(session: Session, workshop: Workshop, *, now: datetime) -> None:
    """A phone has the page."""
    last = read(session, workshop).at
    if last is None or now - last >= ONCE_EVERY:
        activity.record(session, workshop.space_id, VERB, by=job(ROOM_PHONE), now=now, subject_id=workshop.id)


def read(session: Session, workshop: Workshop) -> Reached:
    """Whether a phone answered, for the trainer's screen."""
    times, at = session.execute(
        select(func.count(), func.max(Activity.at)).where(
            Activity.space_id == workshop.space_id,
            Activity.subject == "workshop",
            Activity.subject_id == workshop.id,
            Activity.verb == VERB,
        )
    ).one()
    return Reached(times, at)
