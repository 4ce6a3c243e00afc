"""How far the diagnostics of a cohort are, in a number of queries that does not grow with its associations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Association
from app.database.ids import CohortId, DiagnosticId
from app.programme.cohorts import members
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import Cohort, Function
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic import service
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import Diagnostic, Respondent


@dataclass(frozen=True)
class At:
    """One diagnostic: how many were asked, how many have answered to the end, in which functions."""

    diagnostic: Diagnostic
    asked: int
    finished: int
    functions: frozenset[Function]


@dataclass(frozen=True)
class Row:
    """An association of the cohort, with its diagnostic of each moment."""

    association: Association
    at: Mapping[Moment, At]


@dataclass(frozen=True)
class Standing:
    """A cohort and how far each of those inside is."""

    cohort: Cohort
    rows: Sequence[Row]

    def settled(self, moment: Moment) -> int:
        return len([one for one in self.rows if moment in one.at and one.at[moment].diagnostic.agreed_at is not None])


def of_cohort(session: Session, cohort_id: CohortId) -> Standing:
    """Those inside, by name. Raises NotFound."""
    cohort = cohorts.get(session, cohort_id)
    inside = [one for member, one in members.of_cohort(session, cohort_id) if member.state is MemberState.INSIDE]
    counts = _counts(session, cohort_id)
    took_part = {moment: service.took_part(session, cohort_id, moment) for moment in Moment}
    found: dict[int, dict[Moment, At]] = {one.id: {} for one in inside}
    for one in session.scalars(select(Diagnostic).where(Diagnostic.cohort_id == cohort_id)):
        if one.association_id in found:
            asked, finished = counts.get(one.id, (0, 0))
            functions = frozenset(took_part[one.moment].get(one.association_id, set()))
            found[one.association_id][one.moment] = At(one, asked, finished, functions)
    return Standing(cohort, [Row(one, found[one.id]) for one in inside])


def _counts(session: Session, cohort_id: CohortId) -> Mapping[DiagnosticId, tuple[int, int]]:
    """{diagnostic: (people asked, people who finished)}"""
    rows = session.execute(
        select(Respondent.diagnostic_id, func.count(), func.count(Respondent.finished_at))
        .join(Diagnostic, Diagnostic.id == Respondent.diagnostic_id)
        .where(Diagnostic.cohort_id == cohort_id)
        .group_by(Respondent.diagnostic_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}
