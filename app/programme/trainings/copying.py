"""The trainings of one cohort for the next: a year later, on the same weekday and at the same hour."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.principal import Principal
from app.database.ids import CohortId
from app.events.models import Event, EventState
from app.events.seats import service as seats
from app.programme.cohorts.dates import instant_a_year_later
from app.programme.trainings import service
from app.programme.trainings.models import Training
from app.programme.trainings.rules import Terms


def copied(session: Session, cohort_id: CohortId, *, now: datetime) -> Sequence[tuple[Training, Event]]:
    """Those that a copy takes: not called off, and still to come a year later."""
    rows = service.of_cohort(session, cohort_id)
    return [
        row for row in rows if row[1].state is not EventState.CANCELLED and instant_a_year_later(row[1].starts_at) > now
    ]


def copy(
    session: Session, programme: Space, *, from_id: CohortId, to_id: CohortId, by: Principal, now: datetime
) -> int:
    """Plan them for another cohort, with seats and a reminder, without people; how many.

    A meeting's link on line is not taken: it was of last year's.
    """
    rows = copied(session, from_id, now=now)
    totals = seats.of_events(session, programme.id, [event.id for _training, event in rows]) if rows else {}
    for training, event in rows:
        starts_at = instant_a_year_later(event.starts_at)
        when = {
            "title": event.title, "place": event.place, "link": "", "starts_at": starts_at,
            "ends_at": starts_at + (event.ends_at - event.starts_at),
        }  # fmt: skip
        terms = Terms(
            prepares=training.prepares, expert=training.expert, aim=training.aim, materials=training.materials,
            seats=totals[event.id].total, min_seats=training.min_seats,
        )  # fmt: skip
        service.make(session, programme, to_id, terms, when=when, reminds=True, by=by, now=now)
    return len(rows)
