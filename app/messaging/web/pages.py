"""The replies page: what volunteers wrote back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role, Space
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts.models import Contact
from app.contacts.panels import Provider
from app.contacts.phone import show_phone
from app.database.ids import ContactId
from app.french.language import _
from app.messaging import withdrawal
from app.messaging.inbox import answered, replies
from app.messaging.inbox.writers import MAX_NAMED, writers
from app.messaging.web import sent_pages, single_pages
from app.web.requests import number_argument, runtime
from app.web.seams import Seam

blueprint = Blueprint("replies", __name__, url_prefix="/e/<slug>/reponses")


@dataclass(frozen=True)
class LinkAnswer:
    """What somebody answered by the personal link of a text: who, what in a word, about what, and that page."""

    contact_id: ContactId
    name: str
    said: str
    about: str
    address: str
    at: datetime


LINK_ANSWERS: Seam[Callable[[Session, Space, int], Sequence[LinkAnswer]]] = Seam("answers by link")
"""The latest so many of a space, the newest first."""
LATEST = 20
FEW = 5
"""Of these, how many are not folded."""
SHOWN = 20
"""Replies of one page: each takes several lines, and twenty of them four screens of a phone."""


def register(app: Flask, _csrf: CSRFProtect) -> None:
    app.register_blueprint(blueprint)
    app.register_blueprint(single_pages.blueprint)
    app.register_blueprint(sent_pages.blueprint)


@blueprint.get("")
@needs(Role.LECTRICE)
def browse() -> ResponseReturnValue:
    """Replies, newest first, those nobody has read standing out."""
    before_id = number_argument("avant")
    with runtime().database.snapshot() as session:
        found = replies.page(session, space().id, before_id=before_id, limit=SHOWN + 1)
        pressing = [] if before_id else list(replies.pressing(session, space().id))
        wrote = writers(session, space().id, (*found, *pressing))
        waiting = replies.waiting(session, space().id)
        shown = [*pressing, *found[:SHOWN]]
        answers = answered.texts_before(session, space().id, shown)
        out = replies.opted_out(session, space().id, shown, key=runtime().settings.fingerprint_key)
        by_link = [] if before_id else LINK_ANSWERS.read()(session, space(), LATEST)
    return render_template(
        "messaging/replies.html",
        pressing=pressing,
        by_link=by_link,
        few=FEW,
        replies=list(found[:SHOWN]),
        next_id=found[SHOWN - 1].id if len(found) > SHOWN else None,
        writers=wrote,
        max_named=MAX_NAMED,
        waiting=waiting,
        answers=answers,
        out=out,
    )


@blueprint.post("/<int:reply_id>/lue")
@needs(Role.EQUIPIERE)
def handle(reply_id: int) -> ResponseReturnValue:
    """Somebody read it and did what there was to do."""
    with runtime().database.transaction() as session:
        replies.handle(session, space().id, reply_id, by=principal(), now=utc_now())
    flash(_("Réponse marquée comme lue."), "success")
    return redirect(url_for(".browse", slug=space().slug))


@blueprint.post("/<int:reply_id>/stop")
@needs(Role.EQUIPIERE)
def object_to(reply_id: int) -> ResponseReturnValue:
    """A person reads « stop » where no rule did, of a number that may have no card."""
    key = runtime().settings.fingerprint_key
    with runtime().database.transaction() as session:
        reply = replies.obey(session, space().id, reply_id, key=key, by=principal(), now=utc_now())
        phone = show_phone(reply.phone)
    flash(_("C'est noté : plus aucun SMS ne partira vers le %(phone)s.", phone=phone), "success")
    return redirect(url_for(".browse", slug=space().slug))


def _take_back(session: Session, contact: Contact, now: datetime) -> None:
    """Somebody is removed: what waits for them does not leave."""
    withdrawal.take_back(session, contact_id=contact.id, reason=withdrawal.REMOVED, now=now)


PANELS = Provider(take_back=_take_back)
