"""What an error stopped and no campaign owns (invitations, reminders, news, single messages): shown, resumed, ended."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Role, Space
from app.accounts.web.guards import needs, principal, space
from app.clock import utc_now
from app.contacts.models import Contact
from app.contacts.panels import Action, Panel, Provider
from app.database.ids import MailingId
from app.events import inviting, stopped
from app.events.seats import service as seats
from app.french.language import _
from app.messaging import acts as messaging_acts
from app.messaging import mailings
from app.messaging.models import Mailing
from app.web.requests import runtime

blueprint = Blueprint("mailings", __name__, url_prefix="/e/<slug>/envois/<int:mailing_id>")


@blueprint.post("/reprendre")
@needs(Role.EQUIPIERE)
def resume(mailing_id: MailingId) -> ResponseReturnValue:
    """What made it stop is mended: let it go on."""
    with runtime().database.transaction() as session:
        mailing = stopped.get(session, space().id, mailing_id)
        now = utc_now()
        mailings.resume(session, mailing.id, now=now)
        activity.record(
            session, space().id, messaging_acts.MAILING_RESUMED, by=principal(), now=now, subject_id=mailing.id
        )
        back = _address(session, mailing)
    flash(_("L'envoi reprend là où il s'était arrêté."), "success")
    return redirect(back)


@blueprint.post("/arreter")
@needs(Role.EQUIPIERE)
def end(mailing_id: MailingId) -> ResponseReturnValue:
    """It does not leave any more."""
    with runtime().database.transaction() as session:
        mailing = stopped.get(session, space().id, mailing_id)
        mailings.cancel(session, [mailing.id])
        inviting.forget_unsent(session, space(), mailing.id)
        activity.record(
            session, space().id, messaging_acts.MAILING_CANCELLED, by=principal(), now=utc_now(), subject_id=mailing.id
        )
        back = _address(session, mailing)
    flash(_("Envoi arrêté. Les SMS qui attendaient encore ne partiront pas."), "success")
    return redirect(back)


def _panels(session: Session, here: Space, contact: Contact) -> Sequence[Panel]:
    """A person's messages that an error stopped, each with its reason."""
    return [
        Panel(
            _("SMS en pause"),
            (one.pause_reason or _("Plus rien ne part tant que vous ne reprenez pas."),),
            (
                Action(_("Reprendre l'envoi"), url_for("mailings.resume", slug=here.slug, mailing_id=one.id)),
                Action(
                    _("Arrêter l'envoi"), url_for("mailings.end", slug=here.slug, mailing_id=one.id), "danger quiet"
                ),
            ),
        )
        for one in stopped.of_contact(session, here.id, contact.id)
    ]


PANELS = Provider(panels=_panels, take_back=seats.leave)


def _address(session: Session, mailing: Mailing) -> str:
    """The page of what the mailing speaks of."""
    event_id, contact_id = stopped.subject(session, mailing.id)
    if event_id is not None:
        return url_for("events.show", slug=space().slug, event_id=event_id)
    if contact_id is not None:
        return url_for("contacts.show", slug=space().slug, contact_id=contact_id)
    return url_for("contacts.browse", slug=space().slug)
