"""What the programs say of themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.tables import Base, UtcDateTime


class Heartbeat(Base):
    """One jobs process, written by itself every few seconds. A clean stop takes the row away; a silent one died."""

    __tablename__ = "heartbeats"
    __table_args__ = (Index("ix_heartbeats_beat_at", "beat_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(String(120))
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
    errors: Mapped[int] = mapped_column(default=0, server_default="0")
    """Lines of its log at the level « error », since it started."""
    last_error: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """The event of the last one, never a phone or a text."""
    last_error_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ticks: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """By the tick's name: {last_at, lasted_ms, errors, error}; ``error`` is "" when the last run went well."""
    latency: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Of the carrier's answers: {counts: [answers a bound of LATENCY_BOUNDS_S, then the slower], sum_s}."""
