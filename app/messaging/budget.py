"""What a space has spent of its monthly budget."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import PARIS
from app.messaging import tallies


def spent_this_month(session: Session, space_id: int, *, now: datetime) -> int:
    """The price of the texts of this month's mailings, in micros; months change at midnight in Paris."""
    month = now.astimezone(PARIS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return tallies.month_price(session, space_id, since=month)
