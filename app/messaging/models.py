"""The outbox: messages, the mailings they belong to, and what the carrier said of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.consent.families import Family
from app.database.ids import ContactId, MailingId, MessageId, SpaceId
from app.database.tables import Base, UtcDateTime, Word
from app.messaging.status import Status

_FILTERED = text("error_code = 30007")
_UNREAD = text("handled_at IS NULL")
LongId = BigInteger().with_variant(Integer, "sqlite")


class MailingState(StrEnum):
    """Whether the dispatcher takes a mailing's messages."""

    OPEN = "open"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class Mailing(Base):
    """What messages have in common. Campaigns, reminders and calls each own one; the outbox knows no more."""

    __tablename__ = "mailings"
    __table_args__ = (
        Index("ix_mailings_gate_priority", "gate", "priority", "served_at"),
        Index("ix_mailings_space_id_created_at", "space_id", "created_at"),
    )

    id: Mapped[MailingId] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    sender: Mapped[str] = mapped_column(String(16))
    family: Mapped[Family] = mapped_column(Word(Family))
    priority: Mapped[int] = mapped_column(default=5)
    """Lower goes first."""
    state: Mapped[MailingState] = mapped_column("gate", Word(MailingState), default=MailingState.OPEN)
    pause_reason: Mapped[str] = mapped_column(Text, default="")
    cap_micros: Mapped[int | None] = mapped_column(BigInteger)
    """Messages whose price would pass it are withdrawn, not sent."""
    promised_micros: Mapped[int | None] = mapped_column(BigInteger)
    """What its messages will cost once all are written; None when they are, or when nobody counted."""
    spent_micros: Mapped[int] = mapped_column(BigInteger, default=0)
    """The price of the messages claimed so far."""
    refusals: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many answers alike, none of them a yes, the carrier has given in a row."""
    refusal_code: Mapped[int | None]
    """Theirs: the carrier's code, None when it gave none, 0 when the answer was not the carrier's own."""
    refused_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the first of them was written down."""
    ignores_hours: Mapped[bool] = mapped_column(default=False)
    """Written for programs of before the three columns that follow, and read alone where an older one wrote."""
    exception_by: Mapped[str | None] = mapped_column(String(80))
    """Who took sending outside the allowed hours upon themselves."""
    exception_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    exception_window: Mapped[str | None] = mapped_column(String(16))
    """``any_hour`` or ``urgent``: the hours opened instead."""
    renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when its queued messages are given time anew: it was resumed, or the carrier's day limit put it off."""
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """After it none of its messages is worth sending, renewed or not: the start of its event, the end of its code."""
    served_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it last had its turn."""
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when its messages are in files, and its tallies alone here."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """One SMS to one phone, complete enough to be sent without asking anyone.

    ``parts`` counts billable SMS segments: 160 GSM-7 or 70 UCS-2 characters for one, 153 or 67 each beyond.
    A later try is another message of the next ``attempt``; a person's state is that of the latest.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("mailing_id", "phone", "attempt"),
        Index("ix_messages_mailing_id_status_not_before", "mailing_id", "status", "not_before", "id"),
        Index("ix_messages_status_claimed_at", "status", "claimed_at"),
        Index("ix_messages_space_id_id", "space_id", "id"),
        Index("ix_messages_space_id_phone", "space_id", "phone", "id"),
        Index("ix_messages_phone_id", "phone", "id"),
        Index("ix_messages_mailing_id_id", "mailing_id", "id"),
        Index("ix_messages_filtered", "mailing_id", postgresql_where=_FILTERED, sqlite_where=_FILTERED),
    )

    id: Mapped[MessageId] = mapped_column(LongId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)
    """In the callback URL: ``l`` live or ``p`` practice, then 22 random characters."""
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    mailing_id: Mapped[MailingId] = mapped_column(ForeignKey("mailings.id", ondelete="CASCADE"))
    contact_id: Mapped[ContactId | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    is_personal: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Written for a contact: without them, it does not leave."""
    phone: Mapped[str] = mapped_column(String(16))
    fingerprint: Mapped[str] = mapped_column(String(64))
    zone: Mapped[str] = mapped_column(String(40))
    """The recipient's time zone: the hours are theirs."""
    body: Mapped[str] = mapped_column(Text)
    parts: Mapped[int]
    price_micros: Mapped[int]
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[Status] = mapped_column(Word(Status), default=Status.QUEUED)
    reason: Mapped[str] = mapped_column(String(24), default="")
    """Why it was withdrawn: a word of ``messaging.withdrawal``."""
    error_code: Mapped[int | None]
    """The carrier's."""
    attempt: Mapped[int] = mapped_column(default=1)
    is_latest: Mapped[bool] = mapped_column(default=True)
    carrier_sid: Mapped[str | None] = mapped_column(String(40), index=True)
    doubts: Mapped[int] = mapped_column(default=0)
    """How many times the carrier was asked and had never seen it."""
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the carrier was last asked about it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Receipt(Base):
    """One report of the carrier on one message, kept as it came."""

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(LongId, primary_key=True)
    message_id: Mapped[MessageId] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    word: Mapped[str] = mapped_column(String(24))
    """The carrier's own status, known to us or not."""
    carrier_sid: Mapped[str] = mapped_column(String(40))
    error_code: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(8), default="callback")
    """``callback`` or ``look_up``."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StrayReceipt(Base):
    """A signed report on a message we do not know. Kept 30 days."""

    __tablename__ = "stray_receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40))
    account_sid: Mapped[str] = mapped_column(String(40))
    word: Mapped[str] = mapped_column(String(24))
    carrier_sid: Mapped[str] = mapped_column(String(40))
    error_code: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StrayReply(Base):
    """A text to a number that no space owns, from a phone that none has texted. Kept until somebody has read it."""

    __tablename__ = "stray_replies"
    __table_args__ = (UniqueConstraint("account_sid", "carrier_sid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_sid: Mapped[str] = mapped_column(String(40))
    carrier_sid: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(24))
    number: Mapped[str] = mapped_column(String(24))
    """The number that was answered."""
    body: Mapped[str] = mapped_column(Text)
    meaning: Mapped[str] = mapped_column(String(16), default="")
    """A word of ``Meaning``. None is obeyed: there is no space to obey it."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    handled_by: Mapped[str] = mapped_column(String(80), default="")


