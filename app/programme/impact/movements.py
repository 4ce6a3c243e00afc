"""How every association of many cohorts moved, counted by the database: the rule is ``rules.moved``."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from app.database.ids import CohortId
from app.programme.diagnostic.axes import MAX_ANSWER, Axis, Moment
from app.programme.diagnostic.models import AgreedAnswer, Diagnostic, QuestionRow
from app.programme.diagnostic.rules import FEWEST


@dataclass(frozen=True)
class Movement:
    """What one association can compare of its two settled diagnostics: {axis: (before, now)}, over how many questions.

    An axis with fewer than three questions answered both times has no entry.
    """

    axes: Mapping[Axis, tuple[int, int]]
    compared: int
    asked: int


def of_cohorts(session: Session, cohort_ids: Collection[CohortId]) -> Mapping[tuple[int, CohortId], Movement]:
    """{(association, cohort): how it moved}, of those with both diagnostics settled, in two queries."""
    asked = _asked(session, cohort_ids)
    axes: dict[tuple[int, CohortId], dict[Axis, tuple[int, int]]] = {key: {} for key in asked}
    compared: dict[tuple[int, CohortId], int] = dict.fromkeys(asked, 0)
    for association_id, cohort_id, axis, was, is_now, weight, count in _sums(session, cohort_ids):
        compared[association_id, cohort_id] += count
        if count >= FEWEST:
            axes[association_id, cohort_id][axis] = (_score(was, weight), _score(is_now, weight))
    return {key: Movement(axes[key], compared[key], count) for key, count in asked.items()}


_BEFORE, _NOW = aliased(Diagnostic), aliased(Diagnostic)
_PAIR = and_(
    _BEFORE.association_id == _NOW.association_id,
    _BEFORE.cohort_id == _NOW.cohort_id,
    _BEFORE.moment == Moment.T0,
    _NOW.moment == Moment.T1,
    _BEFORE.agreed_at.is_not(None),
    _NOW.agreed_at.is_not(None),
)
"""The two settled diagnostics of one association in one cohort."""


def _asked(session: Session, cohort_ids: Collection[CohortId]) -> Mapping[tuple[int, CohortId], int]:
    """How many questions each was asked at the end."""
    rows = session.execute(
        select(_NOW.association_id, _NOW.cohort_id, func.count())
        .join(_BEFORE, _PAIR)
        .join(QuestionRow, QuestionRow.questionnaire_id == _NOW.questionnaire_id)
        .where(_NOW.cohort_id.in_(cohort_ids))
        .group_by(_NOW.association_id, _NOW.cohort_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _sums(session: Session, cohort_ids: Collection[CohortId]) -> Sequence[Any]:
    """By association and axis: what the questions answered both times weigh, then, now and at most; and how many."""
    own, former = aliased(QuestionRow), aliased(QuestionRow)
    then, today = aliased(AgreedAnswer), aliased(AgreedAnswer)
    same = and_(former.questionnaire_id == _BEFORE.questionnaire_id, former.key == own.key, former.words == own.words)
    weighed = (func.sum(then.value * own.weight), func.sum(today.value * own.weight), func.sum(own.weight))
    return session.execute(
        select(_NOW.association_id, _NOW.cohort_id, own.axis, *weighed, func.count())
        .join(_BEFORE, _PAIR)
        .join(own, own.questionnaire_id == _NOW.questionnaire_id)
        .join(former, same)
        .join(then, and_(then.diagnostic_id == _BEFORE.id, then.key == own.key, then.value.is_not(None)))
        .join(today, and_(today.diagnostic_id == _NOW.id, today.key == own.key, today.value.is_not(None)))
        .where(_NOW.cohort_id.in_(cohort_ids))
        .group_by(_NOW.association_id, _NOW.cohort_id, own.axis)
    ).all()


def _score(reached: int, weight: int) -> int:
    """Half is rounded up, as everywhere."""
    whole = weight * MAX_ANSWER
    return (200 * reached + whole) // (2 * whole)
