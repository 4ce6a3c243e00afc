"""A space's monthly budget: what is spent, what is promised to campaigns not written yet, and what is left."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import spaces
from app.accounts.models import Space
from app.clock import PARIS
from app.database.ids import MailingId, SpaceId
from app.errors import RuleBroken
from app.french.language import ngettext
from app.messaging import tallies
from app.messaging.models import Mailing, MailingState, Tally


def spent_this_month(session: Session, space_id: SpaceId, *, now: datetime) -> int:
    """The price of the texts of this month's mailings, in micros; months change at midnight in Paris."""
    month = now.astimezone(PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return tallies.month_price(session, space_id, since=month)


def spent_by_space(session: Session, *, since: datetime, until: datetime | None) -> dict[SpaceId, int]:
    """The price of the texts of every space's mailings made in between, in micros: {space id: price}."""
    query = select(Tally.space_id, func.sum(Tally.price_micros)).join(Mailing, Mailing.id == Tally.mailing_id)
    query = query.where(Mailing.created_at >= since)
    query = query.where(Mailing.created_at < until) if until else query
    return {row[0]: int(row[1]) for row in session.execute(query.group_by(Tally.space_id))}


def promised(session: Session, space_id: SpaceId, *, but_mailing_id: MailingId | None = None) -> int:
    """What mailings not wholly written will still cost, in micros; of all but one of them."""
    rows = session.execute(
        select(Mailing.id, Mailing.promised_micros).where(
            Mailing.space_id == space_id,
            Mailing.state.in_((MailingState.OPEN, MailingState.PAUSED)),
            Mailing.promised_micros.is_not(None),
            Mailing.id != (but_mailing_id or 0),
        )
    ).all()
    written = tallies.progress_of(session, [row.id for row in rows])
    return sum(max(0, row.promised_micros - written[row.id].price_micros) for row in rows)


def left_this_month(session: Session, space: Space, *, now: datetime) -> int | None:
    """What the space may still spend until the month ends, in micros; None without a monthly budget."""
    if space.budget_micros is None:
        return None
    spent = spent_this_month(session, space.id, now=now)
    return max(0, space.budget_micros - spent - promised(session, space.id))


def hold(session: Session, space: Space) -> None:
    """Until the transaction ends, nobody else spends or promises the same money."""
    if space.budget_micros is not None:
        spaces.lock(session, space.id)


def check(session: Session, space: Space, price_micros: int, *, people: int, now: datetime) -> None:
    """Raises RuleBroken when messages to ``people`` would cost more than is left; ``hold`` comes before."""
    left = left_this_month(session, space, now=now)
    if left is not None and price_micros > left:
        sentence = ngettext(
            "Le budget de ce mois ne suffit pas pour ce SMS.",
            "Le budget de ce mois ne suffit pas pour ces SMS.",
            people,
        )
        raise RuleBroken("over_monthly_budget", sentence)
