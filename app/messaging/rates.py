"""How fast a sender may go: one row a sender, so that the limit holds across machines (a generic cell rate)."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.db import insert_missing
from app.messaging.models import SenderRate

BURST = timedelta(seconds=1)
"""Nobody takes more than one second's worth at a time."""


def lock(session: Session, space: Space, sender: str, *, now: datetime) -> SenderRate:
    """The sender's row, held until the transaction ends: claims of one sender follow each other."""
    insert_missing(
        session,
        SenderRate,
        [{"space_id": space.id, "sender": sender, "free_at": now}],
        unique=[SenderRate.space_id, SenderRate.sender],
        returning=SenderRate.space_id,
    )
    return session.scalars(
        select(SenderRate).where(SenderRate.space_id == space.id, SenderRate.sender == sender).with_for_update()
    ).one()


def slots(rate: SenderRate, space: Space, *, now: datetime) -> int:
    """How many texts may be handed over now."""
    ahead = max(rate.free_at, now) - now
    return max(0, int((BURST - ahead).total_seconds() * space.rate_per_s + 1e-6))


def take(rate: SenderRate, space: Space, count: int, *, now: datetime) -> None:
    """Use ``count`` of the slots."""
    rate.free_at = max(rate.free_at, now) + timedelta(seconds=count / space.rate_per_s)


def hold(rate: SenderRate, seconds: float, *, now: datetime) -> None:
    """Nothing more from this sender for a while: the carrier asked to slow down."""
    rate.free_at = max(rate.free_at, now + BURST + timedelta(seconds=seconds))
