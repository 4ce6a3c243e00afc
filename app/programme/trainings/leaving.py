"""An association leaves its cohort, or somebody their association: their seats at trainings to come are free."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.principal import Principal
from app.database.ids import CohortId, ContactId
from app.events import service as events
from app.events.models import Answer, Event, EventState, Registration
from app.programme.cohorts.models import AssociationPerson, CohortMember
from app.programme.cohorts.states import MemberState
from app.programme.trainings import acts
from app.programme.trainings.models import Training


def free_seats(
    session: Session, cohort_id: CohortId, contact_ids: Collection[ContactId], *, by: Principal, now: datetime
) -> int:
    """Those of these people who are of no association inside the cohort come to none of its trainings to come.

    The first who wait get their seats and are told by SMS; reminders and texts that wait for those who go are taken
    back. How many seats and ranks were given back.
    """
    stay = (
        select(AssociationPerson.contact_id)
        .join(CohortMember, CohortMember.association_id == AssociationPerson.association_id)
        .where(CohortMember.cohort_id == cohort_id, CohortMember.state == MemberState.INSIDE)
        .where(AssociationPerson.left_at.is_(None))
    )
    going = set(contact_ids) - set(session.scalars(stay))
    trainings = session.execute(
        select(Training, Event)
        .join(Event, Event.id == Training.event_id)
        .where(Training.cohort_id == cohort_id, Event.starts_at > now, Event.state != EventState.CANCELLED)
        .order_by(Event.id)
        .with_for_update(of=Event)
    ).all()
    freed = 0
    for training, event in trainings:
        expected = session.scalars(
            select(Registration.contact_id)
            .where(Registration.space_id == event.space_id, Registration.event_id == event.id)
            .where(Registration.contact_id.in_(going), Registration.answer != Answer.NOT_COMING)
            .order_by(Registration.id)
        ).all()
        for contact_id in expected:
            events.answer(session, event.id, contact_id, Answer.NOT_COMING, by=by, now=now)
            activity.record(
                session, event.space_id, acts.UNREGISTERED, by=by, now=now, subject_id=training.id, contact=contact_id
            )
        freed += len(expected)
    return freed


def left(session: Session, cohort_id: CohortId, association_id: int, *, by: Principal, now: datetime) -> int:
    """The same of everybody of an association that has left its cohort."""
    people = select(AssociationPerson.contact_id).where(AssociationPerson.association_id == association_id)
    return free_seats(session, cohort_id, session.scalars(people).all(), by=by, now=now)
