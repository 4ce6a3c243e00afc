"""What the programs say of themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.tables import Base, UtcDateTime, Word
from app.messaging.status import Status


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


class SendingSample(Base):
    """Where the queue stood at one instant, written every few minutes by whichever jobs process comes first."""

    __tablename__ = "sending_samples"

    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    """The beginning of its few minutes."""
    queued: Mapped[int]
    """Messages that wait in open mailings, those planned for later among them."""
    oldest_due_s: Mapped[int]
    """How long the one that has waited longest past its time has."""
    in_flight: Mapped[int]
    in_doubt: Mapped[int]
    without_receipt: Mapped[int]


class OutcomeHour(Base):
    """How many messages handed over within one hour stand where, by the carrier's code."""

    __tablename__ = "outcome_hours"

    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    """Its beginning; the first of all hours holds what is too old to be told apart."""
    status: Mapped[Status] = mapped_column(Word(Status), primary_key=True)
    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The carrier's, 0 for none."""
    messages: Mapped[int]
    lag_s: Mapped[int] = mapped_column(BigInteger)
    """From the hand-over to the last word, summed over them."""
