"""Questionnaires in versions, diagnostics of associations with who answered what, and the tools they use."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import CohortId, DiagnosticId, MailingId, QuestionnaireId, RespondentId
from app.database.tables import Base, UtcDateTime, Word
from app.programme.cohorts.models import Function
from app.programme.diagnostic.axes import Axis, Moment


class Questionnaire(Base):
    """A version of the questionnaire: a draft until it is published, and never changed afterwards."""

    __tablename__ = "questionnaires"

    id: Mapped[QuestionnaireId] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionRow(Base):
    """A question as one version words it. Its key stays from version to version, and is never another's."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("questionnaire_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[QuestionnaireId] = mapped_column(ForeignKey("questionnaires.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(8))
    axis: Mapped[Axis] = mapped_column(Word(Axis))
    words: Mapped[str] = mapped_column(String(300))
    short: Mapped[str] = mapped_column(String(120), default="")
    """What a priority is called."""
    help: Mapped[str] = mapped_column(String(300), default="")
    whom: Mapped[str] = mapped_column(String(120), default="")
    """Whom to ask when nobody knows, after « Demander »: « au secrétariat »."""
    weight: Mapped[int] = mapped_column(SmallInteger, default=1)
    position: Mapped[int] = mapped_column(SmallInteger)


class Diagnostic(Base):
    """A diagnostic of an association in a cohort, at its start or its end."""

    __tablename__ = "diagnostics"
    __table_args__ = (UniqueConstraint("association_id", "cohort_id", "moment"),)

    id: Mapped[DiagnosticId] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id"))
    cohort_id: Mapped[CohortId] = mapped_column(ForeignKey("cohorts.id", ondelete="CASCADE"), index=True)
    moment: Mapped[Moment] = mapped_column(Word(Moment))
    questionnaire_id: Mapped[QuestionnaireId] = mapped_column(ForeignKey("questionnaires.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(String(80), default="")
    former_id: Mapped[QuestionnaireId | None] = mapped_column(ForeignKey("questionnaires.id"), index=True)
    """The version that it was under way in, before somebody moved it to its own."""
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When; what was answered before to a question reworded since is marked."""
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the agreed answer was settled: nobody answers any more."""
    agreed_by: Mapped[str] = mapped_column(String(80), default="")
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was last taken up again after it had been settled."""


class Respondent(Base):
    """Somebody of an association who answers alone, by a personal link. Name and number go by themselves."""

    __tablename__ = "diagnostic_respondents"
    __table_args__ = (UniqueConstraint("diagnostic_id", "folded"),)

    id: Mapped[RespondentId] = mapped_column(primary_key=True)
    diagnostic_id: Mapped[DiagnosticId] = mapped_column(ForeignKey("diagnostics.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    """Empty once its time is over."""
    folded: Mapped[str] = mapped_column(String(240))
    """The name as it is compared; the row's number once the name is gone."""
    function: Mapped[Function] = mapped_column(Word(Function))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("association_people.id", ondelete="SET NULL"), index=True)
    """Who they are among the people of the association, when chosen there."""
    phone: Mapped[str] = mapped_column(String(16), default="")
    """E.164, for the link alone; empty once the agreed answer is settled."""
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the link's secret; None while nobody asked for a link, and once its time is over."""
    texted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the link last left by SMS."""
    link_mailing_id: Mapped[MailingId | None]
    """The mailing of that SMS, to take it back while it waits; of no row once it is gone."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OwnAnswer(Base):
    """What one respondent answered to one question."""

    __tablename__ = "diagnostic_answers"

    respondent_id: Mapped[RespondentId] = mapped_column(
        ForeignKey("diagnostic_respondents.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[int | None] = mapped_column(SmallInteger)
    """0 to 3; None is « Je ne sais pas »."""
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgreedAnswer(Base):
    """What the association answers to one question, whoever wrote it down."""

    __tablename__ = "diagnostic_agreed"

    diagnostic_id: Mapped[DiagnosticId] = mapped_column(
        ForeignKey("diagnostics.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[int | None] = mapped_column(SmallInteger)
    """0 to 3; None is « Je ne sais pas »."""
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[str] = mapped_column(String(80), default="")


class DiagnosticMovement(Base):
    """How an association moved from its start to its end, over the same questions; kept while both are settled.

    What ``rules.moved`` says of them: the impact page reads a thousand associations, and no answer.
    """

    __tablename__ = "diagnostic_movements"

    diagnostic_id: Mapped[DiagnosticId] = mapped_column(
        ForeignKey("diagnostics.id", ondelete="CASCADE"), primary_key=True
    )
    """The end's."""
    axes: Mapped[dict[str, list[int]]] = mapped_column(JSON)
    """{axis: [before, now]}, 0 to 100; one under three questions answered both times has no entry."""
    compared: Mapped[int] = mapped_column(SmallInteger)
    """How many questions were answered both times, of ``asked``."""
    asked: Mapped[int] = mapped_column(SmallInteger)


class Mending(Base):
    """What withheld the text to everybody, mended since that diagnostic: its answer stays, for the comparison."""

    __tablename__ = "diagnostic_mendings"

    diagnostic_id: Mapped[DiagnosticId] = mapped_column(
        ForeignKey("diagnostics.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(8), primary_key=True)
    how: Mapped[str] = mapped_column(String(300))
    mended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mended_by: Mapped[str] = mapped_column(String(80), default="")


class CodeLicence(StrEnum):
    """What may be done with a used tool's own code; ``none`` is of what is no software, which no catalogue has."""

    FREE = "free"
    PROPRIETARY = "proprietary"
    NONE = "none"


class KeptAt(StrEnum):
    """In which country a used tool keeps what is written in it; the catalogue asks whose machine it runs on."""

    FRANCE = "france"
    EUROPE = "europe"
    OUTSIDE = "outside"
    OWN = "own"
    NONE = "none"


class Verdict(StrEnum):
    """What becomes of a tool."""

    KEEP = "keep"
    STUDY = "study"
    DROP = "drop"


class InventoryTool(Base):
    """A tool that an association uses, what it costs, and what it decided about it."""

    __tablename__ = "inventory_tools"
    __table_args__ = (UniqueConstraint("association_id", "folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id"))
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(240))
    purpose: Mapped[str] = mapped_column(String(120))
    users: Mapped[int]
    """How many people open it."""
    yearly_micros: Mapped[int | None] = mapped_column(BigInteger)
    """What it costs in a year, in millionths of a euro; None is not known."""
    licence: Mapped[CodeLicence] = mapped_column(Word(CodeLicence))
    hosting: Mapped[KeptAt] = mapped_column(Word(KeptAt))
    satisfaction: Mapped[int] = mapped_column(SmallInteger)
    """From 1 to 5."""
    verdict: Mapped[Verdict] = mapped_column(Word(Verdict))
    reason: Mapped[str] = mapped_column(String(300))
    changed_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
