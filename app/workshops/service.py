"""Workshops: which there are, and who may run them. Date and place are those of the workshop's event."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Staff, User
from app.clock import PARIS
from app.database.ids import SpaceId, WorkshopId
from app.errors import NotFound
from app.events.models import Event, EventState
from app.french.language import _
from app.french.typography import show_day
from app.workshops.models import PracticeSpace, Seat, Workshop, WorkshopTrainer


def get(session: Session, workshop_id: WorkshopId, *, lock: bool = False) -> Workshop:
    """One workshop. Raises NotFound."""
    query = select(Workshop).where(Workshop.id == workshop_id)
    workshop = session.scalar(query.with_for_update() if lock else query)
    if workshop is None:
        raise NotFound("workshop_unknown", _("Cet atelier n'existe pas."))
    return workshop


def of_trainer(session: Session, user: User, *, limit: int) -> Sequence[tuple[Workshop, Event]]:
    """The workshops a member of staff sees, the latest first."""
    query = select(Workshop, Event).join(Event, Event.id == Workshop.event_id).where(seen_by(user))
    rows = session.execute(query.order_by(Event.starts_at.desc(), Workshop.id.desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]


def comes_next(workshop: Workshop, event: Event, *, now: datetime) -> bool:
    """Whether it is still to be held: its room is open, or its date has not passed."""
    if workshop.closed_at is not None or event.state is EventState.CANCELLED:
        return False
    return workshop.code is not None or event.ends_at > now


def seen_by(user: User) -> ColumnElement[bool]:
    """Which workshops a member of staff sees: a trainer their own, the programme all of them."""
    if user.staff is Staff.PROGRAMME:
        return true()
    return Workshop.id.in_(select(WorkshopTrainer.workshop_id).where(WorkshopTrainer.user_id == user.id))


def led_by(user: User) -> Select[int]:
    """The practice spaces of the workshops that ``user`` was put in charge of."""
    return (
        select(PracticeSpace.space_id)
        .join(WorkshopTrainer, WorkshopTrainer.workshop_id == PracticeSpace.workshop_id)
        .where(WorkshopTrainer.user_id == user.id)
    )


def folds(session: Session, space_ids: Collection[SpaceId]) -> Sequence[spaces.Fold]:
    """The workshops that these practice spaces belong to, the latest first."""
    query = (
        select(PracticeSpace, Workshop, Event.starts_at)
        .join(Workshop, Workshop.id == PracticeSpace.workshop_id)
        .join(Event, Event.id == Workshop.event_id)
        .where(PracticeSpace.space_id.in_(space_ids))
        .order_by(Event.starts_at.desc(), Workshop.id.desc(), PracticeSpace.space_id)
    )
    found = [list(some) for _id, some in groupby(session.execute(query), lambda row: row[1].id)]
    return [
        spaces.Fold(
            name=_(
                "%(association)s, %(day)s", association=rows[0][1].association, day=show_day(rows[0].starts_at, PARIS)
            ),
            address=f"/ateliers/{rows[0][1].id}/salle",
            is_over=rows[0][1].closed_at is not None,
            space_ids=[row[0].space_id for row in rows],
            archived={row[0].space_id for row in rows if row[0].archived_at is not None},
        )
        for rows in found
    ]


def is_trainer(session: Session, workshop: Workshop, user: User) -> bool:
    """Whether ``user`` may run it: its trainers, and the programme's staff."""
    return user.staff is Staff.PROGRAMME or session.get(WorkshopTrainer, (workshop.id, user.id)) is not None


def seats(session: Session, workshop: Workshop) -> Sequence[Seat]:
    """Who is in, or was at the end, in the order they came; a seat that the trainer freed is nobody's."""
    kept: ColumnElement[bool] = Seat.ended_at.is_(None)
    if workshop.closed_at is not None:
        kept = or_(kept, Seat.ended_at >= workshop.closed_at)
    return session.scalars(select(Seat).where(Seat.workshop_id == workshop.id, kept).order_by(Seat.id)).all()
