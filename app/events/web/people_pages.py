"""The people of a date: put on its list, invited by SMS, answered for, ticked when they were there."""

from collections.abc import Sized

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import service as contacts
from app.database.ids import ContactId, EventId
from app.errors import Conflict, RuleBroken
from app.events import attendance, inviting, reminders, service
from app.events.models import Answer
from app.events.web.show_pages import errors_of, event_page
from app.french.language import _, ngettext
from app.web.pages import PAGE_SIZE
from app.web.problems import problem_of
from app.web.requests import runtime, ticked

blueprint = Blueprint("event_people", __name__, url_prefix="/e/<slug>/dates/<int:event_id>/personnes")


@blueprint.get("/choisir")
@needs(Role.EQUIPIERE)
def choose(event_id: EventId) -> ResponseReturnValue:
    """Look somebody up, and tick them."""
    words = request.args.get("q", "").strip()[:100]
    with runtime().database.snapshot() as session:
        event = service.get(session, space().id, event_id)
        page = contacts.search(session, space().id, words=words, after=request.args.get("apres", ""), limit=PAGE_SIZE)
        there = service.listed(session, event.id)
    return render_template(
        "events/choose.html", event=event, words=words, people=page.items, next=page.next, there=there
    )


@blueprint.post("/choisir")
@needs(Role.EQUIPIERE)
def put_on(event_id: EventId) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            chosen = map(ContactId, ticked("contact")[:PAGE_SIZE])
            added = service.invite_chosen(session, event, chosen, by=principal(), now=utc_now())
    except RuleBroken as wrong:
        return _refused(event_id, wrong)
    say_added(added)
    return _back(event_id)


@blueprint.post("/inviter")
@needs(Role.EQUIPIERE)
def invite(event_id: EventId) -> ResponseReturnValue:
    """A text with a personal link to everybody who has not had one."""
    try:
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            body = request.form.get("invitation", "")
            result = inviting.send(
                session,
                space(),
                event,
                body=body,
                word=request.form.get("seen", ""),
                by=principal(),
                settings=runtime().settings,
                now=utc_now(),
            )
    except (RuleBroken, Conflict) as wrong:
        return _refused(event_id, wrong)
    say_invited(result, reminders.departure(space(), utc_now()))
    return _back(event_id)


@blueprint.post("/<int:contact_id>/reponse")
@needs(Role.EQUIPIERE)
def answer(event_id: EventId, contact_id: ContactId) -> ResponseReturnValue:
    """« Elle m'a appelée »: what somebody said aloud; or they leave the list."""
    choice = request.form.get("answer", "")
    with runtime().database.transaction() as session:
        event = service.get(session, space().id, event_id, lock=True)
        if choice == "off":
            service.take_off(session, event, contact_id, by=principal(), now=utc_now())
        elif choice in list(Answer):
            service.answer(session, event.id, contact_id, Answer(choice), by=principal(), now=utc_now())
        else:
            raise RuleBroken("answer_unknown", _("Choisissez l'un des boutons de la page."))
    return _back(event_id)


@blueprint.post("/presence")
@needs(Role.EQUIPIERE)
def attend(event_id: EventId) -> ResponseReturnValue:
    """Who was there."""
    with runtime().database.transaction() as session:
        event = service.get(session, space().id, event_id, lock=True)
        attendance.note(session, event, set(ticked("present")), by=principal(), now=utc_now())
    flash(_("Les présences sont notées."), "success")
    return _back(event_id)


def _refused(event_id: EventId, wrong: RuleBroken | Conflict) -> ResponseReturnValue:
    errors = errors_of(wrong)
    if "body" in errors:
        errors["invitation"] = errors.pop("body")
    with runtime().database.snapshot() as session:
        event = service.get(session, space().id, event_id)
        return event_page(session, event, request.form.to_dict(), errors), problem_of(wrong).status


def say_added(added: Sized) -> None:
    """How many people have just come onto a list of participants."""
    words = ngettext("%(n)s personne ajoutée.", "%(n)s personnes ajoutées.", len(added))
    flash(words if added else _("Personne de nouveau."), "success" if added else "info")


def say_invited(told: int, held: str) -> None:
    """How many invitations leave, and when, if the hours hold them (``held``)."""
    if held:
        ready = ngettext("%(n)s invitation est prête.", "%(n)s invitations sont prêtes.", told)
        flash(f"{ready} {held[:1].upper()}{held[1:]}.", "success")
    else:
        flash(ngettext("%(n)s invitation part.", "%(n)s invitations partent.", told), "success")


def _back(event_id: EventId) -> ResponseReturnValue:
    return redirect(url_for("events.show", slug=space().slug, event_id=event_id) + "#gens")
