"""A cohort's applications counted by the step they reached, with the date of each, and how long a decision took."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import PARIS
from app.database.ids import ApplicationId, CohortId
from app.programme.applications.models import Application, ApplicationDecision, ApplicationFiling
from app.programme.applications.states import State
from app.programme.applications.views import Decision


@dataclass(frozen=True)
class Step:
    """How many came so far, the day by which half of them had, and that of the last; None for none."""

    n: int
    median_on: date | None
    last_on: date | None


@dataclass(frozen=True)
class Funnel:
    """Of cohorts. ``begun`` counts the drafts that were thrown away since; kept and refused, as it stands today."""

    begun: Step
    filed: Step
    kept: Step
    refused: Step
    refused_off_criteria: int
    """Those of them that missed a criterion when they were last filed."""
    withdrawn: Step
    half_days: int | None
    """Half of the decisions came within so many days of the filing; None without any."""
    most_days: int | None
    """The same of nine in ten."""


def read(session: Session, cohort_ids: Collection[CohortId]) -> Funnel:
    """The funnel of one cohort, or of several together."""
    rows = session.execute(
        select(
            Application.id, Application.state, Application.created_at, Application.filed_at, Application.state_at
        ).where(Application.cohort_id.in_(cohort_ids))
    ).all()
    first = _decided(session, cohort_ids)
    off = _off_criteria(session, [row.id for row in rows if row.state is State.REFUSED])
    days = sorted((first[row.id] - row.filed_at).days for row in rows if row.id in first and row.filed_at)
    return Funnel(
        begun=_step([row.created_at for row in rows]),
        filed=_step([row.filed_at for row in rows if row.filed_at]),
        kept=_step([row.state_at for row in rows if row.state is State.KEPT]),
        refused=_step([row.state_at for row in rows if row.state is State.REFUSED]),
        refused_off_criteria=off,
        withdrawn=_step([row.state_at for row in rows if row.state is State.WITHDRAWN]),
        half_days=within(days, 50),
        most_days=within(days, 90),
    )


def within(days: Sequence[int], percent: int) -> int | None:
    """The smallest of sorted ``days`` that so many in a hundred do not pass; None of none."""
    return days[-(-len(days) * percent // 100) - 1] if days else None


def _decided(session: Session, cohort_ids: Collection[CohortId]) -> dict[int, datetime]:
    """{application: when its first decision was published}."""
    query = (
        select(ApplicationDecision.application_id, func.min(ApplicationDecision.published_at))
        .join(Application, Application.id == ApplicationDecision.application_id)
        .where(Application.cohort_id.in_(cohort_ids), ApplicationDecision.published_at.is_not(None))
        .where(ApplicationDecision.decision.in_(list(Decision)))
        .group_by(ApplicationDecision.application_id)
    )
    return {row[0]: row[1] for row in session.execute(query) if row[1] is not None}


def _step(instants: Sequence[datetime]) -> Step:
    at = sorted(instants)
    if not at:
        return Step(0, None, None)
    return Step(len(at), *(one.astimezone(PARIS).date() for one in (at[(len(at) - 1) // 2], at[-1])))


def _off_criteria(session: Session, application_ids: Collection[ApplicationId]) -> int:
    """How many of these missed a criterion in what was filed last."""
    last = (
        select(func.max(ApplicationFiling.id))
        .where(ApplicationFiling.application_id.in_(application_ids))
        .group_by(ApplicationFiling.application_id)
    )
    missed = select(func.count()).where(ApplicationFiling.id.in_(last), ApplicationFiling.is_off_criteria.is_(True))
    return session.scalar(missed) or 0
