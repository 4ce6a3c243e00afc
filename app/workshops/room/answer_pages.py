"""Whether people may answer the room by SMS: in reality a sending leaves from a name, which nobody can answer."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import WorkshopId
from app.french.language import _
from app.web.requests import runtime
from app.workshops import guards
from app.workshops.practice import service as practice

blueprint = Blueprint("answers", __name__, url_prefix="/ateliers/<int:workshop_id>")


@blueprint.post("/reponses")
@staff()
def change(workshop_id: WorkshopId) -> ResponseReturnValue:
    """In every copy, and in those still to come: they are made from the trainer's."""
    yes = bool(request.form.get("two_way"))
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        practice.let_answer(session, workshop, yes=yes, by=principal(), now=utc_now())
    if yes:
        flash(_("On peut répondre par SMS : les prochains envois partent d'un numéro."), "success")
    else:
        flash(_("Comme pour de bon : les prochains envois partent d'un nom, on répond par le lien."), "success")
    return redirect(url_for("room.show", workshop_id=workshop_id, _anchor="mener"))
