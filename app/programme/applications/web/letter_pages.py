"""The letters of prepared decisions, read again one by one; their publication, and the thirty seconds to stop it."""

from collections.abc import Mapping
from math import ceil

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import ApplicationId, CohortId, id_of
from app.errors import Conflict, NotFound, RuleBroken
from app.french.language import _
from app.programme.applications import publishing, reviewing, service, telling
from app.programme.applications.states import DECIDED
from app.programme.applications.views import DECISIONS
from app.programme.applications.web import desk
from app.programme.applications.web.desk_pages import programme_of
from app.programme.applications.web.schemas import LetterForm
from app.programme.cohorts import service as cohorts
from app.web.problems import errors_of
from app.web.requests import number_argument, number_field, runtime

blueprint = Blueprint("application_letters", __name__, url_prefix="/programme/candidatures")


@blueprint.get("/lettres")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    """Every letter that would leave, by decision."""
    return _letters(id_of(CohortId, number_argument("cohorte")))


@blueprint.post("/<int:application_id>/lettre")
@staff(Staff.PROGRAMME)
def change(application_id: ApplicationId) -> ResponseReturnValue:
    """Other words for one of them."""
    try:
        with runtime().database.transaction() as session:
            reviewing.change_letter(session, application_id, LetterForm().load(request.form)["letter"])
            cohort_id = service.get(session, application_id).cohort_id
    except (RuleBroken, Conflict) as wrong:
        with runtime().database.snapshot() as session:
            cohort_id = service.get(session, application_id).cohort_id
        errors = {str(application_id): next(iter(errors_of(wrong).values()))}
        return _letters(cohort_id, errors, typed={application_id: request.form.get("letter", "")}, status=422)
    flash(f"letter-{application_id}", "draft-saved")
    flash(_("Lettre changée."), "success")
    return _back(cohort_id, f"#lettre-{application_id}")


@blueprint.post("/<int:application_id>/lettre/retirer")
@staff(Staff.PROGRAMME)
def hold(application_id: ApplicationId) -> ResponseReturnValue:
    """« Retirer de la publication », or « La remettre »."""
    with runtime().database.transaction() as session:
        reviewing.hold(session, application_id, is_held=request.form.get("held") == "1")
        cohort_id = service.get(session, application_id).cohort_id
    return _back(cohort_id, f"#lettre-{application_id}")


@blueprint.post("/publier")
@staff(Staff.PROGRAMME)
def publish() -> ResponseReturnValue:
    """« Publier et prévenir »: it leaves in thirty seconds, all of it together."""
    cohort_id = id_of(CohortId, number_field("cohort_id"))
    if cohort_id is None:
        raise NotFound("cohort_unknown", _("Cette cohorte n'existe pas."))
    try:
        with runtime().database.transaction() as session:
            programme = programme_of(session)
            space_id = programme.id if programme else None
            asked = publishing.ask(session, cohort_id, space_id=space_id, by=principal(), now=utc_now())
    except (RuleBroken, Conflict) as wrong:
        return _letters(cohort_id, {"": wrong.sentence}, status=409 if isinstance(wrong, Conflict) else 422)
    return redirect(url_for(".follow", publication_id=asked.id))


@blueprint.get("/publications/<int:publication_id>")
@staff(Staff.PROGRAMME)
def follow(publication_id: int) -> ResponseReturnValue:
    """The thirty seconds; then who was told by SMS, and whom one tells by hand."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        found = publishing.get(session, publication_id)
        cohort = cohorts.get(session, found.cohort_id)
        programme = programme_of(session)
        rows = publishing.of_publication(session, publication_id)
        letters = {
            application.id: (letter, desk.fate(session, programme, letter))
            for _decision, application in rows
            for letter in reviewing.letters_of(session, application.id)[-1:]
        }
        decided = [application.id for _decision, application in rows if application.state in DECIDED]
        untold = telling.untold(session, programme.id if programme else None, decided)
    left = max(0, ceil((found.due_at - now).total_seconds())) if found.due_at else 0
    return render_template(
        "programme/applications/publication.html",
        publication=found, cohort=cohort, rows=rows, letters=letters, seconds_left=left, now=now,
        untold=untold, decision_words=DECISIONS,
    )  # fmt: skip


@blueprint.post("/publications/<int:publication_id>/arreter")
@staff(Staff.PROGRAMME)
def stop(publication_id: int) -> ResponseReturnValue:
    """« Arrêter »: every decision is prepared as before."""
    try:
        with runtime().database.transaction() as session:
            programme = programme_of(session)
            space_id = programme.id if programme else None
            stopped = publishing.stop(session, publication_id, space_id=space_id, by=principal(), now=utc_now())
    except Conflict as late:
        flash(late.sentence, "error")
        return redirect(url_for(".follow", publication_id=publication_id))
    flash(_("Arrêté : rien n'est parti, les décisions sont prêtes comme avant."), "success")
    return _back(stopped.cohort_id)


def _back(cohort_id: CohortId, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for(".browse", cohorte=cohort_id) + anchor)


def _letters(
    cohort_id: CohortId | None,
    errors: Mapping[str, str] | None = None,
    *,
    typed: Mapping[ApplicationId, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        cohort = desk.choose(session, cohort_id, now=utc_now())
        if cohort is None:
            return render_template("programme/applications/none.html")
        rows = reviewing.prepared(session, cohort.id)
        leaving = publishing.under_way(session, cohort.id)
        inside = cohorts.places_taken(session, cohort)
        outdated = reviewing.outdated(session, [application.id for _decision, application in rows])
    page = render_template(
        "programme/applications/letters.html",
        cohort=cohort, rows=rows, leaving=leaving, inside=inside, errors=errors or {}, typed=typed or {},
        decision_words=DECISIONS, outdated=outdated, sample=telling.sample(runtime().settings),
    )  # fmt: skip
    return page, status
