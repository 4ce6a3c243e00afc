"""One change of many people at once, and whom it changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ContactId, ListId, SpaceId
from app.database.tables import Base, UtcDateTime, Word


class Change(StrEnum):
    TAG = "tag"
    UNTAG = "untag"
    PUT_ON = "put_on"
    TAKE_OFF = "take_off"
    ARCHIVE = "archive"
    NOTE = "note"
    """A field says this of each of them."""
    FORGET = "forget"
    """A field says nothing of them any more."""


FIELD_KEY_CHARACTERS = 40
SHOWN_CHARACTERS = 500


class BulkEdit(Base):
    """A change as it was confirmed; its rows are those it changed, and undoing reads them."""

    __tablename__ = "bulk_edits"
    __table_args__ = (Index("ix_bulk_edits_space_id_id", "space_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    change: Mapped[Change] = mapped_column(Word(Change))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="SET NULL"))
    list_id: Mapped[ListId | None] = mapped_column(ForeignKey("lists.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(80), default="")
    """Of the tag, the list or the field, as it was called."""
    field: Mapped[str] = mapped_column(String(FIELD_KEY_CHARACTERS), default="", server_default="")
    """Which field is noted or forgotten: a column of ``Contact``, or « custom.12 » for the space's own of that id."""
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    """What the field says afterwards, as JSON keeps it; undoing compares with it. Gone once it cannot be undone."""
    shown: Mapped[str] = mapped_column(String(SHOWN_CHARACTERS), default="", server_default="")
    """The same as people read it."""
    segment_id: Mapped[int | None]
    """The saved rule that chose them, if one did."""
    people: Mapped[int]
    """How many were chosen; some may have been so already."""
    principal: Mapped[str] = mapped_column(String(12))
    principal_id: Mapped[int | None]
    principal_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str] = mapped_column(String(80), default="")


class BulkEditRow(Base):
    """Somebody whom it changed."""

    __tablename__ = "bulk_edit_rows"

    edit_id: Mapped[int] = mapped_column(ForeignKey("bulk_edits.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(
        ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    had_left: Mapped[bool] = mapped_column(default=False)
    """Put on a list that somebody had taken them off: undone, that is remembered again."""
    before: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    """What the field said of them, as ``BulkEdit.value``; None where it said nothing. With ``had_left``, the ISO
    instant at which they had been taken off; None in older rows. None for other changes.
    What a field said is gone once it cannot be undone."""
