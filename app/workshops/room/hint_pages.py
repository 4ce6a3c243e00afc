"""« Souffler l'indice », from the trainer's screen."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.database.ids import WorkshopId
from app.french.language import _
from app.web.requests import runtime
from app.workshops import guards
from app.workshops.path import hints
from app.workshops.path import pages as scenario_pages
from app.workshops.room import reading

blueprint = Blueprint("hints", __name__, url_prefix="/ateliers/<int:workshop_id>/places")


@blueprint.post("/<int:seat_id>/souffler")
@staff()
def give(workshop_id: WorkshopId, seat_id: int) -> ResponseReturnValue:
    """Show somebody the hint of the step they are at, on their own page. Who has just done it needs none."""
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        place = reading.find_place(session, workshop, seat_id, scenario_pages.KINDS.read(), now=utc_now())
        if place.now_at and not place.is_hinted:
            hints.give(session, place.seat, place.now_at.key, by=principal(), now=utc_now())
    if place.now_at:
        flash(_("Soufflé à %(name)s.", name=place.seat.nickname), "success")
    return redirect(url_for("room.show", workshop_id=workshop_id, _anchor="salle"))
