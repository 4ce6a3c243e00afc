"""A cohort as files: its associations for a spreadsheet, its dates for an agenda."""

from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.accounts.models import Staff
from app.accounts.web.guards import staff
from app.clock import PARIS, utc_now
from app.contacts.importing.formulas import as_csv
from app.database.ids import CohortId
from app.events import calendars
from app.events.calendars import WholeDay
from app.french.language import _
from app.programme.cohorts import service, states
from app.programme.cohorts.models import Cohort
from app.programme.progress import stages
from app.programme.progress.glance import Standing
from app.programme.staff.glance_pages import glance_at
from app.web.edge import download
from app.web.requests import runtime

blueprint = Blueprint("cohort_files", __name__, url_prefix="/programme/cohortes/<int:cohort_id>")

COLUMNS = (
    _("Association"), _("État"), _("Entrée le"), _("Motif de sortie"), _("Étape"), _("Dernier atelier"),
    _("Premier vrai SMS"), _("Dernières nouvelles"), _("Jours de silence"), _("Dernier appel"), _("Qui appeler"),
    _("Téléphone"),
)  # fmt: skip


@blueprint.get("/associations.csv")
@staff(Staff.PROGRAMME)
def table(cohort_id: CohortId) -> ResponseReturnValue:
    """A line an association, those that left among them."""
    with runtime().database.snapshot() as session:
        glance = glance_at(session, service.get(session, cohort_id))
    content = as_csv([COLUMNS, *(_line(one) for one in glance.standings)])
    return download(content, file_name=f"cohorte-{cohort_id}.csv", mimetype="text/csv")


@blueprint.get("/agenda.ics")
@staff(Staff.PROGRAMME)
def agenda(cohort_id: CohortId) -> ResponseReturnValue:
    """Its workshops and trainings, its first and last day, the end of the applications."""
    with runtime().database.snapshot() as session:
        glance = glance_at(session, service.get(session, cohort_id))
    events = [entry.event for entry in glance.calendar]
    file = calendars.of_many(events, days_of(glance.cohort), settings=runtime().settings, now=utc_now())
    return download(file, file_name=f"cohorte-{cohort_id}.ics", mimetype="text/calendar")


def days_of(cohort: Cohort) -> list[WholeDay]:
    """The days of a cohort that are marked in an agenda."""
    days = [
        WholeDay(f"cohorte-{cohort.id}-debut", cohort.starts_on, _("%(name)s : premier jour", name=cohort.name)),
        WholeDay(f"cohorte-{cohort.id}-fin", cohort.ends_on, _("%(name)s : dernier jour", name=cohort.name)),
    ]
    if cohort.applications_close_at is not None:
        on = cohort.applications_close_at.astimezone(PARIS).date()
        title = _("%(name)s : fin des candidatures", name=cohort.name)
        days.append(WholeDay(f"cohorte-{cohort.id}-candidatures", on, title))
    return days


def _line(one: Standing) -> list[str]:
    member, signs = one.member, one.signs
    return [
        one.association.name,
        states.WORDS[member.state],
        _day(member.joined_at),
        member.reason,
        stages.WORDS[one.stage],
        _day(signs.workshop_done_at),
        _day(signs.first_sent_at),
        _day(stages.last_news(signs)),
        str(one.quiet or ""),
        _day(member.called_at),
        member.contact_name,
        member.contact_phone,
    ]


def _day(at: datetime | None) -> str:
    return at.astimezone(PARIS).strftime("%d/%m/%Y") if at else ""
