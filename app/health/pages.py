"""« Santé »: for the programme's staff, what `doctor` and `/metrics` say of the jobs."""

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts.models import Staff
from app.accounts.web.guards import staff
from app.clock import utc_now
from app.health import service
from app.web.requests import runtime

blueprint = Blueprint("health", __name__, url_prefix="/sante")


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@staff(Staff.PROGRAMME)
def show() -> ResponseReturnValue:
    """Spaces by their names alone: the programme sees neither volunteers nor texts."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        health = service.read(session, now=now)
    return render_template("health/show.html", health=health, now=now)
