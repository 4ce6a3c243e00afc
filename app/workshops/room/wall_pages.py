"""The room's screen, on the projector: how to get in, then what is happening to everybody."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.web.guards import staff
from app.clock import utc_now
from app.database.ids import WorkshopId
from app.events.models import Event
from app.web.edge import etag, unchanged
from app.web.requests import go_to, is_fragment, runtime
from app.workshops import guards, service
from app.workshops.models import Workshop
from app.workshops.path import pages as scenario_pages
from app.workshops.phones import points, wall
from app.workshops.phones.client import Handsets, SimulatorSilent
from app.workshops.practice import service as practice
from app.workshops.room import addresses, feed, reading
from app.workshops.seats import service as seating

blueprint = Blueprint("wall", __name__, url_prefix="/ateliers/<int:workshop_id>/mur")

NAMES = 14
"""How many nicknames stand on the welcome; the others are counted."""
WELCOME, LIVE = "accueil", "direct"


@blueprint.get("")
@staff()
def show(workshop_id: WorkshopId) -> ResponseReturnValue:
    """The screen; with htmx, only when the room has changed or the simulator has come or gone."""
    view = request.args.get("vue", "")
    with runtime().database.snapshot() as session:
        workshop = guards.own_workshop(session, workshop_id)
        if workshop.closed_at is not None:
            return _ended(workshop)
        spaces = practice.copies(session, workshop)
        changes = wall.changes(session, workshop, [space.id for space in spaces])
    # Asked between two snapshots: a silent simulator takes 2.5 s, and a connection would wait with it.
    is_silent = not _answers(spaces[:1])
    mark = etag(changes, len(spaces), is_silent, view)
    if nothing_new := unchanged(mark):
        return nothing_new
    with runtime().database.snapshot() as session:
        words = _words(session, workshop, spaces, view)
    template = "workshops/_wall.html" if request.args.get("part") else "workshops/wall.html"
    return render_template(template, mark=mark, is_silent=is_silent, view=view, **words)


def _ended(workshop: Workshop) -> ResponseReturnValue:
    """A word to the room on a page that asks for nothing more."""
    if is_fragment():
        return go_to(url_for(".show", workshop_id=workshop.id))
    return render_template("workshops/wall.html", workshop=workshop)


def _words(session: Session, workshop: Workshop, spaces: Sequence[Space], view: str) -> dict[str, Any]:
    """The welcome until the first SMS of the room, then what happens; ``view`` is the trainer's own choice."""
    space_ids = [space.id for space in spaces]
    here = [seat.nickname for seat in service.seats(session, workshop) if seat.ended_at is None]
    is_live = view == LIVE or (view != WELCOME and wall.has_rung(session, workshop, space_ids))
    found = {
        "workshop": workshop,
        "event": session.get_one(Event, workshop.event_id),
        "is_live": is_live,
        "is_full": seating.is_full(len(spaces)),
        "here": here[::-1][:NAMES],
        "seats": len(here),
        "way_in": addresses.way_in(workshop, runtime().settings),
    }
    if not is_live:
        return found
    return {
        **found,
        "handsets": wall.handsets(session, workshop, spaces),
        "feed": feed.read(session, workshop, space_ids),
        "points": points.read(session, workshop, space_ids),
        "room": reading.read(session, workshop, scenario_pages.KINDS.read(), now=utc_now()),
    }


def _answers(spaces: Sequence[Space]) -> bool:
    """Whether the simulator is there: the screen says when it is not, and comes back by itself."""
    if not spaces:
        return True
    try:
        with Handsets(spaces[0], runtime().settings) as handsets:
            handsets.changes()
    except SimulatorSilent:
        return False
    return True
