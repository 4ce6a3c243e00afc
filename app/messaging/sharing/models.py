"""Who else a text reaches: those who share the phone of the person it was written for."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ContactId, MessageId, SpaceId
from app.database.tables import Base


class MessageSharer(Base):
    """One person more whom a message reaches, though it names another: two on one phone get one SMS.

    No row where nobody shares. ``service`` alone writes it.
    """

    __tablename__ = "message_sharers"

    message_id: Mapped[MessageId] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    contact_id: Mapped[ContactId] = mapped_column(
        ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
