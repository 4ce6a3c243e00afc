"""The page of a contact's whole story."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role, Space
from app.accounts.web.guards import needs, space
from app.accounts.web.journal_pages import ACTS
from app.contacts import history
from app.contacts import service as contacts
from app.contacts.history_models import ContactActivity
from app.contacts.models import Contact
from app.contacts.panels import Panel, Provider
from app.dashboard import story
from app.dashboard.story_lines import Line, Place
from app.database.ids import ContactId
from app.french.language import _, ngettext
from app.french.typography import show_day
from app.web.requests import runtime

blueprint = Blueprint("story", __name__, url_prefix="/e/<slug>/benevoles/<int:contact_id>/histoire")

LINES = 30
"""Of a page."""


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@needs(Role.LECTRICE)
def show(contact_id: ContactId) -> ResponseReturnValue:
    """All that happened with one person, newest first."""
    written = request.args.get("avant", "")
    before = Place.read(written) if written else None
    with runtime().database.snapshot() as session:
        contact = contacts.get(session, space().id, contact_id)
        lines, after = story.page(session, contact, before=before, limit=LINES, acts=ACTS.read())
    zone = ZoneInfo(space().zone)
    days = [list(group) for _day, group in groupby(lines, key=lambda one: one.at.astimezone(zone).date())]
    here = url_for(".show", slug=space().slug, contact_id=contact.id)
    return render_template(
        "dashboard/story.html",
        contact=contact,
        days=days,
        zone=zone,
        address=_address,
        first=here if before else None,
        older=f"{here}?avant={after}" if after else None,
    )


def _panels(session: Session, here: Space, contact: Contact) -> Sequence[Panel]:
    """The card's summary of it, and the way to the whole."""
    kept = history.find(session, here.id, contact.id)
    sentences = tuple(_summary(kept, ZoneInfo(here.zone))) if kept else ()
    address = url_for("story.show", slug=here.slug, contact_id=contact.id)
    return [
        Panel(
            _("Son histoire"),
            sentences or (_("Aucun SMS ni aucune réponse pour l'instant."),),
            links=((_("Voir toute son histoire"), address),),
        )
    ]


PANELS = Provider(panels=_panels)


def _summary(kept: ContactActivity, zone: ZoneInfo) -> Iterator[str]:
    if kept.last_contacted_at:
        yield _("Dernier SMS : %(day)s.", day=show_day(kept.last_contacted_at, zone))
    if kept.last_answered_at:
        yield _("Dernière réponse : %(day)s.", day=show_day(kept.last_answered_at, zone))
    if kept.times_came and kept.last_came_on:
        on = kept.last_came_on
        day = show_day(datetime(on.year, on.month, on.day, 12, tzinfo=UTC), ZoneInfo("UTC"))
        yield ngettext(
            "Venue %(n)s fois : %(day)s.", "Venue %(n)s fois, la dernière : %(day)s.", kept.times_came, day=day
        )
    if kept.undelivered_count:
        yield ngettext("%(n)s SMS ne lui est pas arrivé.", "%(n)s SMS ne lui sont pas arrivés.", kept.undelivered_count)


def _address(line: Line) -> str:
    """The page a line leads to."""
    endpoint, ids = line.link
    return url_for(endpoint, slug=space().slug, **dict[str, Any](ids))
