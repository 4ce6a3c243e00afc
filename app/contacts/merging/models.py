"""Two cards that were one person's: what was done with each thing of theirs, so that it can be undone."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ContactId, SpaceId
from app.database.tables import Base, UtcDateTime, Word


class Merge(Base):
    """One merge: the survivor has everything, the loser stays as an archived husk that points to them."""

    __tablename__ = "merges"
    __table_args__ = (Index("ix_merges_space_id_id", "space_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    survivor_id: Mapped[ContactId] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    loser_id: Mapped[ContactId] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    chosen: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The fields of the card whose value is the loser's."""
    principal: Mapped[str] = mapped_column(String(12))
    principal_id: Mapped[int | None]
    principal_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str] = mapped_column(String(80), default="")


class MergeAction(StrEnum):
    """``moved`` to the survivor; ``folded`` into a row of the survivor's; ``kept`` aside, out of the survivor's."""

    MOVED = "moved"
    FOLDED = "folded"
    KEPT = "kept"


class MergeRow(Base):
    """One thing of a merge, in the order it was done; undoing reads them backwards."""

    __tablename__ = "merge_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("merges.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    """The table."""
    key: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The row, by the columns of its primary key."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What it was; its features know the shape."""
    action: Mapped[MergeAction] = mapped_column(Word(MergeAction))
