"""The people of a date: put on its list, invited by SMS, answered for, ticked when they were there."""

from collections.abc import Sized

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import service as contacts
from app.database.ids import ContactId, EventId
from app.errors import RuleBroken
from app.events import attendance, listing, service
from app.events.models import Answer
from app.events.schemas import read_presences
from app.events.web.show_pages import event_page
from app.french.language import _, ngettext
from app.web.pages import PAGE_SIZE
from app.web.problems import errors_of, problem_of
from app.web.requests import MAX_CARRIED, carried, runtime, ticked

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
        kept = contacts.of_ids(session, space().id, [one for one in carried("contact") if one not in there])
        return render_template(
            "events/choose.html",
            event=event,
            words=words,
            people=[one for one in page.items if one not in kept],
            kept=kept,
            refusals=listing.refusals(session, space().id, [*page.items, *kept]),
            next=page.next,
            there=there,
        )


@blueprint.post("/choisir")
@needs(Role.EQUIPIERE)
def put_on(event_id: EventId) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            chosen = map(ContactId, ticked("contact")[: PAGE_SIZE + MAX_CARRIED])
            added = service.invite_chosen(session, event, chosen, by=principal(), now=utc_now())
    except RuleBroken as wrong:
        return _refused(event_id, wrong)
    say_added(added)
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
    """Who was there, the same day or later."""
    noted, all_coming = read_presences(request.form), request.form.get("all") == "came"
    with runtime().database.transaction() as session:
        event = service.get(session, space().id, event_id, lock=True)
        attendance.note(session, event, noted, all_coming=all_coming, by=principal(), now=utc_now())
    flash(_("Les présences sont notées."), "success")
    return _back(event_id)


@blueprint.get("/feuille")
@needs(Role.LECTRICE)
def sheet(event_id: EventId) -> ResponseReturnValue:
    """The attendance sheet, to print: a name a line, and a box to sign."""
    with runtime().database.snapshot() as session:
        event = service.get(session, space().id, event_id)
        expected = [
            person
            for registration, person in service.people(session, event.id)
            if registration.answer in (Answer.COMING, Answer.INVITED)
        ]
    return render_template("events/sheet.html", event=event, people=expected)


def _refused(event_id: EventId, wrong: RuleBroken) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        event = service.get(session, space().id, event_id)
        return event_page(session, event, request.form.to_dict(), errors_of(wrong)), problem_of(wrong).status


def say_added(added: Sized) -> None:
    """How many people have just come onto a list of participants."""
    words = ngettext("%(n)s personne ajoutée.", "%(n)s personnes ajoutées.", len(added))
    sentence = words if added else _("Ces personnes étaient déjà sur la liste : rien n'a changé.")
    flash(sentence, "success" if added else "info")


def _back(event_id: EventId) -> ResponseReturnValue:
    return redirect(url_for("events.show", slug=space().slug, event_id=event_id) + "#gens")
