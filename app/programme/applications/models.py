"""Applications of associations to a cohort, and what belongs to one: answers, files, opinions, decisions, letters."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.database.ids import ApplicationId, CohortId, MailingId, UserId
from app.database.tables import Base, UtcDateTime, Word
from app.programme.applications.states import State
from app.programme.applications.views import Decision, View
from app.programme.files.kinds import FileKind


def _of_application() -> Mapped[ApplicationId]:
    return mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), index=True)


class Application(Base):
    """An association that applies to a cohort: one row for both, whoever writes in it."""

    __tablename__ = "applications"
    __table_args__ = (UniqueConstraint("cohort_id", "registration"), UniqueConstraint("cohort_id", "rank"))

    id: Mapped[ApplicationId] = mapped_column(primary_key=True)
    cohort_id: Mapped[CohortId] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"))
    association_name: Mapped[str] = mapped_column(String(120))
    registration: Mapped[str | None] = mapped_column(String(10))
    """SIREN or RNA; None once purged."""
    form_version: Mapped[int]
    """Of a draft the version that it was begun with, of what was filed its own."""
    state: Mapped[State] = mapped_column(Word(State), index=True)
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was withdrawn, refused or turned back, where somebody had to say so."""
    rank: Mapped[int | None]
    number: Mapped[str] = mapped_column(String(12), default="")
    """« 2027-017 », given when it is filed."""
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was first filed."""
    contact_name: Mapped[str] = mapped_column(String(80))
    contact_phone: Mapped[str] = mapped_column(String(16))
    """E.164: where its link is sent, and nowhere else. Staff alone change it."""
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_function: Mapped[str] = mapped_column(String(80), default="")
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id", ondelete="SET NULL"), index=True)
    """Whom it became once kept."""
    asked_fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What the staff asked to be corrected, until ``asked_until``, whatever the closing date."""
    asked_words: Mapped[str] = mapped_column(String(500), default="")
    asked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    written_by: Mapped[str] = mapped_column(String(80))
    """Who wrote last, and when."""
    told_unfiled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was said, once, that all is filled in and nothing filed."""
    keep_until: Mapped[date | None] = mapped_column(Date)
    """A draft that the staff keep longer than an idle one is kept."""
    noticed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notice_mailing_id: Mapped[MailingId | None] = mapped_column(
        ForeignKey("mailings.id", ondelete="SET NULL"), index=True
    )
    notice_problem: Mapped[str] = mapped_column(String(300), default="")
    """Why no notice reached them: until somebody tells them, nothing is thrown away."""
    binned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the row is but a number among those begun."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApplicationLink(Base):
    """A secret that opens an application; each person has one of their own, known by digest alone."""

    __tablename__ = "application_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[ApplicationId] = _of_application()
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    """Whose it is: what is written by it is theirs."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApplicationAnswer(Base):
    """One field as it stands, and the version that the next writer must have seen."""

    __tablename__ = "application_answers"
    __table_args__ = (UniqueConstraint("application_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[ApplicationId] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    written_by: Mapped[str] = mapped_column(String(80))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApplicationFiling(Base):
    """What was filed, word for word: a reviewer reads the latest, beside the one before."""

    __tablename__ = "application_filings"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[ApplicationId] = _of_application()
    form_version: Mapped[int]
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    verdicts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """{criterion: met, missed or open}, as they were judged that day."""
    is_off_criteria: Mapped[bool]
    filed_by: Mapped[str] = mapped_column(String(80))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApplicationFile(Base):
    """A file of an application: its bytes lie here so that a backup holds them. Name and type are ours."""

    __tablename__ = "application_files"
    __table_args__ = (Index("ix_application_files_checked_at", "checked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[ApplicationId] = _of_application()
    field: Mapped[str] = mapped_column(String(40))
    kind: Mapped[FileKind] = mapped_column(Word(FileKind))
    size: Mapped[int]
    """In bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    uploaded_by: Mapped[str] = mapped_column(String(80))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its content was looked through; until then no reviewer opens it."""
    refused: Mapped[str] = mapped_column(String(300), default="")
    """Why it was thrown away then."""


class ApplicationOpinion(Base):
    """What one of the staff thinks of an application."""

    __tablename__ = "application_opinions"
    __table_args__ = (UniqueConstraint("application_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[ApplicationId] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    user_id: Mapped[UserId] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    view: Mapped[View] = mapped_column(Word(View))
    words: Mapped[str] = mapped_column(String(500), default="")
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApplicationPublication(Base):
    """Decisions that leave together: asked for, and done thirty seconds later unless it is stopped."""

    __tablename__ = "application_publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[CohortId] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[UserId | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """None once it is done or stopped."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(300), default="")
    """Why nothing of it was published after all."""


class ApplicationDecision(Base):
    """A decision, seen by nobody outside before it is published."""

    __tablename__ = "application_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[ApplicationId] = _of_application()
    decision: Mapped[Decision] = mapped_column(Word(Decision))
    reason: Mapped[str] = mapped_column(String(500), default="")
    letter: Mapped[str] = mapped_column(Text)
    """The SMS that will tell it; ``{lien}`` stands for the personal link, which is never kept."""
    is_held: Mapped[bool] = mapped_column(default=False)
    """Taken out of the next publication, and still prepared."""
    prepared_by: Mapped[str] = mapped_column(String(80))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    publication_id: Mapped[int | None] = mapped_column(
        ForeignKey("application_publications.id", ondelete="SET NULL"), index=True
    )
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(300), default="")
    """What an acceptance could not do by itself: somebody whom no invitation may be made for."""


class ApplicationLetter(Base):
    """A letter that was sent, or that could not leave; each is kept, also once a decision is turned round."""

    __tablename__ = "application_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[ApplicationId] = _of_application()
    title: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    mailing_id: Mapped[MailingId | None] = mapped_column(ForeignKey("mailings.id", ondelete="SET NULL"), index=True)
    problem: Mapped[str] = mapped_column(String(300), default="")
    """Why no SMS could leave: its link is then given by hand."""
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApplicationForm(Base):
    """A version of the form after the first, which is the product's own. A published one never changes."""

    __tablename__ = "application_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Every question in its order: key, section, label, hint, kind, is_required."""
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApplicationAlert(Base):
    """A number to be told when a later cohort takes applications, and forgotten then."""

    __tablename__ = "application_alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(16))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When to look at it again, once applications are open."""
