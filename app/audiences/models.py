"""Saved rules."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.contacts.naming import TWIN_KEY_CHARACTERS
from app.database.ids import SegmentId, SpaceId
from app.database.tables import Base, UtcDateTime


class Segment(Base):
    """« Une sélection »: a rule with a name. It holds no people: they are asked for each time."""

    __tablename__ = "segments"
    __table_args__ = (
        UniqueConstraint("space_id", "folded"),
        {"sqlite_autoincrement": True},  # rules and audiences name it by its id, which must never be another's
    )

    id: Mapped[SegmentId] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(TWIN_KEY_CHARACTERS))
    """``twin_key`` of the name."""
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As ``rules.to_json`` writes it: ids of lists, tags, fields and segments, never their names."""
    created_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
