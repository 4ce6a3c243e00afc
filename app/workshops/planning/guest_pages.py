"""Who comes to a workshop: taken from the programme's own live space or typed, invited by SMS, ticked when there."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.contacts import lists
from app.contacts import service as contacts
from app.database.ids import ContactId, ListId, MailingId, WorkshopId
from app.errors import Conflict, RuleBroken
from app.events import inviting as event_inviting
from app.events import listing, messages, reminders
from app.events import service as events
from app.events.models import Answer
from app.events.schemas import read_presences
from app.events.web.invite_pages import check_version, invite_words, say_stopped
from app.events.web.people_pages import say_added
from app.french.language import _
from app.web.pages import PAGE_SIZE
from app.web.requests import MAX_CARRIED, carried, number_field, runtime, ticked
from app.workshops import guards, service
from app.workshops.models import Workshop
from app.workshops.planning import attendance, invitations

blueprint = Blueprint("participants", __name__, url_prefix="/ateliers/<int:workshop_id>/participants")


@blueprint.get("")
@staff()
def show(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Who is expected, and what each said."""
    return _page(workshop_id, {}, {})


@blueprint.post("")
@staff()
def add(workshop_id: WorkshopId) -> ResponseReturnValue:
    """One person a line: first name, mobile."""
    try:
        typed = invitations.read_lines(request.form.get("people", "")[:8000])
        with runtime().database.transaction() as session:
            workshop, programme = _own(session, workshop_id, lock=True)
            added = invitations.put_on(
                session, programme, workshop, typed, settings=runtime().settings, by=principal(), now=utc_now()
            )
    except RuleBroken as wrong:
        return _page(workshop_id, request.form.to_dict(), wrong.fields or {"people": wrong.sentence}, status=422)
    say_added(added)
    return _back(workshop_id)


