"""What subscriptions keep for a while only."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.hooks.models import Delivery, Hook

KEPT = timedelta(days=30)


def forget_deliveries(session: Session, *, now: datetime, limit: int) -> int:
    """Deliveries of a month ago, whatever became of them, ``limit`` at a time; how many went."""
    old = select(Delivery.id).where(Delivery.created_at < now - KEPT).order_by(Delivery.created_at).limit(limit)
    return len(session.execute(delete(Delivery).where(Delivery.id.in_(old)).returning(Delivery.id)).all())


def forget_removed(session: Session, *, now: datetime) -> None:
    """Subscriptions removed a month ago: nothing can still be writing for them."""
    session.execute(delete(Hook).where(Hook.removed_at < now - KEPT))
