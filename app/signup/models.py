"""The public sign-up page of a space, and those who filled it in and have not said so by their phone yet."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ContactId, ListId, SpaceId
from app.database.tables import Base, UtcDateTime


class SignUpPage(Base):
    """A space's page, closed until its référente opens it. Without a row, it never was open."""

    __tablename__ = "sign_up_pages"

    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=False)
    welcome: Mapped[str] = mapped_column(Text, default="")
    """The association's own words, above the form."""
    list_id: Mapped[ListId | None] = mapped_column(ForeignKey("lists.id", ondelete="SET NULL"), index=True)
    """The list that new people join."""
    asks_commercial: Mapped[bool] = mapped_column(default=False)
    """Whether the page also asks, apart, for the consent to be told of sales."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignUp(Base):
    """Somebody who filled in the page: no contact before the phone's owner confirms by the link of an SMS.

    What it says of the person is blanked once they are a contact; the row goes when it expires.
    """

    __tablename__ = "sign_ups"
    __table_args__ = (
        UniqueConstraint("space_id", "fingerprint", "name_key"),
        Index("ix_sign_ups_due_at", "due_at"),
        Index("ix_sign_ups_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    phone: Mapped[str] = mapped_column(String(16))
    """E.164; empty once confirmed."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """The phone's, as a contact's."""
    name_key: Mapped[str] = mapped_column(String(80))
    """As a contact's: two people of one phone sign up each for themselves."""
    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80), default="")
    availability: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Bits: 1 weekdays, 2 evenings, 4 weekends; 0 is unknown."""
    wording: Mapped[str] = mapped_column(Text, default="")
    """What they ticked about missions and their age, word for word."""
    commercial_wording: Mapped[str] = mapped_column(Text, default="")
    """What they ticked about sales; empty when they did not."""
    page: Mapped[str] = mapped_column(String(200), default="")
    """The address of the page they filled in."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the SMS of its link is to be written; None once it was, or needs not be."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact_id: Mapped[ContactId | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    """Who they are, once confirmed."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
