"""Cohorts: the list, a new one or a copy of one, its page, its changes."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import PARIS, utc_now
from app.database.ids import CohortId, id_of
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.programme import leaving
from app.programme.cohorts import members, schemas, service, states
from app.programme.cohorts.schemas import CohortForm, MemberForm
from app.programme.home_pages import get_programme, programme_id
from app.programme.progress import stages
from app.programme.progress.glance import FIGURES
from app.programme.staff.glance_pages import glance_at
from app.programme.trainings import copying
from app.web.problems import errors_of
from app.web.requests import number_argument, number_field, runtime

blueprint = Blueprint("cohorts", __name__, url_prefix="/programme/cohortes")


@blueprint.get("")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    """Every cohort, the latest first."""
    with runtime().database.snapshot() as session:
        found = service.all_of_them(session)
    return render_template("programme/cohorts.html", cohorts=found, today=utc_now().astimezone(PARIS).date())


@blueprint.get("/nouvelle")
@staff(Staff.PROGRAMME)
def begin() -> ResponseReturnValue:
    """An empty form, or that of another cohort a year later: « copie »."""
    copied_id = id_of(CohortId, number_argument("copie"))
    if copied_id is None:
        return _form_page({}, {})
    with runtime().database.snapshot() as session:
        typed = schemas.typed_a_year_later(service.get(session, copied_id))
    return _form_page(typed, {}, copied_id=copied_id)


@blueprint.post("/nouvelle")
@staff(Staff.PROGRAMME)
def make() -> ResponseReturnValue:
    """A new one, with the trainings of the one that it is a copy of if they are wanted."""
    copied_id, now = id_of(CohortId, number_field("copie")), utc_now()
    try:
        terms = CohortForm().load(request.form)
        with runtime().database.transaction() as session:
            made = service.make(session, terms, space_id=programme_id(session), by=principal(), now=now)
            if copied_id is not None and "trainings" in request.form:
                copying.copy(session, get_programme(session), from_id=copied_id, to_id=made.id, by=principal(), now=now)
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _form_page(request.form.to_dict(), errors_of(wrong), copied_id=copied_id, status=422)
    flash(f"cohort-new-{copied_id or 0}", "draft-saved")
    flash(_("Cohorte ouverte : ajoutez ses associations."), "success")
    return redirect(url_for("cohorts.show", cohort_id=made.id))


@blueprint.get("/<int:cohort_id>")
@staff(Staff.PROGRAMME)
def show(cohort_id: CohortId) -> ResponseReturnValue:
    """Where each association stands, who is silent, the calendar; « chiffre » shows those that a figure counts."""
    return _cohort_page(cohort_id, {}, {})


@blueprint.post("/<int:cohort_id>/associations")
@staff(Staff.PROGRAMME)
def add(cohort_id: CohortId) -> ResponseReturnValue:
    """Invite an association, or let it in."""
    try:
        parsed = MemberForm().load(request.form)
        with runtime().database.transaction() as session:
            members.add(
                session,
                cohort_id,
                name=parsed["association"],
                state=parsed["state"],
                space_id=programme_id(session),
                by=principal(),
                now=utc_now(),
            )
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _cohort_page(cohort_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("C'est noté."), "success")
    return redirect(url_for("cohorts.show", cohort_id=cohort_id) + "#associations")


@blueprint.get("/<int:cohort_id>/modifier")
@staff(Staff.PROGRAMME)
def edit(cohort_id: CohortId) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        cohort = service.get(session, cohort_id)
    return _form_page(schemas.typed_of(cohort), {}, cohort_id=cohort_id, name=cohort.name)


@blueprint.post("/<int:cohort_id>/modifier")
@staff(Staff.PROGRAMME)
def change(cohort_id: CohortId) -> ResponseReturnValue:
    try:
        terms = CohortForm().load(request.form)
        with runtime().database.transaction() as session:
            service.change(session, cohort_id, terms, space_id=programme_id(session), by=principal(), now=utc_now())
    except (ValidationError, RuleBroken, Conflict) as wrong:
        with runtime().database.snapshot() as session:
            name = service.get(session, cohort_id).name
        return _form_page(request.form.to_dict(), errors_of(wrong), cohort_id=cohort_id, name=name, status=422)
    flash(f"cohort-{cohort_id}", "draft-saved")
    flash(_("Cohorte modifiée."), "success")
    return redirect(url_for("cohorts.show", cohort_id=cohort_id))


@blueprint.post("/<int:cohort_id>/clore")
@staff(Staff.PROGRAMME)
def close(cohort_id: CohortId) -> ResponseReturnValue:
    """Nothing of it changes any more."""
    with runtime().database.transaction() as session:
        service.close(session, cohort_id, space_id=programme_id(session), by=principal(), now=utc_now())
        leaving.cohort_closed(session, cohort_id, now=utc_now())
    flash(_("Cohorte close : tout se lit encore, plus rien ne change."), "success")
    return redirect(url_for("cohorts.show", cohort_id=cohort_id))


@blueprint.post("/<int:cohort_id>/rouvrir")
@staff(Staff.PROGRAMME)
def reopen(cohort_id: CohortId) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            service.reopen(session, cohort_id, space_id=programme_id(session), by=principal(), now=utc_now())
    except RuleBroken as wrong:
        return _cohort_page(cohort_id, {}, {"": wrong.sentence}, status=422)
    flash(_("Cohorte rouverte."), "success")
    return redirect(url_for("cohorts.show", cohort_id=cohort_id))


def _cohort_page(
    cohort_id: CohortId, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        glance = glance_at(session, service.get(session, cohort_id))
        names = (
            members.known_names(session, programme_id=programme_id(session)) if glance.cohort.closed_at is None else []
        )
    asked = request.args.get("chiffre", "")
    behind = glance.counted(asked)
    page = render_template(
        "programme/cohort.html",
        glance=glance,
        figure=FIGURES[asked] if behind is not None else "",
        shown=behind if behind is not None else glance.standings,
        typed=typed,
        errors=errors,
        names=names,
        words=stages.WORDS,
        reached=stages.REACHED,
        states=states.WORDS,
        now=now,
        today=now.astimezone(PARIS).date(),
    )
    return page, status


def _form_page(
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    cohort_id: CohortId | None = None,
    name: str = "",
    copied_id: CohortId | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """``copied_id`` is of the cohort that a new one is a copy of."""
    copied, trainings = None, 0
    if copied_id is not None:
        with runtime().database.snapshot() as session:
            copied = service.get(session, copied_id)
            trainings = len(copying.copied(session, copied_id, now=utc_now()))
    page = render_template(
        "programme/cohort_form.html",
        typed=typed,
        errors=errors,
        cohort_id=cohort_id,
        name=name,
        copied=copied,
        trainings=trainings,
    )
    return page, status
