"""Who acts, where, and what they did."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.accounts.factor_models import FactorColumns
from app.database.ids import SpaceId, UserId
from app.database.tables import Base, UtcDateTime, Word


class Mode(StrEnum):
    """A live space reaches people; a practice space reaches the simulator. It never changes."""

    LIVE = "live"
    PRACTICE = "practice"


class Role(StrEnum):
    """What a member may do, each role including those below it."""

    LECTRICE = "lectrice"
    EQUIPIERE = "equipiere"
    REFERENTE = "referente"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what ``other`` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Staff(StrEnum):
    """The programme's own people. They work in practice spaces; a live space must be opened to them."""

    PROGRAMME = "programme"
    TRAINER = "trainer"


class Space(Base):
    """An association's own room, or a pretend one for practice. Every row of somebody's carries its id."""

    __tablename__ = "spaces"

    id: Mapped[SpaceId] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    mode: Mapped[Mode] = mapped_column(Word(Mode))
    sender: Mapped[str] = mapped_column(String(16), default="")
    """3 to 11 letters and digits, or a number that can be answered; empty until chosen."""
    two_way: Mapped[bool] = mapped_column(default=False)
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(24), default="")
    """Whom a volunteer without Internet can ring, as typed."""
    zone: Mapped[str] = mapped_column(String(40), default="Europe/Paris")
    hours_hold: Mapped[bool] = mapped_column(default=True)
    """Whether the allowed hours hold messages back. Always true when live."""
    rate_per_s: Mapped[int]
    """Texts the sender may hand over each second."""
    budget_micros: Mapped[int | None] = mapped_column(BigInteger)
    """Monthly cap in millionths of the currency; None is no cap."""
    carrier_account_sid: Mapped[str | None] = mapped_column(String(34), unique=True)
    carrier_auth_token: Mapped[str | None] = mapped_column(String(64))
    """A practice space's own account at the simulator; live spaces share the one of the settings."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @validates("mode")
    def _keep_mode(self, _name: str, mode: Mode) -> Mode:
        if self.mode not in (None, mode):
            raise ValueError("a space's mode never changes: make another space")
        return mode


class Association(Base):
    """Whom the programme works with, whether or not it has a live space yet."""

    __tablename__ = "associations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(360), unique=True)
    """The name as it is compared; a message may fold into three."""
    space_id: Mapped[SpaceId | None] = mapped_column(ForeignKey("spaces.id", ondelete="SET NULL"), index=True)
    """Its live space."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class User(FactorColumns, Base):
    """A person who signs in."""

    __tablename__ = "users"

    id: Mapped[UserId] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(String(80))
    staff: Mapped[Staff | None] = mapped_column(Word(Staff))
    password_hash: Mapped[str | None] = mapped_column(String(160))
    phone: Mapped[str | None] = mapped_column(String(16))
    phone_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Membership(Base):
    """A user's role in a space."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("space_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    user_id: Mapped[UserId] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of somebody of several spaces, when they last opened a page of this one; their session tells it of a lone one."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    space: Mapped[Space] = relationship(lazy="joined", innerjoin=True)


class AccessGrant(Base):
    """A live space opened by its référente to one named member of staff, to read, until an instant."""

    __tablename__ = "openings"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UserId] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    opened_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(200), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the trail was last told that they came in."""
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class SignedIn(Base):
    """One signed-in browser. Its cookie is known by digest alone, and it ends when revoked."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[UserId] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OneTime(Base):
    """A secret that opens one door once: a link given by hand, or a code sent to a verified phone."""

    __tablename__ = "one_times"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[UserId] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(24))
    """``join`` (enter a space), ``password`` (choose a password), ``recover`` (code for a lost one), ``phone`` (code
    that verifies a number)."""
    digest: Mapped[str] = mapped_column(String(64), index=True)
    phone: Mapped[str | None] = mapped_column(String(16))
    space_id: Mapped[SpaceId | None] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    """Of an invitation, with its ``role``: whoever is invited enters only by opening the link themselves."""
    role: Mapped[Role | None] = mapped_column(Word(Role))
    asked_by: Mapped[str | None] = mapped_column(String(64))
    """Of a code for a lost password: the digest of a secret of the browser that asked, which alone may try it."""
    failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Failure(Base):
    """Failures counted against one key (an address, an e-mail, a link prefix) within a window of time."""

    __tablename__ = "failures"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiKey(Base):
    """A program's right to act in one space with one role."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(Word(Role))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[UserId | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[User | None] = relationship(lazy="joined")
    space: Mapped[Space] = relationship(lazy="joined", innerjoin=True)


class Idempotency(Base):
    """The first answer to a creating POST of a key, given again for 24 hours."""

    __tablename__ = "idempotencies"
    __table_args__ = (UniqueConstraint("api_key_id", "word"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    word: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    """Of the method, the path and the body."""
    status: Mapped[int | None]
    """None while the first request runs."""
    content_type: Mapped[str] = mapped_column(String(60), default="")
    answer: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Activity(Base):
    """One act of a principal. The audit trail, a contact's story and a workshop's steps are views of it."""

    __tablename__ = "activities"
    __table_args__ = (
        Index("ix_activities_space_id_id", "space_id", "id"),
        Index("ix_activities_subject", "space_id", "subject", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[SpaceId | None] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    principal: Mapped[str] = mapped_column(String(12))
    """``user``, ``seat``, ``key`` or ``job``."""
    principal_id: Mapped[int | None] = mapped_column(Integer)
    principal_name: Mapped[str] = mapped_column(String(80))
    verb: Mapped[str] = mapped_column(String(40))
    """``campaign.scheduled``, ``contact.opted_out``…"""
    subject: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int | None] = mapped_column(Integer)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Figures and ids, never a text or a phone number."""
    note: Mapped[str] = mapped_column(Text, default="")
