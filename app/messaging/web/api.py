"""Texts measured, and messages one at a time, for programs."""

from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.api_guards import once
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import service as contacts
from app.database.ids import MessageId
from app.french.language import _
from app.messaging import messages, receipts
from app.messaging.body.text import measure
from app.messaging.models import Message
from app.messaging.restore import halt
from app.messaging.singles import service as singles
from app.messaging.web.schemas import MeasureOut, MessageIn, MessageOut, TextIn
from app.web import api
from app.web.api import PREFIX, Blueprint
from app.web.requests import runtime

blueprint = Blueprint("api_messages", __name__, url_prefix=PREFIX, description=_("Les SMS"))


def register(app: Flask, csrf: CSRFProtect) -> None:
    api.add(app, csrf, blueprint)


@blueprint.post("/texts/measure", _("Mesurer un texte"))
@needs(Role.LECTRICE)
@blueprint.takes(TextIn)
@blueprint.answers(200, MeasureOut)
def measured(words: dict[str, Any]) -> dict[str, Any]:
    found = measure(words["body"])
    return {
        "encoding": found.encoding,
        "units": found.units,
        "parts": found.parts,
        "costly": [{"character": character, "positions": positions} for character, positions in found.costly],
        "simplified": found.simplified,
        "simplified_parts": found.simplified_parts,
    }


@blueprint.post("/messages", _("Envoyer un SMS à un bénévole"), also=(404,))
@needs(Role.EQUIPIERE)
@blueprint.takes(MessageIn)
@once
@blueprint.answers(201, MessageOut)
def send(words: dict[str, Any], *, session: Session) -> SimpleNamespace:
    contact = contacts.get(session, space().id, words["contact_id"])
    message = singles.send(
        session,
        space(),
        contact,
        body=words["body"],
        family=words["family"],
        by=principal(),
        settings=runtime().settings,
        now=utc_now(),
    )
    return _with_receipts(session, message)


@blueprint.get("/messages/<message:message_id>", _("Un SMS et ses accusés"))
@needs(Role.LECTRICE)
@blueprint.answers(200, MessageOut)
def show(message_id: MessageId) -> SimpleNamespace:
    with runtime().database.snapshot() as session:
        return _with_receipts(session, messages.get(session, space().id, message_id))


def _with_receipts(session: Session, message: Message) -> SimpleNamespace:
    stopped = halt.said(session, now=utc_now(), zone=ZoneInfo(space().zone))
    return SimpleNamespace(**vars(message), receipts=receipts.of_message(session, message.id), sending_stopped=stopped)
