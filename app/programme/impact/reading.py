"""What the impact page is counted on, read from the programme's rooms in a number of queries that does not grow."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import PARIS
from app.database.ids import CohortId, DiagnosticId, EventId
from app.programme.cohorts.models import Cohort, Function
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import Diagnostic, Respondent
from app.programme.impact import coming, groups, movements
from app.programme.impact.coming import Held, Trained
from app.programme.impact.groups import Answered, Came, Spent
from app.programme.impact.paths import Month, Path, Step, once
from app.programme.impact.stays import Stay, stays_of
from app.programme.progress.planned import Planned, Workshops
from app.programme.recommendations import service as recommendations
from app.programme.recommendations.service import Received
from app.programme.sharing import service as sharing


@dataclass(frozen=True)
class Workshop:
    """One that an association had while it was in a cohort."""

    planned: Planned
    cohort_id: CohortId
    name: str
    """Of the association."""
    is_inside: bool

    @property
    def is_to_note(self) -> bool:
        """Whether it expected people, and nobody has noted who came."""
        return self.is_inside and self.planned.is_unnoted


@dataclass(frozen=True)
class Counted:
    """Everything of some cohorts, each association once."""

    paths: Sequence[Path]
    cohort_ids: Sequence[CohortId]
    workshops: Mapping[EventId, Workshop]
    answering: Mapping[Function, Answered | None]
    """In how many associations somebody of this function answered the last diagnostic."""

    @property
    def to_note(self) -> Sequence[Workshop]:
        return [one for one in self.workshops.values() if one.is_to_note]


def read(session: Session, cohorts: Collection[Cohort], workshops: Workshops, *, now: datetime) -> Counted:
    """Of one cohort, or of all of them."""
    cohort_ids = [one.id for one in cohorts]
    stays = stays_of(session, cohort_ids)
    ids = {stay.association_id for stay in stays}
    done = _by_association(one for one in workshops.planned(session, ids) if one.is_done(now))
    agreed = ids.intersection(sharing.sharing(session))
    known = _Known(
        trained=coming.trained(session, cohort_ids),
        workshops=done,
        first_sent=workshops.first_sent(session, agreed),
        moved=_moved(session, cohort_ids, stays),
        taking=_taking(session, cohort_ids),
        received=_received(session, cohort_ids, stays),
        months=sharing.months(session, ids),
        agreed=agreed,
    )
    had = [(stay, _workshops(stay, known)) for stay in stays]
    paths = [_path(stay, its, known) for stay, its in had]
    return Counted(
        once(paths),
        cohort_ids,
        {
            one.event.id: Workshop(one, stay.cohort_id, stay.name, stay.state is MemberState.INSIDE)
            for stay, its in had
            for one in its
        },
        {one: groups.answered(_answered(paths, one)) for one in (Function.DIRECTOR, Function.BOARD)},
    )


def came(session: Session, counted: Counted) -> Sequence[Came]:
    """Who came to all of it: to be told as ``groups`` does."""
    return coming.came(session, counted.cohort_ids, _cohorts_of(counted))


def spent(session: Session, counted: Counted) -> Spent:
    """The time that people gave to all of it."""
    return groups.spent(came(session, counted))


def dates(session: Session, counted: Counted) -> Sequence[Held]:
    """The trainings and the workshops of all of it that somebody came to."""
    return coming.dates(session, counted.cohort_ids, _cohorts_of(counted))


def _cohorts_of(counted: Counted) -> Mapping[EventId, CohortId]:
    return {event_id: one.cohort_id for event_id, one in counted.workshops.items()}


def _answered(paths: Iterable[Path], function: Function) -> Sequence[Answered]:
    """Of each cohort, its associations that are inside and settled their last diagnostic."""
    found: dict[int, list[bool]] = defaultdict(list)
    for path in paths:
        if path.is_inside and path.last_at is not None:
            found[path.cohort_id].append(function in path.took_part)
    return [Answered(sum(own), len(own)) for own in found.values()]


def _received(session: Session, cohort_ids: Sequence[CohortId], stays: Sequence[Stay]) -> Mapping[int, Received]:
    """What the programme's share counts of each; who is inside has only what it was recommended where it is."""
    share = recommendations.of_cohort(session, cohort_ids[0] if len(cohort_ids) == 1 else None)
    inside = {stay.association_id for stay in stays if stay.state is MemberState.INSIDE}
    return {one.association_id: one for one in share.rows if one.is_inside is (one.association_id in inside)}


@dataclass(frozen=True)
class _Known:
    """What the rooms say of all associations."""

    trained: Mapping[tuple[int, CohortId], Trained]
    workshops: Mapping[int, Sequence[Planned]]
    first_sent: Mapping[int, datetime]
    moved: Mapping[DiagnosticId, movements.Moved]
    taking: Mapping[DiagnosticId, Collection[Function]]
    received: Mapping[int, Received]
    months: Mapping[int, Sequence[Month]]
    agreed: Collection[int]


def _path(stay: Stay, workshops: Sequence[Planned], known: _Known) -> Path:
    """One stay in one cohort."""
    got = known.received.get(stay.association_id)
    trained = known.trained.get((stay.association_id, stay.cohort_id))
    instants = {
        Step.KEPT: stay.joined_at,
        Step.DIAGNOSED: stay.began_at,
        Step.TRAINED: trained.second_at if trained else None,
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
        trainings=trained.followed if trained else 0,
        workshops=len(workshops),
        months=known.months.get(stay.association_id, ()),
        is_sharing=stay.association_id in known.agreed,
    )


def _workshops(stay: Stay, known: _Known) -> list[Planned]:
    """Those that it had while its cohort lasted."""
    every = known.workshops.get(stay.association_id, ())
    return [one for one in every if stay.holds(one.event.starts_at.astimezone(PARIS).date())]


def _moved(
    session: Session, cohort_ids: Collection[CohortId], stays: Sequence[Stay]
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
