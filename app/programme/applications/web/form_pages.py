"""The versions of the application's form: read, prepared and published by the programme's staff."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.errors import RuleBroken
from app.french.language import _
from app.programme.applications import questions, versions
from app.programme.applications.questions import FIRST, Kind
from app.programme.applications.web.desk_pages import programme_of
from app.programme.applications.web.schemas import NewQuestionForm, QuestionForm
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("application_forms", __name__, url_prefix="/programme/candidatures/formulaire")
ONE = "/<int:version>"
KIND_WORDS = ((Kind.LINE.value, _("Une ligne")), (Kind.TEXT.value, _("Quelques phrases")))


@blueprint.get("")
@staff(Staff.PROGRAMME)
def browse() -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        found = versions.all_of_them(session)
    return render_template("programme/applications/forms.html", versions=found)


@blueprint.post("")
@staff(Staff.PROGRAMME)
def begin() -> ResponseReturnValue:
    """A draft, copied from the latest version."""
    with runtime().database.transaction() as session:
        number = versions.begin(session, **_words(session)).number
    return redirect(url_for(".show", version=number))


@blueprint.get(ONE)
@staff(Staff.PROGRAMME)
def show(version: int) -> ResponseReturnValue:
    return _page(version, {}, {}, at="")


@blueprint.post(f"{ONE}/questions")
@staff(Staff.PROGRAMME)
def add(version: int) -> ResponseReturnValue:
    """One more question, at the end of its section."""

    def do(session: Session) -> None:
        versions.add(session, version, **NewQuestionForm().load(request.form), **_words(session))

    return _act(version, do, _("Question ajoutée."), at="new")


@blueprint.post(f"{ONE}/questions/<key>")
@staff(Staff.PROGRAMME)
def change(version: int, key: str) -> ResponseReturnValue:
    """Other words for a question."""

    def do(session: Session) -> None:
        versions.change(session, version, key, **QuestionForm().load(request.form), **_words(session))

    return _act(version, do, _("Question modifiée."), at=key)


@blueprint.post(f"{ONE}/questions/<key>/retirer")
@staff(Staff.PROGRAMME)
def remove(version: int, key: str) -> ResponseReturnValue:
    """This version asks it no more."""

    def do(session: Session) -> None:
        versions.remove(session, version, key, **_words(session))

    return _act(version, do, _("Question retirée de cette version ; les versions publiées la gardent."), at=key)


@blueprint.post(f"{ONE}/publier")
@staff(Staff.PROGRAMME)
def publish(version: int) -> ResponseReturnValue:
    """Drafts are asked it from now on; what was filed stays on its own."""

    def do(session: Session) -> None:
        versions.publish(session, version, **_words(session))

    done = _("Version %(n)s publiée : les brouillons la prennent, les dossiers déposés gardent la leur.", n=version)
    return _act(version, do, done, at="")


@blueprint.post(f"{ONE}/abandonner")
@staff(Staff.PROGRAMME)
def discard(version: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        versions.discard(session, version, **_words(session))
    flash(_("Version abandonnée : rien n'a changé ailleurs."), "success")
    return redirect(url_for(".browse"))


def _words(session: Session) -> dict[str, Any]:
    """Who acts, told by the programme's journal."""
    programme = programme_of(session)
    return {"space_id": programme.id if programme else None, "by": principal(), "now": utc_now()}


def _act(version: int, do: Callable[[Session], None], done: str, *, at: str) -> ResponseReturnValue:
    """Do it; what is refused comes back in the form of ``at``, with what was typed."""
    try:
        with runtime().database.transaction() as session:
            do(session)
    except (ValidationError, RuleBroken) as wrong:
        return _page(version, request.form.to_dict(), errors_of(wrong), at=at, status=422)
    if at:
        flash(f"question-{version}-{at}", "draft-saved")
    flash(done, "success")
    return redirect(url_for(".show", version=version) + (f"#{at}" if at else ""))


def _page(
    version: int, typed: dict[str, str], errors: dict[str, str], *, at: str, status: int = 200
) -> ResponseReturnValue:
    """A version, its forms where it is a draft; ``at`` is the question whose form is sent back."""
    with runtime().database.snapshot() as session:
        row = versions.get(session, version) if version != FIRST.number else None
        known = versions.published(session)
    one = versions.version_of(row) if row else FIRST
    is_draft = row is not None and row.published_at is None
    before = known.latest if is_draft else known.every.get(version - 1, one)
    page = render_template(
        "programme/applications/form.html", one=one, row=row, is_draft=is_draft, sections=questions.SECTIONS,
        changes=questions.between(before, one), is_removable=versions.is_removable, kinds=KIND_WORDS,
        kind_words=dict(KIND_WORDS), typed=typed, errors=errors, form_at=at,
    )  # fmt: skip
    return page, status
