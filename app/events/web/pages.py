"""Dates and their reminders, as pages."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.database.ids import EventId
from app.errors import RuleBroken
from app.events import knowledge, reminders, service
from app.events.models import Event, EventState
from app.events.schemas import EventForm, ReminderForm
from app.events.web import choice_pages, mailing_pages, news_pages, people_pages
from app.events.web.show_pages import errors_of, event_page
from app.french.language import _
from app.web.pages import PAGE_SIZE
from app.web.requests import runtime

blueprint = Blueprint("events", __name__, url_prefix="/e/<slug>/dates")


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(people_pages.blueprint)
    app.register_blueprint(choice_pages.blueprint)
    app.register_blueprint(mailing_pages.blueprint)
    app.register_blueprint(news_pages.blueprint)


@blueprint.get("")
@needs(Role.LECTRICE)
def browse() -> ResponseReturnValue:
    """What is coming, the nearest first."""
    with runtime().database.snapshot() as session:
        found = service.upcoming(session, space().id, since=utc_now(), limit=PAGE_SIZE)
        counted = reminders.counted(session, [event.id for event in found])
    return render_template("events/browse.html", events=found, reminders=counted, zone=ZoneInfo(space().zone))


@blueprint.get("/nouvelle")
@needs(Role.EQUIPIERE)
def begin() -> ResponseReturnValue:
    return _form_page({}, {})


@blueprint.post("/nouvelle")
@needs(Role.EQUIPIERE)
def make() -> ResponseReturnValue:
    """A new date, which then asks for its reminder."""
    try:
        words = _date_form().load(request.form)
        with runtime().database.transaction() as session:
            event = service.make(session, space().id, by=principal(), now=utc_now(), **words)
    except (ValidationError, RuleBroken) as wrong:
        return _form_page(request.form.to_dict(), errors_of(wrong), status=422)
    return redirect(url_for(".show", slug=space().slug, event_id=event.id))


@blueprint.get("/<int:event_id>")
@needs(Role.LECTRICE)
def show(event_id: EventId) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return event_page(session, service.get(session, space().id, event_id), {}, {})


@blueprint.post("/<int:event_id>/modifier")
@needs(Role.EQUIPIERE)
def edit(event_id: EventId) -> ResponseReturnValue:
    """Move it, rename it; its reminders follow."""
    try:
        words = _date_form().load(request.form)
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            said_before = service.rendezvous(event)
            service.edit(session, event, by=principal(), now=utc_now(), **words)
            has_news = service.rendezvous(event) != said_before and _is_believed(session, event)
            waits = any(one.fired_at is None for one in reminders.of_event(session, event.id))
    except (ValidationError, RuleBroken) as wrong:
        with runtime().database.snapshot() as session:
            event = service.get(session, space().id, event_id)
            return event_page(session, event, request.form.to_dict(), errors_of(wrong)), 422
    flash(_("Date modifiée : ses rappels la suivent.") if waits else _("Date modifiée."), "success")
    return redirect(url_for("event_news.show" if has_news else ".show", slug=space().slug, event_id=event_id))


@blueprint.post("/<int:event_id>/annuler")
@needs(Role.EQUIPIERE)
def cancel(event_id: EventId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        event = service.get(session, space().id, event_id, lock=True)
        service.set_state(session, event, EventState.CANCELLED, by=principal(), now=utc_now())
        has_news = _is_believed(session, event)
    flash(_("Date annulée : aucun rappel ne partira."), "success")
    if has_news:
        return redirect(url_for("event_news.show", slug=space().slug, event_id=event_id))
    return redirect(url_for(".browse", slug=space().slug))


@blueprint.post("/<int:event_id>/rappels")
@needs(Role.EQUIPIERE)
def add_reminder(event_id: EventId) -> ResponseReturnValue:
    """A text that leaves so long before."""
    typed = {**request.form.to_dict(), "list_id": request.form.get("list_id") or None}
    try:
        words = ReminderForm().load(typed)
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            reminders.make(session, space(), event, by=principal(), now=utc_now(), **words)
    except (ValidationError, RuleBroken) as wrong:
        with runtime().database.snapshot() as session:
            event = service.get(session, space().id, event_id)
            return event_page(session, event, typed, errors_of(wrong)), 422
    flash(_("Rappel prêt : il partira tout seul."), "success")
    return redirect(url_for(".show", slug=space().slug, event_id=event_id))


@blueprint.post("/<int:event_id>/rappels/<int:reminder_id>/supprimer")
@needs(Role.EQUIPIERE)
def remove_reminder(event_id: EventId, reminder_id: int) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        event = service.get(session, space().id, event_id)
        reminder = reminders.get(session, event, reminder_id, lock=True)
        reminders.remove(session, reminder, by=principal(), now=utc_now())
    flash(_("Rappel supprimé."), "success")
    return redirect(url_for(".show", slug=space().slug, event_id=event_id))


@blueprint.post("/<int:event_id>/rappels/<int:reminder_id>/reprendre")
@needs(Role.EQUIPIERE)
def resume_reminder(event_id: EventId, reminder_id: int) -> ResponseReturnValue:
    """What held it is mended: let it leave."""
    try:
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id)
            reminder = reminders.get(session, event, reminder_id, lock=True)
            reminders.resume(session, space(), reminder, by=principal(), now=utc_now())
    except RuleBroken as wrong:
        with runtime().database.snapshot() as session:
            event = service.get(session, space().id, event_id)
            return event_page(session, event, {}, errors_of(wrong)), 422
    flash(_("Le rappel reprend."), "success")
    return redirect(url_for(".show", slug=space().slug, event_id=event_id))


def _is_believed(session: Session, event: Event) -> bool:
    """Whether somebody still counts on a date that has just changed."""
    found = knowledge.unaware(session, space(), event)
    return event.starts_at > utc_now() and bool(found.misled or found.linked or found.others)


def _date_form() -> EventForm:
    """A date, its day and hour read where the association is."""
    form = EventForm()
    form.zone = ZoneInfo(space().zone)
    return form


def _form_page(typed: dict[str, Any], errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    return render_template("events/new.html", typed=typed, errors=errors), status
