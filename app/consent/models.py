"""May we text this person? What they allowed, what they refused, and when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ContactId, SpaceId
from app.database.tables import Base, UtcDateTime, Word


class Act(StrEnum):
    """What somebody did about being texted."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    RESTORED = "restored"


class Channel(StrEnum):
    """Where they did it."""

    PAPER = "paper"
    FORM = "form"
    SPOKEN = "spoken"
    SMS = "sms"
    LINK = "link"
    CARRIER = "carrier"
    IMPORT = "import"


class OptOut(Base):
    """A phone that wants no SMS, known by fingerprint so that it outlives the contact and any re-import."""

    __tablename__ = "opt_outs"
    __table_args__ = (UniqueConstraint("space_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    only_missions: Mapped[bool] = mapped_column(default=False)
    """« Seulement mes missions »: service texts still reach them."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    copied_from: Mapped[str | None] = mapped_column(String(64))
    """The fingerprint of the phone whose refusal this copies (``consent.refusals``); None for the phone's own."""
    missions_from: Mapped[str | None] = mapped_column(String(64))
    """Of the phone whose « seulement mes missions » a stricter copy hardened."""


class ConsentEntry(Base):
    """One line of the ledger, never changed: who said what, in which words, how, and who wrote it down."""

    __tablename__ = "consent_entries"
    __table_args__ = (
        Index("ix_consent_entries_space_id_fingerprint", "space_id", "fingerprint"),
        Index("ix_consent_entries_space_id_act", "space_id", "act"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    contact_id: Mapped[ContactId | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    family: Mapped[str | None] = mapped_column(String(12))
    """A message family, None for every one."""
    act: Mapped[Act] = mapped_column(Word(Act))
    wording: Mapped[str] = mapped_column(Text, default="")
    """The exact words the person was shown or said."""
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    evidence: Mapped[str] = mapped_column(String(200), default="")
    recorded_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
