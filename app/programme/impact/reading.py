"""What the impact page is counted on, read from the programme's rooms in a number of queries that does not grow."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Association
from app.clock import PARIS
from app.database.ids import CohortId, DiagnosticId, EventId
from app.programme.cohorts.models import Cohort, CohortMember, Function
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import Diagnostic, Respondent
from app.programme.impact import coming, movements
from app.programme.impact.coming import Spent
from app.programme.impact.paths import Path, Step, once
from app.programme.progress.planned import Planned, Workshops
from app.programme.recommendations import service as recommendations
from app.programme.recommendations.service import Received
from app.programme.sharing import service as sharing


@dataclass(frozen=True)
class Counted:
    """Everything of some cohorts, each association once."""

    paths: Sequence[Path]
    cohort_ids: Sequence[CohortId]
    workshop_ids: Sequence[EventId]
    """The events of the workshops that these associations had while they were in these cohorts."""
    to_note: int = 0
    """How many of those expected people, and nobody has noted who came."""


def read(session: Session, cohorts: Collection[Cohort], workshops: Workshops, *, now: datetime) -> Counted:
    """Of one cohort, or of all of them."""
    cohort_ids = [one.id for one in cohorts]
    stays = _stays(session, cohort_ids)
    ids = {stay.association_id for stay in stays}
    done = _by_association(one for one in workshops.planned(session, ids) if one.is_done(now))
    agreed = ids.intersection(sharing.sharing(session))
    known = _Known(
        trained=coming.second_trainings(session, cohort_ids),
        workshops=done,
        first_sent=workshops.first_sent(session, agreed),
        moved=_moved(session, cohort_ids, stays),
        taking=_taking(session, cohort_ids),
        received=_received(session, cohort_ids, stays),
    )
    months = sharing.months(session, ids)
    paths = once([_path(stay, known) for stay in stays])
    own = {one.event.id: one for stay in stays for one in _workshops(stay, known)}
    return Counted(
        [
            replace(path, months=months.get(path.association_id, ()), is_sharing=path.association_id in agreed)
            for path in paths
        ],
        cohort_ids,
        sorted(own),
        len([one for one in own.values() if one.is_unnoted]),
    )


def spent(session: Session, counted: Counted) -> Spent:
    """The time that people gave to all of it."""
    found = coming.spent(session, counted.cohort_ids, counted.workshop_ids)
    return replace(found, workshops=replace(found.workshops, to_note=counted.to_note))


def with_presence(session: Session, counted: Counted) -> Sequence[Path]:
    """The same associations, with how many of each came and for how long."""
    trained, worked = coming.by_association(session, counted.cohort_ids, counted.workshop_ids)
    return [
        replace(path, trained=trained.get(path.association_id), worked=worked.get(path.association_id))
        for path in counted.paths
    ]


def _received(session: Session, cohort_ids: Sequence[CohortId], stays: Sequence["_Stay"]) -> Mapping[int, Received]:
    """What the programme's share counts of each; who is inside has only what it was recommended where it is."""
    share = recommendations.of_cohort(session, cohort_ids[0] if len(cohort_ids) == 1 else None)
    inside = {stay.association_id for stay in stays if stay.state is MemberState.INSIDE}
    return {one.association_id: one for one in share.rows if one.is_inside is (one.association_id in inside)}


class _Stay(NamedTuple):
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

    def holds(self, on: date) -> bool:
        """Whether a day is of the cohort: from its first to its last, or while nobody has closed it."""
        last = max(self.ends_on, self.closed_at.astimezone(PARIS).date()) if self.closed_at else date.max
        return self.starts_on <= on <= last


