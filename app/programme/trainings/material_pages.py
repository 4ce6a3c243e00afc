"""The files of a training, as the programme's staff join them, look at them and take them back."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import TrainingId
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.programme.files import kinds
from app.programme.files.sent_pages import sent_file
from app.programme.home_pages import get_programme
from app.programme.trainings import files
from app.programme.trainings.pages import training_page
from app.programme.trainings.schemas import FileForm, RemovalForm
from app.web.edge import download
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("training_materials", __name__, url_prefix="/programme/formations/<int:training_id>/fichiers")


@blueprint.post("")
@staff(Staff.PROGRAMME)
def add(training_id: TrainingId) -> ResponseReturnValue:
    content, typed_name = sent_file()
    try:
        label = FileForm().load(request.form)["label"]
        with runtime().database.transaction() as session:
            file = files.add(
                session, get_programme(session), training_id, content, label=label,
                typed_name=typed_name, by=principal(), now=utc_now(),
            )  # fmt: skip
    except (ValidationError, RuleBroken, Conflict) as wrong:
        return training_page(training_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("« %(name)s » est joint : les associations inscrites peuvent le prendre.", name=file.label), "success")
    return _back(training_id)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """What is far too long is not even read: the rule is said all the same."""
    training_id = TrainingId((request.view_args or {}).get("training_id", 0))
    return training_page(training_id, {}, {"file": kinds.too_big(request.content_length or 0)}, status=422)


@blueprint.get("/<int:training_file_id>")
@staff(Staff.PROGRAMME)
def take(training_id: TrainingId, training_file_id: int) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        file = files.get(session, training_id, training_file_id)
    return download(file.content, file_name=file.file_name, mimetype=file.mimetype)


@blueprint.post("/<int:training_file_id>/retirer")
@staff(Staff.PROGRAMME)
def remove(training_id: TrainingId, training_file_id: int) -> ResponseReturnValue:
    """With a reason, which the journal keeps."""
    try:
        reason = RemovalForm().load(request.form)["reason"]
        with runtime().database.transaction() as session:
            here = get_programme(session)
            files.remove(session, here, training_id, training_file_id, reason=reason, by=principal(), now=utc_now())
    except ValidationError as wrong:
        return training_page(training_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("Le fichier n'est plus donné."), "success")
    return _back(training_id)


def _back(training_id: TrainingId) -> ResponseReturnValue:
    return redirect(f"{url_for('trainings.show', training_id=training_id)}#supports", 303)
