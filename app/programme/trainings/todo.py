"""What trainings give the staff to do this week."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import PARIS
from app.events.models import Event, EventState, Registration
from app.events.seats import service as seats
from app.french.language import _, ngettext
from app.programme.cohorts.models import Cohort
from app.programme.progress.todo import Line
from app.programme.trainings import service
from app.programme.trainings.models import Training

PATH = "/programme/formations"
EMPTY_DAYS = timedelta(days=10)
"""How long before its date a training with too few people is looked at."""


def lines(session: Session, cohort: Cohort, *, now: datetime) -> list[Line]:
    """Attendance that nobody noted, late from the next day on; a date under its minimum ten days before."""
    found = []
    rows = [row for row in service.of_cohort(session, cohort.id) if row[1].state is not EventState.CANCELLED]
    noted = _noted(session, [event for _training, event in rows if event.ends_at <= now])
    for training, event in rows:
        if event.ends_at <= now and noted.get(event.id, True) is False:
            found.append(_unnoted(training, event, now=now))
        elif now < event.starts_at <= now + EMPTY_DAYS and training.min_seats:
            taken = seats.of_event(session, event).taken
            if taken < training.min_seats:
                found.append(_empty(training, event, taken))
    return found


def _noted(session: Session, events: list[Event]) -> dict[int, bool]:
    """{event with people on its list: whether somebody noted who came}."""
    rows = session.execute(
        select(Registration.event_id, func.count(Registration.attended))
        .where(Registration.space_id.in_({one.space_id for one in events}))
        .where(Registration.event_id.in_([one.id for one in events]))
        .group_by(Registration.event_id)
    )
    return {row[0]: bool(row[1]) for row in rows}


def _unnoted(training: Training, event: Event, *, now: datetime) -> Line:
    on = event.starts_at.astimezone(PARIS).date()
    return Line(
        _("Noter qui est venu à « %(title)s »", title=event.title),
        _("Formation : sans présences, personne ne sait qui a suivi."),
        _("Noter"),
        "check",
        f"{PATH}/{training.id}#presences",
        on,
        is_late=on < now.astimezone(PARIS).date(),
    )


def _empty(training: Training, event: Event, taken: int) -> Line:
    return Line(
        _("Remplir « %(title)s »", title=event.title),
        ngettext(
            "%(n)s personne inscrite, il en faut %(min)s.", "%(n)s personnes inscrites, il en faut %(min)s.", taken,
            min=training.min_seats,
        ),
        _("Inviter"),
        "people",
        f"{PATH}/{training.id}#inscrire",
        event.starts_at.astimezone(PARIS).date(),
    )  # fmt: skip
