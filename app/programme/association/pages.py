"""« Notre programme »: an association's way from its diagnostic to tools in use, its next dates, what it has to do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts import associations
from app.accounts.models import Association, Role
from app.accounts.web.guards import needs, space
from app.clock import PARIS, utc_now
from app.events.models import Answer, Event, EventState
from app.events.seats import service as seats
from app.programme.association.todo import Standing, todo
from app.programme.cohorts import people
from app.programme.cohorts.models import Cohort
from app.programme.diagnostic import service as diagnostic
from app.programme.diagnostic.axes import MOMENT_WORDS, Moment
from app.programme.progress.planned import Planned
from app.programme.progress.reading_pages import WORKSHOPS
from app.programme.recommendations import service as recommendations
from app.programme.recommendations.path import path
from app.programme.recommendations.states import State
from app.programme.sharing import service as sharing
from app.programme.trainings import registering
from app.programme.trainings import service as trainings
from app.programme.trainings.models import Training
from app.web.requests import runtime

blueprint = Blueprint("own_programme", __name__, url_prefix="/e/<slug>/programme")


@dataclass(frozen=True)
class Going:
    """A training to come, with how many of the association are registered or wait, and the seats that are left."""

    training: Training
    event: Event
    going: int
    waiting: int
    left: int | None
    """None where there is no limit."""


@blueprint.get("")
@needs(Role.LECTRICE)
def show() -> ResponseReturnValue:
    """Where it stands, its next dates, what to do."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        own = associations.of_space(session, space().id)
        found = registering.cohorts_of(session, own.id) if own is not None else ()
        if own is None or not found:
            return render_template("programme/association/show.html", association=own, cohort=None)
        cohort = found[-1]
        workshops = WORKSHOPS.read()
        planned = [one for one in workshops.planned(session, [own.id]) if not one.is_cancelled]
        going = _going(session, own, found, now=now)
        told = recommendations.of_association(session, own.id)
        taken = diagnostic.of_association(session, own.id, cohort.id)
        first, is_open = taken.get(Moment.T0), [one for one in taken.values() if one.agreed_at is None]
        kept = sharing.agreement(session, own.id)
        standing = Standing(
            lacks_diagnostic=not taken,
            diagnostic_open=MOMENT_WORDS[is_open[0].moment] if is_open else "",
            proposed=len([one for one in told if one.row.state is State.PROPOSED]),
            training=_lacking(going),
            is_trained=any(one.is_done(now) for one in planned) and not diagnostic.sms_block(session, own.id),
            has_sent=bool(workshops.first_sent(session, [own.id])),
            shares=kept is not None and kept.withdrawn_at is None,
        )
        agreed = first.agreed_at if first is not None else None
        return render_template(
            "programme/association/show.html",
            association=own,
            cohort=cohort,
            stages=path(told, diagnosed_on=agreed.astimezone(PARIS).date() if agreed else None),
            todo=todo(standing),
            going=going,
            workshops=_to_come(planned, now=now),
            shares=standing.shares,
        )


def _going(session: Session, own: Association, found: Sequence[Cohort], *, now: datetime) -> list[Going]:
    """Its trainings to come, by date."""
    rows = [row for one in found for row in trainings.of_cohort(session, one.id)]
    ahead = [row for row in rows if row[1].ends_at > now and row[1].state is not EventState.CANCELLED]
    ids = [event.id for _training, event in ahead]
    ours = [contact.id for _person, contact in people.of_association(session, own.id)]
    places = registering.answers_of(session, ids, ours)
    said = Counter((where, one.answer) for (where, _who), one in places.items())
    its = seats.of_events(session, ahead[0][1].space_id, ids) if ahead else {}
    return [
        Going(
            training,
            event,
            going=said[event.id, Answer.COMING],
            waiting=said[event.id, Answer.WAITING],
            left=its[event.id].left if its[event.id].total is not None else None,
        )
        for training, event in sorted(ahead, key=lambda row: row[1].starts_at)
    ]


def _lacking(going: Sequence[Going]) -> str:
    """The first training that nobody of it goes to and that has a seat."""
    free = [one for one in going if not one.going and not one.waiting and (one.left is None or one.left)]
    return free[0].event.title if free else ""


def _to_come(planned: Sequence[Planned], *, now: datetime) -> list[Planned]:
    return [one for one in planned if one.is_to_come(now)]
