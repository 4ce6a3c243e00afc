"""Two contacts who may be one person: a question for somebody, asked once."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ContactId, SpaceId
from app.database.tables import Base, UtcDateTime, Word


class PairReason(StrEnum):
    """What the two share, the strongest first."""

    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    """Their whole name and their postcode."""
    SAID = "said"
    """Nothing that is looked up: somebody said so."""


class PairState(StrEnum):
    TO_SEE = "to_see"
    NOT_DUPLICATE = "not_duplicate"
    MERGED = "merged"


class DuplicatePair(Base):
    """A pair that was proposed, whatever was answered: it is never proposed again."""

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        Index("ix_duplicate_pairs_space_id_state", "space_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    low_id: Mapped[ContactId] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    """The contact of the smaller id."""
    high_id: Mapped[ContactId] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    reason: Mapped[PairReason] = mapped_column(Word(PairReason))
    state: Mapped[PairState] = mapped_column(Word(PairState), default=PairState.TO_SEE)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str] = mapped_column(String(80), default="")
