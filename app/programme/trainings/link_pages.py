"""The personal link of a training: before, the page of its date; after, two questions, and who may be quoted."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.principal import BY_LINK, job
from app.clock import utc_now
from app.database.ids import ContactId, EventId
from app.errors import RuleBroken
from app.events import service as events
from app.events.models import Event
from app.events.web.link_pages import EVENT_PAGE
from app.links.pages import LinkPage, Visit
from app.programme.trainings import opinions, rules, service
from app.programme.trainings.models import Training
from app.web.requests import number_field, runtime


def _show(visit: Visit) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        asked = _asked(session, visit)
        return _page(session, visit, *asked) if asked else EVENT_PAGE.show(visit)


def _act(visit: Visit) -> ResponseReturnValue:
    """Somebody's answers; said again, the last ones count."""
    if request.form.get("choice") != "opinion":
        return EVENT_PAGE.act(visit)
    with runtime().database.transaction() as session:
        asked = _asked(session, visit)
        if asked is None:
            return EVENT_PAGE.show(visit)
        training, event, contact_id = asked
        try:
            opinions.keep(
                session,
                training,
                event,
                contact_id,
                gained=number_field("gained"),
                ready=number_field("ready"),
                comment=_readable(request.form.get("comment", "")),
                may_quote=bool(request.form.get("may_quote")),
                by=job(BY_LINK),
                now=utc_now(),
            )
        except RuleBroken as wrong:
            return _page(session, visit, training, event, contact_id, refusal=wrong.sentence), 422
    with runtime().database.snapshot() as session:
        return _page(session, visit, training, event, contact_id, done=True)


TRAINING_PAGE = LinkPage(show=_show, act=_act, beside=EVENT_PAGE.beside)
"""The page of every date: those that are no training's are left to the room of events."""


def _asked(session: Session, visit: Visit) -> tuple[Training, Event, ContactId] | None:
    """The training that somebody is asked about; None where the link's page is that of its date."""
    event_id, contact_id = EventId(visit.link.subject_id or 0), visit.link.contact_id
    training = service.find(session, event_id) if contact_id is not None else None
    if training is None or contact_id is None:
        return None
    event = events.get(session, visit.space.id, event_id)
    place = events.find_registration(session, event.id, contact_id)
    return (training, event, contact_id) if opinions.may_answer(place, event, now=utc_now()) else None


def _readable(typed: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return typed.replace("\0", "").encode("utf-8", "ignore").decode()


def _page(
    session: Session,
    visit: Visit,
    training: Training,
    event: Event,
    contact_id: ContactId,
    *,
    done: bool = False,
    refusal: str = "",
) -> str:
    said = opinions.find(session, training, contact_id)
    typed = request.form if refusal else {}
    return render_template(
        "programme/trainings/link.html",
        association=visit.space.name,
        practice=visit.space.mode == "practice",
        visited=visit.space,
        event=event,
        address=f"/r/{visit.token}",
        said=said,
        typed=typed,
        materials=rules.read_materials(training.materials),
        questions=(("gained", opinions.GAINED), ("ready", opinions.READY)),
        answers=opinions.ANSWERS,
        done=done,
        refusal=refusal,
    )