def _stays(session: Session, cohort_ids: Collection[CohortId]) -> list[_Stay]:
    """The earlier cohorts first; one that was only ever invited is none of them, one invited again has left."""
    first, last = aliased(Diagnostic), aliased(Diagnostic)
    query = (
        select(
            Association.id, Association.name, Cohort.id, Cohort.starts_on, Cohort.ends_on, Cohort.closed_at,
            CohortMember.state, CohortMember.joined_at, first.agreed_at, last.id, last.agreed_at,
        )
        .select_from(CohortMember)
        .join(Association, Association.id == CohortMember.association_id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .outerjoin(first, and_(
            first.cohort_id == Cohort.id, first.association_id == Association.id, first.moment == Moment.T0
        ))
        .outerjoin(last, and_(
            last.cohort_id == Cohort.id, last.association_id == Association.id, last.moment == Moment.T1
        ))
        .where(Cohort.id.in_(cohort_ids), CohortMember.joined_at.is_not(None))
        .order_by(Cohort.starts_on, Cohort.id, CohortMember.id)
    )  # fmt: skip
    return [_Stay(*row) for row in session.execute(query).all()]


@dataclass(frozen=True)
class _Known:
    """What the rooms say of all associations."""

    trained: Mapping[tuple[int, CohortId], datetime]
    workshops: Mapping[int, Sequence[Planned]]
    first_sent: Mapping[int, datetime]
    moved: Mapping[DiagnosticId, movements.Moved]
    taking: Mapping[DiagnosticId, Collection[Function]]
    received: Mapping[int, Received]


def _path(stay: _Stay, known: _Known) -> Path:
    """One stay in one cohort."""
    got = known.received.get(stay.association_id)
    workshops = _workshops(stay, known)
    instants = {
        Step.KEPT: stay.joined_at,
        Step.DIAGNOSED: stay.began_at,
        Step.TRAINED: known.trained.get((stay.association_id, stay.cohort_id)),
        Step.WORKSHOP: min((one.event.ends_at for one in workshops), default=None),
        Step.STARTED: got.started_at if got else None,
        Step.DEPLOYED: got.deployed_at if got else None,
    }
    settled = stay.end_id if stay.ended_at is not None else None
    move = known.moved.get(settled) if settled is not None else None
    return Path(
        association_id=stay.association_id,
        name=stay.name,
        cohort_id=stay.cohort_id,
        is_inside=stay.state is MemberState.INSIDE,
        reached={step: at for step, at in instants.items() if at is not None},
        received_at=got.received_at if got else None,
        first_sent_at=known.first_sent.get(stay.association_id),
        axes=move.axes if move else {},
        questions=(move.compared, move.asked) if move else None,
        last_at=stay.ended_at,
        took_part=frozenset(known.taking.get(settled, ())) if settled is not None else frozenset(),
        unnoted=sum(one.is_unnoted for one in workshops),
    )


def _workshops(stay: _Stay, known: _Known) -> list[Planned]:
    """Those that it had while its cohort lasted."""
    every = known.workshops.get(stay.association_id, ())
    return [one for one in every if stay.holds(one.event.starts_at.astimezone(PARIS).date())]


def _moved(
    session: Session, cohort_ids: Collection[CohortId], stays: Sequence[_Stay]
) -> Mapping[DiagnosticId, movements.Moved]:
    """{an end: how its association moved}, of those that settled both."""
    kept = movements.of_cohorts(session, cohort_ids)
    found = {}
    for stay in stays:
        if stay.end_id is None or stay.ended_at is None or stay.began_at is None:
            continue
        own = kept.get(stay.end_id) or movements.of_association(session, stay.association_id, stay.cohort_id)
        if own is not None:
            found[stay.end_id] = own
    return found


def _taking(session: Session, cohort_ids: Collection[CohortId]) -> Mapping[DiagnosticId, Collection[Function]]:
    """{an end: the functions of those who answered it to the end}."""
    rows = session.execute(
        select(Respondent.diagnostic_id, Respondent.function)
        .join(Diagnostic, Diagnostic.id == Respondent.diagnostic_id)
        .where(Diagnostic.cohort_id.in_(cohort_ids), Diagnostic.moment == Moment.T1)
        .where(Respondent.finished_at.is_not(None))
        .distinct()
    )
    found: dict[DiagnosticId, set[Function]] = defaultdict(set)
    for diagnostic_id, function in rows:
        found[diagnostic_id].add(function)
    return found


def _by_association(done: Iterable[Planned]) -> Mapping[int, Sequence[Planned]]:
    found: dict[int, list[Planned]] = defaultdict(list)
    for one in done:
        found[one.association_id].append(one)
    return found
