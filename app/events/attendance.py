"""Who was there, and what that makes of each person's history."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.contacts import history
from app.contacts.history import Came
from app.database.ids import SpaceId
from app.events import acts
from app.events.models import Event, Registration


def note(session: Session, event: Event, present: set[int], *, by: Principal, now: datetime) -> None:
    """Note who was there, by contact id; everybody else on the list was not."""
    listed = session.scalars(
        update(Registration)
        .where(Registration.event_id == event.id, Registration.space_id == event.space_id)
        .values(attended=Registration.contact_id.in_(present))
        .returning(Registration.contact_id)
    ).all()
    activity.record(
        session, event.space_id, acts.ATTENDANCE_NOTED, by=by, now=now, subject_id=event.id, people=len(present)
    )
    recount(session, event.space_id, listed)


def moved(session: Session, space_id: SpaceId, event_ids: Collection[int]) -> None:
    """Count anew for those noted as there, after a change of these events' day."""
    there = select(Registration.contact_id).where(Registration.space_id == space_id, Registration.attended.is_(True))
    recount(session, space_id, session.scalars(there.where(Registration.event_id.in_(event_ids)).distinct()).all())


def recount(session: Session, space_id: SpaceId, contact_ids: Collection[int]) -> None:
    """Count anew how often these came: registrations are the truth of it."""
    zone = ZoneInfo(session.get_one(Space, space_id).zone)

    def count(ids: Sequence[int]) -> Mapping[int, Came]:
        rows = session.execute(
            select(Registration.contact_id, func.count(), func.max(Event.starts_at))
            .join(Event, Event.id == Registration.event_id)
            .where(Registration.space_id == space_id, Registration.contact_id.in_(ids), Registration.attended.is_(True))
            .group_by(Registration.contact_id)
        )
        return {contact_id: Came(times, last_at.astimezone(zone).date()) for contact_id, times, last_at in rows}

    history.recount_came(session, contact_ids, count)
