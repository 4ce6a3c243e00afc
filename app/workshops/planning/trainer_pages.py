"""Two trainers on one workshop: both see the same room."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import UserId, WorkshopId
from app.french.language import _
from app.web.requests import number_field, runtime
from app.workshops import guards
from app.workshops.planning import trainers

blueprint = Blueprint("trainers", __name__, url_prefix="/ateliers/<int:workshop_id>/formateurs")


@blueprint.post("")
@staff()
def add(workshop_id: WorkshopId) -> ResponseReturnValue:
    """One more trainer, chosen among the programme's people."""
    chosen = UserId(number_field("user") or 0)
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        added = trainers.add(session, workshop, chosen, by=principal(), now=utc_now())
    flash(_("%(name)s mène aussi cet atelier.", name=added.name), "success")
    return redirect(url_for("room.show", workshop_id=workshop_id))
