"""A room given a fresh start, and closed."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.database.ids import SpaceId
from app.errors import Conflict
from app.events import service as events
from app.events.models import Event, EventState
from app.french.language import _
from app.settings import Settings
from app.workshops import acts, service
from app.workshops.models import Workshop
from app.workshops.practice import copying
from app.workshops.practice import service as practice
from app.workshops.seats import service as seating


def reset(
    session: Session,
    workshop: Workshop,
    *,
    settings: Settings,
    by: Principal,
    now: datetime,
    own: bytes | None = None,
) -> None:
    """Give every seat, and the trainer, a fresh copy: what was done is archived, nothing is lost of the summary.

    ``own`` is the association's pseudonymised list, where the room practises on it.
    """
    if workshop.closed_at is not None:
        raise Conflict("workshop_closed", _("Cet atelier est terminé."))
    old_copies = list(practice.copies(session, workshop))
    taken = service.seats(session, workshop)
    practice.make_model(session, workshop, own=own, settings=settings, by=by, now=now)
    rows = copying.take_model(session, workshop)  # once for all seats
    fresh: dict[SpaceId, SpaceId] = {}
    for seat in taken:
        if seat.ended_at is None and seat.space_id is not None:
            if seat.space_id not in fresh:
                fresh[seat.space_id] = practice.new_copy(
                    session, workshop, name=seat.nickname, settings=settings, by=by, now=now, rows=rows
                ).id
                who = seating.principal_of(seat)
                activity.record(session, fresh[seat.space_id], acts.SEAT_JOINED, by=who, now=now, subject_id=seat.id)
            seat.space_id, seat.held_phone = fresh[seat.space_id], None
    for copy in old_copies:
        practice.archive(session, copy, by=by, now=now)
    workshop.weather = ""
    activity.record(session, workshop.space_id, acts.RESET, by=by, now=now, subject_id=workshop.id)


def close(session: Session, workshop: Workshop, *, by: Principal, now: datetime) -> None:
    """The workshop is over: seats end, the code is free again, the practice spaces are archived."""
    if workshop.closed_at is not None:
        raise Conflict("workshop_closed", _("Cet atelier est terminé."))
    workshop.closed_at, workshop.code = now, None
    for seat in service.seats(session, workshop):
        seat.ended_at = seat.ended_at or now
    for copy in practice.copies(session, workshop):
        practice.archive(session, copy, by=by, now=now)
    event = session.get_one(Event, workshop.event_id)
    if event.state is not EventState.CANCELLED:  # called off on its own page
        events.set_state(session, event, EventState.HELD, by=by, now=now)
    activity.record(session, workshop.space_id, acts.CLOSED, by=by, now=now, subject_id=workshop.id)
