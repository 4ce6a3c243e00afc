"""The home of a space: what to do next, and how the last messages went."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, g, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Role
from app.accounts.web.guards import needs, space
from app.campaigns import listing
from app.campaigns.sent_pages import title
from app.clock import utc_now
from app.contacts import lists
from app.contacts.finding import service as finding
from app.events import service as events
from app.events.models import Answer
from app.messaging.inbox import replies
from app.messaging.web import sent_pages
from app.programme.association import ahead
from app.programme.association.ahead import Next
from app.programme.progress.reading_pages import WORKSHOPS
from app.web.requests import runtime
from app.workshops.real import first_sms

blueprint = Blueprint("home", __name__, url_prefix="/e/<slug>")

LATEST = 5
FEW_DRAFTS = 2


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/")
@needs(Role.LECTRICE)
def home() -> ResponseReturnValue:
    """Where a référente lands."""
    with runtime().database.snapshot() as session:
        latest, _next = sent_pages.page(session, space(), kind="", before_id=None, limit=LATEST, now=utc_now())
        words = {
            "people": finding.count(session, space().id),
            "lists": len(lists.named(session, space().id)),
            "next_event": _next_event(session),
            "programme": _programme(session),
            "waiting": replies.waiting(session, space().id),
            "drafts": [(one, title(one)) for one in listing.drafts(session, space().id, limit=FEW_DRAFTS)],
            "not_yet_real": space().mode is Mode.LIVE
            and g.role.includes(Role.REFERENTE)
            and not first_sms.is_done(session, space()),
        }
    return render_template("dashboard/home.html", latest=latest, **words)


def _programme(session: Session) -> Sequence[Next]:
    """The programme's next dates, for the référente of an association that is in a cohort."""
    if space().mode is not Mode.LIVE or not g.role.includes(Role.REFERENTE):
        return ()
    return ahead.next_of_space(session, space().id, WORKSHOPS.read(), now=utc_now())


def _next_event(session: Session) -> dict[str, Any] | None:
    """The mission that comes next, and what those invited said."""
    found = events.upcoming(session, space().id, since=utc_now(), limit=1)
    if not found:
        return None
    said = events.counts(session, found[0].id)
    return {
        "event": found[0],
        "coming": said.get(Answer.COMING, 0),
        "declined": said.get(Answer.NOT_COMING, 0),
        "waiting": said.get(Answer.INVITED, 0),
    }
