"""« Leur propre liste »: the trainer hands the association's spreadsheet over, and only its disguise is kept."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guards import principal, staff
from app.clock import utc_now
from app.contacts.uploading import Upload, read_upload
from app.errors import AppError, RuleBroken
from app.language import _
from app.web import runtime
from app.workshops import browser, disguise, own_list, trainer_guards

blueprint = Blueprint("own_list", __name__, url_prefix="/ateliers/<int:workshop_id>")


@blueprint.post("/liste")
@staff()
def use(workshop_id: int) -> ResponseReturnValue:
    """Disguise the file in memory, before anything is written: what came in is stored nowhere."""
    keeps = bool(request.form.get("keeps_first_names"))
    with runtime().database.snapshot() as session:
        trainer_guards.own_workshop(session, workshop_id)
    try:
        content = disguise.disguise(_read(), keeps_first_names=keeps)
        with runtime().database.transaction() as session:
            own_list.use(
                session,
                trainer_guards.own_workshop(session, workshop_id, lock=True),
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
def table(workshop_id: int) -> ResponseReturnValue:
    """The spreadsheet that participants import, for the trainer's own demonstration."""
    with runtime().database.snapshot() as session:
        return browser.spreadsheet(own_list.table(session, trainer_guards.own_workshop(session, workshop_id)))


def _read() -> Upload:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise RuleBroken("file_missing", _("Choisissez d'abord le fichier de l'association."))
    return read_upload(sent.read(), file_name=sent.filename)
