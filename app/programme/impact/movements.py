"""How every association of many cohorts moved: summed when both its answers were settled, read here."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.ids import CohortId, DiagnosticId
from app.programme.diagnostic import rules, service
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import Diagnostic, DiagnosticMovement
from app.programme.impact.paths import Movement


class Moved(NamedTuple):
    """What one association can compare of its two settled diagnostics: {axis: movement}, over how many questions.

    An axis with fewer than three questions answered both times has no entry.
    """

    axes: Mapping[str, Movement]
    compared: int
    asked: int


def of_cohorts(session: Session, cohort_ids: Collection[CohortId]) -> Mapping[DiagnosticId, Moved]:
    """{an end: how its association moved}, of those whose start is settled too."""
    kept = DiagnosticMovement
    rows = session.execute(
        select(kept.diagnostic_id, kept.axes, kept.compared, kept.asked)
        .join(Diagnostic, Diagnostic.id == kept.diagnostic_id)
        .where(Diagnostic.cohort_id.in_(cohort_ids))
    )
    return {row[0]: Moved(_axes(row[1]), row[2], row[3]) for row in rows}


def of_association(session: Session, association_id: int, cohort_id: CohortId) -> Moved | None:
    """The same by its answers: of one that a release before this one settled, which kept no sum."""
    then, now = (service.scores(session, association_id, cohort_id, moment) for moment in Moment)
    if then is None or now is None:
        return None
    found = service.moved(then, now)
    counts = (sum(one.compared for one in found.values()), sum(one.of for one in found.values()))
    return Moved(_axes(rules.shown(found)), *counts)


def _axes(shown: Mapping[str, Sequence[int]]) -> dict[str, Movement]:
    return {axis: Movement(before, now) for axis, (before, now) in shown.items()}
