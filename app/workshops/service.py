"""Workshops: planned, opened, closed. Date and place are those of the workshop's event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from app.accounts import activity, associations, spaces
from app.accounts.models import Mode, Space, Staff, User
from app.accounts.principal import Principal
from app.campaigns import service as campaigns
from app.errors import Conflict, NotFound, RuleBroken
from app.events import service as events
from app.events.models import Event, EventState
from app.language import _
from app.messaging import mailings
from app.messaging.models import Mailing
from app.settings import Settings
from app.workshops import acts, codes, copying, kinds, purging
from app.workshops.copying import Taken
from app.workshops.models import Kind, PracticeSpace, Scenario, Seat, Workshop, WorkshopTrainer


def get(session: Session, workshop_id: int, *, lock: bool = False) -> Workshop:
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


def is_trainer(session: Session, workshop: Workshop, user: User) -> bool:
    """Whether ``user`` may run it: its trainers, and the programme's staff."""
    return user.staff is Staff.PROGRAMME or session.get(WorkshopTrainer, (workshop.id, user.id)) is not None


def plan(
    session: Session,
    programme: Space,
    *,
    kind: Kind,
    association: str,
    trainers: Sequence[User],
    scenario: Scenario,
    by: Principal,
    now: datetime,
    association_space_id: int | None = None,
    **when_and_where: Any,
) -> Workshop:
    """A workshop for an association, with its event in the programme's space. Raises RuleBroken."""
    if not association.strip():
        sentence = _("Pour quelle association ?")
        raise RuleBroken("association_empty", sentence, fields={"association": sentence})
    title = (kinds.of(kind).title % {"name": association.strip()})[: events.TITLE_SIGNS]
    event = events.make(session, programme.id, by=by, now=now, title=title, **when_and_where)
    known = associations.find_or_make(session, name=association, space_id=association_space_id, now=now)
    workshop = Workshop(
        space_id=programme.id,
        event_id=event.id,
        kind=kind,
        association=association.strip(),
        association_id=known.id,
        association_space_id=association_space_id,
        scenario_id=scenario.id,
        created_at=now,
    )
    session.add(workshop)
    session.flush()
    session.add_all(WorkshopTrainer(workshop_id=workshop.id, user_id=user.id) for user in trainers)
    activity.record(session, programme.id, acts.PLANNED, by=by, now=now, subject_id=workshop.id, kind=kind.value)
    return workshop


def open_doors(session: Session, workshop: Workshop, *, settings: Settings, by: Principal, now: datetime) -> None:
    """Make the practice space, if there is none yet, and the code by which people join. Twice changes nothing."""
    kinds.practice_of(workshop.kind)
    if workshop.closed_at is not None:
        raise Conflict("workshop_closed", _("Cet atelier est terminé."))
    if workshop.model_space_id is None:
        make_model(session, workshop, settings=settings, by=by, now=now)
    if workshop.code is None:
        workshop.code = codes.free(session)
    if workshop.opened_at is None:
        workshop.opened_at = now
        event = session.get_one(Event, workshop.event_id)
        if event.state is EventState.PLANNED:
            events.set_state(session, event, EventState.OPEN, by=by, now=now)
        activity.record(session, workshop.space_id, acts.OPENED, by=by, now=now, subject_id=workshop.id)


def new_copy(
    session: Session,
    workshop: Workshop,
    *,
    name: str,
    settings: Settings,
    by: Principal,
    now: datetime,
    rows: Taken | None = None,
) -> Space:
    """A copy of the workshop's practice space, archived with it; ``rows`` are those of ``copying.take_model``."""
    model = session.get_one(Space, workshop.model_space_id)
    copy = copying.copy_space(session, model, rows, name=name, settings=settings, by=by, now=now)
    source = session.get_one(PracticeSpace, model.id).source
    session.add(PracticeSpace(space_id=copy.id, workshop_id=workshop.id, source=source))
    session.flush()
    return copy


def copies(session: Session, workshop: Workshop) -> Sequence[Space]:
    """The trainer's space first, then the seats' copies in the order they were made."""
    return session.scalars(
        select(Space)
        .join(PracticeSpace, PracticeSpace.space_id == Space.id)
        .where(PracticeSpace.workshop_id == workshop.id, PracticeSpace.archived_at.is_(None))
        .order_by(PracticeSpace.is_model.desc(), Space.id)
    ).all()


