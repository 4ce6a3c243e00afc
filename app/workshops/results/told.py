"""What the programme is told of the workshops of associations."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.events.models import Event, Registration
from app.programme.progress.planned import Planned, Workshops
from app.workshops import kinds
from app.workshops.models import Workshop
from app.workshops.results import firsts


def planned(session: Session, association_ids: Collection[int]) -> Sequence[Planned]:
    """Their workshops by date, those called off among them, rehearsals left out."""
    rows = session.execute(
        select(Workshop, Event)
        .join(Event, Event.id == Workshop.event_id)
        .where(Workshop.association_id.in_(association_ids), Workshop.is_rehearsal.is_(False))
        .order_by(Event.starts_at, Workshop.id)
    ).all()
    unnoted = _unnoted(session, [row[1] for row in rows])
    return [
        Planned(
            association_id=workshop.association_id or 0,
            event=event,
            kind=kinds.WORDS[workshop.kind],
            was_opened=workshop.opened_at is not None,
            is_unnoted=event.id in unnoted,
            address=f"/ateliers/{workshop.id}/salle",
            attendance_address=f"/ateliers/{workshop.id}/participants#presences",
        )
        for workshop, event in rows
    ]


def _unnoted(session: Session, events: Sequence[Event]) -> set[int]:
    """Those that people were expected at, and nobody has noted who came."""
    return set(
        session.scalars(
            select(Registration.event_id)
            .where(Registration.event_id.in_([event.id for event in events]))
            .group_by(Registration.event_id)
            .having(func.count(Registration.attended) == 0)
        )
    )


def _event_ids() -> Select[int]:
    """The events of every workshop, rehearsals among them."""
    return select(Workshop.event_id)


WORKSHOPS = Workshops(planned=planned, first_sent=firsts.by_association, event_ids=_event_ids)
