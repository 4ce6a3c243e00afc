"""The date of a workshop: moved, called off, or taken into the trainer's own calendar."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.consent.families import Family
from app.database.ids import WorkshopId
from app.errors import RuleBroken
from app.events import calendars, reviewing, telling
from app.events.models import Event
from app.events.placeholders import CALLED_OFF, MOVED, fit
from app.events.reviewing import Review
from app.events.schemas import EventForm
from app.french.language import _, ngettext
from app.web.edge import download
from app.web.problems import errors_of
from app.web.requests import runtime
from app.workshops import guards
from app.workshops.planning import reschedule

blueprint = Blueprint("workshop_date", __name__, url_prefix="/ateliers/<int:workshop_id>")


@blueprint.get("/date")
@staff()
def begin(workshop_id: WorkshopId) -> ResponseReturnValue:
    """The day, hour and place as they stand, to change."""
    return _form_page(workshop_id, {}, {})


@blueprint.post("/date")
@staff()
def move(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Another day or place; the reminder follows."""
    try:
        parsed = EventForm(exclude=["title"]).load(request.form)
        with runtime().database.transaction() as session:
            workshop = guards.own_workshop(session, workshop_id, lock=True)
            result = reschedule.move(session, workshop, by=principal(), now=utc_now(), **_telling(), **parsed)
    except (ValidationError, RuleBroken) as wrong:
        return _form_page(workshop_id, request.form.to_dict(), errors_of(wrong), status=422)
    flash(_("C'est noté : le rappel et les agendas suivent."), "success")
    _say_told(result, _("Prévenez vous-même ceux qui ont déjà répondu."))
    return redirect(url_for("participants.show" if result else "room.show", workshop_id=workshop_id))


@blueprint.post("/annuler")
@staff()
def call_off(workshop_id: WorkshopId) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            workshop = guards.own_workshop(session, workshop_id, lock=True)
            result = reschedule.call_off(session, workshop, by=principal(), now=utc_now(), **_telling())
    except RuleBroken as wrong:
        return _form_page(workshop_id, {}, errors_of(wrong), status=422)
    flash(_("Atelier annulé : aucun rappel ne partira."), "success")
    _say_told(result, _("Prévenez vous-même ceux qui devaient venir."))
    return redirect(url_for("participants.show" if result else "room.show", workshop_id=workshop_id))


@blueprint.get("/agenda.ics")
@staff()
def agenda(workshop_id: WorkshopId) -> ResponseReturnValue:
    """The same entry as the participants', for whoever runs it."""
    with runtime().database.snapshot() as session:
        workshop = guards.own_workshop(session, workshop_id)
        event, programme = session.get_one(Event, workshop.event_id), session.get_one(Space, workshop.space_id)
        file = calendars.as_file(event, programme, settings=runtime().settings, now=utc_now())
    return download(file, file_name=f"atelier-{workshop_id}.ics", mimetype="text/calendar")


def _telling() -> dict[str, Any]:
    return {"tells": "tell" in request.form, "settings": runtime().settings}


def _say_told(told: int, otherwise: str) -> None:
    if told:
        sentence = ngettext(
            "%(n)s personne sera prévenue par SMS : vous avez 30 secondes pour arrêter.",
            "%(n)s personnes seront prévenues par SMS : vous avez 30 secondes pour arrêter.",
            told,
        )
        flash(sentence, "info")
    elif "tell" not in request.form:
        flash(otherwise, "info")


def _form_page(
    workshop_id: WorkshopId, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        workshop = guards.own_workshop(session, workshop_id)
        event = session.get_one(Event, workshop.event_id)
        programme = session.get_one(Space, workshop.space_id)
        page = render_template(
            "workshops/date.html",
            workshop=workshop,
            programme=programme,
            event=event,
            moved=_news(session, programme, event, MOVED),
            called_off=_news(session, programme, event, CALLED_OFF, but_declined=True),
            typed=typed,
            errors=errors,
        )
    return page, status


def _news(
    session: Session, programme: Space, event: Event, body: str, *, but_declined: bool = False
) -> tuple[str, Review] | None:
    """The news and what it would cost as of now; None where nobody is to be told, or nothing more can be."""
    now, people = utc_now(), telling.informed(session, event, but_declined=but_declined)
    if not people or event.starts_at <= now:
        return None
    text = fit(body, event)
    found = reviewing.read(
        session, programme, event, people, body=text, family=Family.SERVICE, settings=runtime().settings, at=now
    )
    return body, found
