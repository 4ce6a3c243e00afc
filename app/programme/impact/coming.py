"""Who came to trainings and workshops, counted by the database: dates, people, hours, the second training of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.database.ids import CohortId, EventId
from app.events.models import Event, EventState, Registration
from app.programme.cohorts.models import AssociationPerson
from app.programme.impact.paths import Presence
from app.programme.sharing.rules import LEAST
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

    @property
    def is_shown(self) -> bool:
        """Whether its people are enough, or none, to be told without naming anybody."""
        return not self.people or self.people >= LEAST


@dataclass(frozen=True)
class Spent:
    """In trainings and in workshops; ``people`` came to either, each once."""

    trainings: Time
    workshops: Time
    people: int

    @property
    def is_shown(self) -> bool:
        """Whether the whole may be told: no part under five can be taken out of it."""
        return self.trainings.is_shown and self.workshops.is_shown


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


def by_association(
    session: Session, cohort_ids: Collection[CohortId], workshop_ids: Collection[EventId]
) -> tuple[Mapping[int, Presence], Mapping[int, Presence]]:
    """{association: its people and their hours}, at trainings and at workshops."""
    there, homes = _there(cohort_ids, workshop_ids), _homes()
    own = (homes.c.association_id, there.c.training_id.is_not(None))
    rows = session.execute(
        select(*own, there.c.contact_id, there.c.starts_at, there.c.ends_at)
        .join(homes, homes.c.contact_id == there.c.contact_id)
        .distinct()
    )
    found: dict[bool, dict[int, list[tuple[int, float, datetime]]]] = {True: {}, False: {}}
    for association_id, is_training, contact_id, starts_at, ends_at in rows:
        hours = (ends_at - starts_at).total_seconds() / 3600
        found[bool(is_training)].setdefault(association_id, []).append((contact_id, hours, ends_at))
    trained, worked = ({key: _presence(some) for key, some in found[which].items()} for which in (True, False))
    return trained, worked


def _presence(rows: Collection[tuple[int, float, datetime]]) -> Presence:
    return Presence(len({row[0] for row in rows}), sum(row[1] for row in rows), max(row[2] for row in rows))


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
