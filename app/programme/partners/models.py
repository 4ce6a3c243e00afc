"""Partners, and what each of them takes part in."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import PartnerId
from app.database.tables import Base, UtcDateTime, Word


class Kind(StrEnum):
    """What a partner brings: money, its people's skills, or work with the associations."""

    FINANCIAL = "financial"
    SKILLS = "skills"
    OPERATIONAL = "operational"


class Subject(StrEnum):
    """What a partner may be attached to."""

    TRAINING = "training"
    TOOL = "tool"
    RESOURCE = "resource"


class Partner(Base):
    """Somebody the programme works with. One that left keeps its line, with its last day."""

    __tablename__ = "partners"

    id: Mapped[PartnerId] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(360), unique=True)
    """The name as it is compared."""
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    address: Mapped[str] = mapped_column(String(300), default="")
    """Its web site; empty where nobody wrote it down."""
    words: Mapped[str] = mapped_column(String(300), default="")
    """What it does for the programme, in a sentence."""
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    """Its last day as a partner; None for one that still is."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PartnerTie(Base):
    """A partner takes part in one training, tool or resource."""

    __tablename__ = "partner_ties"
    __table_args__ = (
        UniqueConstraint("partner_id", "subject", "subject_id"),
        Index("ix_partner_ties_subject_subject_id", "subject", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[PartnerId] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"))
    subject: Mapped[Subject] = mapped_column(Word(Subject))
    subject_id: Mapped[int]
    """The row of that kind; no key holds it, since each kind has a table of its own."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
