"""Recommendations as they are read: of an association, of a cohort, and by how many associations a tool is used."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Subquery, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Association, Space
from app.database.ids import CohortId, RecommendationId, ToolId
from app.errors import NotFound
from app.french.language import _
from app.programme.cohorts.models import Cohort, CohortMember
from app.programme.cohorts.states import MemberState
from app.programme.recommendations.models import Recommendation, RecommendationChange
from app.programme.recommendations.states import COUNTED, OPEN, State
from app.programme.tools.models import Tool


@dataclass(frozen=True)
class Told:
    """A recommendation with its tool and every change of it, the first first."""

    row: Recommendation
    tool: Tool
    changes: Sequence[RecommendationChange]

    def reached_at(self, state: State) -> datetime | None:
        """When it last came to ``state``; None where it never did."""
        return max((one.at for one in self.changes if one.after is state), default=None)


def association(session: Session, association_id: int, *, lock: bool = False) -> Association:
    """Whom it is for. Locked, nobody else proposes or reopens anything there meanwhile. Raises NotFound."""
    query = select(Association).where(Association.id == association_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("association_unknown", _("Cette association n'est pas connue du programme."))
    return found


def home_of(session: Session, association: Association) -> Space | None:
    """Its own live space; None before it has one."""
    return session.get(Space, association.space_id) if association.space_id is not None else None


def find(session: Session, recommendation_id: RecommendationId) -> Told | None:
    """A recommendation by the id that a link of ours holds."""
    one = session.get(Recommendation, recommendation_id)
    some = _told(session, [one.association_id]).get(one.association_id, []) if one is not None else []
    return next((each for each in some if each.row.id == recommendation_id), None)


def get(
    session: Session, *, association_id: int, recommendation_id: RecommendationId, lock: bool = False
) -> Recommendation:
    """One recommendation of this association. Raises NotFound."""
    query = select(Recommendation).where(
        Recommendation.id == recommendation_id, Recommendation.association_id == association_id
    )
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("recommendation_unknown", _("Cette recommandation n'existe pas, ou n'est pas la vôtre."))
    return found


def of_association(session: Session, association_id: int) -> Sequence[Told]:
    """Everything that was recommended to it: what is on its table first, then what is done or given up."""
    told = _told(session, [association_id]).get(association_id, [])
    order = [State.STARTED, State.ACCEPTED, State.PROPOSED, State.DEPLOYED, State.ABANDONED, State.DISMISSED]
    return sorted(told, key=lambda one: (order.index(one.row.state), one.row.id))


def of_associations(session: Session, association_ids: Collection[int]) -> Mapping[int, Sequence[Told]]:
    """{association: its recommendations in the order in which they were made}; one without any is left out."""
    return _told(session, association_ids)


def open_count(session: Session, association_id: int) -> int:
    """How many are on its table."""
    query = select(func.count()).select_from(Recommendation)
    return (
        session.scalar(query.where(Recommendation.association_id == association_id, Recommendation.state.in_(OPEN)))
        or 0
    )


def cohort_of(session: Session, association_id: int, *, today: date) -> CohortId | None:
    """The cohort whose figures a recommendation made today belongs to: of those it is in, the latest that has begun.

    One that is in none yet belongs to the cohort that it is invited to: it counts there from the day it comes in.
    """
    rows = session.execute(
        select(Cohort.id, Cohort.starts_on, Cohort.closed_at, CohortMember.state)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(CohortMember.association_id == association_id, CohortMember.state != MemberState.LEFT)
    ).all()
    ordered = sorted(
        rows,
        key=lambda row: (
            row.state is MemberState.INSIDE, row.closed_at is None, row.starts_on <= today, row.starts_on, row.id
        ),
    )  # fmt: skip
    return ordered[-1].id if ordered else None


def tried(session: Session) -> Mapping[ToolId, int]:
    """{tool: how many associations have it deployed now}; each is counted once, since a tool is theirs once."""
    rows = session.execute(
        select(Recommendation.tool_id, func.count())
        .where(Recommendation.state == State.DEPLOYED)
        .group_by(Recommendation.tool_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Received:
    """An association that something was recommended to: when first, and when it first had a tool started, deployed.

    None where it has none that stands so now: a deployed tool taken back counts no more.
    """

    association_id: int
    is_inside: bool
    received_at: datetime
    started_at: datetime | None = None
    deployed_at: datetime | None = None


@dataclass(frozen=True)
class Share:
    """« 8 associations sur 10 »: who began to deploy a tool, of those inside that received a recommendation."""

    rows: Sequence[Received]

    @property
    def received(self) -> list[int]:
        """The denominator, as ids of associations."""
        return [one.association_id for one in self.rows if one.is_inside]

    @property
    def started(self) -> list[int]:
        """Those of them with a tool started or deployed now."""
        return [one.association_id for one in self.rows if one.is_inside and one.started_at]

    @property
    def deployed(self) -> list[int]:
        """Those of them with a tool deployed now."""
        return [one.association_id for one in self.rows if one.is_inside and one.deployed_at]

    @property
    def left(self) -> list[int]:
        """Out of the count: they received something, then left the cohort."""
        return [one.association_id for one in self.rows if not one.is_inside]

    @property
    def percent(self) -> int | None:
        """The share in whole percents, half rounded up; None of nothing."""
        whole = len(self.received)
        return int(100 * len(self.started) / whole + 0.5) if whole else None


def of_cohort(session: Session, cohort_id: CohortId | None) -> Share:
    """The share of one cohort, or over all of them, where an association stands once and is in while it is in one.

    The cohorts that it has left count for nothing while it is in one: its line inside comes last, and stays.
    """
    asked = Recommendation.cohort_id == cohort_id if cohort_id else Recommendation.cohort_id.is_not(None)
    of_member = and_(
        CohortMember.cohort_id == Recommendation.cohort_id,
        CohortMember.association_id == Recommendation.association_id,
    )
    row, reached = Recommendation, _reached(asked)
    is_inside = func.coalesce(CohortMember.state == MemberState.INSIDE, false())
    query = (
        select(
            row.association_id,
            is_inside,
            func.min(row.created_at),
            func.min(case((row.state.in_(COUNTED), reached.c.started_at))),
            func.min(case((row.state == State.DEPLOYED, reached.c.deployed_at))),
        )
        .outerjoin(CohortMember, of_member)
        .outerjoin(reached, reached.c.recommendation_id == row.id)
        .where(asked, or_(CohortMember.id.is_(None), CohortMember.joined_at.is_not(None)))
        .group_by(row.association_id, is_inside)
        .order_by(row.association_id, is_inside)
    )
    found = (Received(one[0], bool(one[1]), *one[2:]) for one in session.execute(query))
    return Share(list({one.association_id: one for one in found}.values()))


def _reached(asked: ColumnElement[bool]) -> Subquery:
    """When each recommendation last came to what counts."""
    change = RecommendationChange
    return (
        select(
            change.recommendation_id,
            func.max(case((change.after == State.STARTED, change.at))).label("started_at"),
            func.max(case((change.after == State.DEPLOYED, change.at))).label("deployed_at"),
        )
        .join(Recommendation, Recommendation.id == change.recommendation_id)
        .where(asked, Recommendation.state.in_(COUNTED), change.after.in_(COUNTED))
        .group_by(change.recommendation_id)
        .subquery()
    )


def _told(session: Session, association_ids: Collection[int]) -> dict[int, list[Told]]:
    rows = session.execute(
        select(Recommendation, Tool)
        .join(Tool, Tool.id == Recommendation.tool_id)
        .where(Recommendation.association_id.in_(association_ids))
        .order_by(Recommendation.id)
    ).all()
    changes: dict[RecommendationId, list[RecommendationChange]] = {}
    query = select(RecommendationChange).where(RecommendationChange.recommendation_id.in_([row[0].id for row in rows]))
    for change in session.scalars(query.order_by(RecommendationChange.id)):
        changes.setdefault(change.recommendation_id, []).append(change)
    found: dict[int, list[Told]] = {}
    for row, tool in rows:
        found.setdefault(row.association_id, []).append(Told(row, tool, changes.get(row.id, [])))
    return found
