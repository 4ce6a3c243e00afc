"""« Leur propre liste »: the trainer hands the association's spreadsheet over, and only its pseudonymise is kept."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.contacts.importing.uploads import Upload, read_upload
from app.database.ids import WorkshopId
from app.errors import AppError, RuleBroken
from app.french.language import _
from app.web.edge import download
from app.web.requests import runtime
from app.workshops import guards
from app.workshops.practice import own_list, pseudonyms

blueprint = Blueprint("own_list", __name__, url_prefix="/ateliers/<int:workshop_id>")


@blueprint.post("/liste")
@staff()
def use(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Pseudonymise the file in memory, before anything is written: what came in is stored nowhere."""
    keeps = bool(request.form.get("keeps_first_names"))
    with runtime().database.snapshot() as session:
        guards.own_workshop(session, workshop_id)
    try:
        content = pseudonyms.pseudonymise(_read(), keeps_first_names=keeps)
        with runtime().database.transaction() as session:
            own_list.use(
                session,
                guards.own_workshop(session, workshop_id, lock=True),
                content,
                keeps_first_names=keeps,
                settings=runtime().settings,
                by=principal(),
                now=utc_now(),
            )
    except AppError as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("La liste est prête, tous ses numéros sont inventés. Le fichier d'origine n'est pas gardé."), "success")
    return redirect(url_for("room.show", workshop_id=workshop_id))


@blueprint.get("/tableau.csv")
@staff()
def table(workshop_id: WorkshopId) -> ResponseReturnValue:
    """The spreadsheet that participants import, for the trainer's own demonstration."""
    with runtime().database.snapshot() as session:
        return spreadsheet(own_list.table(session, guards.own_workshop(session, workshop_id)))


def _read() -> Upload:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise RuleBroken("file_missing", _("Choisissez d'abord le fichier de l'association."))
    return read_upload(sent.read(), file_name=sent.filename)


def spreadsheet(content: bytes) -> Response:
    """« Le fichier de l'atelier », to keep and then import."""
    return download(content, file_name="fichier-de-l-atelier.csv", mimetype="text/csv")
