"""« Programme », where its staff lands: what to do this week, and the cohort at a glance."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Staff
from app.accounts.web.guards import staff
from app.clock import PARIS, utc_now
from app.programme.applications import funnel
from app.programme.cohorts import service
from app.programme.home_pages import programme_id
from app.programme.progress import stages
from app.programme.progress.glance import Glance
from app.programme.recommendations import service as recommendations
from app.programme.staff import todo_pages, turnout, week
from app.programme.staff.glance_pages import glance_at
from app.programme.staff.week import Addresses
from app.web.requests import runtime

blueprint = Blueprint("programme", __name__, url_prefix="/programme")

NEXT_DATES = 4


@blueprint.get("")
@staff(Staff.PROGRAMME)
def home() -> ResponseReturnValue:
    """The week of the cohort that runs, or of the next one."""
    now = utc_now()
    today = now.astimezone(PARIS).date()
    with runtime().database.snapshot() as session:
        cohort = service.current(session, today=today)
        if cohort is None:
            return render_template("programme/home.html", glance=None, cohorts=service.all_of_them(session))
        glance = glance_at(session, cohort)
        others = todo_pages.lines(session, cohort, now=now)
        tools = recommendations.of_cohort(session, cohort.id)
        turnouts = turnout.around(session, glance, programme_id(session), now=now)
        chosen = todo_pages.chosen(session, now=now)
        counted = funnel.read(session, [chosen.id]) if chosen is not None else None
    found = week.in_order([*week.lines(glance, addresses=_addresses(glance), now=now), *others])
    return render_template(
        "programme/home.html",
        glance=glance,
        lead=week.lead(found, glance, now=now),
        lines=found[: week.LINES_MAX],
        more=found[week.LINES_MAX :],
        dates_to_come=glance.to_come(now)[:NEXT_DATES],
        words=stages.WORDS,
        reached=stages.REACHED,
        tools=tools,
        turnouts=turnouts,
        chosen=chosen,
        funnel=counted,
        today=today,
        now=now,
    )


def _addresses(glance: Glance) -> Addresses:
    cohort_id = glance.cohort.id
    page = url_for("cohorts.show", cohort_id=cohort_id)
    return Addresses(
        cohort=page,
        silent=f"{page}#sans-nouvelles",
        unplanned=f"{page}?chiffre=sans-atelier#associations",
        of={
            one.association.id: url_for("members.show", cohort_id=cohort_id, association_id=one.association.id)
            for one in glance.standings
        },
    )
