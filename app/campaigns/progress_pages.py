"""A sending under way, as pages: progress, people, pause, cancel."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Mode, Role, Space
from app.accounts.web.guards import needs, principal, space
from app.audiences import people as audience
from app.audiences.told import audience_sentence
from app.campaigns import acts, ask_pages, pages, review_pages, service, stating, texts
from app.campaigns.models import Campaign
from app.campaigns.rules import LIVE, Stage
from app.carrier.codes import explain
from app.clock import utc_now
from app.contacts.models import Contact
from app.database.ids import CampaignId, MessageId
from app.french.language import _, ngettext
from app.messaging import messages, receipts, tallies, validity
from app.messaging.following import standing
from app.messaging.models import Mailing
from app.messaging.singles import anew
from app.messaging.singles import service as singles
from app.messaging.status import LOST, Status
from app.messaging.web.recipients import recipients
from app.web.edge import etag, unchanged
from app.web.requests import runtime

blueprint = Blueprint("campaign_progress", __name__, url_prefix="/e/<slug>/envoyer")

COUNTED_DOWN_S = 45
"""What is nearer than that is counted down on the page."""
WAITING = frozenset({Stage.SCHEDULED, Stage.LAUNCHING, Stage.SENDING})


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """Writing, reviewing and progress pages share an address."""
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(review_pages.blueprint)
    app.register_blueprint(ask_pages.blueprint)
    app.register_blueprint(blueprint)


@blueprint.get("/<int:campaign_id>")
@needs(Role.LECTRICE)
def follow(campaign_id: CampaignId) -> ResponseReturnValue:
    """How a sending is going; with htmx, only the part that moves, and only when it has."""
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        if campaign.stage is Stage.DRAFT:
            return redirect(url_for("campaigns.write", slug=space().slug, campaign_id=campaign_id))
        mark = _mark(session, campaign)
        if nothing_new := unchanged(mark):
            return nothing_new
        words = {**_state(session, campaign), "mark": mark}
    if words["chosen"] == "pas-arrives":
        _note_failures(campaign_id)
    template = "campaigns/_progress.html" if request.args.get("part") else "campaigns/follow.html"
    return render_template(template, **words)


@blueprint.get("/<int:campaign_id>/messages/<message:message_id>")
@needs(Role.LECTRICE)
def message(campaign_id: CampaignId, message_id: MessageId) -> ResponseReturnValue:
    """One message: its text, and all that the carrier said of it."""
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        sms = messages.get(session, space().id, message_id)
        reports = receipts.of_message(session, sms.id)
        contact = session.get(Contact, sms.contact_id) if sms.contact_id else None
        held = standing.held(session, session.get_one(Mailing, sms.mailing_id), now=utc_now())
        again = singles.sent_anew(session, space().id, [sms.id]).get(sms.id)
        why_not = anew.why_not(session, space(), sms, now=utc_now())
    if sms.status in LOST:
        _note_failures(campaign_id)
    return render_template(
        "campaigns/message.html",
        campaign=campaign,
        message=sms,
        contact=contact,
        why=standing.why(sms, held=held, now=utc_now()),
        receipts=reports,
        again=again,
        why_not=why_not,
        explain=explain,
    )


@blueprint.post("/<int:campaign_id>/arreter")
@needs(Role.EQUIPIERE)
def stop(campaign_id: CampaignId) -> ResponseReturnValue:
    """« Arrêter »: a draft again when nothing has left, cancelled otherwise."""
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id, lock=True)
        early = campaign.stage is Stage.SCHEDULED
        act = service.unschedule if early else service.cancel
        act(session, campaign, by=principal(), now=utc_now())
    if early:
        flash(_("Arrêté à temps : aucun SMS n'est parti. Votre texte est un brouillon."), "success")
        return redirect(url_for("campaigns.write", slug=space().slug, campaign_id=campaign_id))
    flash(_("Envoi arrêté. Les SMS qui attendaient encore ne partiront pas."), "success")
    return redirect(url_for(".follow", slug=space().slug, campaign_id=campaign_id))


@blueprint.post("/<int:campaign_id>/pause")
@needs(Role.EQUIPIERE)
def pause(campaign_id: CampaignId) -> ResponseReturnValue:
    """Hold what has not left yet."""
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id, lock=True)
        service.pause(session, campaign, by=principal(), now=utc_now())
        mailing = session.get_one(Mailing, campaign.mailing_id)
        sending = tallies.progress(session, mailing.id).counts.get(Status.SENDING, 0)
    flash(_in_hand(sending) if sending else _("Envoi en pause : plus rien ne part."), "success")
    return redirect(url_for(".follow", slug=space().slug, campaign_id=campaign_id))


@blueprint.post("/<int:campaign_id>/reprendre")
@needs(Role.EQUIPIERE)
def resume(campaign_id: CampaignId) -> ResponseReturnValue:
    """Go on."""
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id, lock=True)
        service.resume(session, campaign, by=principal(), now=utc_now())
    flash(_("L'envoi reprend là où il s'était arrêté."), "success")
    return redirect(url_for(".follow", slug=space().slug, campaign_id=campaign_id))


@blueprint.post("/<int:campaign_id>/copier")
@needs(Role.EQUIPIERE)
def copy(campaign_id: CampaignId) -> ResponseReturnValue:
    """The same words again, as a draft that asks to whom."""
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id)
        again = service.copy(session, space(), campaign, by=principal(), now=utc_now(), asks_whom=True)
        _kept, gone = audience.still_there(session, space().id, campaign.audience)
    if gone:
        one = _("Copié sans %(n)s liste ou personne qui n'est plus là : choisissez à qui il part.")
        many = _("Copié sans %(n)s listes ou personnes qui ne sont plus là : choisissez à qui il part.")
        flash(ngettext(one, many, gone), "warning")
    else:
        flash(_("Le même texte, prêt à repartir : choisissez à qui."), "success")
    return redirect(url_for("campaigns.write", slug=space().slug, campaign_id=again.id))


def _note_failures(campaign_id: CampaignId) -> None:
    """Somebody looked at who did not get it, or why: a lesson may wait for it, and only a lesson does."""
    if space().mode is Mode.PRACTICE:
        with runtime().database.transaction() as session:
            by, now = principal(), utc_now()
            activity.go_on(session, space().id, acts.FAILURES_READ, by=by, now=now, subject_id=campaign_id)


def _in_hand(sending: int) -> str:
    """What a pause does not reach: texts already in a dispatcher's hand, for the length of one call."""
    return _("Envoi en pause : encore %(n)s en cours de remise, puis plus rien ne part.", n=sending)


