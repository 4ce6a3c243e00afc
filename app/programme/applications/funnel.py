"""A cohort's applications counted by the step they reached, with the date of each, and how long a decision took."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.clock import PARIS
from app.database.ids import ApplicationId, CohortId
from app.programme.applications.models import Application, ApplicationDecision, ApplicationFiling
from app.programme.applications.states import State
from app.programme.applications.views import Decision

_Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


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
    decided: int
    """How many had a decision, whatever became of them since."""
    half_days: int | None
    """Half of the decisions came within so many days of the filing; None without any."""
    most_days: int | None
    """The same of nine in ten."""


@dataclass(frozen=True)
class Counted:
    """An application, as the funnel counts it."""

    id: ApplicationId
    name: str
    state: State
    state_at: datetime
    begun_at: datetime
    filed_at: datetime | None
    decided_at: datetime | None
    """When its first decision was published."""
    missed_criterion: bool
    """Whether it did when it was last filed."""

    @property
    def days(self) -> int | None:
        """From its filing to its decision."""
        return (self.decided_at - self.filed_at).days if self.decided_at and self.filed_at else None


def read(session: Session, cohort_ids: Collection[CohortId], *, with_medians: bool = False) -> Funnel:
    """The funnel of one cohort, or of several together; without ``with_medians`` no step has one."""
    one = Application
    counts = session.execute(
        select(
            one.state, func.count(), func.count(one.filed_at), func.max(one.created_at), func.max(one.filed_at),
            func.max(one.state_at),
        )
        .where(one.cohort_id.in_(cohort_ids))
        .group_by(one.state)
    ).all()  # fmt: skip

    def step(column: _Instant, rows: Sequence[tuple[int, datetime | None]], *states: State) -> Step:
        number = sum(row[0] for row in rows)
        last = max((row[1] for row in rows if row[1] is not None), default=None)
        asked = [one.cohort_id.in_(cohort_ids), column.is_not(None)]
        half = _middle(session, column, [*asked, one.state.in_(states or State)], number) if with_medians else None
        return Step(number, _day(half), _day(last))

    def at(state: State) -> Step:
        return step(one.state_at, [(row[1], row[5]) for row in counts if row[0] is state], state)

    days = _decision_days(session, cohort_ids)
    return Funnel(
        begun=step(one.created_at, [(row[1], row[3]) for row in counts]),
        filed=step(one.filed_at, [(row[2], row[4]) for row in counts]),
        kept=at(State.KEPT),
        refused=at(State.REFUSED),
        refused_off_criteria=_off_criteria(session, cohort_ids),
        withdrawn=at(State.WITHDRAWN),
        decided=len(days),
        half_days=within(days, 50),
        most_days=within(days, 90),
    )


def within(days: Sequence[int], percent: int) -> int | None:
    """The smallest of sorted ``days`` that so many in a hundred do not pass; None of none."""
    return days[-(-len(days) * percent // 100) - 1] if days else None


def rows(session: Session, cohort_ids: Collection[CohortId]) -> list[Counted]:
    """Every application that the funnel of these cohorts counts, the first to be begun first."""
    decided, last = _decided(), _last_filings().subquery()
    missed = select(ApplicationFiling.application_id).where(
        ApplicationFiling.id.in_(select(last)), ApplicationFiling.is_off_criteria.is_(True)
    )
    one = Application
    found = session.execute(
        select(
            one.id, one.association_name, one.state, one.state_at, one.created_at, one.filed_at, decided.c.at,
            one.id.in_(missed),
        )
        .outerjoin(decided, decided.c.application_id == one.id)
        .where(one.cohort_id.in_(cohort_ids))
        .order_by(one.created_at, one.id)
    )  # fmt: skip
    return [Counted(*row) for row in found]


def _decided() -> Subquery:
    """{application: when its first decision was published}."""
    made = ApplicationDecision
    return (
        select(made.application_id, func.min(made.published_at).label("at"))
        .where(made.published_at.is_not(None), made.decision.in_(list(Decision)))
        .group_by(made.application_id)
        .subquery()
    )


def _last_filings() -> Select[int]:
    return select(func.max(ApplicationFiling.id)).group_by(ApplicationFiling.application_id)


def _decision_days(session: Session, cohort_ids: Collection[CohortId]) -> list[int]:
    """From each filing to its first decision that was published, the shortest first."""
    decided = _decided()
    rows = session.execute(
        select(Application.filed_at, decided.c.at)
        .join(decided, decided.c.application_id == Application.id)
        .where(Application.cohort_id.in_(cohort_ids))
    )
    return sorted((at - filed).days for filed, at in rows if filed is not None)


def _middle(session: Session, column: _Instant, asked: Sequence[ColumnElement[bool]], number: int) -> datetime | None:
    """The instant by which half of ``number`` had come."""
    return (
        session.scalar(select(column).where(*asked).order_by(column).offset((number - 1) // 2).limit(1))
        if number
        else None
    )


def _day(at: datetime | None) -> date | None:
    return at.astimezone(PARIS).date() if at is not None else None


def _off_criteria(session: Session, cohort_ids: Collection[CohortId]) -> int:
    """How many of the refused missed a criterion in what was filed last."""
    last = (
        _last_filings()
        .join(Application, Application.id == ApplicationFiling.application_id)
        .where(Application.cohort_id.in_(cohort_ids), Application.state == State.REFUSED)
    )
    missed = select(func.count()).where(ApplicationFiling.id.in_(last), ApplicationFiling.is_off_criteria.is_(True))
    return session.scalar(missed) or 0
