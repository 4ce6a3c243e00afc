"""What the system keeps of each contact's story, apart from the contact's own row."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ContactId, SpaceId
from app.database.tables import Base, UtcDateTime


class ContactActivity(Base):
    """When a contact was last texted, last answered and last came: one row for whom anything has been written.

    No row says « never » and 0. ``history`` alone writes it.
    """

    __tablename__ = "contact_activity"

    contact_id: Mapped[ContactId] = mapped_column(
        ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    last_contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the latest text that the carrier took for them was handed over."""
    last_answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they last wrote back, or last said whether they come."""
    last_came_on: Mapped[date | None] = mapped_column(Date)
    """The day, in the space's zone, of the latest date they are noted as having come to."""
    times_came: Mapped[int] = mapped_column(default=0, server_default="0")
    undelivered_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many texts the carrier says did not arrive, each try counted."""
