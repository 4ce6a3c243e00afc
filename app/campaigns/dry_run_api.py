"""What a campaign would do, for programs."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.guards import needs, space
from app.audiences import people as audience
from app.campaigns import dry_run, readiness, service, texts
from app.campaigns.api_schemas import DryRunOut, RehearseIn
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.database.ids import CampaignId
from app.errors import RuleBroken
from app.french.language import _
from app.messaging import messages
from app.messaging.body.parts import part_count
from app.messaging.body.rules import stuck_to_link
from app.web.api import PREFIX, Blueprint
from app.web.requests import runtime

SAMPLE = 3

blueprint = Blueprint("api_dry_runs", __name__, url_prefix=PREFIX, description=_("Les essais à blanc"))


@blueprint.post("/campaigns/<row:campaign_id>/dry-run", _("Qui recevrait quoi, quand, à quel prix"))
@needs(Role.LECTRICE)
@blueprint.takes(RehearseIn)
@blueprint.answers(200, DryRunOut)
def rehearse(words: dict[str, Any], campaign_id: CampaignId) -> dict[str, Any]:
    """A campaign that could not leave is rehearsed all the same, and says why it could not."""
    now = utc_now()
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        at = max(words["at"] or campaign.send_at or now, now)
        when: dict[str, Any] = {"at": at, "settings": runtime().settings, "now": now}
        refusal = None
        try:
            run = readiness.check(session, space(), campaign, **when).run
        except RuleBroken as broken:
            refusal = {"code": broken.code, "detail": broken.sentence, "errors": broken.fields}
            run = dry_run.rehearse(session, space(), campaign, **when)
        return {
            "people": run.people,
            "parts": run.parts,
            "price_micros": run.price_micros,
            "currency": runtime().settings.currency,
            "by_parts": {str(parts): people for parts, people in sorted(run.by_parts.items())},
            "first_at": run.first_at,
            "held_by_hours": run.held_by_hours,
            "waiting": [
                {"opens_at": at, "people": len(names), "names": names[:5]} for at, names in run.waiting.items()
            ],
            "unread": {"people": len(run.unread), "names": run.unread[:5]},
            "left_out": run.left_out,
            "left_out_words": {reason: audience.LEFT_OUT_WORDS[reason] for reason in run.left_out},
            "left_out_names": run.left_out_names,
            "sample": _sample(session, campaign, now),
            "warnings": _warnings(campaign),
            "refusal": refusal,
        }


def _warnings(campaign: Campaign) -> list[dict[str, str]]:
    """What refuses nothing and had better be mended before it leaves."""
    stuck = stuck_to_link(campaign.body)
    if not stuck:
        return []
    detail = _(
        "Laissez une espace après {lien} : « %(stuck)s » touche le lien, "
        "et certains téléphones le prennent pour la fin de l'adresse.",
        stuck=stuck,
    )
    return [{"code": "link_stuck", "detail": detail}]


def _sample(session: Session, campaign: Campaign, now: datetime) -> list[dict[str, Any]]:
    wording, link = texts.wording(session, space(), campaign, now=now), messages.sample_link(runtime().settings)
    besides = texts.left_out(session, space(), campaign)
    people = audience.sample(
        session, space(), campaign.audience, campaign.family, limit=SAMPLE, now=now, besides=besides
    )
    found = [(one, wording.compose(one, space=space(), link=link)) for one in people]
    return [
        {"contact_id": one.contact_id, "phone": one.phone, "body": text, "parts": part_count(text)}
        for one, text in found
    ]
