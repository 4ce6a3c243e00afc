"""What a campaign may cost: within its own budget, and within what is left of its space's month."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.campaigns.dry_run import DryRun, rehearse
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.errors import Conflict, RuleBroken
from app.french.language import _
from app.french.typography import show_money
from app.messaging import budget, tallies
from app.messaging.models import Mailing
from app.settings import Settings

UNWRITTEN = (Stage.SCHEDULED, Stage.LAUNCHING)
"""Stages in which some messages, and their price, are still to come."""


def uncounted(
    session: Session, space: Space, campaign: Campaign, *, settings: Settings, now: datetime
) -> dict[int, int]:
    """What the space's other campaigns that promised nothing will cost in all: {campaign id: micros}.

    A program of before planned them. Every text of theirs is rendered: never while others wait to write.
    """
    if space.budget_micros is None:
        return {}
    return {
        one.id: rehearse(session, space, one, at=one.send_at or now, settings=settings, now=now).price_micros
        for one in _without_promise(session, space, campaign)
    }


def check(
    session: Session,
    space: Space,
    campaign: Campaign,
    run: DryRun,
    *,
    uncounted: Mapping[int, int],
    settings: Settings,
    now: datetime,
) -> None:
    """Raises RuleBroken when the campaign would cost more than it, or its space this month, may.

    Nothing is rendered. Raises Conflict when a campaign without a promise is not among the ``uncounted``.
    """
    if campaign.budget_micros is not None and run.price_micros > campaign.budget_micros:
        sentence = _(
            "Cet envoi coûterait %(price)s, plus que son budget de %(budget)s.",
            price=show_money(run.price_micros, settings.currency),
            budget=show_money(campaign.budget_micros, settings.currency),
        )
        raise RuleBroken("over_budget", sentence, fields={"budget_micros": sentence})
    if space.budget_micros is None:
        return
    spent = budget.spent_this_month(session, space.id, now=now)
    left = space.budget_micros - spent - _promised(session, space, campaign, uncounted)
    if run.price_micros > left:
        raise RuleBroken(
            "over_monthly_budget",
            _(
                "Cet envoi coûterait %(price)s, et il reste %(left)s au budget de ce mois.",
                price=show_money(run.price_micros, settings.currency),
                left=show_money(max(0, left), settings.currency),
            ),
        )


def _promised(session: Session, space: Space, campaign: Campaign, uncounted: Mapping[int, int]) -> int:
    """What the space's other campaigns will still cost once all their messages are written, in micros."""
    promised = budget.promised(session, space.id, but_mailing_id=campaign.mailing_id)
    for one in _without_promise(session, space, campaign):
        if one.id not in uncounted:
            raise Conflict("campaign_changed", _("Un autre envoi vient d'être programmé. Relisez avant d'envoyer."))
        written = tallies.progress_of(session, [one.mailing_id])[one.mailing_id].price_micros if one.mailing_id else 0
        promised += max(0, uncounted[one.id] - written)
    return promised


def _without_promise(session: Session, space: Space, campaign: Campaign) -> Sequence[Campaign]:
    return session.scalars(
        select(Campaign)
        .join(Mailing, Mailing.id == Campaign.mailing_id)
        .where(
            Campaign.space_id == space.id,
            Campaign.id != campaign.id,
            or_(Campaign.stage.in_(UNWRITTEN), Campaign.stage_before_pause.in_(UNWRITTEN)),
            Campaign.stage != Stage.CANCELLED,
            Mailing.promised_micros.is_(None),
        )
    ).all()
