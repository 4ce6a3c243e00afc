"""The words by which people are found."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.contacts.naming import SORT_KEY_CHARACTERS
from app.database.ids import ContactId, SpaceId
from app.database.tables import Base

_WORD = String(SORT_KEY_CHARACTERS)


class ContactWord(Base):
    """One word of a contact's ``sort_key``, or the end of their number. A word's rows stand in the alphabet's order.

    The database keeps them itself, by triggers on ``contacts`` (migration 0026), so that whatever writes a contact
    leaves them exact: a file, a merge, an erased space, an older release, a hand in a console. Nothing else writes
    here. No foreign key: the triggers take a contact's rows away with it, by their whole key.
    """

    __tablename__ = "contact_words"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - what SQLAlchemy reads

    space_id: Mapped[SpaceId] = mapped_column(primary_key=True)
    is_archived: Mapped[bool] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(
        _WORD.with_variant(String(SORT_KEY_CHARACTERS, collation="C"), "postgresql"), primary_key=True
    )
    """« dupont », or ``#`` and the last eight signs of the number, the last first: « #43218993 ». Compared by code
    points, so that a beginning is a range."""
    sort_key: Mapped[str] = mapped_column(String(SORT_KEY_CHARACTERS), primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(primary_key=True)
