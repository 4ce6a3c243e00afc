"""« Santé »: for the programme's staff, what `doctor` and `/metrics` say of the jobs."""

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.models import Staff
from app.accounts.web.guards import principal, staff
from app.clock import utc_now
from app.french.language import _
from app.health import service
from app.messaging.inbox import strays
from app.web.requests import runtime

blueprint = Blueprint("health", __name__, url_prefix="/sante")


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@staff(Staff.PROGRAMME)
def show() -> ResponseReturnValue:
    """Spaces by their names alone: of volunteers and texts the programme sees only what came for no space."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        health = service.read(session, now=now)
        unread, count = strays.unread(session), strays.count_unread(session)
    return render_template("health/show.html", health=health, strays=unread, strays_count=count, now=now)


@blueprint.post("/textes/<int:stray_id>/lu")
@staff(Staff.PROGRAMME)
def handle_stray(stray_id: int) -> ResponseReturnValue:
    """Somebody read a text to nobody and did what there was to do."""
    with runtime().database.transaction() as session:
        strays.handle(session, stray_id, by=principal(), now=utc_now())
    flash(_("SMS marqué comme lu."), "success")
    return redirect(url_for(".show"))
