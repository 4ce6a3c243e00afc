"""What is printed for a workshop, A4: before it, for its door and tables, and for whoever goes home with it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts.web.guards import staff
from app.clock import PARIS, utc_now
from app.database.ids import WorkshopId
from app.events.models import Event
from app.web.requests import runtime
from app.workshops import guards
from app.workshops.models import Scenario
from app.workshops.path import pages as scenario_pages
from app.workshops.path import steps as path
from app.workshops.planning import trainers
from app.workshops.real import points
from app.workshops.results import feedback
from app.workshops.room import addresses, paper

blueprint = Blueprint("paper", __name__, url_prefix="/ateliers/<int:workshop_id>/imprimer")


@blueprint.get("/affiche")
@staff()
def poster(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Hour, address, code and square, for the door of the room."""
    return _sheet(workshop_id, "poster")


@blueprint.get("/deroule")
@staff()
def run_sheet(workshop_id: WorkshopId) -> ResponseReturnValue:
    """The steps with their minutes and the trainer's notes."""
    return _sheet(workshop_id, "run")


@blueprint.get("/bon-sms")
@staff()
def good_sms(workshop_id: WorkshopId) -> ResponseReturnValue:
    """What makes a good SMS, on one page to leave on the table."""
    return _sheet(workshop_id, "good")


@blueprint.get("/presences")
@staff()
def attendance(workshop_id: WorkshopId) -> ResponseReturnValue:
    """The list to sign."""
    return _sheet(workshop_id, "attendance")


@blueprint.get("/attestations")
@staff()
def certificates(workshop_id: WorkshopId) -> ResponseReturnValue:
    """One page for each person who was there."""
    return _sheet(workshop_id, "certificate")


@blueprint.get("/preparer")
@staff()
def preparation(workshop_id: WorkshopId) -> ResponseReturnValue:
    """What to check a week, a day and an hour before."""
    return _sheet(workshop_id, "prepare")


@blueprint.get("/sans-reseau")
@staff()
def without_network(workshop_id: WorkshopId) -> ResponseReturnValue:
    """How to go on in a room without a network, and ten phones of paper."""
    return _sheet(workshop_id, "offline")


@blueprint.get("/sept-points")
@staff()
def seven_points(workshop_id: WorkshopId) -> ResponseReturnValue:
    """What must be true before the first real SMS, and who sees to it."""
    return _sheet(workshop_id, "points")


@blueprint.get("/deux-questions")
@staff()
def two_questions(workshop_id: WorkshopId) -> ResponseReturnValue:
    """The questions of the end, for those who answer on paper."""
    return _sheet(workshop_id, "questions")


def _sheet(workshop_id: WorkshopId, name: str) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        workshop = guards.own_workshop(session, workshop_id)
        scenario = session.get_one(Scenario, workshop.scenario_id)
        words = {
            "workshop": workshop,
            "event": session.get_one(Event, workshop.event_id),
            "trainers": trainers.of_workshop(session, workshop),
            "steps": path.steps_of(scenario, scenario_pages.KINDS.read()),
            "guests": paper.guests(session, workshop),
            "way_in": addresses.way_in(workshop, runtime().settings),
            "points": points.on_paper(settings=runtime().settings, today=utc_now().astimezone(PARIS).date()),
            "questions": (feedback.GAINED, feedback.READY),
            "answers": feedback.ANSWERS,
        }
    return render_template(f"workshops/paper_{name}.html", paper=paper, **words)
