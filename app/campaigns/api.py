"""Campaigns, for programs: what the pages do, without the thirty seconds to think again."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.web.api_guards import once
from app.accounts.web.guards import needs, principal, space
from app.campaigns import dry_run_api, readiness, service
from app.campaigns.api_schemas import CampaignIn, CampaignOut, MessagesIn, ScheduleIn
from app.campaigns.models import Campaign
from app.clock import utc_now
from app.database.ids import CampaignId, MailingId
from app.french.language import _
from app.messaging import mailings, tallies
from app.messaging import messages as outbox_messages
from app.messaging.models import Message
from app.messaging.restore import halt
from app.messaging.status import Status
from app.messaging.web.schemas import MessageBriefOut
from app.web import api
from app.web.api import PREFIX, Blueprint
from app.web.requests import runtime
from app.web.schemas import PageIn, page_of, paged

ONE = "/campaigns/<row:campaign_id>"

blueprint = Blueprint("api_campaigns", __name__, url_prefix=PREFIX, description=_("Les envois"))


def register(app: Flask, csrf: CSRFProtect) -> None:
    api.add(app, csrf, blueprint, dry_run_api.blueprint)


@blueprint.get("/campaigns", _("Les envois, du plus récent au plus ancien"))
@needs(Role.LECTRICE)
@blueprint.takes(PageIn, "query")
@blueprint.answers(200, page_of(CampaignOut))
def browse(asked: dict[str, Any]) -> dict[str, Any]:
    limit = asked["limit"]
    with runtime().database.snapshot() as session:
        found = service.page(session, space().id, before_id=asked["after"] or None, limit=limit + 1)
        items, following = paged(found, limit, lambda one: one.id)
        return {"items": _told(session, items), "next": following}


@blueprint.post("/campaigns", _("Écrire un brouillon"))
@needs(Role.EQUIPIERE)
@blueprint.takes(CampaignIn)
@once
@blueprint.answers(201, CampaignOut)
def draft(words: dict[str, Any], *, session: Session) -> SimpleNamespace:
    campaign = service.draft(session, space(), by=principal(), now=utc_now(), **words)
    return _told(session, [campaign])[0]


@blueprint.get(ONE, _("Où en est un envoi"))
@needs(Role.LECTRICE)
@blueprint.answers(200, CampaignOut)
def show(campaign_id: CampaignId) -> SimpleNamespace:
    with runtime().database.snapshot() as session:
        return _told(session, [service.get(session, space().id, campaign_id)])[0]


@blueprint.patch(ONE, _("Modifier un brouillon"), also=(409,))
@needs(Role.EQUIPIERE)
@blueprint.takes(CampaignIn)
@blueprint.answers(200, CampaignOut)
def edit(words: dict[str, Any], campaign_id: CampaignId) -> SimpleNamespace:
    return _after(campaign_id, service.edit, **words)


@blueprint.post(f"{ONE}/schedule", _("Envoyer, maintenant ou à une heure"), also=(409,))
@needs(Role.EQUIPIERE)
@blueprint.takes(ScheduleIn)
@blueprint.answers(202, CampaignOut)
def schedule(words: dict[str, Any], campaign_id: CampaignId) -> SimpleNamespace:
    now = utc_now()
    at, settings = words["at"] or now, runtime().settings
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        rehearsal = readiness.rehearse(session, space(), campaign, at=at, settings=settings, now=now)
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id, lock=True)
        service.schedule(session, space(), campaign, rehearsal, at=at, by=principal(), settings=settings, now=now)
        return _told(session, [campaign])[0]


@blueprint.post(f"{ONE}/pause", _("Retenir ce qui n'est pas parti"), also=(409,))
@needs(Role.EQUIPIERE)
@blueprint.answers(202, CampaignOut)
def pause(campaign_id: CampaignId) -> SimpleNamespace:
    return _after(campaign_id, service.pause)


@blueprint.post(f"{ONE}/resume", _("Reprendre"), also=(409,))
@needs(Role.EQUIPIERE)
@blueprint.answers(202, CampaignOut)
def resume(campaign_id: CampaignId) -> SimpleNamespace:
    return _after(campaign_id, service.resume)


@blueprint.post(f"{ONE}/cancel", _("Arrêter pour de bon"), also=(409,))
@needs(Role.EQUIPIERE)
@blueprint.answers(202, CampaignOut)
def cancel(campaign_id: CampaignId) -> SimpleNamespace:
    return _after(campaign_id, service.cancel)


@blueprint.get(f"{ONE}/messages", _("Les SMS d'un envoi, chaque personne par son dernier"))
@needs(Role.LECTRICE)
@blueprint.takes(MessagesIn, "query")
@blueprint.answers(200, page_of(MessageBriefOut))
def messages(asked: dict[str, Any], campaign_id: CampaignId) -> dict[str, Any]:
    found: Sequence[Message] = ()
    with runtime().database.snapshot() as session:
        campaign = service.get(session, space().id, campaign_id)
        statuses = [asked["status"]] if asked["status"] else []
        if campaign.mailing_id is not None:
            found = outbox_messages.of_mailing(
                session, campaign.mailing_id, statuses=statuses, after_id=asked["after"], limit=asked["limit"] + 1
            )
    items, following = paged(found, asked["limit"], lambda one: one.id)
    return {"items": items, "next": following}


def _after(campaign_id: CampaignId, act: Callable[..., None], **words: Any) -> SimpleNamespace:
    """The campaign after a change."""
    with runtime().database.transaction() as session:
        campaign = service.get(session, space().id, campaign_id, lock=True)
        act(session, campaign, by=principal(), now=utc_now(), **words)
        return _told(session, [campaign])[0]


def _told(session: Session, campaigns: Sequence[Campaign]) -> list[SimpleNamespace]:
    """Campaigns with their counts, their price and what paused them: one query each for all of them."""
    ids = [one.mailing_id for one in campaigns if one.mailing_id is not None]
    progress = tallies.progress_of(session, ids)
    reasons = mailings.pause_reasons(session, ids)
    stopped = halt.said(session, now=utc_now(), zone=ZoneInfo(space().zone))
    told = []
    for one in campaigns:
        at = one.mailing_id or MailingId(0)
        counts = progress[at].counts if at else {}
        told.append(
            SimpleNamespace(
                **{name: getattr(one, name) for name in _TOLD},
                audience={"segment": None, "segments": [], **one.audience},
                counts={status.value: counts.get(status, 0) for status in Status},
                price_micros=progress[at].price_micros if at else 0,
                currency=runtime().settings.currency,
                pause_reason=reasons.get(at, ""),
                sending_stopped=stopped,
            )
        )
    return told


_TOLD = (
    "id", "name", "family", "body", "sender", "budget_micros", "stage", "send_at", "not_after", "created_at",
    "updated_at", "finished_at",
)  # fmt: skip
