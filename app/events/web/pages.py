"""Dates and their reminders, as pages."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.audiences.people import LEFT_OUT_WORDS
from app.clock import utc_now
from app.database.ids import EventId
from app.errors import RuleBroken
from app.events import knowledge, listing, reminders, reviewing, service
from app.events.models import Answer, Event, EventState
from app.events.reviewing import Review
from app.events.schemas import EventForm, ReminderForm, SeatsForm
from app.events.seats import service as seats
from app.events.web import choice_pages, invite_pages, mailing_pages, news_pages, people_pages
from app.events.web.invite_pages import version
from app.events.web.show_pages import event_page
from app.french.language import _, ngettext
from app.french.typography import show_instant, show_money
from app.web.pages import PAGE_SIZE
from app.web.problems import errors_of
from app.web.requests import number_argument, runtime

blueprint = Blueprint("events", __name__, url_prefix="/e/<slug>/dates")


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(people_pages.blueprint)
    app.register_blueprint(choice_pages.blueprint)
    app.register_blueprint(invite_pages.blueprint)
    app.register_blueprint(mailing_pages.blueprint)
    app.register_blueprint(news_pages.blueprint)


@blueprint.get("")
@needs(Role.LECTRICE)
def browse() -> ResponseReturnValue:
    """What is coming, the nearest first, or what has been, the latest first."""
    is_past, now = request.args.get("quand") == "passees", utc_now()
    with runtime().database.snapshot() as session:
        if is_past:
            before = number_argument("avant")
            found = listing.past(
                session, space().id, since=now, before=EventId(before) if before else None, limit=PAGE_SIZE + 1
            )
        else:
            found = listing.to_come(session, space().id, since=now, limit=PAGE_SIZE)
        shown = found[:PAGE_SIZE]
        counted = listing.counted(session, space().id, shown)
        waiting = listing.reminders(session, [event.id for event in shown])
    more = len(found) > PAGE_SIZE
    return render_template(
        "events/browse.html",
        events=shown,
        is_past=is_past,
        counted=counted,
        reminders=waiting,
        next=url_for(".browse", slug=space().slug, quand="passees", avant=shown[-1].id) if more else None,
    )


@blueprint.get("/nouvelle")
@needs(Role.EQUIPIERE)
def begin() -> ResponseReturnValue:
    return _form_page({}, {})


@blueprint.post("/nouvelle")
@needs(Role.EQUIPIERE)
def make() -> ResponseReturnValue:
    """A new date, which then asks for its reminder."""
    try:
        words, total = _date_form().load(request.form), SeatsForm().load(request.form)
        with runtime().database.transaction() as session:
            event = service.make(session, space().id, by=principal(), now=utc_now(), **words)
            seats.change_total(session, event, total, by=principal(), now=utc_now())
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
        words, total = _date_form().load(request.form), SeatsForm().load(request.form)
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            said_before = service.rendezvous(event)
            service.edit(session, event, by=principal(), now=utc_now(), **words)
            if "seats" in request.form:  # a page opened before seats does not take them away
                seats.change_total(session, event, total, by=principal(), now=utc_now())
            has_news = service.rendezvous(event) != said_before and _is_believed(session, event)
            waits = any(one.fired_at is None for one in reminders.of_event(session, event.id))
    except (ValidationError, RuleBroken) as wrong:
        with runtime().database.snapshot() as session:
            event = service.get(session, space().id, event_id)
            return event_page(session, event, request.form.to_dict(), errors_of(wrong)), 422
    flash(_("Mission modifiée : ses rappels la suivent.") if waits else _("Mission modifiée."), "success")
    return redirect(url_for("event_news.show" if has_news else ".show", slug=space().slug, event_id=event_id))


@blueprint.post("/<int:event_id>/annuler")
@needs(Role.EQUIPIERE)
def cancel(event_id: EventId) -> ResponseReturnValue:
    with runtime().database.transaction() as session:
        event = service.get(session, space().id, event_id, lock=True)
        service.set_state(session, event, EventState.CANCELLED, by=principal(), now=utc_now())
        has_news = _is_believed(session, event)
    flash(_("Mission annulée : aucun rappel ne partira."), "success")
    if has_news:
        flash(
            _("Les personnes qui comptent sur elle ne sont pas prévenues : voyez ci-dessous qui et à quel prix."),
            "info",
        )
        return redirect(url_for("event_news.show", slug=space().slug, event_id=event_id))
    return redirect(url_for(".browse", slug=space().slug))


@blueprint.post("/<int:event_id>/rappels")
@needs(Role.EQUIPIERE)
def add_reminder(event_id: EventId) -> ResponseReturnValue:
    """A text that leaves so long before, to those whom the page showed; anything else is shown first."""
    typed, seen = (
        {**request.form.to_dict(), "list_id": request.form.get("list_id") or None},
        request.form.get("version"),
    )
    now, settings = utc_now(), runtime().settings
    try:
        words = ReminderForm().load(typed)
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            found, due_at = reviewing.reminder(session, space(), event, settings=settings, now=now, **words)
            if seen != version(event, found, words["body"]):
                return _reminder_page(session, event, typed, found, due_at)
            reminders.make(session, space(), event, by=principal(), now=now, **words)
    except (ValidationError, RuleBroken) as wrong:
        with runtime().database.snapshot() as session:
            event = service.get(session, space().id, event_id)
            return event_page(session, event, typed, errors_of(wrong)), 422
    flash(_reminder_sentence(found, due_at), "success")
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


def _reminder_page(
    session: Session, event: Event, typed: dict[str, Any], found: Review, due_at: datetime
) -> ResponseReturnValue:
    """The reminder read over; of one that had been, and has changed since, that is said."""
    again = bool(typed.pop("version", None))
    page = render_template(
        "events/reminder.html",
        event=event,
        typed=typed,
        review=found,
        due_at=due_at,
        unanswered=service.counts(session, event.id).get(Answer.INVITED, 0),
        version=version(event, found, typed.get("body", "")),
        left_out_words=LEFT_OUT_WORDS,
        again=again,
        errors={},
    )
    return page, 409 if again else 200


def _reminder_sentence(found: Review, due_at: datetime) -> str:
    """When it leaves, to how many and at what price."""
    when = show_instant(max(due_at, found.opens_at), ZoneInfo(space().zone))
    price = show_money(found.price_micros, runtime().settings.currency)
    sentence = ngettext(
        "Rappel prêt : il partira %(when)s, à %(n)s personne aujourd'hui (environ %(price)s).",
        "Rappel prêt : il partira %(when)s, à %(n)s personnes aujourd'hui (environ %(price)s).",
        len(found.people),
        when=when,
        price=price,
    )
    return " ".join((sentence, _("Vous pouvez le supprimer d'ici là.")))


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
