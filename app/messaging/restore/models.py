"""Where the outbox stands beside the carrier: how far its lists were read, and whether anything may leave."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.tables import Base, UtcDateTime


class InboundMark(Base):
    """One number of ours at one carrier account, and until when the texts that came to it were read back."""

    __tablename__ = "inbound_marks"

    account_sid: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    read_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """By our clock, when the list that held them was asked for."""


class SendingState(Base):
    """One row for the whole installation, and none before jobs first ran or a backup was taken."""

    __tablename__ = "sending_states"

    id: Mapped[int] = mapped_column(primary_key=True)
    alive_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a jobs process last wrote here: in a copy of the database, shortly before the copy was taken."""
    halted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing leaves, for want of knowing what left; None while all goes well."""
    halted_because: Mapped[str] = mapped_column(String(24), default="", server_default="")
    """A word of ``halt``."""
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing leaves, because a person said so; None while nobody did."""
    stopped_because: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Their reason, which every page shows."""
    stopped_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    restored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When `tambour restored` last let sending go on."""
    backed_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last backup was taken; inside that backup, the one before it."""
    backup_bytes: Mapped[int | None] = mapped_column(BigInteger)
