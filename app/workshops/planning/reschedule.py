"""A workshop moved to another day, or called off, while nobody has come in yet."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.errors import Conflict
from app.events import service as events
from app.events import telling
from app.events.models import EventState
from app.events.placeholders import CALLED_OFF, MOVED
from app.french.language import _
from app.settings import Settings
from app.workshops import acts
from app.workshops.models import Workshop


def move(
    session: Session,
    workshop: Workshop,
    *,
    tells: bool,
    settings: Settings,
    by: Principal,
    now: datetime,
    **when_and_where: Any,
) -> int:
    """Another day, hour, place or link; its reminder and everybody's calendar follow. Raises AppError.

    With ``tells``, those who know of the old one are texted the new, once a change; how many.
    """
    _check_closed_doors(workshop)
    event = events.get(session, workshop.space_id, workshop.event_id, lock=True)
    before = events.rendezvous(event)
    events.edit(session, event, by=by, now=now, **when_and_where)
    if not tells or events.rendezvous(event) == before:
        return 0
    return telling.tell(
        session,
        session.get_one(Space, workshop.space_id),
        event,
        telling.informed(session, event),
        body=MOVED,
        by=by,
        settings=settings,
        now=now,
    )


def call_off(
    session: Session, workshop: Workshop, *, tells: bool, settings: Settings, by: Principal, now: datetime
) -> int:
    """It will not take place: no reminder leaves, and it counts nowhere. Raises AppError.

    With ``tells``, those who might have come are texted so; how many.
    """
    _check_closed_doors(workshop)
    event = events.get(session, workshop.space_id, workshop.event_id, lock=True)
    events.set_state(session, event, EventState.CANCELLED, by=by, now=now)
    workshop.closed_at = now
    activity.record(session, workshop.space_id, acts.CANCELLED, by=by, now=now, subject_id=workshop.id)
    if not tells:
        return 0
    return telling.tell(
        session,
        session.get_one(Space, workshop.space_id),
        event,
        telling.informed(session, event, but_declined=True),
        body=CALLED_OFF,
        by=by,
        settings=settings,
        now=now,
    )


def _check_closed_doors(workshop: Workshop) -> None:
    if workshop.opened_at is not None or workshop.closed_at is not None:
        raise Conflict("workshop_begun", _("Cet atelier a commencé, ou il est terminé : sa date ne bouge plus."))
