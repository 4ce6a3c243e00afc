"""The associations that are or were in cohorts, one stay a row."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Date, and_, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Association
from app.clock import PARIS
from app.database.ids import CohortId, DiagnosticId
from app.programme.cohorts.models import Cohort, CohortMember
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import Diagnostic


class Stay(NamedTuple):
    """An association that is or was in a cohort, with its two diagnostics."""

    association_id: int
    name: str
    cohort_id: CohortId
    starts_on: date
    ends_on: date
    closed_at: datetime | None
    state: MemberState
    joined_at: datetime | None
    began_at: datetime | None
    """When the answer of its start was settled."""
    end_id: DiagnosticId | None
    ended_at: datetime | None
    next_on: date | None
    """The first day of the next cohort that it was in."""

    def holds(self, on: date) -> bool:
        """Whether a day is of the cohort: from its first to its last, or while nobody has closed it, and not of the
        association's next one: a date counts in one cohort.
        """
        last = max(self.ends_on, self.closed_at.astimezone(PARIS).date()) if self.closed_at else date.max
        return self.starts_on <= on <= last and (self.next_on is None or on < self.next_on)


def stays_of(session: Session, cohort_ids: Collection[CohortId]) -> list[Stay]:
    """The earlier cohorts first; one that was only ever invited is none of them, one invited again has left."""
    first, last = aliased(Diagnostic), aliased(Diagnostic)
    order = (Cohort.starts_on, Cohort.id)
    following = func.lead(Cohort.starts_on, type_=Date).over(partition_by=CohortMember.association_id, order_by=order)
    every = select(CohortMember.id, following.label("next_on")).join(Cohort, Cohort.id == CohortMember.cohort_id)
    each = every.where(CohortMember.joined_at.is_not(None)).subquery()
    query = (
        select(
            Association.id, Association.name, Cohort.id, Cohort.starts_on, Cohort.ends_on, Cohort.closed_at,
            CohortMember.state, CohortMember.joined_at, first.agreed_at, last.id, last.agreed_at,
            each.c.next_on,
        )
        .select_from(CohortMember)
        .join(each, each.c.id == CohortMember.id)
        .join(Association, Association.id == CohortMember.association_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .outerjoin(first, and_(
            first.cohort_id == Cohort.id, first.association_id == Association.id, first.moment == Moment.T0
        ))
        .outerjoin(last, and_(
            last.cohort_id == Cohort.id, last.association_id == Association.id, last.moment == Moment.T1
        ))
        .where(Cohort.id.in_(cohort_ids))
        .order_by(Cohort.starts_on, Cohort.id, CohortMember.id)
    )  # fmt: skip
    return [Stay._make(row) for row in session.execute(query)]
