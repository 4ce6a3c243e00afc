"""Tools, what is known of each with its source, who changed what, and what readers propose."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import ToolId
from app.database.tables import Base, UtcDateTime, Word
from app.programme.tools.words import FactKind


class Tool(Base):
    """One entry of the catalogue. It is never deleted: a recommendation names it; a withdrawn one keeps its page."""

    __tablename__ = "tools"

    id: Mapped[ToolId] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    """Its address, which never changes."""
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(360), unique=True)
    """The name as it is compared."""
    purposes: Mapped[list[str]] = mapped_column(JSON)
    """Words of ``Purpose``, in its order."""
    does: Mapped[str] = mapped_column(String(300))
    address: Mapped[str] = mapped_column(String(300), default="")
    """Its own site; empty where nobody wrote it down."""
    address_source: Mapped[str] = mapped_column(String(400), default="", server_default="")
    """Who says that it is its site; empty while nobody checked."""
    address_read_on: Mapped[date | None] = mapped_column(Date)
    """The day on which that was read."""
    sends_sms: Mapped[bool] = mapped_column(default=False)
    """Whether it texts many people at once: withheld from whoever may not text them yet."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it is recommended no more."""
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with each change, so that of two who change it at once the second is told."""
    created_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ToolFact(Base):
    """What is known of a tool on one point, who says so, and on which day that was read."""

    __tablename__ = "tool_facts"
    __table_args__ = (UniqueConstraint("tool_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tool_id: Mapped[ToolId] = mapped_column(ForeignKey("tools.id", ondelete="CASCADE"))
    kind: Mapped[FactKind] = mapped_column(Word(FactKind))
    word: Mapped[str] = mapped_column(String(24), default="")
    """What filters read; empty for languages and prerequisites."""
    detail: Mapped[str] = mapped_column(String(400), default="")
    source: Mapped[str] = mapped_column(String(400))
    read_on: Mapped[date] = mapped_column(Date)
    is_sure: Mapped[bool]
    """False is shown as « à vérifier »."""


class ToolChange(Base):
    """One thing that somebody changed in a tool: its sentence before and after."""

    __tablename__ = "tool_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    tool_id: Mapped[ToolId] = mapped_column(ForeignKey("tools.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(40))
    """« Prix », « Nom », « Retiré »: as the page names it."""
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")


class SuggestionState(StrEnum):
    """A suggestion waits for the staff, who take it up or say why not."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ToolSuggestion(Base):
    """What a reader without an account proposes: a tool that is missing, or an error in one. Nothing says who."""

    __tablename__ = "tool_suggestions"

    id: Mapped[int] = mapped_column(primary_key=True)
    tool_id: Mapped[ToolId | None] = mapped_column(ForeignKey("tools.id", ondelete="CASCADE"), index=True)
    """The tool that is said to be wrong, or the one made of the proposal once it was accepted."""
    is_error: Mapped[bool]
    name: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[SuggestionState] = mapped_column(Word(SuggestionState), index=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was refused."""
    settled_by: Mapped[str] = mapped_column(String(80), default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
