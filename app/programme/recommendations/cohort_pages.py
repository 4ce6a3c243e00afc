"""The recommendations of a cohort: the share that began to deploy, the rows behind it, and all of them as a file."""

from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.models import Association, Staff
from app.accounts.web.guards import staff
from app.clock import PARIS
from app.contacts.importing.formulas import as_csv
from app.database.ids import CohortId
from app.french.language import _
from app.programme.cohorts import members
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.states import MemberState
from app.programme.recommendations import service, states
from app.programme.recommendations.service import Told
from app.programme.recommendations.states import LADDER
from app.web.edge import download
from app.web.requests import runtime

blueprint = Blueprint("cohort_recommendations", __name__, url_prefix="/programme/cohortes/<int:cohort_id>")

COLUMNS = (
    _("Association"), _("Outil"), _("Question"), _("État"), _("Depuis le"), _("Par"), _("Proposée le"),
    _("Acceptée le"), _("Démarrée le"), _("Déployée le"), _("Raison"), _("Heures"), _("Euros par an"), _("Suivi le"),
)  # fmt: skip


@blueprint.get("/recommandations")
@staff(Staff.PROGRAMME)
def browse(cohort_id: CohortId) -> ResponseReturnValue:
    """Who is in the count and who is out of it, each with its tools."""
    with runtime().database.snapshot() as session:
        cohort = cohorts.get(session, cohort_id)
        share = service.of_cohort(session, cohort_id)
        everyone = members.of_cohort(session, cohort_id)
        known = [one for _member, one in everyone]
        told = service.of_associations(session, [one.id for one in known])
    inside = {one.id for member, one in everyone if member.state is MemberState.INSIDE}
    rows = [(one, [each for each in told.get(one.id, []) if each.row.cohort_id == cohort_id]) for one in known]
    return render_template(
        "programme/recommendations/cohort.html",
        cohort=cohort,
        share=share,
        rows=[row for row in rows if row[1]],
        without=[one for one, some in rows if not some and one.id in inside],
        words=states.WORDS,
    )


@blueprint.get("/recommandations.csv")
@staff(Staff.PROGRAMME)
def table(cohort_id: CohortId) -> ResponseReturnValue:
    """A line a recommendation; its columns never change their names."""
    with runtime().database.snapshot() as session:
        cohorts.get(session, cohort_id)
        known = [one for _member, one in members.of_cohort(session, cohort_id)]
        told = service.of_associations(session, [one.id for one in known])
    lines = [_line(one, each) for one in known for each in told.get(one.id, []) if each.row.cohort_id == cohort_id]
    return download(as_csv([COLUMNS, *lines]), file_name=f"recommandations-{cohort_id}.csv", mimetype="text/csv")


def _line(association: Association, told: Told) -> list[str]:
    row = told.row
    cost = "" if row.cost_micros is None else f"{row.cost_micros / 1_000_000:.2f}".replace(".", ",")
    return [
        association.name, told.tool.name, row.question, states.WORDS[row.state], _day(row.state_at), row.state_by,
        *_reached(told), row.reason, "" if row.effort_hours is None else str(row.effort_hours), cost,
        row.follow_up_on.strftime("%d/%m/%Y") if row.follow_up_on else "",
    ]  # fmt: skip


def _reached(told: Told) -> Iterator[str]:
    return (_day(told.reached_at(state)) for state in LADDER)


def _day(at: datetime | None) -> str:
    return at.astimezone(PARIS).strftime("%d/%m/%Y") if at else ""
