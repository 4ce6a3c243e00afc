"""Who comes to a workshop: typed before the day, invited by SMS from the programme's own live space."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.guards import principal, staff
from app.accounts.models import Space
from app.clock import utc_now
from app.errors import RuleBroken
from app.events import inviting as event_inviting
from app.events import reminders
from app.events import service as events
from app.events.models import Answer
from app.events.wording import fit
from app.language import _, ngettext
from app.web import runtime
from app.workshops import inviting, trainer_guards
from app.workshops.models import Workshop

blueprint = Blueprint("participants", __name__, url_prefix="/ateliers/<int:workshop_id>/participants")


@blueprint.get("")
@staff()
def show(workshop_id: int) -> ResponseReturnValue:
    """Who is expected, and what each said."""
    return _page(workshop_id, {}, {})


@blueprint.post("")
@staff()
def add(workshop_id: int) -> ResponseReturnValue:
    """One person a line: first name, mobile."""
    try:
        typed = inviting.read_lines(request.form.get("people", "")[:8000])
        with runtime().database.transaction() as session:
            workshop, programme = _own(session, workshop_id, lock=True)
            added = inviting.put_on(
                session, programme, workshop, typed, settings=runtime().settings, by=principal(), now=utc_now()
            )
    except RuleBroken as wrong:
        return _page(workshop_id, request.form.to_dict(), wrong.fields or {"people": wrong.sentence}, status=422)
    flash(ngettext("%(n)s personne ajoutée.", "%(n)s personnes ajoutées.", len(added)), "success")
    return _back(workshop_id)


@blueprint.post("/inviter")
@staff()
def invite(workshop_id: int) -> ResponseReturnValue:
    """A text each, and one reminder the day before."""
    try:
        with runtime().database.transaction() as session:
            workshop, programme = _own(session, workshop_id, lock=True)
            told = inviting.tell(
                session,
                programme,
                workshop,
                body=request.form.get("body", ""),
                settings=runtime().settings,
                by=principal(),
                now=utc_now(),
            )
    except RuleBroken as wrong:
        return _page(workshop_id, request.form.to_dict(), wrong.fields or {"body": wrong.sentence}, status=422)
    flash(ngettext("%(n)s invitation part.", "%(n)s invitations partent.", told), "success")
    return _back(workshop_id)


@blueprint.post("/<int:contact_id>")
@staff()
def answer(workshop_id: int, contact_id: int) -> ResponseReturnValue:
    """What somebody said aloud, or that they leave the list."""
    said = request.form.get("answer", "")
    with runtime().database.transaction() as session:
        workshop, programme = _own(session, workshop_id, lock=True)
        event = events.get(session, programme.id, workshop.event_id, lock=True)
        if said == "off":
            events.take_off(session, event, contact_id, by=principal(), now=utc_now())
        elif said in list(Answer):
            events.answer(session, event.id, contact_id, Answer(said), by=principal(), now=utc_now())
        else:
            raise RuleBroken("answer_unknown", _("Choisissez l'un des boutons de la page."))
    return _back(workshop_id)


def _own(session: Session, workshop_id: int, *, lock: bool = False) -> tuple[Workshop, Space]:
    workshop = trainer_guards.own_workshop(session, workshop_id, lock=lock)
    return workshop, session.get_one(Space, workshop.space_id)


def _page(workshop_id: int, typed: dict[str, str], errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        workshop, programme = _own(session, workshop_id)
        event = inviting.event_of(session, workshop)
        people = events.people(session, event.id)
        page = render_template(
            "workshops/participants.html",
            workshop=workshop,
            event=event,
            programme=programme,
            people=people,
            is_open=event.starts_at > now and workshop.closed_at is None,
            untold=len(event_inviting.untold(session, event)),
            reminders=reminders.of_event(session, event.id),
            pretend=inviting.pretend([person for _registration, person in people]),
            usual=fit(inviting.USUAL_INVITATION, event),
            typed=typed,
            errors=errors,
        )
    return page, status


def _back(workshop_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", workshop_id=workshop_id))
