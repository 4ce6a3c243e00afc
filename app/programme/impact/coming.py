"""Who came to trainings and workshops, counted by the database: dates, people, hours, the second training of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.database.ids import CohortId, EventId
from app.events.models import Event, EventState, Registration
from app.programme.cohorts.models import AssociationPerson
from app.programme.trainings.models import FormerPresence, Training

TRAININGS = 2
"""How many trainings make the step « deux formations suivies au moins »."""


@dataclass(frozen=True)
class Time:
    """Dates that somebody came to, the people who came, each once, and hours of presence: one person, one hour."""

    dates: int
    people: int
    hours: float
    to_note: int = 0
    """Dates besides, where people were expected and nobody has noted who came."""


@dataclass(frozen=True)
class Spent:
    """In trainings and in workshops; ``people`` came to either, each once."""

    trainings: Time
    workshops: Time
    people: int


def spent(session: Session, cohort_ids: Collection[CohortId], workshop_ids: Collection[EventId]) -> Spent:
    """Of the trainings of these cohorts, and of the workshops that these events are."""
    there = _there(cohort_ids, workshop_ids)
    who, is_training = there.c.contact_id, there.c.training_id.is_not(None)
    people = session.execute(
        select(
            func.count(who.distinct()),
            func.count(case((is_training, who)).distinct()),
            func.count(case((~is_training, who)).distinct()),
        )
    ).one()
    held: dict[bool, list[float]] = {True: [], False: []}
    by_event = (there.c.event_id, there.c.training_id, there.c.starts_at, there.c.ends_at)
    for _event_id, training_id, starts_at, ends_at, came in session.execute(
        select(*by_event, func.count()).group_by(*by_event)
    ):
        held[training_id is not None].append(came * (ends_at - starts_at).total_seconds() / 3600)
    return Spent(
        Time(len(held[True]), people[1], sum(held[True])),
        Time(len(held[False]), people[2], sum(held[False])),
        people[0],
    )


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


def second_trainings(session: Session, cohort_ids: Collection[CohortId]) -> Mapping[tuple[int, CohortId], datetime]:
    """{(association, cohort): when somebody of it had come to its second training}, without those that have not."""
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
    rows = session.execute(
        select(ranked.c.association_id, ranked.c.cohort_id, ranked.c.ends_at).where(ranked.c.rank == TRAININGS)
    )
    return {(row[0], row[1]): row[2] for row in rows}
