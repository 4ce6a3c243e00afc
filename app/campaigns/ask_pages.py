"""« Qui vient ? », as pages: what a campaign asks about, chosen or made on the spot, and what everybody said."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.campaigns import asking, rules, service
from app.campaigns.asking import Question, Said
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.database.ids import CampaignId
from app.errors import NotFound, RuleBroken
from app.french.language import _
from app.web.problems import errors_of
from app.web.requests import number_field, runtime

NEW = "new"
"""Of a form: something new to ask about."""
SAID_WORDS = {
    Said.YES: _("Viennent"),
    Said.NO: _("Ne peuvent pas"),
    Said.NOTHING: _("N'ont pas répondu"),
}

blueprint = Blueprint("campaign_questions", __name__, url_prefix="/e/<slug>/envoyer")


@blueprint.get("/<int:campaign_id>/question")
@needs(Role.EQUIPIERE)
def choose(campaign_id: CampaignId) -> ResponseReturnValue:
    """What a draft asks about: one of the next missions, or one made here."""
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        if campaign.stage is not Stage.DRAFT:
            return redirect(url_for("campaign_progress.follow", slug=space().slug, campaign_id=campaign_id))
        return _choosing_page(session, campaign, {}, {})


@blueprint.post("/<int:campaign_id>/question")
@needs(Role.EQUIPIERE)
def ask(campaign_id: CampaignId) -> ResponseReturnValue:
    """Ask it. A draft without a word is given some to begin with."""
    typed = request.form.to_dict()
    try:
        with runtime().database.transaction() as session:
            campaign = service.get(session, space().id, campaign_id, lock=True)
            rules.check_draft(campaign.stage)
            question = _chosen(session, typed)
            room = asking.handed(session)
            service.edit(
                session,
                campaign,
                by=principal(),
                now=utc_now(),
                link_purpose=room.purpose,
                link_subject_id=question.subject_id,
                body=campaign.body if campaign.body.strip() else room.usual,
                name=campaign.name or question.title,
            )
    except (ValidationError, RuleBroken) as wrong:
        with runtime().database.snapshot() as session:
            campaign = service.get(session, space().id, campaign_id)
            return _choosing_page(session, campaign, typed, errors_of(wrong)), 422
    flash(_("La question est posée : le lien ouvrira « Je viens » et « Je ne peux pas »."), "success")
    return redirect(url_for("campaigns.write", slug=space().slug, campaign_id=campaign_id))


@blueprint.post("/relancer")
@needs(Role.EQUIPIERE)
def ask_again() -> ResponseReturnValue:
    """A draft that asks once more, to those who were asked and have not answered."""
    subject_id, now = number_field("subject") or 0, utc_now()
    with runtime().database.transaction() as session:
        room = asking.handed(session)
        question = room.describe(session, space(), subject_id, now=now)
        people = room.silent(session, space(), subject_id)
        if question is None or not question.is_open:
            raise RuleBroken("question_over", _("Cette mission est passée ou annulée : plus rien à demander."))
        if not people:
            raise RuleBroken("nobody_silent", _("Tous ceux à qui la question est arrivée ont répondu."))
        campaign = service.draft(
            session,
            space(),
            by=principal(),
            now=now,
            name=question.title,
            body=room.again,
            audience={"lists": [], "segments": [], "contacts": list(people), "except": []},
            link_purpose=room.purpose,
            link_subject_id=question.subject_id,
        )
    return redirect(url_for("campaigns.write", slug=space().slug, campaign_id=campaign.id))


@blueprint.get("/<int:campaign_id>/reponses/<said>")
@needs(Role.LECTRICE)
def answers(campaign_id: CampaignId, said: str) -> ResponseReturnValue:
    """Who said what to the question of a campaign, with the numbers to call."""
    if said not in list(Said):
        raise NotFound("answer_unknown", _("Cette page n'existe pas."))
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        counts = counted(session, campaign)
        if counts is None or campaign.mailing_id is None:
            raise NotFound("question_unknown", _("Cet envoi ne pose pas de question."))
        people = asking.handed(session).people(
            session, space(), campaign.link_subject_id or 0, Said(said), mailing_id=campaign.mailing_id
        )
        silent = silent_about(session, campaign.link_subject_id) if said == Said.NOTHING else 0
    return render_template(
        "campaigns/answers.html",
        campaign=campaign,
        people=people,
        counts=counts,
        said=Said(said),
        words=SAID_WORDS,
        silent=silent,
    )


def silent_about(session: Session, subject_id: int | None) -> int:
    """How many can be asked again about something that is still to come."""
    room = asking.handed(session)
    question = room.describe(session, space(), subject_id or 0, now=utc_now())
    return len(room.silent(session, space(), question.subject_id)) if question and question.is_open else 0


def counted(session: Session, campaign: Campaign) -> Mapping[Said, int] | None:
    """How many of those whom a campaign asked said what; None when it asks nothing."""
    if not campaign.link_purpose or campaign.mailing_id is None:
        return None
    room = asking.handed(session)
    return room.answers(session, space(), campaign.link_subject_id or 0, mailing_id=campaign.mailing_id)


def _chosen(session: Session, typed: Mapping[str, str]) -> Question:
    """What the form names, or what it makes. Raises ValidationError or RuleBroken."""
    room, now = asking.handed(session), utc_now()
    subject = typed.get("subject", NEW)
    if subject == NEW:
        question = room.make(session, space(), typed, by=principal(), now=now)
        if question.is_open:
            return question
        sentence = _("Ce jour et cette heure sont déjà passés.")
        raise RuleBroken("question_over", sentence, fields={"day": sentence})
    found = {str(one.subject_id): one for one in room.may_ask(session, space(), now=now)}
    if subject not in found:
        sentence = _("Choisissez une mission à venir, ou écrivez-en une.")
        raise RuleBroken("question_unknown", sentence, fields={"subject": sentence})
    if title := typed.get("title", "").strip():
        sentence = _(
            "Vous avez aussi écrit « %(title)s » : cochez « Une nouvelle mission », ou effacez-la.", title=title
        )
        raise RuleBroken("question_unclear", sentence, fields={"subject": sentence})
    return found[subject]


def _choosing_page(session: Session, campaign: Campaign, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    now, zone = utc_now(), ZoneInfo(space().zone)
    offered = asking.handed(session).may_ask(session, space(), now=now)
    first = str(campaign.link_subject_id or (offered[0].subject_id if offered else NEW))
    return render_template(
        "campaigns/question.html",
        campaign=campaign,
        offered=offered,
        chosen=typed.get("subject", first),
        typed=typed,
        errors=errors,
        zone=zone,
        today=now.astimezone(zone).strftime("%Y-%m-%d"),
    )
