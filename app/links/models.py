"""The way back: a short personal link in a text."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ContactId, SpaceId
from app.database.tables import Base, UtcDateTime


class Link(Base):
    """A personal token with a purpose, known by digest; the page it opens is chosen by purpose."""

    __tablename__ = "links"
    __table_args__ = (Index("ix_links_expires_at", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int | None]
    """What the purpose speaks of: a mailing, a registration, a mission…"""
    contact_id: Mapped[ContactId | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    """None once the contact is gone: the link opens as long as its text may be read."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Of the phone the text went to: an opt-out is by phone."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
