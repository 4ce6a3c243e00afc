"""Presences at the programme's dates that outlive who came: counts kept apart from persons."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contacts.models import Contact
from app.database.ids import CohortId, ContactId, EventId
from app.events.models import Event, EventState, Registration
from app.programme.cohorts.models import AssociationPerson
from app.programme.trainings.models import FormerPresence, Training


def keep(session: Session, contact: Contact) -> None:
    """Somebody is about to be erased: where they were noted as there stays, for their associations, without them."""
    came = session.scalars(
        select(Registration.event_id)
        .where(Registration.space_id == contact.space_id, Registration.contact_id == contact.id)
        .where(Registration.attended.is_(True))
    ).all()
    homes: list[int | None] = list(
        session.scalars(
            select(AssociationPerson.association_id)
            .where(AssociationPerson.contact_id == contact.id)
            .order_by(AssociationPerson.id)
        )
    )
    rows = [FormerPresence(event_id=one, association_id=home, person=0) for one in came for home in homes or [None]]
    session.add_all(rows)
    session.flush()
    for row in rows:
        row.person = rows[0].id


def of_cohorts(session: Session, cohort_ids: Collection[CohortId]) -> Sequence[tuple[FormerPresence, Event, CohortId]]:
    """Those of the trainings of these cohorts, with the event and the training's cohort; none of one called off."""
    rows = session.execute(
        select(FormerPresence, Event, Training.cohort_id)
        .join(Event, Event.id == FormerPresence.event_id)
        .join(Training, Training.event_id == Event.id)
        .where(Training.cohort_id.in_(cohort_ids), Event.state != EventState.CANCELLED)
        .order_by(FormerPresence.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def of_associations(session: Session, association_ids: Collection[int]) -> Sequence[FormerPresence]:
    """Those of people who came for these associations."""
    return session.scalars(select(FormerPresence).where(FormerPresence.association_id.in_(association_ids))).all()


def of_events(session: Session, event_ids: Collection[EventId]) -> Sequence[FormerPresence]:
    """Those of these dates, whatever they are."""
    query = select(FormerPresence).where(FormerPresence.event_id.in_(event_ids))
    return session.scalars(query.order_by(FormerPresence.id)).all()


def counts(session: Session, event_ids: Collection[EventId]) -> Mapping[EventId, int]:
    """{event: how many who came were erased since}, each once; without those of nobody."""
    rows = session.execute(
        select(FormerPresence.event_id, func.count(func.distinct(FormerPresence.person)))
        .where(FormerPresence.event_id.in_(event_ids))
        .group_by(FormerPresence.event_id)
    )
    return {row[0]: row[1] for row in rows}


def person_of(row: FormerPresence) -> ContactId:
    """Somebody told apart from everybody else in a count: no contact has a number below zero."""
    return ContactId(-row.person)
