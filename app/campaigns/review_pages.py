"""The last page before a text leaves: read over, confirmed once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Role
from app.accounts.web.guards import needs, principal, space
from app.audiences import people as audience
from app.audiences.recipients import Recipient
from app.audiences.told import audience_sentence
from app.campaigns import acts, dry_run, readiness, rules, service, texts
from app.campaigns.models import Campaign
from app.campaigns.readiness import Rehearsal
from app.campaigns.rules import Stage
from app.campaigns.schemas import ConfirmForm
from app.clock import utc_now
from app.consent import hours, wording
from app.consent.families import Family, family_words
from app.contacts import service as contacts
from app.database.ids import CampaignId, ContactId
from app.errors import AppError
from app.french.language import _
from app.messaging import messages
from app.messaging.body.rules import stuck_to_link
from app.settings import Settings
from app.web import zones
from app.web.problems import problem_of
from app.web.requests import number_field, runtime
from app.web.seams import Seam

ANYHOW = {
    Family.SERVICE: (_("Envoyer quand même, sous ma responsabilité"), ""),
    Family.CHARITABLE: (
        _("C'est pour une mission qui commence avant : envoyer quand même, sous ma responsabilité"),
        _("Entre 8 h et 21 h 30. Ce qui n'est pas parti quand les heures d'envoi rouvrent ne part plus."),
    ),
    Family.COMMERCIAL: ("", ""),
}
"""What a person takes upon themselves outside the hours, by family: label and hint. What sells never leaves then."""

LACKING: Seam[Callable[..., Sequence[str]]] = Seam("what a live space lacks")
"""The titles of what a space still lacks before it writes for real: ``(session, space, *, settings, today)``."""

blueprint = Blueprint("campaign_review", __name__, url_prefix="/e/<slug>/envoyer")


@blueprint.get("/<int:campaign_id>/relire")
@needs(Role.LECTRICE)
def review(campaign_id: CampaignId) -> ResponseReturnValue:
    """What will be sent, to whom, at what price and when; the last page before it leaves."""
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        if campaign.stage is not Stage.DRAFT:
            return redirect(url_for("campaign_progress.follow", slug=space().slug, campaign_id=campaign_id))
        answer = _review_page(session, campaign, errors={}, status=200)
    with runtime().database.transaction() as session:
        activity.go_on(session, space().id, acts.REVIEWED, by=principal(), now=utc_now(), subject_id=campaign_id)
    return answer


@blueprint.get("/<int:campaign_id>/relire/quand")
@needs(Role.LECTRICE)
def moment(campaign_id: CampaignId) -> ResponseReturnValue:
    """When it would leave, if that is not the day and hour just chosen."""
    with runtime().database.snapshot() as session:
        family = service.get(session, space().id, campaign_id).family
    try:
        asked = moment_form().load({**request.args, "version": ""})
    except ValidationError:
        return ""
    tell = wording.departure if space().hours_hold else wording.lesson
    return render_template("campaigns/_departure.html", told=asked["at"] and tell(family, space().zone, asked["at"]))


@blueprint.post("/<int:campaign_id>/programmer")
@needs(Role.EQUIPIERE)
def schedule(campaign_id: CampaignId) -> ResponseReturnValue:
    """Confirm. « Maintenant » leaves thirty seconds to think again."""
    asked = moment_form().load(request.form)
    settings = runtime().settings
    try:
        with runtime().database.snapshot() as session:
            rehearsal = _rehearse(session, campaign_id, asked, settings)
            dry_run.check_real(rehearsal.run)
        now = utc_now()
        at = asked["at"] or now + rules.AFTERTHOUGHT
        with runtime().database.transaction() as session:
            campaign = service.get(session, space().id, campaign_id, lock=True)
            excepted = None
            if asked["ignores_hours"] and space().hours_hold:
                excepted = rules.take_exception(campaign.family, space().zone, at, by=principal().name)
            service.schedule(
                session,
                space(),
                campaign,
                rehearsal,
                at=at,
                by=principal(),
                settings=settings,
                now=now,
                exception=excepted,
            )
    except AppError as refusal:
        return _refused(campaign_id, refusal)
    return redirect(url_for("campaign_progress.follow", slug=space().slug, campaign_id=campaign_id))


@blueprint.post("/<int:campaign_id>/relire/sans")
@needs(Role.EQUIPIERE)
def leave_aside(campaign_id: CampaignId) -> ResponseReturnValue:
    """Leave somebody out of this sending alone, or have them back (« remettre »)."""
    contact_id = ContactId(number_field("contact") or 0)
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id, lock=True)
        person = contacts.get(session, space().id, contact_id)
        others = [one for one in campaign.audience.get("except") or [] if one != person.id]
        left_out = others if "remettre" in request.form else [*others, person.id]
        changed = {**campaign.audience, "except": left_out}
        service.edit(session, campaign, audience=changed, by=principal(), now=utc_now())
    return redirect(url_for("campaign_review.review", slug=space().slug, campaign_id=campaign_id))


def moment_form() -> ConfirmForm:
    """The confirmation, its day and hour read where the association is."""
    form = ConfirmForm()
    form.zone = ZoneInfo(space().zone)
    return form


def _rehearse(session: Session, campaign_id: CampaignId, asked: Mapping[str, Any], settings: Settings) -> Rehearsal:
    """What was confirmed, counted once more before anybody has to wait for it."""
    now = utc_now()
    return readiness.rehearse(
        session,
        space(),
        service.get(session, space().id, campaign_id),
        at=asked["at"] or now + rules.AFTERTHOUGHT,
        settings=settings,
        now=now,
        confirmed=asked["version"],
    )


def _refused(campaign_id: CampaignId, refusal: AppError) -> ResponseReturnValue:
    """Say why on the page it is about: a second click lands on the sending under way, never on an error."""
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        if campaign.stage is not Stage.DRAFT:
            flash(refusal.sentence, "info")
            return redirect(url_for("campaign_progress.follow", slug=space().slug, campaign_id=campaign_id))
        problem = problem_of(refusal)
        return _review_page(session, campaign, errors=problem.fields or {"": problem.sentence}, status=problem.status)


def _review_page(
    session: Session, campaign: Campaign, *, errors: Mapping[str, str], status: int
) -> ResponseReturnValue:
    now, settings = utc_now(), runtime().settings
    run = None
    try:
        found = readiness.check(session, space(), campaign, at=now, settings=settings, now=now).run
        dry_run.check_real(found)
        run = found
    except AppError as refusal:
        errors = {**errors, **(refusal.fields or {"": refusal.sentence})}
    return (
        render_template(
            "campaigns/review.html",
            campaign=campaign,
            run=run or dry_run.DryRun(),
            sender=campaign.sender or space().sender,
            lacking=lacking(session, now=now),
            samples=_samples(session, campaign, settings, now) if run else [],
            audience_sentence=audience_sentence(session, space(), campaign.audience),
            aside=contacts.of_ids(session, space().id, campaign.audience.get("except") or []),
            errors=errors,
            version=readiness.version(session, space(), campaign, settings=settings, now=now),
            left_out_words={**audience.LEFT_OUT_WORDS, texts.ANSWERED: texts.ANSWERED_WORDS},
            question=texts.describe(session, space(), campaign, now=now),
            family_words=family_words,
            stuck=stuck_to_link(campaign.body),
            anyhow=ANYHOW[campaign.family],
            **_hours_words(campaign.family, now),
        ),
        status,
    )


def lacking(session: Session, *, now: datetime) -> Sequence[str]:
    """What the space of the page still lacks before it writes for real: every review of texts says so."""
    return LACKING.read()(session, space(), settings=runtime().settings, today=zones.local_day(now))


def _hours_words(family: Family, now: datetime) -> dict[str, Any]:
    """When what is sent now would leave, and what a person may take upon themselves."""
    zone = space().zone
    return {
        "exception": hours.possible_exception(family, zone, now, by=principal().name),
        "departure": wording.departure(family, zone, now, holds=space().hours_hold),
        "lesson": wording.lesson(family, zone, now),
        "today": zones.local_day(now).isoformat(),
    }


def _samples(
    session: Session, campaign: Campaign, settings: Settings, now: datetime
) -> Sequence[tuple[Recipient, str]]:
    """A few people, and the text as each will read it."""
    said, link = texts.wording(session, space(), campaign, now=now), messages.sample_link(settings)
    besides = texts.left_out(session, space(), campaign)
    people = audience.sample(session, space(), campaign.audience, campaign.family, limit=3, now=now, besides=besides)
    return [(one, said.compose(one, space=space(), link=link)) for one in people]
