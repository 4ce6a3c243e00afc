"""The trainer's screen while a room works."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.web.guards import principal, staff
from app.carrier.carriers import is_loopback
from app.clock import utc_now
from app.database.ids import WorkshopId
from app.events import to_tomorrow
from app.events.models import Event
from app.french.language import _, ngettext
from app.web.requests import runtime
from app.workshops import guards, kinds
from app.workshops.models import Workshop
from app.workshops.path import pages as scenario_pages
from app.workshops.path import steps as path
from app.workshops.phones import faults
from app.workshops.phones.client import SimulatorSilent
from app.workshops.planning import attendance, trainers
from app.workshops.practice import own_list
from app.workshops.practice import service as practice
from app.workshops.results import feedback
from app.workshops.results import service as results
from app.workshops.room import addresses, clock
from app.workshops.room import reading as room
from app.workshops.room import service as room_service
from app.workshops.room.page_words import page_word
from app.workshops.seats import connectivity
from app.workshops.seats import service as seating

blueprint = Blueprint("room", __name__, url_prefix="/ateliers/<int:workshop_id>")


@blueprint.get("/salle")
@staff()
def show(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Who is in, on which page, how far; with htmx, only the part that moves."""
    with runtime().database.snapshot() as session:
        workshop = guards.own_workshop(session, workshop_id)
        words = _room(session, workshop)
    template = "workshops/_room.html" if request.args.get("part") else "workshops/room.html"
    return render_template(template, **words)


