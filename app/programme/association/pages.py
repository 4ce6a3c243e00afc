"""« Notre programme »: an association's way from its diagnostic to tools in use, its next dates, what it has to do."""

from collections.abc import Sequence
from datetime import date, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts import associations
from app.accounts.models import Association, Role
from app.accounts.web.guards import needs, space
from app.clock import utc_now
from app.programme.association.ahead import going_to, lacking
from app.programme.association.todo import Standing, todo
from app.programme.cohorts import members
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic import respondents
from app.programme.diagnostic import service as diagnostic
from app.programme.diagnostic.axes import MOMENT_WORDS, Moment
from app.programme.diagnostic.models import Diagnostic
from app.programme.progress.planned import Planned
from app.programme.progress.reading_pages import WORKSHOPS
from app.programme.recommendations import service as recommendations
from app.programme.recommendations.path import path
from app.programme.recommendations.states import State
from app.programme.sharing import service as sharing
from app.programme.trainings import registering
from app.web import zones
from app.web.requests import runtime

blueprint = Blueprint("own_programme", __name__, url_prefix="/e/<slug>/programme")


@blueprint.get("")
@needs(Role.LECTRICE)
def show() -> ResponseReturnValue:
    """Where it stands, its next dates, what to do."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        own = associations.of_space(session, space().id)
        found = registering.cohorts_of(session, own.id) if own is not None else ()
        if own is None or not found:
            return _past(session, own)
        cohort = found[0]
        workshops = WORKSHOPS.read()
        planned = [one for one in workshops.planned(session, [own.id]) if not one.is_cancelled]
        going = going_to(session, own, found, now=now)
        told = recommendations.of_association(session, own.id)
        taken = diagnostic.of_association(session, own.id, cohort.id)
        first, is_open = taken.get(Moment.T0), [one for one in taken.values() if one.agreed_at is None]
        asked = respondents.all_of(session, is_open[0].id) if is_open else []
        kept = sharing.agreement(session, own.id)
        standing = Standing(
            lacks_diagnostic=not taken,
            diagnostic_open=MOMENT_WORDS[is_open[0].moment] if is_open else "",
            diagnostic_asked=len(asked),
            diagnostic_awaits=[one.name for one in asked if one.finished_at is None],
            proposed=len([one for one in told if one.row.state is State.PROPOSED]),
            training=lacking(going),
            is_trained=any(one.is_done(now) for one in planned) and not diagnostic.sms_block(session, own.id),
            has_sent=bool(workshops.first_sent(session, [own.id])),
            shares=kept is not None and kept.withdrawn_at is None,
        )
        return render_template(
            "programme/association/show.html",
            association=own,
            cohort=cohort,
            stages=path(told, diagnosed_on=_day(first), zone=zones.here()),
            todo=todo(standing),
            going=going,
            workshops=_to_come(planned, now=now),
            shares=standing.shares,
        )


def _past(session: Session, own: Association | None) -> str:
    """The page of an association that follows nothing now: its last stay, where it had one, and what stays of it."""
    stays = members.stays(session, own.id) if own is not None else ()
    if own is None or not stays:
        return render_template("programme/association/show.html", association=own, cohort=None, last=None)
    cohort, member = stays[0]
    first = diagnostic.of_association(session, own.id, cohort.id).get(Moment.T0)
    way = path(recommendations.of_association(session, own.id), diagnosed_on=_day(first), zone=zones.here())
    left = member.state is not MemberState.INSIDE
    return render_template(
        "programme/association/show.html",
        association=own,
        cohort=None,
        last=cohort,
        ended_at=member.state_at if left else cohort.closed_at,
        left=left,
        stages=way,
    )


def _day(one: Diagnostic | None) -> date | None:
    """When it was settled."""
    return zones.local_day(one.agreed_at) if one is not None and one.agreed_at is not None else None


def _to_come(planned: Sequence[Planned], *, now: datetime) -> list[Planned]:
    return [one for one in planned if one.is_to_come(now)]
