"""What an error stopped and no campaign owns (invitations, reminders, news, single messages): shown, resumed, ended."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Role, Space
from app.accounts.web.guards import needs, principal, space
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.contacts.models import Contact
from app.contacts.panels import Action, Panel, Provider
from app.errors import NotFound
from app.events.models import EventMailing
from app.french.language import _
from app.messaging import acts as messaging_acts
from app.messaging import mailings
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status
from app.web.requests import runtime

blueprint = Blueprint("mailings", __name__, url_prefix="/e/<slug>/envois/<int:mailing_id>")


@blueprint.post("/reprendre")
@needs(Role.EQUIPIERE)
def resume(mailing_id: int) -> ResponseReturnValue:
    """What made it stop is mended: let it go on."""
    with runtime().database.transaction() as session:
        mailing = _get(session, mailing_id)
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
def end(mailing_id: int) -> ResponseReturnValue:
    """It does not leave any more."""
    with runtime().database.transaction() as session:
        mailing = _get(session, mailing_id)
        mailings.cancel(session, [mailing.id])
        activity.record(
            session, space().id, messaging_acts.MAILING_CANCELLED, by=principal(), now=utc_now(), subject_id=mailing.id
        )
        back = _address(session, mailing)
    flash(_("Envoi arrêté. Les SMS qui attendaient encore ne partiront pas."), "success")
    return redirect(back)


def paused_of(session: Session, event_id: int) -> Sequence[Mailing]:
    """The mailings of an event that an error stopped while something waits in them."""
    its = select(EventMailing.mailing_id).where(EventMailing.event_id == event_id)
    return session.scalars(_paused().where(Mailing.id.in_(its))).all()


def _panels(session: Session, here: Space, contact: Contact) -> Sequence[Panel]:
    """A person's messages that an error stopped, each with its reason."""
    theirs = select(Message.mailing_id).where(Message.contact_id == contact.id, Message.status == Status.QUEUED)
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
        for one in session.scalars(_paused().where(Mailing.space_id == here.id, Mailing.id.in_(theirs)))
    ]


PANELS = Provider(panels=_panels)


def _paused() -> Select[Mailing]:
    """Paused mailings with something that waits, but for the campaigns', which have a page of their own."""
    waiting = select(Message.id).where(Message.mailing_id == Mailing.id, Message.status == Status.QUEUED)
    return (
        select(Mailing)
        .where(Mailing.state == MailingState.PAUSED, waiting.exists(), Mailing.id.not_in(_of_campaigns()))
        .order_by(Mailing.id)
    )


def _of_campaigns() -> Select[int | None]:
    return select(Campaign.mailing_id).where(Campaign.mailing_id.is_not(None))


def _get(session: Session, mailing_id: int) -> Mailing:
    mailing = session.scalar(
        select(Mailing).where(
            Mailing.space_id == space().id, Mailing.id == mailing_id, Mailing.id.not_in(_of_campaigns())
        )
    )
    if mailing is None:
        raise NotFound("mailing_unknown", _("Cet envoi n'existe pas."))
    return mailing


def _address(session: Session, mailing: Mailing) -> str:
    """The page of what the mailing speaks of."""
    event_id = session.scalar(select(EventMailing.event_id).where(EventMailing.mailing_id == mailing.id))
    if event_id is not None:
        return url_for("events.show", slug=space().slug, event_id=event_id)
    contact_id = session.scalar(select(Message.contact_id).where(Message.mailing_id == mailing.id).limit(1))
    if contact_id is not None:
        return url_for("contacts.show", slug=space().slug, contact_id=contact_id)
    return url_for("contacts.browse", slug=space().slug)
