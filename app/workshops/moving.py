"""A workshop moved to another day, or called off, while nobody has come in yet."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.errors import Conflict
from app.events import service as events
from app.events.models import EventState
from app.language import _
from app.workshops.models import Workshop


def move(session: Session, workshop: Workshop, *, by: Principal, now: datetime, **when_and_where: Any) -> None:
    """Another day, hour, place or link; its reminder and everybody's calendar follow. Raises AppError."""
    _check_closed_doors(workshop)
    event = events.get(session, workshop.space_id, workshop.event_id, lock=True)
    events.edit(session, event, by=by, now=now, **when_and_where)


def call_off(session: Session, workshop: Workshop, *, by: Principal, now: datetime) -> None:
    """It will not take place: no reminder leaves, and it counts nowhere. Raises Conflict once its doors have opened."""
    _check_closed_doors(workshop)
    event = events.get(session, workshop.space_id, workshop.event_id, lock=True)
    events.set_state(session, event, EventState.CANCELLED, by=by, now=now)
    workshop.closed_at = now
    activity.record(session, workshop.space_id, "workshop.cancelled", by=by, now=now, subject_id=workshop.id)


def _check_closed_doors(workshop: Workshop) -> None:
    if workshop.opened_at is not None or workshop.closed_at is not None:
        raise Conflict("workshop_begun", _("Cet atelier a commencé, ou il est terminé : sa date ne bouge plus."))
