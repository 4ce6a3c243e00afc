"""What a campaign may cost: within its own budget, and within what is left of its space's month."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.campaigns.dry_run import DryRun, rehearse
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.errors import RuleBroken
from app.french.language import _
from app.french.typography import show_money
from app.messaging import budget, tallies
from app.messaging.models import Mailing
from app.settings import Settings

UNWRITTEN = (Stage.SCHEDULED, Stage.LAUNCHING)
"""Stages in which some messages, and their price, are still to come."""


def check(
    session: Session, space: Space, campaign: Campaign, run: DryRun, *, settings: Settings, now: datetime
) -> None:
    """Raises RuleBroken when the campaign would cost more than it, or its space this month, may."""
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
    left = space.budget_micros - spent - _promised(session, space, campaign, settings=settings, now=now)
    if run.price_micros > left:
        raise RuleBroken(
            "over_monthly_budget",
            _(
                "Cet envoi coûterait %(price)s, et il reste %(left)s au budget de ce mois.",
                price=show_money(run.price_micros, settings.currency),
                left=show_money(max(0, left), settings.currency),
            ),
        )


def _promised(session: Session, space: Space, campaign: Campaign, *, settings: Settings, now: datetime) -> int:
    """What the space's other campaigns will still cost once all their messages are written, in micros.

    Those that a program of before planned promised nothing: they are counted anew.
    """
    promised = budget.promised(session, space.id, but_mailing_id=campaign.mailing_id)
    for one in _uncounted(session, space, campaign):
        written = tallies.progress_of(session, [one.mailing_id])[one.mailing_id].price_micros if one.mailing_id else 0
        price = rehearse(session, space, one, at=one.send_at or now, settings=settings, now=now).price_micros
        promised += max(0, price - written)
    return promised


def _uncounted(session: Session, space: Space, campaign: Campaign) -> Sequence[Campaign]:
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