class Tally(Base):
    """So many people of a mailing went from one status to another. Summed for progress, compacted by a tick."""

    __tablename__ = "tallies"
    __table_args__ = (Index("ix_tallies_space_id_id", "space_id", "id"),)

    id: Mapped[int] = mapped_column(LongId, primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    mailing_id: Mapped[MailingId] = mapped_column(ForeignKey("mailings.id", ondelete="CASCADE"), index=True)
    was: Mapped[Status | None] = mapped_column(Word(Status))
    """None for messages just written, and for rows compacted into totals."""
    reached: Mapped[Status] = mapped_column(Word(Status))
    people: Mapped[int]
    price_micros: Mapped[int] = mapped_column(BigInteger)
    """What the change adds to the mailing's price."""


class SenderRate(Base):
    """The next free instant of one sender in one space: a generic cell rate, shared by every machine."""

    __tablename__ = "sender_rates"

    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    sender: Mapped[str] = mapped_column(String(16), primary_key=True)
    free_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_code: Mapped[int | None]
    """The carrier's, when it asked this sender to wait until ``free_at``."""


class Meaning(StrEnum):
    """What a reply asks for, as far as a rule can tell."""

    STOP = "stop"
    START = "start"
    UNCLEAR = "unclear"
    """Perhaps an objection: a person reads it, and until then only service texts leave to its phone."""
    ORDINARY = ""


class Reply(Base):
    """A text that came back, kept with its own words; a person reads what no rule understands."""

    __tablename__ = "replies"
    __table_args__ = (
        UniqueConstraint("account_sid", "carrier_sid"),
        Index("ix_replies_space_id_id", "space_id", "id"),
        Index("ix_replies_space_id_phone", "space_id", "phone"),
        Index("ix_replies_unread", "space_id", "id", postgresql_where=_UNREAD, sqlite_where=_UNREAD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    account_sid: Mapped[str] = mapped_column(String(40))
    carrier_sid: Mapped[str] = mapped_column(String(40))
    contact_id: Mapped[ContactId | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    phone: Mapped[str] = mapped_column(String(24))
    body: Mapped[str] = mapped_column(Text)
    meaning: Mapped[str] = mapped_column(String(16), default="")
    """A word of ``Meaning``."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_by: Mapped[str] = mapped_column(String(80), default="")
    raw: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The carrier's other fields."""

    @property
    def has_media(self) -> bool:
        """Whether a photo, or anything but words, came with it. Its words may be none."""
        return str(self.raw.get("NumMedia", "0")) not in ("", "0")