def is_archived_copy(session: Session, workshop_id: int, slug: str) -> bool:
    """Whether it is a practice space of this workshop, ended with it or by a fresh start."""
    own = select(Space.id).join(PracticeSpace, PracticeSpace.space_id == Space.id)
    own = own.where(
        Space.slug == slug, PracticeSpace.workshop_id == workshop_id, PracticeSpace.archived_at.is_not(None)
    )
    return session.scalar(own) is not None


def seats(session: Session, workshop: Workshop) -> Sequence[Seat]:
    """Who is in, or was at the end, in the order they came; a seat that the trainer freed is nobody's."""
    kept: ColumnElement[bool] = Seat.ended_at.is_(None)
    if workshop.closed_at is not None:
        kept = or_(kept, Seat.ended_at >= workshop.closed_at)
    return session.scalars(select(Seat).where(Seat.workshop_id == workshop.id, kept).order_by(Seat.id)).all()


def reset(
    session: Session,
    workshop: Workshop,
    *,
    settings: Settings,
    by: Principal,
    now: datetime,
    own: bytes | None = None,
) -> None:
    """Give every seat, and the trainer, a fresh copy: what was done is archived, nothing is lost of the account.

    ``own`` is the association's disguised list, where the room practises on it.
    """
    if workshop.closed_at is not None:
        raise Conflict("workshop_closed", _("Cet atelier est terminé."))
    old_copies = list(copies(session, workshop))
    taken = seats(session, workshop)
    make_model(session, workshop, own=own, settings=settings, by=by, now=now)
    rows = copying.take_model(session, workshop)  # once for all seats
    fresh: dict[int, int] = {}
    for seat in taken:
        if seat.ended_at is None and seat.space_id is not None:
            if seat.space_id not in fresh:
                fresh[seat.space_id] = new_copy(
                    session, workshop, name=seat.nickname, settings=settings, by=by, now=now, rows=rows
                ).id
            seat.space_id, seat.held_phone = fresh[seat.space_id], None
    for copy in old_copies:
        archive(session, copy, by=by, now=now)
    workshop.weather = ""
    activity.record(session, workshop.space_id, acts.RESET, by=by, now=now, subject_id=workshop.id)


def close(session: Session, workshop: Workshop, *, by: Principal, now: datetime) -> None:
    """The workshop is over: seats end, the code is free again, the practice spaces are archived."""
    if workshop.closed_at is not None:
        raise Conflict("workshop_closed", _("Cet atelier est terminé."))
    workshop.closed_at, workshop.code = now, None
    for seat in seats(session, workshop):
        seat.ended_at = seat.ended_at or now
    for copy in copies(session, workshop):
        archive(session, copy, by=by, now=now)
    event = session.get_one(Event, workshop.event_id)
    if event.state is not EventState.CANCELLED:  # called off on its own page
        events.set_state(session, event, EventState.HELD, by=by, now=now)
    activity.record(session, workshop.space_id, acts.CLOSED, by=by, now=now, subject_id=workshop.id)


def archive(session: Session, space: Space, *, by: Principal, now: datetime) -> None:
    """End a practice space: nothing planned or waiting leaves it. Nobody of an association's own list stays in it."""
    practice_space = session.get_one(PracticeSpace, space.id)
    practice_space.archived_at = now
    campaigns.end_all(session, space.id, by=by, now=now)
    mailings.cancel(session, session.scalars(select(Mailing.id).where(Mailing.space_id == space.id)).all())
    if practice_space.source == purging.OWN:
        purging.purge(session, space.id)


def make_model(
    session: Session,
    workshop: Workshop,
    *,
    settings: Settings,
    by: Principal,
    now: datetime,
    own: bytes | None = None,
) -> None:
    """The practice space that seats are copied from: the house's people, or the association's own, disguised."""
    made_of = kinds.practice_of(workshop.kind)
    space = spaces.make(
        session,
        name=_("Atelier %(name)s", name=workshop.association),
        mode=Mode.PRACTICE,
        settings=settings,
        by=by,
        now=now,
        sender=made_of.sender,
        two_way=made_of.two_way,
    )
    made_of.fill(session, space, settings=settings, by=by, now=now, own=own)
    source = purging.PRETEND if own is None else purging.OWN
    session.add(PracticeSpace(space_id=space.id, workshop_id=workshop.id, is_model=True, source=source))
    workshop.model_space_id = workshop.wall_space_id = space.id
    session.flush()
