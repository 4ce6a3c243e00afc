"""The news of a date that changed: who would read what, when and at what price, shown before anything leaves."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.audiences.people import LEFT_OUT_WORDS
from app.campaigns.review_pages import lacking
from app.clock import utc_now
from app.database.ids import EventId
from app.errors import Conflict, RuleBroken
from app.events import service, telling
from app.events.web.invite_pages import check_version, version
from app.french.language import _
from app.web.problems import errors_of
from app.web.requests import runtime

blueprint = Blueprint("event_news", __name__, url_prefix="/e/<slug>/dates/<int:event_id>/prevenir")


@blueprint.get("")
@needs(Role.EQUIPIERE)
def show(event_id: EventId) -> ResponseReturnValue:
    """What telling them would say and cost."""
    return _page(event_id, {})


@blueprint.post("")
@needs(Role.EQUIPIERE)
def tell(event_id: EventId) -> ResponseReturnValue:
    """Tell them what the page showed; another text, people or price is shown again first."""
    now, settings = utc_now(), runtime().settings
    try:
        with runtime().database.transaction() as session:
            event = service.get(session, space().id, event_id, lock=True)
            found = telling.offer(session, space(), event, settings=settings, now=now)
            if found.people:
                check_version(event, found, found.body, request.form.get("version", ""))
            result = telling.tell(
                session, space(), event, found.people, body=found.body, by=principal(), settings=settings, now=now
            )
    except (RuleBroken, Conflict) as wrong:
        return _page(event_id, errors_of(wrong), status=422)
    if not result:
        flash(_("Plus personne n'est à prévenir."), "info")
    return redirect(url_for("events.show", slug=space().slug, event_id=event_id))


def _page(event_id: EventId, errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        event = service.get(session, space().id, event_id)
        found = telling.offer(session, space(), event, settings=runtime().settings, now=now)
        missing = lacking(session, now=now)
    page = render_template(
        "events/news.html",
        event=event,
        offer=found,
        version=version(event, found, found.body),
        left_out_words=LEFT_OUT_WORDS,
        is_past=event.starts_at <= now,
        lacking=missing,
        errors=errors,
    )
    return page, status
