"""An association leaves its cohort, somebody their association, or a cohort ends: what was planned there is undone.

Each room undoes its own; whoever ends something calls one function here, in the transaction of the end.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.principal import Principal
from app.database.ids import CohortId, ContactId
from app.programme.cohorts import members
from app.programme.diagnostic import texting
from app.programme.recommendations import follow_ups
from app.programme.trainings import leaving as seats


def association_left(
    session: Session, cohort_id: CohortId, association_id: int, *, by: Principal, now: datetime
) -> int:
    """Its seats at trainings to come are free, and no SMS that waits asks it anything more of this cohort.

    How many seats and ranks were given back.
    """
    follow_ups.association_left(session, cohort_id, association_id, now=now)
    texting.association_left(session, cohort_id, association_id, now=now)
    return seats.left(session, cohort_id, association_id, by=by, now=now)


def person_left(
    session: Session, contact_id: ContactId, *, association_id: int, person_id: int, by: Principal, now: datetime
) -> int:
    """The same of somebody who is of an association no more, whose row there ``person_id`` was."""
    follow_ups.person_left(session, association_id, contact_id, now=now)
    texting.person_left(session, association_id=association_id, person_id=person_id, now=now)
    stays = members.stays(session, association_id)
    return sum(seats.free_seats(session, cohort.id, [contact_id], by=by, now=now) for cohort, _member in stays)


def cohort_closed(session: Session, cohort_id: CohortId, *, now: datetime) -> None:
    """No SMS leaves with a link to a diagnostic that changes no more. Tools are followed beyond the cohort's end."""
    texting.cohort_closed(session, cohort_id, now=now)
