"""The news of a date that changed: who would read what, when and at what price, shown before anything leaves."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.database.ids import EventId
from app.errors import RuleBroken
from app.events import reminders, service, telling
from app.events.models import Event
from app.events.telling import Offer
from app.events.web.show_pages import errors_of
from app.french.language import _, ngettext
from app.web.edge import etag
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
            if found.people and _version(event, found, now) != request.form.get("version"):
                raise RuleBroken("news_changed", _("La date ou ses invités ont changé entre-temps : relisez."))
            if found.people and found.too_late:
                raise RuleBroken("news_late", _("Les heures d'envoi rouvrent trop tard : appelez ces personnes."))
            result = telling.tell(
                session, space(), event, found.people, body=found.body, by=principal(), settings=settings, now=now
            )
    except RuleBroken as wrong:
        return _page(event_id, errors_of(wrong), status=422)
    _say_told(result, reminders.departure(space(), now))
    return redirect(url_for("events.show", slug=space().slug, event_id=event_id))


def _say_told(told: int, held: str) -> None:
    if not told:
        flash(_("Plus personne n'est à prévenir."), "info")
    elif held:
        ready = ngettext("%(n)s SMS est prêt.", "%(n)s SMS sont prêts.", told)
        flash(f"{ready} {held[:1].upper()}{held[1:]}.", "success")
    else:
        flash(
            ngettext("%(n)s personne est prévenue par SMS.", "%(n)s personnes sont prévenues par SMS.", told), "success"
        )


def _version(event: Event, found: Offer, now: datetime) -> str:
    """Of all that the page shows before somebody presses."""
    ids = [one.id for one in found.people]
    opens_at = found.opens_at if found.opens_at > now else None  # « at once » stays the same from minute to minute
    return etag(ids, found.body, service.rendezvous(event), event.title, found.price_micros, opens_at)


def _page(event_id: EventId, errors: dict[str, str], *, status: int = 200) -> ResponseReturnValue:
    now = utc_now()
    with runtime().database.snapshot() as session:
        event = service.get(session, space().id, event_id)
        found = telling.offer(session, space(), event, settings=runtime().settings, now=now)
    page = render_template(
        "events/news.html",
        event=event,
        offer=found,
        version=_version(event, found, now),
        zone=ZoneInfo(space().zone),
        is_held=found.opens_at > now,
        is_past=event.starts_at <= now,
        errors=errors,
    )
    return page, status
