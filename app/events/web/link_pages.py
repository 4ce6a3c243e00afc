"""An event as somebody invited sees it: what, when, where, « Je viens » or not, and the way out."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.principal import BY_LINK, job
from app.clock import utc_now
from app.consent import service as consent
from app.consent.pages import OPT_OUT_PAGE
from app.contacts import service as contacts
from app.database.ids import EventId
from app.errors import Conflict
from app.events import calendars, service
from app.events.models import Answer, Event, EventState, Registration
from app.events.seats import service as seats
from app.french.language import _
from app.links.pages import LinkPage, Visit
from app.web.edge import download
from app.web.requests import runtime

ANSWERS = {Answer.COMING.value: Answer.COMING, Answer.NOT_COMING.value: Answer.NOT_COMING}
AGENDA, SMS = "agenda.ics", "sms"


def _show(visit: Visit) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        return _page(session, visit)


def _act(visit: Visit) -> ResponseReturnValue:
    """An answer about the event; what concerns texts is the business of the way out."""
    answer = ANSWERS.get(request.form.get("choice", ""))
    if answer is None:
        return OPT_OUT_PAGE.act(visit)
    try:
        with runtime().database.transaction() as session:
            _answer(session, visit, answer)
    except Conflict as refusal:
        with runtime().database.snapshot() as session:
            return _page(session, visit, refusal=refusal.sentence), 409
    with runtime().database.snapshot() as session:
        return _page(session, visit, done=True)


def _answer(session: Session, visit: Visit, said: Answer) -> None:
    now, by = utc_now(), job(BY_LINK)
    event = _event(session, visit, lock=True)
    if not _is_open(event):
        raise Conflict("event_over", _("Ce rendez-vous est annulé ou passé : votre réponse n'est plus attendue."))
    if visit.link.contact_id is None:
        raise Conflict("contact_unknown", _("L'association ne vous a plus parmi ses bénévoles : appelez-la."))
    person = contacts.get(session, visit.space.id, visit.link.contact_id)
    if _registration(session, visit) is None:  # reminded by a list, and never written down
        service.invite(session, event, [person], by=by, now=now)
    service.answer(session, event.id, person.id, said, by=by, now=now)


def _agenda(visit: Visit) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        event = _event(session, visit)
        file = calendars.as_file(event, visit.space, settings=runtime().settings, now=utc_now())
    return download(file, file_name=f"date-{event.id}.ics", mimetype="text/calendar", is_shown=True)


EVENT_PAGE = LinkPage(show=_show, act=_act, beside={AGENDA: _agenda, SMS: OPT_OUT_PAGE.show})


def _page(session: Session, visit: Visit, *, done: bool = False, refusal: str = "") -> str:
    event = _event(session, visit)
    registration = _registration(session, visit)
    found = seats.of_event(session, event)
    return render_template(
        "events/link.html",
        association=visit.space.name,
        practice=visit.space.mode == "practice",
        visited=visit.space,
        event=event,
        answer=registration.answer if registration else Answer.INVITED,
        is_open=_is_open(event),
        seats=found,
        rank=seats.rank(session, registration) if registration else None,
        may_answer=visit.link.contact_id is not None,
        address=f"/r/{visit.token}",
        opt_out=consent.find(session, visit.space.id, visit.link.fingerprint),
        done=done,
        refusal=refusal,
    )


def _event(session: Session, visit: Visit, *, lock: bool = False) -> Event:
    return service.get(session, visit.space.id, EventId(visit.link.subject_id or 0), lock=lock)


def _is_open(event: Event) -> bool:
    return event.state not in (EventState.CANCELLED, EventState.HELD) and event.ends_at > utc_now()


def _registration(session: Session, visit: Visit) -> Registration | None:
    return service.find_registration(session, EventId(visit.link.subject_id or 0), visit.link.contact_id)
