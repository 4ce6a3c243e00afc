"""Who came to trainings and workshops: the dates, who was there, and the trainings that each association followed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Subquery, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.database.ids import CohortId, EventId, TrainingId
from app.events.models import Event, EventState, Registration
from app.programme.cohorts.models import AssociationPerson
from app.programme.impact.groups import Came
from app.programme.trainings.models import FormerPresence, Training

TRAININGS = 2
"""How many trainings make the step « deux formations suivies au moins »."""


class Held(NamedTuple):
    """A date that somebody came to; without ``training_id`` it is a workshop."""

    event_id: EventId
    title: str
    starts_at: datetime
    training_id: TrainingId | None
    cohort_id: CohortId


def dates(session: Session, cohort_ids: Collection[CohortId], workshops: Mapping[EventId, CohortId]) -> Sequence[Held]:
    """The trainings of these cohorts and these workshops, {event: cohort}, that somebody came to, by date."""
    there = _there(cohort_ids, workshops)
    rows = session.execute(
        select(Event.id, Event.title, Event.starts_at, Training.id, Training.cohort_id)
        .outerjoin(Training, Training.event_id == Event.id)
        .where(Event.id.in_(select(there.c.event_id)))
        .order_by(Event.starts_at, Event.id)
    )
    return [Held(*row[:4], row[4] if row[3] is not None else workshops[row[0]]) for row in rows]


def came(session: Session, cohort_ids: Collection[CohortId], workshops: Mapping[EventId, CohortId]) -> Sequence[Came]:
    """The same dates with who came, by numbers that are nobody's name."""
    there = _there(cohort_ids, workshops)
    people: dict[EventId, list[int]] = defaultdict(list)
    for event_id, contact_id in session.execute(select(there.c.event_id, there.c.contact_id)):
        people[event_id].append(contact_id)
    by_event = (there.c.event_id, there.c.training_id, there.c.cohort_id, there.c.starts_at, there.c.ends_at)
    return [
        Came(
            cohort_id if training_id is not None else workshops[event_id],
            training_id is not None,
            (ends_at - starts_at).total_seconds() / 3600,
            people[event_id],
        )
        for event_id, training_id, cohort_id, starts_at, ends_at in session.execute(select(*by_event).distinct())
    ]


def _there(cohort_ids: Collection[CohortId], workshop_ids: Collection[EventId]) -> Subquery:
    """Each presence, with its event and the training that this is; somebody erased since has a number of nobody."""
    of_event = (Training.id.label("training_id"), Training.cohort_id, Event.starts_at, Event.ends_at)
    ours = (Event.state != EventState.CANCELLED, or_(Training.cohort_id.in_(cohort_ids), Event.id.in_(workshop_ids)))
    known = (
        select(Registration.contact_id, Registration.event_id, *of_event)
        .join(Event, Event.id == Registration.event_id)
        .outerjoin(Training, Training.event_id == Event.id)
        .where(Registration.attended.is_(True), *ours)
    )
    erased = (
        select((-FormerPresence.person).label("contact_id"), FormerPresence.event_id, *of_event)
        .join(Event, Event.id == FormerPresence.event_id)
        .outerjoin(Training, Training.event_id == Event.id)
        .where(*ours)
        .distinct()
    )
    return union_all(known, erased).subquery()


def _homes() -> Subquery:
    """Who is of which association, those who were erased since among them."""
    erased = select((-FormerPresence.person).label("contact_id"), FormerPresence.association_id).distinct()
    known = select(AssociationPerson.contact_id, AssociationPerson.association_id)
    return union_all(known, erased.where(FormerPresence.association_id.is_not(None))).subquery()


class Trained(NamedTuple):
    """How many trainings of a cohort somebody of an association came to, and when it was to the second."""

    followed: int
    second_at: datetime | None


def trained(session: Session, cohort_ids: Collection[CohortId]) -> Mapping[tuple[int, CohortId], Trained]:
    """{(association, cohort): its trainings}, without those that followed none."""
    there, homes = _there(cohort_ids, ()), _homes()
    seen = (
        select(homes.c.association_id, there.c.cohort_id, there.c.event_id, there.c.ends_at)
        .join(homes, homes.c.contact_id == there.c.contact_id)
        .distinct()
        .subquery()
    )
    own = (seen.c.association_id, seen.c.cohort_id)
    order = func.row_number().over(partition_by=own, order_by=(seen.c.ends_at, seen.c.event_id))
    ranked = select(*own, seen.c.ends_at, order.label("rank")).subquery()
    by = (ranked.c.association_id, ranked.c.cohort_id)
    second = func.max(case((ranked.c.rank == TRAININGS, ranked.c.ends_at)))
    rows = session.execute(select(*by, func.count(), second).group_by(*by))
    return {(row[0], row[1]): Trained(row[2], row[3]) for row in rows}
