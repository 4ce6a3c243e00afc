"""Which mailings are over for good, by the month that they were made in, Paris time."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Mode, Space
from app.clock import PARIS
from app.database.ids import MailingId
from app.messaging.mailings import UNSETTLED
from app.messaging.models import Mailing, MailingState, Message

KEPT_MONTHS = 13
"""Whole months that stay in the database unless somebody says otherwise: last year's same month is still there."""
LEAST_MONTHS = 3
"""What came last stays, whatever is asked: replies are known by who was texted, doubts by what was sent."""


def first_of(month: str) -> datetime:
    """The instant that « 2025-03 » begins. Raises ValueError."""
    return datetime.combine(date.fromisoformat(f"{month}-01"), time(), PARIS)


def month_of(at: datetime) -> str:
    return at.astimezone(PARIS).strftime("%Y-%m")


def following(month: str) -> str:
    return month_of(first_of(month) + timedelta(days=32))


def months_ago(count: int, *, now: datetime) -> str:
    """The month that ended so many whole months ago."""
    month = first_of(month_of(now))
    for _month in range(count + 1):
        month = first_of(month_of(month - timedelta(days=1)))
    return month_of(month)


def oldest(session: Session, *, until: datetime) -> str | None:
    """The month of the oldest mailing to archive; None when there is none."""
    at = session.scalar(select(func.min(Mailing.created_at)).join(Space).where(_is_over(until)))
    return month_of(at) if at else None


def of_month(session: Session, month: str, *, until: datetime) -> Sequence[MailingId]:
    """The mailings of that month to archive."""
    since, end = first_of(month), first_of(following(month))
    query = select(Mailing.id).join(Space).where(_is_over(until), Mailing.created_at >= since, Mailing.created_at < end)
    return session.scalars(query.order_by(Mailing.id)).all()


def _is_over(until: datetime) -> ColumnElement[bool]:
    """Closed, in a live space, with messages, of which none was written since nor waits for anything.

    A practice space is copied with its past, and goes whole. What belongs to a date to come keeps its messages, by
    which nobody is invited twice.
    """
    its = select(Message.id).where(Message.mailing_id == Mailing.id)
    busy = its.where(or_(Message.status.in_(UNSETTLED), Message.created_at >= until))
    return and_(
        Space.mode == Mode.LIVE,
        Mailing.state == MailingState.CLOSED,
        Mailing.created_at < until,
        or_(Mailing.expires_at.is_(None), Mailing.expires_at < until),
        its.exists(),
        ~busy.exists(),
    )
