"""A text written once for many people."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.campaigns.rules import Stage
from app.consent.families import Family
from app.database.ids import CampaignId, MailingId, SpaceId
from app.database.tables import Base, UtcDateTime, Word


class Campaign(Base):
    """One text, the people it is for, and when it leaves. Its messages belong to its mailing."""

    __tablename__ = "campaigns"
    __table_args__ = (
        Index("ix_campaigns_stage_send_at", "stage", "send_at"),
        Index("ix_campaigns_space_id_id", "space_id", "id"),
        Index("ix_campaigns_space_id_send_at", "space_id", "send_at"),
        Index("ix_campaigns_space_id_stage", "space_id", "stage", "id"),
        {"sqlite_autoincrement": True},  # the trail of a draft thrown away names it by its id
    )

    id: Mapped[CampaignId] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120), default="")
    family: Mapped[Family] = mapped_column(Word(Family))
    body: Mapped[str] = mapped_column(Text, default="")
    sender: Mapped[str] = mapped_column(String(16), default="")
    audience: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """{lists: [id], segments: [id], contacts: [id], except: [contact id]}; an older row has no segments."""
    link_purpose: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """What its personal links open; empty for the way out alone."""
    link_subject_id: Mapped[int | None]
    """What the purpose speaks of: the mission that it asks about."""
    budget_micros: Mapped[int | None] = mapped_column(BigInteger)
    stage: Mapped[Stage] = mapped_column(Word(Stage), default=Stage.DRAFT)
    stage_before_pause: Mapped[Stage | None] = mapped_column(Word(Stage))
    mailing_id: Mapped[MailingId | None] = mapped_column(ForeignKey("mailings.id"), unique=True)
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """After it a message that could not leave is withdrawn."""
    ignores_hours_by: Mapped[str] = mapped_column(String(80), default="")
    """Who confirmed sending outside the hours."""
    reached_id: Mapped[int] = mapped_column(default=0)
    """The last contact a message was written for, while launching."""
    created_by: Mapped[str] = mapped_column(String(80), default="")
    maker: Mapped[str] = mapped_column(String(24), default="", server_default="")
    """The key of its principal, « user:12 »; empty when a job or an older release made it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
