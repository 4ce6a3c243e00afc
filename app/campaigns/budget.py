"""What a campaign may cost: within its own budget, and within what is left of its space's month."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.campaigns.dry_run import DryRun, rehearse
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import PARIS
from app.errors import RuleBroken
from app.language import _
from app.messaging import tallies
from app.settings import Settings
from app.typography import show_money

UNWRITTEN = (Stage.SCHEDULED, Stage.LAUNCHING)
"""Stages in which some letters, and their price, are still to come."""


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
    month = now.astimezone(PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = tallies.month_price(session, space.id, since=month)
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


def hold(session: Session, space: Space) -> None:
    """Until the transaction ends, nobody else schedules on the same money."""
    if space.budget_micros is not None:
        session.execute(select(Space.id).where(Space.id == space.id).with_for_update(key_share=True))


def _promised(session: Session, space: Space, campaign: Campaign, *, settings: Settings, now: datetime) -> int:
    """What the space's other scheduled campaigns will cost once all their letters are written, in micros."""
    waiting = session.scalars(
        select(Campaign).where(
            Campaign.space_id == space.id,
            Campaign.id != campaign.id,
            or_(Campaign.stage.in_(UNWRITTEN), Campaign.stage_before_pause.in_(UNWRITTEN)),
            Campaign.stage != Stage.CANCELLED,
        )
    ).all()
    written = tallies.progress_of(session, [one.mailing_id for one in waiting if one.mailing_id])
    promised = 0
    for one in waiting:
        price = rehearse(session, space, one, at=one.send_at or now, settings=settings, now=now).price_micros
        promised += max(0, price - (written[one.mailing_id].price_micros if one.mailing_id else 0))
    return promised
