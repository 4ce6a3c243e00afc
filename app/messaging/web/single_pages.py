"""One SMS to one person: how it goes, the number mended and the text written again, and whom to phone instead."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.forms import FINE, REFUSALS, Refused, show
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts import service as contacts
from app.contacts.models import Contact
from app.database.ids import MailingId, MessageId
from app.errors import Conflict
from app.french.language import _
from app.messaging import afterthought, messages
from app.messaging.following import standing
from app.messaging.models import Mailing, Message
from app.messaging.singles import anew
from app.messaging.singles import service as singles
from app.web.requests import runtime

blueprint = Blueprint("singles", __name__, url_prefix="/e/<slug>/sms")

MAX_TO_PHONE = 500
"""People of one printed list."""


@blueprint.get("/<message:message_id>", endpoint="show")
@needs(Role.LECTRICE)
def show_one(message_id: MessageId) -> ResponseReturnValue:
    """How it goes, with thirty seconds to stop it."""
    with runtime().database.snapshot() as session:
        sms = messages.get(session, space().id, message_id)
        alone = [sms.mailing_id] if singles.may_stop(session, space(), sms) else []
        leaving = afterthought.leaving(session, space(), alone, now=utc_now())
        held = standing.held(session, session.get_one(Mailing, sms.mailing_id), now=utc_now())
        return show(
            "messaging/single.html",
            message=sms,
            contact=_contact(session, sms),
            why=standing.why(sms, held=held, now=utc_now()),
            leaving=leaving[0] if leaving else None,
            again=singles.sent_anew(session, space().id, [sms.id]).get(sms.id),
            why_not=anew.why_not(session, space(), sms, now=utc_now()),
        )


@blueprint.get("/<message:message_id>/reecrire")
@needs(Role.EQUIPIERE)
def ask(message_id: MessageId) -> ResponseReturnValue:
    return _form(message_id)


@blueprint.post("/<message:message_id>/reecrire")
@needs(Role.EQUIPIERE)
def rewrite(message_id: MessageId) -> ResponseReturnValue:
    """Mend the number and write again, at the price that the form said."""
    phone, settings = request.form.get("phone", ""), runtime().settings
    try:
        with runtime().database.transaction() as session:
            sms = messages.get(session, space().id, message_id)
            again = anew.send_anew(session, space(), sms, phone=phone, by=principal(), settings=settings, now=utc_now())
    except REFUSALS as error:
        return _form(message_id, Refused.by(error))
    return redirect(url_for(".show", slug=space().slug, message_id=again.id))


@blueprint.post("/<message:message_id>/arreter")
@needs(Role.EQUIPIERE)
def stop(message_id: MessageId) -> ResponseReturnValue:
    """« Arrêter »: of a message that has a mailing for itself."""
    try:
        with runtime().database.transaction() as session:
            sms = messages.get(session, space().id, message_id)
            in_time = singles.stop(session, space(), sms, by=principal(), now=utc_now())
    except Conflict as refusal:
        flash(refusal.sentence, "warning")
    else:
        if in_time:
            flash(_("Arrêté à temps : ce SMS n'est pas parti."), "success")
        else:
            flash(_("Trop tard pour l'arrêter : ce SMS était parti, ou arrêté déjà."), "info")
    return redirect(url_for(".show", slug=space().slug, message_id=message_id))


@blueprint.get("/a-telephoner/<int:mailing_id>")
@needs(Role.LECTRICE)
def to_phone(mailing_id: MailingId) -> ResponseReturnValue:
    """Whom a mailing did not reach, to print and phone."""
    with runtime().database.snapshot() as session:
        lost = singles.not_reached(session, space().id, mailing_id, limit=MAX_TO_PHONE)
        people = contacts.of_ids(session, space().id, {one.contact_id for one in lost})
        return show(
            "messaging/to_phone.html",
            lost=lost,
            people={person.id: person for person in people},
            why={one.id: standing.why(one, now=utc_now()) for one in lost},
            now=utc_now(),
        )


def _form(message_id: MessageId, refused: Refused = FINE) -> ResponseReturnValue:
    with runtime().database.snapshot() as session:
        sms = messages.get(session, space().id, message_id)
        if reason := anew.why_not(session, space(), sms, now=utc_now()):
            flash(reason, "warning")
            return redirect(url_for(".show", slug=space().slug, message_id=message_id))
        preview = anew.preview(session, space(), sms, settings=runtime().settings, now=utc_now())
        return show(
            "messaging/rewrite.html",
            refused,
            message=sms,
            contact=_contact(session, sms),
            why=standing.why(sms, now=utc_now()),
            preview=preview,
        )


def _contact(session: Session, sms: Message) -> Contact | None:
    return next(iter(contacts.of_ids(session, space().id, {sms.contact_id})), None)
