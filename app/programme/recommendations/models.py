"""Recommendations and each of their changes; which tools a question of the diagnostic calls for."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.ids import CohortId, MailingId, RecommendationId, ToolId
from app.database.tables import Base, UtcDateTime, Word
from app.programme.recommendations.states import State


class QuestionTool(Base):
    """A tool that a weak answer to a question calls for. One taken off stays as a row: no seed brings it back."""

    __tablename__ = "question_tools"
    __table_args__ = (UniqueConstraint("question", "tool_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(String(8))
    """Its key in the questionnaire: « M2 »."""
    tool_id: Mapped[ToolId] = mapped_column(ForeignKey("tools.id"), index=True)
    rank: Mapped[int]
    """The lowest is proposed first."""
    why: Mapped[str] = mapped_column(String(300), default="")
    """What the tool mends there, as the association reads it."""
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(80), default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Recommendation(Base):
    """A tool for an association, once. It keeps its line whatever becomes of the tool."""

    __tablename__ = "recommendations"
    __table_args__ = (
        UniqueConstraint("association_id", "tool_id"),
        Index("ix_recommendations_state_follow_up_on", "state", "follow_up_on"),
    )

    id: Mapped[RecommendationId] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id"))
    tool_id: Mapped[ToolId] = mapped_column(ForeignKey("tools.id"), index=True)
    cohort_id: Mapped[CohortId | None] = mapped_column(ForeignKey("cohorts.id", ondelete="SET NULL"), index=True)
    """The cohort that the association was in when it was proposed: the one whose figures count it."""
    question: Mapped[str] = mapped_column(String(8), default="")
    """The question of the diagnostic that called for it; empty where somebody of the staff chose it."""
    why: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[State] = mapped_column(Word(State))
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was given up; empty for one that was not."""
    effort_hours: Mapped[int | None]
    """Hours of work that the association counted."""
    cost_micros: Mapped[int | None] = mapped_column(BigInteger)
    """What it costs in a year, in millionths of the currency."""
    follow_up_on: Mapped[date | None] = mapped_column(Date)
    """When to ask where it stands."""
    reminded_on: Mapped[date | None] = mapped_column(Date)
    """The day of follow-up whose SMS was written, or that none was owed for: each day once."""
    asked_mailing_id: Mapped[MailingId | None]
    """The mailing of that SMS, which asks about all that was due of the association; of no row once it is gone."""
    news_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When anybody last changed or noted something of it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecommendationChange(Base):
    """One change of state: from which to which, when, by whom and why. The first comes from none."""

    __tablename__ = "recommendation_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[RecommendationId] = mapped_column(
        ForeignKey("recommendations.id", ondelete="CASCADE"), index=True
    )
    before: Mapped[State | None] = mapped_column(Word(State))
    after: Mapped[State] = mapped_column(Word(State))
    reason: Mapped[str] = mapped_column(String(300), default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