def _departure(session: Session, campaign: Campaign, mailing: Mailing) -> str:
    """When it leaves, and why not as wished; empty when nothing of the hours holds it."""
    if campaign.stage not in WAITING or campaign.send_at is None:
        return ""
    held = validity.departure(mailing, session.get_one(Space, campaign.space_id), max(campaign.send_at, utc_now()))
    return held if campaign.send_at > utc_now() else held.rpartition(" : ")[2].capitalize()


def _mark(session: Session, campaign: Campaign) -> str:
    """A word that changes whenever the page does."""
    mailing = session.get_one(Mailing, campaign.mailing_id)
    is_near = campaign.send_at is not None and _seconds_left(campaign) <= COUNTED_DOWN_S
    held = standing.held(session, mailing, now=utc_now())
    fresh = mailing.served_at > utc_now() - standing.UNHEARD_AFTER
    said = (campaign.stage, campaign.send_at, is_near, fresh, mailing.state, mailing.pause_reason, held)
    answers = sorted((ask_pages.counted(session, campaign) or {}).items())
    return etag(tallies.mailing_mark(session, mailing.id), said, answers, _departure(session, campaign, mailing))


def _seconds_left(campaign: Campaign) -> int:
    return max(0, round((campaign.send_at - utc_now()).total_seconds())) if campaign.send_at else 0


def _planned(session: Session, campaign: Campaign, mailing: Mailing) -> dict[str, Any]:
    """What was confirmed of a sending whose texts are not written: people, price, and to whom. Empty for another."""
    if campaign.stage is not Stage.SCHEDULED:
        return {}
    story = activity.story(session, campaign.space_id, "campaign", campaign.id)
    return {
        "people": next((one.detail.get("people") for one in story if one.verb == acts.SCHEDULED.verb), None),
        "price_micros": mailing.promised_micros,
        "whom": audience_sentence(session, space(), campaign.audience),
    }


def _state(session: Session, campaign: Campaign) -> dict[str, Any]:
    mailing = session.get_one(Mailing, campaign.mailing_id)
    progress = tallies.progress(session, mailing.id)
    return {
        "campaign": campaign,
        "question": texts.describe(session, space(), campaign, now=utc_now()),
        "answers": ask_pages.counted(session, campaign),
        "counts": {status.value: n for status, n in progress.counts.items()},
        "people": progress.people,
        "price_micros": progress.price_micros,
        **recipients(session, space(), mailing, now=utc_now()),
        "departure": _departure(session, campaign, mailing),
        "is_live": campaign.stage in LIVE,
        "stage_words": stating.words(session, [campaign], {mailing.id: progress}, now=utc_now())[campaign.id],
        "pause_reason": mailing.pause_reason,
        "seconds_left": _seconds_left(campaign),
        "counted_down_s": COUNTED_DOWN_S,
        "now": utc_now(),
        "planned": _planned(session, campaign, mailing),
    }
