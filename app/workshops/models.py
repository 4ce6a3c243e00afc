"""The hands-on workshop: its people, their practice spaces, their steps."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import EventId, MessageId, SpaceId, UserId, WorkshopId
from app.database.tables import Base, UtcDateTime, Word
from app.messaging.models import LongId


class Kind(StrEnum):
    """What is taken in hand."""

    MASS_SMS = "mass_sms"
    WEBINAR = "webinar"
    ASSEMBLY = "assembly"


class Scenario(Base):
    """The path of a workshop, as data that trainers edit, order, time and share."""

    __tablename__ = "scenarios"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    owner_id: Mapped[UserId | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """None for the house's own, which is copied rather than changed."""
    house_kind: Mapped[Kind | None] = mapped_column(Word(Kind), index=True, unique=True)
    """Of which kind it is the house's own path."""
    is_shared: Mapped[bool] = mapped_column(default=False)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """[{key, title, text, hint, minutes}] in their order; ``key`` names a step kind that a feature declares."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Workshop(Base):
    """One association, one afternoon. Its date, place and registrations are those of its event."""

    __tablename__ = "workshops"

    id: Mapped[WorkshopId] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    """The programme's own live space, from which invitations leave."""
    event_id: Mapped[EventId] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    association: Mapped[str] = mapped_column(String(120))
    """Its name as typed that day."""
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"), index=True)
    """None in a workshop that the release before this column planned."""
    association_space_id: Mapped[SpaceId | None] = mapped_column(ForeignKey("spaces.id", ondelete="SET NULL"))
    """The association's live space, where it will go real."""
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id"))
    model_space_id: Mapped[SpaceId | None] = mapped_column(ForeignKey("spaces.id", ondelete="SET NULL"))
    """The practice space every seat's copy is made from; the trainer demonstrates in it."""
    keeps_first_names: Mapped[bool] = mapped_column(default=True)
    """When they practise on their own list: whether the first names stay."""
    code: Mapped[str | None] = mapped_column(String(6), unique=True)
    """Six letters, while people may join."""
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wall_space_id: Mapped[SpaceId | None] = mapped_column(ForeignKey("spaces.id", ondelete="SET NULL"))
    """No longer read: the screen shows the whole room; programs of the release before still name it."""
    weather: Mapped[str] = mapped_column(String(24), default="", server_default="")
    """The simulator's, for the room's screen and for who comes in later; empty is fine."""
    phones_reached: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many times a phone of the room got to our pages."""
    phone_reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_rehearsal: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A trainer's rehearsal: it counts in no figure."""
    step_key: Mapped[str] = mapped_column(String(40), default="")
    step_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Neither was ever read; programs of the release before still name them."""


class WorkshopTrainer(Base):
    """A trainer of a workshop; two may share one."""

    __tablename__ = "workshop_trainers"

    workshop_id: Mapped[WorkshopId] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UserId] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)


class Seat(Base):
    """A participant without an account: a nickname, a cookie, and a copy of the practice data to work in."""

    __tablename__ = "seats"
    __table_args__ = (Index("ix_seats_workshop_id_id", "workshop_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[WorkshopId] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"))
    space_id: Mapped[SpaceId | None] = mapped_column(ForeignKey("spaces.id", ondelete="SET NULL"), index=True)
    """Its copy; a pair shares one."""
    nickname: Mapped[str] = mapped_column(String(40))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    held_phone: Mapped[str | None] = mapped_column(String(16))
    """The phone of the room that this person has in hand: a number, in whichever copy it rings."""
    at_page: Mapped[str] = mapped_column(String(60), default="")
    """The endpoint of the page last opened, for the trainer."""
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gained: Mapped[int | None]
    """« Je saurais le refaire »: 1 to 4."""
    ready: Mapped[int | None]
    """« Nous allons l'utiliser »: 1 to 4."""
    comment: Mapped[str] = mapped_column(Text, default="")


class PracticeSpace(Base):
    """A practice space that belongs to a workshop and ends with it."""

    __tablename__ = "practice_spaces"

    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    workshop_id: Mapped[WorkshopId] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"), index=True)
    is_model: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(12), default="pretend")
    """``pretend`` people of the house, or ``own`` people of the association, pseudonymised."""
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AlonePractice(Base):
    """The practice space of somebody who follows the path by themselves; no workshop owns it."""

    __tablename__ = "alone_practices"

    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UserId] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    """One each: whoever starts again leaves the one before."""
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id"), index=True)
    held_phone: Mapped[str | None] = mapped_column(String(16))
    """The pretend phone that this person holds."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """What was done before belongs to the space's invented past."""


class StepTick(Base):
    """A step done in a copy, by the real event, or told so for the room by the trainer."""

    __tablename__ = "step_ticks"
    __table_args__ = (UniqueConstraint("workshop_id", "space_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[WorkshopId] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"))
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    how: Mapped[str] = mapped_column(String(12))
    """``event``, ``trainer`` or ``skipped``."""
    activity_id: Mapped[int | None]
    """Never used; programs of the release before still name it."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StepTiming(Base):
    """How long a step took a room, kept for the next time."""

    __tablename__ = "step_timings"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[WorkshopId] = mapped_column(ForeignKey("workshops.id", ondelete="CASCADE"), index=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    seconds: Mapped[int]


class RealTick(Base):
    """A point of « Passer au réel » that no row can prove: somebody says it is done, and since when."""

    __tablename__ = "real_ticks"
    __table_args__ = (UniqueConstraint("space_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(24))
    """``payer``, ``hours`` or ``notice``."""
    note: Mapped[str] = mapped_column(String(120), default="")
    """Who pays."""
    done_on: Mapped[date] = mapped_column(Date)
    ticked_by: Mapped[str] = mapped_column(String(80))
    ticked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RealStart(Base):
    """That a live space has begun to be used for real, by its first real SMS."""

    __tablename__ = "real_starts"

    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    message_id: Mapped[MessageId | None] = mapped_column(LongId, ForeignKey("messages.id", ondelete="SET NULL"))
    """The latest that was asked for: one that failed is written again."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
