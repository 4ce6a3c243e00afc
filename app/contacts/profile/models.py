"""What an association notes of its people beside what every contact has: its own fields, and their values."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Double, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.contacts.models import Contact
from app.database.ids import ContactId, SpaceId
from app.database.tables import Base, UtcDateTime, Word

FIELD_NAME_CHARACTERS = 120
"""A folded label may be longer than the label: « ﬁ » is two letters."""
TEXT_KEY_CHARACTERS = 500


class FieldType(StrEnum):
    """How a field's value is written, read and compared."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    """One of ``ContactField.choices``."""
    CHOICES = "choices"
    """Any number of them."""


class ContactField(Base):
    """A field that one association made: « Taille de t-shirt ». Archived, it keeps its values and is shown nowhere."""

    __tablename__ = "contact_fields"
    __table_args__ = (UniqueConstraint("space_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(FIELD_NAME_CHARACTERS))
    """Its key: the first label, without case nor accents. A field called otherwise keeps it."""
    label: Mapped[str] = mapped_column(String(60))
    type: Mapped[FieldType] = mapped_column(Word(FieldType), default=FieldType.TEXT)
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    """In the order of forms; empty for the types that have none."""
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ContactValue(Base):
    """What a field says of a contact: one row, or one for each choice. No row: nothing is known.

    ``text`` is what people read, for a text and a choice; ``text_key`` the same folded by us, "" for a number and a
    date, which stand in ``number`` and ``day``.
    """

    __tablename__ = "contact_values"
    __table_args__ = (
        Index("ix_contact_values_field_id_text_key_contact_id", "field_id", "text_key", "contact_id"),
        Index("ix_contact_values_field_id_number_contact_id", "field_id", "number", "contact_id"),
        Index("ix_contact_values_field_id_day_contact_id", "field_id", "day", "contact_id"),
    )

    contact_id: Mapped[ContactId] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("contact_fields.id", ondelete="CASCADE"), primary_key=True)
    text_key: Mapped[str] = mapped_column(String(TEXT_KEY_CHARACTERS), primary_key=True, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[float | None] = mapped_column(Double)
    day: Mapped[date | None]


_HELD = text("CAST(custom AS TEXT) NOT IN ('{}', 'null')")
Index("ix_contacts_custom", Contact.id, sqlite_where=_HELD, postgresql_where=_HELD)  # whom ``moving`` looks for
