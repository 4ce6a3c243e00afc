"""Trainings, their files, what those who came say of them, and the address of a cohort's dates."""

from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import CohortId, ContactId, EventId, TrainingId, UserId
from app.database.tables import Base, UtcDateTime, Word
from app.programme.files.given import GivenFile
from app.programme.trainings.rules import Prepares


class Training(Base):
    """A training of a cohort. Its title, date, place, seats and registrations are those of its event."""

    __tablename__ = "trainings"

    id: Mapped[TrainingId] = mapped_column(primary_key=True)
    event_id: Mapped[EventId] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), unique=True)
    cohort_id: Mapped[CohortId] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), index=True)
    prepares: Mapped[Prepares] = mapped_column(Word(Prepares), default=Prepares.NONE)
    """The kind of individual workshop that it prepares."""
    expert: Mapped[str] = mapped_column(String(120), default="")
    """Who gives it: a name, a partner."""
    leader_id: Mapped[UserId | None]
    """Whoever of the programme's people leads it, and gives its files; of no row once they are gone."""
    aim: Mapped[str] = mapped_column(Text, default="")
    materials: Mapped[str] = mapped_column(Text, default="")
    """One a line, as typed: a title, then its address."""
    min_seats: Mapped[int | None]
    """Under so many registered, ten days before, somebody is to look; None where nobody minds."""
    created_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TrainingOpinion(Base):
    """What somebody who came says: two answers, 1 to 4, and their own words."""

    __tablename__ = "training_opinions"
    __table_args__ = (UniqueConstraint("training_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[TrainingId] = mapped_column(ForeignKey("trainings.id", ondelete="CASCADE"))
    contact_id: Mapped[ContactId] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    gained: Mapped[int] = mapped_column(SmallInteger)
    ready: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str] = mapped_column(Text, default="")
    may_quote_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its author agreed to be quoted; None while they have not, or once they took it back."""
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TrainingFile(GivenFile, Base):
    """What associations take away from a training, beside its links."""

    __tablename__ = "training_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[TrainingId] = mapped_column(ForeignKey("trainings.id", ondelete="CASCADE"), index=True)


class FormerPresence(Base):
    """Somebody who came to a date of the programme and was erased since: what its figures keep, and no name."""

    __tablename__ = "former_presences"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[EventId] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"), index=True)
    """For which they came, a row for each of theirs; None for somebody of none."""
    person: Mapped[int]
    """The same on every row of one person, so that they count once; it leads to nobody."""


class CohortFeed(Base):
    """The address by which an agenda reads a cohort's dates by itself; whoever has it needs no account."""

    __tablename__ = "cohort_feeds"

    cohort_id: Mapped[CohortId] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the secret, which is shown once."""
    made_by: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
