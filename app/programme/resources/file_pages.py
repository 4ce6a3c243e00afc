"""The files of a resource, as the programme's staff join them and take them away."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import ResourceId
from app.errors import RuleBroken
from app.french.language import _
from app.programme.files import kinds
from app.programme.files.sent_pages import sent_file
from app.programme.resources import files
from app.programme.resources.schemas import FileForm
from app.programme.resources.staff_pages import programme_id
from app.web.edge import download
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("resource_files", __name__, url_prefix="/programme/ressources/<int:resource_id>/fichiers")


@blueprint.post("")
@staff(Staff.PROGRAMME)
def add(resource_id: ResourceId) -> ResponseReturnValue:
    content, typed_name = sent_file()
    try:
        parsed = FileForm().load(request.form.to_dict())
        with runtime().database.transaction() as session:
            file = files.add(
                session,
                resource_id,
                label=parsed["label"],
                typed_name=typed_name,
                content=content,
                space_id=programme_id(session),
                by=principal(),
                now=utc_now(),
            )
    except (ValidationError, RuleBroken) as error:
        flash(next(iter(errors_of(error).values())), "error")
        return _back(resource_id, label=request.form.get("label", "")[: kinds.LABEL_MAX])
    flash(_("« %(name)s » est joint.", name=file.label), "success")
    return _back(resource_id)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """What is far too long is not even read, nor what stands beside it: the rule is said all the same."""
    flash(kinds.too_big(request.content_length or 0), "error")
    return _back((request.view_args or {})["resource_id"])


@blueprint.get("/<int:resource_file_id>")
@staff(Staff.PROGRAMME)
def take(resource_id: ResourceId, resource_file_id: int) -> ResponseReturnValue:
    """Also of a draft, to look at it before everybody may."""
    with runtime().database.snapshot() as session:
        file = files.get(session, resource_file_id, resource_id=resource_id)
    return download(file.content, file_name=file.file_name, mimetype=file.mimetype)


@blueprint.post("/<int:resource_file_id>/retirer")
@staff(Staff.PROGRAMME)
def remove(resource_id: ResourceId, resource_file_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        files.remove(
            session, resource_id, resource_file_id, space_id=programme_id(session), by=principal(), now=utc_now()
        )
    flash(_("Le fichier n'est plus donné."), "success")
    return _back(resource_id)


def _back(resource_id: ResourceId, *, label: str = "") -> ResponseReturnValue:
    """The page of the resource; ``label`` is what was typed for a file that was refused."""
    page = url_for("resource_desk.edit", resource_id=resource_id, nom=label or None, _anchor="fichiers")
    return redirect(page, 303)
