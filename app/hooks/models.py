"""Who subscribed, and what was or will be sent to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Space
from app.database.ids import SpaceId
from app.database.tables import Base, UtcDateTime, Word
from app.hooks.events import Kind

_PENDING = text("state = 'pending'")


class DeliveryState(StrEnum):
    """PENDING until a receiver said yes or its last attempt failed."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Hook(Base):
    """A program's subscription to what happens in one live space.

    Removed, its row stays for a month without its secret: what is being written at that instant still names it.
    """

    __tablename__ = "hooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(80))
    """As it is: a signature is made with it, not checked against it."""
    events: Mapped[list[str]] = mapped_column(JSON)
    """Words of ``Kind``."""
    is_on: Mapped[bool] = mapped_column(default=True)
    why_off: Mapped[str] = mapped_column(Text, default="")
    """Why it was stopped by itself, for whoever reads the page."""
    failures: Mapped[int] = mapped_column(default=0)
    """Attempts that failed since the last that did not."""
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until then it is left alone."""
    served_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it last had its turn."""
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    space: Mapped[Space] = relationship(lazy="joined", innerjoin=True)

    @property
    def kinds(self) -> list[Kind]:
        return [Kind(one) for one in self.events]


class Delivery(Base):
    """One event for one subscription, written in the transaction of what happened and sent by a tick."""

    __tablename__ = "hook_deliveries"
    __table_args__ = (
        Index("ix_hook_deliveries_due", "hook_id", "next_at", postgresql_where=_PENDING, sqlite_where=_PENDING),
        Index("ix_hook_deliveries_hook_id_id", "hook_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("hooks.id", ondelete="CASCADE"))
    public_id: Mapped[str] = mapped_column(String(40))
    """The event's own, the same at every attempt and replay: a receiver knows by it what it has had."""
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Ids, words of ours and figures: never a name, a phone or a text."""
    state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState), default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it may be claimed; a claim moves it past the longest attempt, so that a stop in the middle loses nothing."""
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status_code: Mapped[int | None]
    """What the receiver answered last; None when nobody did."""
    problem: Mapped[str] = mapped_column(String(24), default="")
    """Why nobody answered: a word of ``Problem``."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
