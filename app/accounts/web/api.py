"""The space of a key, and the API's own documentation."""

import json
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import flask
from flask import Flask, g, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import load_user, needs, public, space
from app.accounts.web.schemas import SpaceOut
from app.clock import utc_now
from app.database.ids import SpaceId
from app.french.language import _
from app.web import api
from app.web.api import PREFIX, Blueprint
from app.web.requests import runtime
from app.web.seams import Seam


class Spent(Protocol):
    """What a space has spent this month, in micros."""

    def __call__(self, session: Session, space_id: SpaceId, *, now: datetime) -> int: ...


class Stopped(Protocol):
    """Why nothing leaves in any space, in a sentence with its hour in ``zone``; empty when all goes well."""

    def __call__(self, session: Session, *, now: datetime, zone: ZoneInfo) -> str: ...


SENDING_STOPPED: Seam[Stopped] = Seam("sending stopped")
SPENT: Seam[Spent] = Seam("spent this month")

blueprint = Blueprint("api_space", __name__, url_prefix=PREFIX, description=_("L'espace"))
reading = flask.Blueprint("api_reading", __name__)


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The first of the API's rooms: it opens it."""
    api.install(app)
    api.add(app, csrf, blueprint)
    app.register_blueprint(reading)


@blueprint.get("/space", _("L'espace de la clé"))
@needs(Role.LECTRICE)
@blueprint.answers(200, SpaceOut)
def show() -> dict[str, Any]:
    here, settings = space(), runtime().settings
    with runtime().database.snapshot() as session:
        used = SPENT.read()(session, here.id, now=utc_now())
        stopped = SENDING_STOPPED.read()(session, now=utc_now(), zone=ZoneInfo(here.zone))
    names = ("slug", "name", "mode", "sender", "two_way", "zone", "hours_hold", "budget_micros")
    words = {name: getattr(here, name) for name in names}
    told = {"budget_used_micros": used, "currency": settings.currency, "sending_stopped": stopped}
    return {**words, "role": g.role, **told}


@reading.get(f"{PREFIX}/openapi.json")
@public("A program is written before its key is made; it says nothing of anybody.")
def openapi() -> ResponseReturnValue:
    return jsonify(api.document())


@reading.get("/api/docs")
@public("Whoever writes a program reads it before having a key; it says nothing of anybody.")
def docs() -> ResponseReturnValue:
    load_user()
    public_url = runtime().settings.public_url.rstrip("/")
    return render_template("accounts/api.html", document=api.document(), written=_written, public_url=public_url)


def _written(example: Any) -> str:
    """An example as somebody would type it."""
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
