"""What a space has spent of its monthly budget."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.clock import PARIS
from app.messaging import tallies


def spent_this_month(session: Session, space_id: int, *, now: datetime) -> int:
    """The price of the texts of this month's mailings, in micros; months change at midnight in Paris."""
    month = now.astimezone(PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return tallies.month_price(session, space_id, since=month)


def left_this_month(session: Session, space: Space, *, now: datetime) -> int | None:
    """What the space may still spend until the month ends, in micros; None without a monthly budget."""
    if space.budget_micros is None:
        return None
    return max(0, space.budget_micros - spent_this_month(session, space.id, now=now))
