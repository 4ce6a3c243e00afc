"""The home of a space: what to do next, and how the last messages went."""

from flask import Blueprint, Flask, g, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.models import Mode, Role
from app.accounts.web.guards import needs, space
from app.campaigns import service as campaigns
from app.campaigns import stating
from app.clock import utc_now
from app.contacts import lists
from app.contacts import service as contacts
from app.messaging import tallies
from app.messaging.inbox import replies
from app.web.requests import runtime
from app.workshops.real import first_sms

blueprint = Blueprint("home", __name__, url_prefix="/e/<slug>")

LATEST = 5


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/")
@needs(Role.LECTRICE)
def home() -> ResponseReturnValue:
    """Where a référente lands."""
    with runtime().database.snapshot() as session:
        latest = campaigns.page(session, space().id, before_id=None, limit=LATEST)
        mailings = [campaign.mailing_id for campaign in latest if campaign.mailing_id]
        progress = tallies.progress_of(session, mailings)
        words = {
            "people": contacts.count(session, space().id),
            "lists": len(lists.counted(session, space().id)),
            "waiting": replies.waiting(session, space().id),
            "progress": progress,
            "states": stating.words(session, latest, progress, now=utc_now()),
            "not_yet_real": space().mode is Mode.LIVE
            and g.role.includes(Role.REFERENTE)
            and not first_sms.is_done(session, space()),
        }
    return render_template("dashboard/home.html", latest=latest, **words)