@blueprint.post("/liste")
@staff()
def add_list(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Everybody of one of the programme's own lists."""
    list_id = ListId(number_field("people_list") or 0)
    try:
        with runtime().database.transaction() as session:
            workshop, _programme = _own(session, workshop_id, lock=True)
            added = invitations.take_list(session, workshop, list_id, by=principal(), now=utc_now())
    except RuleBroken as wrong:
        return _page(workshop_id, request.form.to_dict(), wrong.fields, status=422)
    say_added(added)
    return _back(workshop_id)


@blueprint.get("/choisir")
@staff()
def choose(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Look a contact of the programme up, and tick them."""
    return _choose_page(workshop_id, {})


@blueprint.post("/choisir")
@staff()
def put_on(workshop_id: WorkshopId) -> ResponseReturnValue:
    try:
        with runtime().database.transaction() as session:
            workshop, _programme = _own(session, workshop_id, lock=True)
            chosen = map(ContactId, ticked("contact")[: PAGE_SIZE + MAX_CARRIED])
            added = invitations.take_chosen(session, workshop, chosen, by=principal(), now=utc_now())
    except RuleBroken as wrong:
        return _choose_page(workshop_id, wrong.fields, status=422)
    say_added(added)
    return _back(workshop_id)


@blueprint.get("/inviter")
@staff()
def review(workshop_id: WorkshopId) -> ResponseReturnValue:
    """What the usual invitation would do."""
    return _invite_page(workshop_id, None)


@blueprint.post("/inviter")
@staff()
def invite(workshop_id: WorkshopId) -> ResponseReturnValue:
    """A text each to those whom the page showed, and one reminder the day before; anything else is shown first."""
    body, seen = request.form.get("invitation", ""), request.form.get("version", "")
    if not seen:
        return _invite_page(workshop_id, body)
    words: Any = {"body": body, "settings": runtime().settings, "now": utc_now()}
    try:
        with runtime().database.transaction() as session:
            workshop, programme = _own(session, workshop_id, lock=True)
            event = events.get(session, programme.id, workshop.event_id, lock=True)
            event_inviting.check_seen(session, event, request.form.get("seen", ""))
            check_version(event, event_inviting.review(session, programme, event, **words), body, seen)
            invitations.tell(session, programme, workshop, by=principal(), **words)
    except (RuleBroken, Conflict) as wrong:
        return _invite_page(workshop_id, body, wrong)
    return _back(workshop_id)


@blueprint.post("/envois/<int:mailing_id>/arreter")
@staff()
def stop(workshop_id: WorkshopId, mailing_id: MailingId) -> ResponseReturnValue:
    """« Arrêter », in the thirty seconds: what has not left does not leave."""
    with runtime().database.transaction() as session:
        workshop, programme = _own(session, workshop_id, lock=True)
        in_time = invitations.stop(session, programme, workshop, mailing_id, by=principal(), now=utc_now())
    say_stopped(in_time)
    return _back(workshop_id)


@blueprint.post("/<int:contact_id>")
@staff()
def answer(workshop_id: WorkshopId, contact_id: ContactId) -> ResponseReturnValue:
    """What somebody said aloud, or that they leave the list."""
    choice = request.form.get("answer", "")
    with runtime().database.transaction() as session:
        workshop, programme = _own(session, workshop_id, lock=True)
        event = events.get(session, programme.id, workshop.event_id, lock=True)
        if choice == "off":
            events.take_off(session, event, contact_id, by=principal(), now=utc_now())
        elif choice in list(Answer):
            events.answer(session, event.id, contact_id, Answer(choice), by=principal(), now=utc_now())
        else:
            raise RuleBroken("answer_unknown", _("Choisissez l'un des boutons de la page."))
    return _back(workshop_id)


@blueprint.post("/presence")
@staff()
def attend(workshop_id: WorkshopId) -> ResponseReturnValue:
    """Who was there; after the end of the workshop too."""
    with runtime().database.transaction() as session:
        workshop, programme = _own(session, workshop_id, lock=True)
        event = events.get(session, programme.id, workshop.event_id, lock=True)
        noted, all_coming = read_presences(request.form), request.form.get("all") == "came"
        attendance.note(session, workshop, event, noted, all_coming=all_coming, by=principal(), now=utc_now())
    flash(_("Les présences sont notées."), "success")
    return _back(workshop_id)


def _own(session: Session, workshop_id: WorkshopId, *, lock: bool = False) -> tuple[Workshop, Space]:
    workshop = guards.own_workshop(session, workshop_id, lock=lock)
    return workshop, session.get_one(Space, workshop.space_id)


def _page(
    workshop_id: WorkshopId, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        workshop, programme = _own(session, workshop_id)
        event = invitations.event_of(session, workshop)
        people = events.people(session, event.id)
        seats = service.seats(session, workshop)
        found = reminders.of_event(session, event.id)
        lists_known = lists.counted(session, programme.id)
        page = render_template(
            "workshops/participants.html",
            workshop=workshop,
            event=event,
            programme=programme,
            people=people,
            is_open=event.starts_at > now and workshop.closed_at is None,
            has_begun=attendance.has_begun(workshop, event, now=now),
            seats=seats,
            seat_of=attendance.recognised([person for _registration, person in people], seats),
            list_options=[(one.id, f"{one.name} ({one.people})") for one in lists_known if one.people],
            untold=len(event_inviting.untold(session, event)),
            reminders=found,
            leaves_at={one.id: reminders.leaves_at(programme, one.due_at) for one in found},
            leaving=messages.leaving(session, programme, event, now=now),
            pretend=invitations.pretend([person for _registration, person in people]),
            typed=typed,
            errors=errors,
        )
    return page, status


def _invite_page(
    workshop_id: WorkshopId, typed: str | None, refusal: RuleBroken | Conflict | None = None
) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        workshop, programme = _own(session, workshop_id)
        event = invitations.event_of(session, workshop)
        usual = invitations.USUAL_INVITATION
        words, status = invite_words(session, programme, event, typed, usual, refusal)
        return render_template("workshops/invite.html", workshop=workshop, **words), status


def _choose_page(workshop_id: WorkshopId, errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    words, after = request.args.get("q", "").strip()[:100], request.args.get("apres", "")
    with runtime().database.snapshot() as session:
        workshop, programme = _own(session, workshop_id)
        found = invitations.find(session, workshop, words, after=after, limit=PAGE_SIZE)
        there = events.listed(session, workshop.event_id)
        kept = contacts.of_ids(session, programme.id, [one for one in carried("contact") if one not in there])
        page = render_template(
            "workshops/choose.html",
            workshop=workshop,
            words=words if len(words) >= invitations.MIN_CHARACTERS else "",
            people=[one for one in found.items if one not in kept],
            kept=kept,
            refusals=listing.refusals(session, programme.id, [*found.items, *kept]),
            next=found.next,
            there=there,
            errors=errors,
        )
    return page, status


def _back(workshop_id: WorkshopId) -> ResponseReturnValue:
    return redirect(url_for(".show", workshop_id=workshop_id))