@blueprint.post("/ouvrir")
@staff()
def open_doors(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Make the practice space and the code, in one press."""
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        practice.open_doors(session, workshop, settings=runtime().settings, by=principal(), now=utc_now())
    return redirect(url_for(".show", workshop_id=workshop_id))


@blueprint.post("/etape")
@staff()
def tick(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Tick a step for the room, pass it over, or take that back."""
    act, key = request.form.get("act", "tick"), request.form.get("key", "")
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        found = room.read(session, workshop, scenario_pages.KINDS.read(), now=utc_now())
        for step in found.steps:
            if step.key == key and act == "untick":
                path.untick(session, workshop, step)
            elif step.key == key:
                ids = [space.id for space in found.copies]
                skipped = act == "skip"
                path.tick_for_room(session, workshop, ids, step, skipped=skipped, by=principal(), now=utc_now())
    return redirect(url_for(".show", workshop_id=workshop_id))


@blueprint.post("/places/<int:seat_id>/liberer")
@staff()
def free(workshop_id: WorkshopId, seat_id: int) -> ResponseReturnValue:
    """Let somebody else sit there."""
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        seating.free(session, workshop, seat_id, by=principal(), now=utc_now())
    return redirect(url_for(".show", workshop_id=workshop_id))


@blueprint.post("/demain")
@staff()
def tomorrow(workshop_id: WorkshopId) -> ResponseReturnValue:
    """« Avancer jusqu'au prochain rappel », in every copy, and at the simulator before.

    What leaves then must not meet the old limit.
    """
    with runtime().database.snapshot() as session:
        workshop = guards.own_workshop(session, workshop_id)
        spaces, was = practice.copies(session, workshop), faults.current(workshop)
    if was.is_of_the_day:
        try:
            faults.set_everywhere(spaces, faults.FINE, runtime().settings)
        except SimulatorSilent:
            flash(_("Le simulateur ne répond pas : réessayez dans un instant."), "warning")
            return redirect(url_for(".show", workshop_id=workshop_id))
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        by, now = principal(), utc_now()
        found = [to_tomorrow.advance(session, space, by=by, now=now) for space in practice.copies(session, workshop)]
        if was.is_of_the_day:
            faults.note(session, workshop, faults.FINE, by=principal(), now=utc_now())
    flash(_advanced([one for one in found if one]), "success")
    if was.is_of_the_day:
        flash(_("La limite du jour est levée : tout va bien."), "info")
    return redirect(url_for(".show", workshop_id=workshop_id))


@blueprint.post("/refaire")
@staff()
def make_again(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Put every copy back as it was at the start."""
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        own = own_list.kept(session, workshop)
        room_service.reset(session, workshop, own=own, settings=runtime().settings, by=principal(), now=utc_now())
    flash(_("Tout est remis comme au début ; chacun garde son poste."), "success")
    return redirect(url_for(".show", workshop_id=workshop_id))


@blueprint.post("/terminer")
@staff()
def close(workshop_id: WorkshopId) -> ResponseReturnValue:
    """End the workshop: seats, practice spaces and code with it."""
    with runtime().database.transaction() as session:
        workshop = guards.own_workshop(session, workshop_id, lock=True)
        if not workshop.is_rehearsal:
            room.keep_timings(session, workshop, scenario_pages.KINDS.read())
        room_service.close(session, workshop, by=principal(), now=utc_now())
    flash(_("L'atelier est terminé. Chacun peut lire et imprimer son bilan jusqu'à ce soir."), "success")
    return redirect(url_for(".show", workshop_id=workshop_id))


def _room(session: Session, workshop: Workshop) -> dict[str, Any]:
    settings = runtime().settings
    public = settings.public_url.rstrip("/")
    way_in = addresses.way_in(workshop, settings)
    trial = f"{public}/rejoindre/essai/{workshop.code}" if workshop.code else ""
    now = utc_now()
    found = room.read(session, workshop, scenario_pages.KINDS.read(), now=now)
    event = session.get_one(Event, workshop.event_id)
    kit = kinds.of(workshop.kind)
    return {
        "workshop": workshop,
        "event": event,
        "kind": kit.words,
        "parts": kit.parts,
        "has_practice": kit.practice is not None,
        "has_begun": attendance.has_begun(workshop, event, now=now),
        "room": found,
        "clock": clock.read(found.steps, found.now_at, started_at=_started_at(workshop, event), now=now),
        "is_full": seating.is_full(len(found.copies)),
        "way_in": way_in,
        "trial": trial,
        "trial_qr": addresses.draw(trial),
        "reached": connectivity.read(workshop),
        "unreachable": is_loopback(settings.public_url),
        "page_word": page_word,
        "weathers": faults.ALL,
        "weather": faults.current(workshop),
        "trainers": trainers.of_workshop(session, workshop),
        "other_trainers": [("", _("Choisir…")), *((one.id, one.name) for one in trainers.others(session, workshop))],
        **_outcome(session, workshop),
        "is_own": own_list.is_own(session, workshop),
        "may_change_list": not found.places and workshop.closed_at is None,
        "answers": feedback.ANSWERS,
        "questions": (feedback.GAINED, feedback.READY),
    }


def _advanced(found: Sequence[to_tomorrow.Next]) -> str:
    """Which reminder leaves, to how many people, and in how many spaces besides."""
    if not found:
        return _("Aucun rappel n'attendait : nous sommes demain, et ce qui était prévu pour demain part.")
    first = max(found, key=lambda one: one.people)
    sentence = ngettext(
        "Le rappel de « %(title)s » part, à %(n)s personne.",
        "Le rappel de « %(title)s » part, à %(n)s personnes.",
        first.people,
        title=first.title,
    )
    spaces = ngettext(
        "Avec lui, celui de %(n)s autre espace.", "Avec lui, ceux de %(n)s autres espaces.", len(found) - 1
    )
    return f"{sentence} {spaces}" if len(found) > 1 else sentence


def _started_at(workshop: Workshop, event: Event) -> datetime:
    """Doors may open before the hour; a room that opens late starts late."""
    return max(workshop.opened_at or event.starts_at, event.starts_at)


def _outcome(session: Session, workshop: Workshop) -> dict[str, Any]:
    """Before the end, nothing: opinions are still being given."""
    if workshop.closed_at is None:
        return {"opinion": None}
    figures = results.read(session, [workshop], scenario_pages.KINDS.read())[workshop.id]
    after = room.after(session, workshop, scenario_pages.KINDS.read(), now=utc_now())
    return {"opinion": feedback.of_workshop(session, workshop), "figures": figures, "after": after}
