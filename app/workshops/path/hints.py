"""« Souffler l'indice »: the hint of a step, sent by a trainer to whoever is stuck at it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Activity
from app.accounts.principal import Principal
from app.database.ids import SpaceId
from app.workshops import acts
from app.workshops.models import Seat


def give(session: Session, seat: Seat, key: str, *, by: Principal, now: datetime) -> None:
    """Send the hint of a step to a seat that has a copy: its page shows it until the step is done."""
    if seat.space_id is not None:
        activity.record(session, seat.space_id, acts.HINT_GIVEN, by=by, now=now, subject_id=seat.id, step=key)


def given(session: Session, space_ids: Sequence[SpaceId]) -> dict[SpaceId, set[str]]:
    """{copy: the steps whose hint was sent there}; a pair that shares a copy reads it together."""
    rows = session.execute(
        select(Activity.space_id, Activity.detail).where(
            Activity.space_id.in_(space_ids), Activity.verb == acts.HINT_GIVEN.verb
        )
    )
    found: dict[SpaceId, set[str]] = {space_id: set() for space_id in space_ids}
    for space_id, detail in rows:
        if space_id is not None:
            found[space_id].add(str((detail or {}).get("step", "")))
    return found
