"""The versions of the questionnaire, and how far a cohort's diagnostics are: for the programme's staff."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import CohortId, QuestionnaireId
from app.errors import RuleBroken
from app.french.language import _
from app.programme.cohorts import people
from app.programme.diagnostic import axes, rules, standing
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.place_pages import programme_space
from app.programme.diagnostic.questionnaire import changes, versions
from app.programme.diagnostic.questionnaire.changes import Changes
from app.programme.diagnostic.schemas import NewQuestionForm, QuestionForm
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("questionnaires", __name__, url_prefix="/programme")
ONE = "/questionnaires/<int:questionnaire_id>"


@blueprint.get("/questionnaires")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        found = versions.all_of_them(session)
    return render_template("programme/diagnostic/versions.html", versions=found)


@blueprint.post("/questionnaires")
@staff(Staff.PROGRAMME)
def begin() -> ResponseReturnValue:
    """A draft, copied from the latest version."""
    made = _do(lambda session, words: versions.begin(session, **words))
    return redirect(url_for(".show", questionnaire_id=made.id))


@blueprint.get(ONE)
@staff(Staff.PROGRAMME)
def show(questionnaire_id: QuestionnaireId) -> ResponseReturnValue:
    return _page(questionnaire_id, {}, {}, at="")


@blueprint.post(f"{ONE}/questions")
@staff(Staff.PROGRAMME)
def add(questionnaire_id: QuestionnaireId) -> ResponseReturnValue:
    try:
        parsed = NewQuestionForm().load(request.form)
        axis = parsed.pop("axis")
        key = _do(lambda session, words: versions.add(session, questionnaire_id, axis, **parsed, **words))
    except (ValidationError, RuleBroken) as wrong:
        return _page(questionnaire_id, request.form.to_dict(), errors_of(wrong), at="new", status=422)
    flash(_("Question ajoutée."), "success")
    return redirect(url_for(".show", questionnaire_id=questionnaire_id) + f"#{key}")


@blueprint.post(f"{ONE}/questions/<key>")
@staff(Staff.PROGRAMME)
def change(questionnaire_id: QuestionnaireId, key: str) -> ResponseReturnValue:
    try:
        parsed = QuestionForm().load(request.form)
        _do(lambda session, words: versions.change(session, questionnaire_id, key, **parsed, **words))
    except (ValidationError, RuleBroken) as wrong:
        return _page(questionnaire_id, request.form.to_dict(), errors_of(wrong), at=key, status=422)
    flash(_("Question modifiée."), "success")
    return redirect(url_for(".show", questionnaire_id=questionnaire_id) + f"#{key}")


@blueprint.post(f"{ONE}/questions/<key>/retirer")
@staff(Staff.PROGRAMME)
def remove(questionnaire_id: QuestionnaireId, key: str) -> ResponseReturnValue:
    try:
        _do(lambda session, words: versions.remove(session, questionnaire_id, key, **words))
    except RuleBroken as wrong:
        return _page(questionnaire_id, {}, errors_of(wrong), at=key, status=422)
    flash(_("Question retirée de cette version ; les versions publiées la gardent."), "success")
    return redirect(url_for(".show", questionnaire_id=questionnaire_id))


@blueprint.post(f"{ONE}/publier")
@staff(Staff.PROGRAMME)
def publish(questionnaire_id: QuestionnaireId) -> ResponseReturnValue:
    try:
        made = _do(lambda session, words: versions.publish(session, questionnaire_id, **words))
    except RuleBroken as wrong:
        return _page(questionnaire_id, {}, errors_of(wrong), at="", status=422)
    flash(_("Version %(n)s publiée : les diagnostics qui s'ouvrent la prennent.", n=made.number), "success")
    return redirect(url_for(".browse"))


@blueprint.post(f"{ONE}/abandonner")
@staff(Staff.PROGRAMME)
def discard(questionnaire_id: QuestionnaireId) -> ResponseReturnValue:
    _do(lambda session, words: versions.discard(session, questionnaire_id, **words))
    flash(_("Version abandonnée : rien n'a changé ailleurs."), "success")
    return redirect(url_for(".browse"))


@blueprint.get("/cohortes/<int:cohort_id>/diagnostics")
@staff(Staff.PROGRAMME)
def of_cohort(cohort_id: CohortId) -> ResponseReturnValue:
    """How far each association of a cohort is, at the start and at the end."""
    with runtime().database.snapshot() as session:
        found = standing.of_cohort(session, cohort_id)
    words = {"moments": list(Moment), "moment_words": axes.MOMENT_WORDS, "functions": people.WORDS}
    return render_template("programme/diagnostic/cohort.html", found=found, **words)


def _do(act: Callable[[Session, dict[str, Any]], Any]) -> Any:
    """One act in a transaction, told by the programme's journal."""
    with runtime().database.transaction() as session:
        programme = programme_space(session)
        space_id = programme.id if programme is not None else None
        return act(session, {"space_id": space_id, "by": principal(), "now": utc_now()})


def _page(
    questionnaire_id: QuestionnaireId, typed: dict[str, str], errors: dict[str, str], *, at: str, status: int = 200
) -> ResponseReturnValue:
    """A version, its forms where it is a draft; ``at`` is the question whose form is sent back."""
    with runtime().database.snapshot() as session:
        one = versions.get(session, questionnaire_id)
        questions = versions.questions(session, one.id)
        last = versions.latest(session)
        is_draft = one.published_at is None
        changed = changes.between(versions.questions(session, last.id), questions) if is_draft and last else Changes()
    page = render_template(
        "programme/diagnostic/version.html",
        one=one,
        by_axis=rules.by_axis(questions),
        names=axes.LONG,
        changed=changed,
        guards=rules.SMS_KEYS,
        typed=typed,
        errors=errors,
        form_at=at,
    )
    return page, status
