"""What accounts keep for a while only."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import Failure, Idempotency, OneTime, SignedIn
from app.accounts.quota_models import Quota

ANSWERS_KEPT = timedelta(hours=24)
ENDED_KEPT = timedelta(days=30)
TURNS_KEPT = timedelta(days=40)


def forget_ended(session: Session, *, now: datetime) -> None:
    """Ended sessions and one-time secrets after a month, API answers after a day, failures after a day, turns after
    the month they count in."""
    session.execute(delete(SignedIn).where(SignedIn.expires_at < now - ENDED_KEPT))
    session.execute(delete(OneTime).where(OneTime.expires_at < now - ENDED_KEPT))
    session.execute(delete(Idempotency).where(Idempotency.created_at < now - ANSWERS_KEPT))
    session.execute(delete(Quota).where(Quota.starts_on < (now - TURNS_KEPT).date()))
    session.execute(delete(Failure).where(Failure.since < now - ANSWERS_KEPT))
