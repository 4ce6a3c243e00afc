"""Dated things people come to, and the texts that remind them of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ContactId, EventId, ListId, MailingId, SegmentId, ShiftId, SpaceId
from app.database.tables import Base, UtcDateTime, Word
from app.events.acts import About

_ANSWERED = text("answered_at IS NOT NULL")


class EventState(StrEnum):
    """An open event takes registrations; a held one has taken place."""

    PLANNED = "planned"
    OPEN = "open"
    HELD = "held"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """What somebody invited said."""

    INVITED = "invited"
    COMING = "coming"
    """They have a seat, where seats are counted."""
    WAITING = "waiting"
    """They would come, and all seats were taken: they have a rank."""
    NOT_COMING = "not_coming"


class Presence(StrEnum):
    """Whether somebody who was expected was there; « non noté » says nothing, and least of all « absent »."""

    UNNOTED = ""
    CAME = "came"
    EXCUSED = "excused"
    ABSENT = "absent"


class Event(Base):
    """A moment at a place, or behind a link: a workshop, a collection, a training."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_space_id_starts_at", "space_id", "starts_at"),)

    id: Mapped[EventId] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(200), default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    """Where to meet on line."""
    calendar_uid: Mapped[str | None] = mapped_column(String(64))
    """Its name in people's calendars, the same for ever; None for events of before, named after the site's address."""
    state: Mapped[EventState] = mapped_column(Word(EventState), default=EventState.PLANNED)
    created_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Shift(Base):
    """What people take a seat of: an event has one, made when somebody says how many seats there are."""

    __tablename__ = "shifts"

    id: Mapped[ShiftId] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[EventId] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    seats: Mapped[int | None]
    """None is no limit."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Registration(Base):
    """A contact's place at an event: invited, coming or not, and in the end there or not."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("event_id", "contact_id"),
        # SQLite, which counts nothing, takes the index of a space before that of a date or of a person.
        Index("ix_registrations_space_id_event_id", "space_id", "event_id"),
        Index("ix_registrations_space_id_contact_id", "space_id", "contact_id"),
        Index(
            "ix_registrations_answered",
            "space_id",
            "answered_at",
            "id",
            postgresql_where=_ANSWERED,
            sqlite_where=_ANSWERED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[EventId] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    contact_id: Mapped[ContactId] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    answer: Mapped[Answer] = mapped_column(Word(Answer), default=Answer.INVITED)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attended: Mapped[bool | None]
    """Whether they were there; None while nobody has noted it."""
    excused: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of somebody who was not there: whether they had said so."""
    mailing_id: Mapped[MailingId | None] = mapped_column(ForeignKey("mailings.id", ondelete="SET NULL"), index=True)
    """Of the invitation by SMS; None for somebody who has not been texted."""
    made_by_mailing_id: Mapped[MailingId | None]
    """The mailing that put them on the list by asking them; None when somebody did."""
    shift_id: Mapped[ShiftId | None] = mapped_column(index=True)
    """Where they have a seat or wait for one, which goes with the event alone; None where nobody counts seats."""
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of somebody who waits: their rank follows it."""
    tell_seat_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """From when on to text them that a seat fell to them; None once it is written, or was never to be."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def presence(self) -> Presence:
        if self.attended is None:
            return Presence.UNNOTED
        if self.attended:
            return Presence.CAME
        return Presence.EXCUSED if self.excused else Presence.ABSENT


class Reminder(Base):
    """A text that leaves so long before an event, to a list, a segment or those who come. It follows a moved event."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_fired_at_due_at", "fired_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[EventId] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    list_id: Mapped[ListId | None] = mapped_column(ForeignKey("lists.id", ondelete="CASCADE"))
    """Without a list or a segment it is for those who come to the event; a reminder to a list goes with it."""
    segment_id: Mapped[SegmentId | None]
    """Of a segment, whose ids are never another's: the reminder outlives it, and is held rather than for all."""
    before_s: Mapped[int]
    """How long before the event begins, in seconds."""
    body: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The event's beginning less ``before_s``; moved with it."""
    mailing_id: Mapped[MailingId | None] = mapped_column(ForeignKey("mailings.id"))
    left_mailing_id: Mapped[MailingId | None] = mapped_column(ForeignKey("mailings.id", ondelete="SET NULL"))
    """What left for another beginning of the event, before it moved."""
    left_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """That beginning: moved back to it, nothing leaves again."""
    reached_id: Mapped[int] = mapped_column(default=0)
    """The last contact a message was written for."""
    fired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its last message was written."""
    held_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """Why it does not leave until somebody resumes it; empty when nothing holds it."""
    created_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EventMailing(Base):
    """A mailing that speaks of an event, and its text before its places were filled."""

    __tablename__ = "event_mailings"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[EventId] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    mailing_id: Mapped[MailingId] = mapped_column(ForeignKey("mailings.id", ondelete="CASCADE"), unique=True)
    about: Mapped[About] = mapped_column(Word(About))
    body: Mapped[str] = mapped_column(Text, default="")
    """Empty for those of before, which are taken back but not written anew."""
