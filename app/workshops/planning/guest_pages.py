"""Who comes to a workshop: taken from the programme's own live space or typed, invited by SMS, ticked when there."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.contacts import lists
from app.database.ids import ContactId, ListId, WorkshopId
from app.errors import RuleBroken
from app.events import inviting as event_inviting
from app.events import reminders
from app.events import service as events
from app.events.models import Answer
from app.events.placeholders import fit
from app.events.web.people_pages import say_added, say_invited
from app.french.language import _
from app.web.pages import PAGE_SIZE
from app.web.requests import number_field, runtime, ticked
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
            chosen = map(ContactId, ticked("contact")[:PAGE_SIZE])
            added = invitations.take_chosen(session, workshop, chosen, by=principal(), now=utc_now())
    except RuleBroken as wrong:
        return _choose_page(workshop_id, wrong.fields, status=422)
    say_added(added)
    return _back(workshop_id)


@blueprint.post("/inviter")
@staff()
def invite(workshop_id: WorkshopId) -> ResponseReturnValue:
    """A text each, and one reminder the day before."""
    try:
        with runtime().database.transaction() as session:
            workshop, programme = _own(session, workshop_id, lock=True)
            result = invitations.tell(
                session,
                programme,
                workshop,
                body=request.form.get("body", ""),
                settings=runtime().settings,
                by=principal(),
                now=utc_now(),
            )
            held = reminders.departure(programme, utc_now())
    except RuleBroken as wrong:
        return _page(workshop_id, request.form.to_dict(), wrong.fields or {"body": wrong.sentence}, status=422)
    say_invited(result, held)
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
        attendance.note(session, workshop, event, set(ticked("present")), by=principal(), now=utc_now())
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
            invitations_held=reminders.departure(programme, now),
            pretend=invitations.pretend([person for _registration, person in people]),
            usual=fit(invitations.USUAL_INVITATION, event),
            typed=typed,
            errors=errors,
        )
    return page, status


def _choose_page(workshop_id: WorkshopId, errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    words, after = request.args.get("q", "").strip()[:100], request.args.get("apres", "")
    with runtime().database.snapshot() as session:
        workshop, _programme = _own(session, workshop_id)
        found = invitations.find(session, workshop, words, after=after, limit=PAGE_SIZE)
        page = render_template(
            "workshops/choose.html",
            workshop=workshop,
            words=words if len(words) >= invitations.MIN_CHARACTERS else "",
            people=found.items,
            next=found.next,
            there=events.listed(session, workshop.event_id),
            errors=errors,
        )
    return page, status


def _back(workshop_id: WorkshopId) -> ResponseReturnValue:
    return redirect(url_for(".show", workshop_id=workshop_id))
