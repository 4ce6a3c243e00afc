"""What each figure of the impact page opens: associations, applications, or dates; never persons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.web.guards import staff
from app.clock import utc_now
from app.errors import NotFound
from app.french.language import _, ngettext
from app.programme.applications import funnel, states
from app.programme.applications.funnel import Counted
from app.programme.applications.states import State
from app.programme.impact import behind, reading, scope_pages
from app.programme.impact.paths import Step
from app.programme.impact.scope_pages import Scope
from app.programme.progress.reading_pages import WORKSHOPS
from app.web.requests import runtime

blueprint = Blueprint("impact_rows", __name__, url_prefix="/programme/impact")


class Line(NamedTuple):
    """A row behind a figure."""

    name: str
    address: str
    at: datetime | None
    note: str = ""
    is_out: bool = False
    """Of an association that left its cohort."""


@dataclass(frozen=True)
class Applied:
    """A figure of applications: which of them it counts, since when, and what is said of each."""

    title: str
    at: Callable[[Counted], datetime | None]
    """None of one that it does not count."""
    note: Callable[[Counted], str] = lambda one: states.WORDS[one.state]


def _in_state(state: State) -> Callable[[Counted], datetime | None]:
    return lambda one: one.state_at if one.state is state else None


APPLIED: Mapping[str, Applied] = {
    "commencees": Applied(_("Candidatures commencées"), lambda one: one.begun_at),
    "deposees": Applied(_("Candidatures déposées"), lambda one: one.filed_at),
    "refusees": Applied(_("Candidatures refusées"), _in_state(State.REFUSED)),
    "hors-critere": Applied(
        _("Refusées hors critère"),
        lambda one: one.state_at if one.state is State.REFUSED and one.missed_criterion else None,
    ),
    "desistees": Applied(_("Désistements"), _in_state(State.WITHDRAWN)),
    "decidees": Applied(
        _("Décisions rendues"),
        lambda one: one.decided_at if one.days is not None else None,
        lambda one: ngettext("en %(n)s jour", "en %(n)s jours", one.days or 0),
    ),
}
DATES: Mapping[str, tuple[str, str]] = {
    "seances-formations": (_("Formations collectives"), _("Les séances où quelqu'un est venu.")),
    "seances-ateliers": (_("Ateliers"), _("Ceux où quelqu'un est venu.")),
    "a-noter": (_("Ateliers à noter"), _("Personne n'a encore dit qui est venu.")),
}


@blueprint.get("/associations")
@staff(Staff.PROGRAMME)
def show() -> ResponseReturnValue:
    """The rows behind one figure; the associations of the cohort where the address names none."""
    asked, now = request.args.get("chiffre", Step.KEPT.value), utc_now()
    with runtime().database.snapshot() as session:
        counted = scope_pages.read(session, now=now)
        if asked in APPLIED:
            title, why, rows = APPLIED[asked].title, "", _applications(session, counted, APPLIED[asked])
            count = ngettext("%(n)s candidature", "%(n)s candidatures", len(rows))
        elif asked in DATES:
            title, why = DATES[asked]
            rows = _dates(session, counted, asked, now=now)
            count = ngettext("%(n)s séance", "%(n)s séances", len(rows))
        else:
            which = behind.find(asked)
            if which is None:
                raise NotFound("figure_unknown", _("Ce chiffre n'existe pas."))
            title, why, rows = which.title, which.why, _associations(session, counted, which, now=now)
            count = ngettext("%(n)s association", "%(n)s associations", len(rows))
    return render_template("programme/impact/rows.html", scope=counted, title=title, why=why, rows=rows, count=count)


def _associations(session: Session, counted: Scope, which: behind.Figure, *, now: datetime) -> Sequence[Line]:
    found = which.rows(reading.read(session, counted.counted, WORKSHOPS.read(), now=now).paths)
    return [
        Line(
            row.path.name,
            url_for("members.show", cohort_id=row.path.cohort_id, association_id=row.path.association_id),
            row.at,
            row.note,
            not row.path.is_inside,
        )
        for row in found
    ]


def _applications(session: Session, counted: Scope, which: Applied) -> Sequence[Line]:
    return [
        Line(one.name, url_for("applications.show", application_id=one.id), which.at(one), which.note(one))
        for one in funnel.rows(session, counted.ids)
        if which.at(one) is not None
    ]


def _dates(session: Session, counted: Scope, asked: str, *, now: datetime) -> Sequence[Line]:
    """A workshop by its association, whose page it opens; a training by its title."""
    found = reading.read(session, counted.counted, WORKSHOPS.read(), now=now)
    if asked == "a-noter":
        to_note = sorted(found.to_note, key=lambda one: one.planned.event.starts_at)
        return [Line(one.name, one.planned.attendance_address, one.planned.event.starts_at) for one in to_note]
    lines = []
    for held in reading.dates(session, found):
        if held.training_id is not None and asked == "seances-formations":
            lines.append(Line(held.title, url_for("trainings.show", training_id=held.training_id), held.starts_at))
        elif held.training_id is None and asked == "seances-ateliers":
            its = found.workshops[held.event_id]
            page = url_for("members.show", cohort_id=its.cohort_id, association_id=its.planned.association_id)
            lines.append(Line(its.name, page, held.starts_at, its.planned.kind))
    return lines
