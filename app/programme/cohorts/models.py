"""Cohorts, and the associations in them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import CohortId, ContactId
from app.database.tables import Base, UtcDateTime, Word
from app.programme.cohorts.states import MemberState


class Function(StrEnum):
    """What somebody is in their association."""

    REFERENT = "referent"
    DIRECTOR = "director"
    BOARD = "board"
    EMPLOYEE = "employee"
    VOLUNTEER = "volunteer"


class Cohort(Base):
    """The associations that follow the programme together. It belongs to the programme, and to no space."""

    __tablename__ = "cohorts"

    id: Mapped[CohortId] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(240), unique=True)
    """The name as it is compared; a letter may fold into three."""
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    """Its last day, which belongs to it."""
    place: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Where it meets, as people read it: « Amiens et Abbeville »."""
    capacity: Mapped[int]
    """How many associations may be in it at once."""
    applications_open_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applications_close_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing of it changes any more."""
    created_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CohortMember(Base):
    """An association in a cohort: where it stands there, and whom to call."""

    __tablename__ = "cohort_members"
    __table_args__ = (UniqueConstraint("cohort_id", "association_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[CohortId] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id"), index=True)
    state: Mapped[MemberState] = mapped_column(Word(MemberState))
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it came in, the last time; None for one that never did."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it left; empty for one that is invited or inside."""
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(24), default="")
    """Whom the programme calls there, as typed; empty where its space says so."""
    space_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the staff are to say whether a live space of its name is its own; None where nothing is to be said."""
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody of the programme last noted a call."""
    called_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AssociationPerson(Base):
    """Somebody of an association, by their card among the contacts of the programme's own space."""

    __tablename__ = "association_people"
    __table_args__ = (UniqueConstraint("association_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id", ondelete="CASCADE"))
    contact_id: Mapped[ContactId] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    function: Mapped[Function] = mapped_column(Word(Function))
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when they are of it no more; what they came to before still counts for it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonRequest(Base):
    """Somebody whom an association named and the programme knows otherwise: its staff say whether they are of it."""

    __tablename__ = "person_requests"
    __table_args__ = (UniqueConstraint("association_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id", ondelete="CASCADE"))
    contact_id: Mapped[ContactId] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    function: Mapped[Function] = mapped_column(Word(Function))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
