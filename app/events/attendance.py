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
from app.events.models import Answer, Event, Presence, Registration

_COLUMNS: dict[Presence, dict[str, bool | None]] = {
    Presence.UNNOTED: {"attended": None, "excused": False},
    Presence.CAME: {"attended": True, "excused": False},
    Presence.EXCUSED: {"attended": False, "excused": True},
    Presence.ABSENT: {"attended": False, "excused": False},
}


def note(
    session: Session,
    event: Event,
    noted: Mapping[int, Presence],
    *,
    all_coming: bool = False,
    by: Principal,
    now: datetime,
) -> None:
    """Note who was there, {contact id: presence}; nothing is said of the others on the list.

    With ``all_coming``, whoever said to come and is not noted after that is noted as there.
    """
    its = update(Registration).where(Registration.event_id == event.id, Registration.space_id == event.space_id)
    changed: list[int] = []
    for presence, columns in _COLUMNS.items():
        ids = [contact_id for contact_id, one in noted.items() if one is presence]
        rows = its.where(Registration.contact_id.in_(ids)).values(**columns).returning(Registration.contact_id)
        changed += session.scalars(rows).all() if ids else []
    if all_coming:
        rest = its.where(Registration.answer == Answer.COMING, Registration.attended.is_(None))
        changed += session.scalars(rest.values(**_COLUMNS[Presence.CAME]).returning(Registration.contact_id)).all()
    there = select(func.count()).select_from(Registration).where(Registration.event_id == event.id)
    came = session.scalar(there.where(Registration.space_id == event.space_id, Registration.attended.is_(True)))
    activity.record(session, event.space_id, acts.ATTENDANCE_NOTED, by=by, now=now, subject_id=event.id, people=came)
    recount(session, event.space_id, set(changed))


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
