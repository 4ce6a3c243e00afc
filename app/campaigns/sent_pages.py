"""« Envoyer »: all that was sent, drafts and what is paused first; and what campaigns say of themselves there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.campaigns import listing, stating
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.contacts.finding import service as finding
from app.database.ids import MailingId
from app.french.language import _
from app.messaging import mailings, validity
from app.messaging.following.sent import Owner, Told
from app.messaging.tallies import Progress
from app.messaging.web import sent_pages as sendings
from app.web.pages import PAGE_SIZE
from app.web.requests import number_argument

DRAFTS = "brouillons"
"""The kind of what is not sent yet."""
FIRST_DRAFTS = 3
"""How many stand above the list; its filter shows all of them."""
FIRST_STOPPED = 5


def title(campaign: Campaign) -> str:
    """Its name, else the beginning of its text."""
    body = campaign.body if len(campaign.body) <= 60 else f"{campaign.body[:59].rstrip()}…"
    return campaign.name or body or _("Sans titre")


def words(session: Session, here: Space, *, now: datetime) -> dict[str, Any]:
    """The words of ``campaigns/browse.html``: the page, and the kind of sending, that the address asks for."""
    kinds = sendings.kinds()
    asked = request.args.get("type", "")
    kind = asked if asked in (DRAFTS, *(one for one, _label in kinds)) else ""
    before_id = number_argument("avant")
    is_first = not before_id and not kind
    lines: list[sendings.Line] = []
    next_id: int | None = None
    drafts: Sequence[Campaign] = ()
    has_more = False
    if kind == DRAFTS or is_first:
        limit = PAGE_SIZE if kind else FIRST_DRAFTS
        found = listing.drafts(session, here.id, before_id=before_id, limit=limit + 1)
        drafts, has_more = found[:limit], len(found) > limit
        next_id = drafts[-1].id if kind and has_more else None
    if kind != DRAFTS:
        lines, next_id = sendings.page(session, here, kind=kind, before_id=before_id, limit=PAGE_SIZE, now=now)
    return {
        "drafts": [(one, title(one)) for one in drafts],
        "has_more_drafts": is_first and has_more,
        "stopped": sendings.stopped(session, here, limit=FIRST_STOPPED, now=now) if is_first else [],
        "lines": lines,
        "next_id": next_id,
        "kinds": [("", _("Tout")), *kinds, (DRAFTS, _("Brouillons"))],
        "kind": kind,
        "is_first": not before_id,
        "has_people": finding.anybody(session, here.id),
    }


def _tell(session: Session, here: Space, progress: Mapping[MailingId, Progress]) -> Mapping[MailingId, Told]:
    campaigns = listing.of_mailings(session, here.id, progress)
    states = stating.words(session, campaigns, {int(one): its for one, its in progress.items()}, now=utc_now())
    leaving = _leaving(session, here, campaigns)
    return {
        one.mailing_id: Told(
            title(one),
            url_for("campaign_progress.follow", slug=here.slug, campaign_id=one.id),
            state=states[one.id],
            at=leaving.get(one.mailing_id, one.send_at),
        )
        for one in campaigns
        if one.mailing_id is not None
    }


def _leaving(session: Session, here: Space, campaigns: Sequence[Campaign]) -> dict[MailingId, datetime]:
    """When those that are planned leave: at the opening of the hours, for one that is wished in the night."""
    wished = {one.mailing_id: one.send_at for one in campaigns if one.stage is Stage.SCHEDULED}
    theirs = mailings.of_ids(session, {one for one in wished if one}) if wished else ()
    return {one.id: validity.slot(one, here, here.zone, at).opens_at for one in theirs if (at := wished[one.id])}


OWNER = Owner("envois", _("Envois"), _("Envoi"), listing.is_campaign(), _tell)
