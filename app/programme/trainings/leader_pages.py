"""« Mes formations », where trainers live: each gives the files of the trainings that they lead."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff, user
from app.clock import utc_now
from app.database.ids import TrainingId, UserId, id_of
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.programme.files import kinds
from app.programme.files.sent_pages import sent_file
from app.programme.home_pages import get_programme
from app.programme.trainings import files, leading, rules
from app.programme.trainings.pages import training_page
from app.programme.trainings.schemas import FileForm, RemovalForm
from app.web.edge import download
from app.web.problems import errors_of
from app.web.requests import number_field, runtime

blueprint = Blueprint("led_trainings", __name__)
LED = "/ateliers/formations"
OF_ONE = f"{LED}/<int:training_id>/fichiers"


@blueprint.post("/programme/formations/<int:training_id>/animation")
@staff(Staff.PROGRAMME)
def choose(training_id: TrainingId) -> ResponseReturnValue:
    """The staff say who leads it; nobody chosen takes it back."""
    chosen = id_of(UserId, number_field("leader"))
    try:
        with runtime().database.transaction() as session:
            space_id = get_programme(session).id
            leader = leading.choose(session, training_id, chosen, space_id=space_id, by=principal(), now=utc_now())
            name = leader.name if leader is not None else ""
    except RuleBroken as wrong:
        return training_page(training_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("%(name)s peut en donner les supports.", name=name) if name else _("Personne ne l'anime plus."), "success")
    return redirect(url_for("trainings.show", training_id=training_id))


@blueprint.get(LED)
@staff()
def browse() -> ResponseReturnValue:
    """The trainings that whoever is signed in leads, each with its files."""
    return _page(None, {}, {})


@blueprint.post(OF_ONE)
@staff()
def add(training_id: TrainingId) -> ResponseReturnValue:
    content, typed_name = sent_file()
    try:
        with runtime().database.transaction() as session:
            leading.check(session, training_id, user())
            label = FileForm().load(request.form)["label"]
            file = files.add(
                session, get_programme(session), training_id, content, label=label, typed_name=typed_name,
                by=principal(), now=utc_now(),
            )  # fmt: skip
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return _page(training_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("« %(name)s » est joint : les associations inscrites peuvent le prendre.", name=file.label), "success")
    return redirect(url_for(".browse"), 303)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """What is far too long is not even read: the rule is said all the same."""
    training_id = TrainingId((request.view_args or {}).get("training_id", 0))
    return _page(training_id, {}, {"file": kinds.too_big(request.content_length or 0)}, status=422)


@blueprint.get(f"{OF_ONE}/<int:training_file_id>")
@staff()
def take(training_id: TrainingId, training_file_id: int) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        leading.check(session, training_id, user())
        file = files.get(session, training_id, training_file_id)
    return download(file.content, file_name=file.file_name, mimetype=file.mimetype)


@blueprint.post(f"{OF_ONE}/<int:training_file_id>/retirer")
@staff()
def remove(training_id: TrainingId, training_file_id: int) -> ResponseReturnValue:
    """With a reason, which the journal keeps."""
    try:
        with runtime().database.transaction() as session:
            leading.check(session, training_id, user())
            reason = RemovalForm().load(request.form)["reason"]
            here = get_programme(session)
            files.remove(session, here, training_id, training_file_id, reason=reason, by=principal(), now=utc_now())
    except ValidationError as wrong:
        return _page(training_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("Le fichier n'est plus donné."), "success")
    return redirect(url_for(".browse"), 303)


def _page(
    at: TrainingId | None, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    """``typed`` and ``errors`` are of the form of the training ``at``, sent back."""
    with runtime().database.snapshot() as session:
        rows = leading.led_by(session, user())
        joined = files.of_trainings(session, [training.id for training, _event in rows])
    page = render_template(
        "programme/trainings/led.html",
        rows=[
            (training, event, rules.read_materials(training.materials), joined.get(training.id, ()))
            for training, event in rows
        ],
        accept=kinds.ACCEPT,
        sent_to=at,
        typed=typed,
        errors=errors,
    )
    return page, status
