"""The projector's page: rows of pretend phones, texts landing as they are delivered."""

from typing import Any

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.web.guards import staff
from app.database.ids import WorkshopId
from app.web.edge import etag, unchanged
from app.web.requests import go_to, is_fragment, number_field, runtime
from app.workshops import guards, service
from app.workshops.models import Workshop
from app.workshops.phones import wall
from app.workshops.phones.client import Handsets, SimulatorSilent
from app.workshops.practice import service as practice
from app.workshops.seats import service as seating

blueprint = Blueprint("wall", __name__, url_prefix="/ateliers/<int:workshop_id>/mur")


@blueprint.get("")
@staff()
def show(workshop_id: WorkshopId) -> ResponseReturnValue:
    """The wall; with htmx, only when a phone has changed or the simulator has come or gone."""
    with runtime().database.snapshot() as session:
        workshop = guards.own_workshop(session, workshop_id)
        if workshop.closed_at is not None:
            return _ended(workshop)
        spaces = practice.copies(session, workshop)
        shown = [space for space in spaces if space.id == workshop.wall_space_id] or list(spaces)
        changes = wall.changes(session, [space.id for space in shown])
    # Asked between two snapshots: a silent simulator takes 2.5 s, and a connection would wait with it.
    is_silent = not _answers(shown[:1])
    mark = etag(changes, workshop.wall_space_id, len(spaces), is_silent)
    if nothing_new := unchanged(mark):
        return nothing_new
    with runtime().database.snapshot() as session:
        words = _wall(session, workshop, shown, copies=len(spaces))
    template = "workshops/_wall.html" if request.args.get("part") else "workshops/wall.html"
    return render_template(template, copies=spaces, mark=mark, is_silent=is_silent, **words)


@blueprint.post("")
@staff()
def choose(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Which copy the wall shows: one, or all."""
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        wanted = number_field("copy")
        copies = practice.copies(session, workshop)
        workshop.wall_space_id = next((space.id for space in copies if space.id == wanted), None)
    return redirect(url_for(".show", workshop_id=workshop_id))


def _ended(workshop: Workshop) -> ResponseReturnValue:
    """A word to the room on a page that asks for nothing more."""
    if is_fragment():
        return go_to(url_for(".show", workshop_id=workshop.id))
    return render_template("workshops/wall.html", workshop=workshop)


def _wall(session: Session, workshop: Workshop, shown: list[Any], *, copies: int) -> dict[str, Any]:
    address = f"{runtime().settings.public_url.rstrip('/')}/rejoindre/{workshop.code}" if workshop.code else ""
    return {
        "workshop": workshop,
        "handsets": wall.handsets(session, workshop, shown) if shown else [],
        "several": len(shown) > 1,
        "is_full": seating.is_full(copies),
        "names": {space.id: space.name for space in shown},
        "seats": len([seat for seat in service.seats(session, workshop) if seat.ended_at is None]),
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=6, border=2) if address else "",
    }


def _answers(spaces: list[Any]) -> bool:
    """Whether the simulator is there: the wall says when it is not, and comes back by itself."""
    if not spaces:
        return True
    try:
        with Handsets(spaces[0], runtime().settings) as handsets:
            handsets.changes()
    except SimulatorSilent:
        return False
    return True
