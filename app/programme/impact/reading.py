"""What the impact page is counted on, read from the programme's rooms in a number of queries that does not grow."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.accounts.models import Association
from app.clock import PARIS
from app.database.ids import CohortId, ContactId, EventId
from app.events.models import Event, EventState, Registration
from app.programme.cohorts.models import AssociationPerson, Cohort, CohortMember, Function
from app.programme.cohorts.states import MemberState
from app.programme.diagnostic.axes import Moment
from app.programme.diagnostic.models import Diagnostic, Respondent
from app.programme.impact import movements
from app.programme.impact.paths import Movement, Path, Step, once
from app.programme.progress.planned import Planned, Workshops
from app.programme.recommendations import service as recommendations
from app.programme.recommendations.service import Received, Share
from app.programme.trainings.models import Training

TRAININGS = 2
"""How many trainings make the step « deux formations suivies au moins »."""


@dataclass(frozen=True)
class Time:
    """Dates that were held, the people who came, each once, and hours of presence: one person, one hour."""

    dates: int
    people: frozenset[ContactId]
    hours: float


@dataclass(frozen=True)
class Came:
    """Somebody at a date. ``cohort_id`` is that of a training."""

    contact_id: ContactId
    event: Event
    cohort_id: CohortId | None = None


@dataclass(frozen=True)
class Counted:
    """Everything of some cohorts, each association once."""

    paths: Sequence[Path]
    share: Share
    trainings: Time
    workshops: Time

    @property
    def people(self) -> int:
        """Who came to anything, each once."""
        return len(self.trainings.people | self.workshops.people)


def read(session: Session, cohorts: Collection[Cohort], workshops: Workshops, *, now: datetime) -> Counted:
    """Of one cohort, or of all of them."""
    begun = sorted(cohorts, key=lambda one: (one.starts_on, one.id))
    cohort_ids = [one.id for one in begun]
    stays = _stays(session, cohort_ids)
    ids = {stay.association_id for stay, _association in stays}
    planned = [one for one in workshops.planned(session, ids) if one.is_done(now)]
    came = _came(session, cohort_ids)
    settled, taking = _last_diagnostics(session, cohort_ids)
    known = _Known(
        reached={
            **_diagnosed(session, cohort_ids),
            **_trained(came, _homes(session, ids)),
            **_workshop_at(planned, begun),
        },
        first_sent=workshops.first_sent(session, ids),
        moved=movements.of_cohorts(session, cohort_ids),
        settled=settled,
        taking=taking,
    )
    order = {cohort_id: place for place, cohort_id in enumerate(cohort_ids)}
    paths = [_path(*stay, known) for stay in sorted(stays, key=lambda row: order[row[0].cohort_id])]
    share = recommendations.of_cohort(session, cohort_ids[0] if len(cohort_ids) == 1 else None)
    return Counted(_with_tools(once(paths), share), share, _spent(came), _spent(_came_to_workshops(session, planned)))


@dataclass(frozen=True)
class _Known:
    """What the rooms say of all associations, by association or by (association, cohort)."""

    reached: Mapping[tuple[Step, int, CohortId], datetime]
    first_sent: Mapping[int, datetime]
    moved: Mapping[tuple[int, CohortId], movements.Movement]
    settled: Mapping[tuple[int, CohortId], datetime]
    taking: Mapping[tuple[int, CohortId], Collection[Function]]


def _path(stay: CohortMember, association: Association, known: _Known) -> Path:
    """One stay in one cohort."""
    key = (stay.association_id, stay.cohort_id)
    instants = {step: known.reached.get((step, *key)) for step in Step} | {Step.KEPT: stay.joined_at}
    move = known.moved.get(key)
    return Path(
        association_id=association.id,
        name=association.name,
        cohort_id=stay.cohort_id,
        is_inside=stay.state is MemberState.INSIDE,
        reached={step: at for step, at in instants.items() if at is not None},
        first_sent_at=known.first_sent.get(association.id),
        axes={axis.value: Movement(*pair) for axis, pair in move.axes.items()} if move else {},
        questions=(move.compared, move.asked) if move else None,
        last_at=known.settled.get(key),
        took_part=frozenset(one.value for one in known.taking.get(key, ())),
    )


def _stays(session: Session, cohort_ids: Collection[CohortId]) -> Sequence[tuple[CohortMember, Association]]:
    """Those that are or were in a cohort; one that was only ever invited is none of them."""
    rows = session.execute(
        select(CohortMember, Association)
        .join(Association, Association.id == CohortMember.association_id)
        .where(CohortMember.cohort_id.in_(cohort_ids), CohortMember.joined_at.is_not(None))
        .order_by(CohortMember.id)
    )
    return [(row[0], row[1]) for row in rows if row[0].state is not MemberState.INVITED]


def _diagnosed(session: Session, cohort_ids: Collection[CohortId]) -> dict[tuple[Step, int, CohortId], datetime]:
    """When each settled its first diagnostic."""
    query = select(Diagnostic.association_id, Diagnostic.cohort_id, Diagnostic.agreed_at)
    rows = session.execute(query.where(Diagnostic.cohort_id.in_(cohort_ids), Diagnostic.moment == Moment.T0))
    return {(Step.DIAGNOSED, row[0], row[1]): row[2] for row in rows if row[2] is not None}


def _last_diagnostics(
    session: Session, cohort_ids: Collection[CohortId]
) -> tuple[dict[tuple[int, CohortId], datetime], dict[tuple[int, CohortId], set[Function]]]:
    """Of those that settled the last one: when, and the functions of those who answered it to the end."""
    rows = session.execute(
        select(Diagnostic.association_id, Diagnostic.cohort_id, Diagnostic.agreed_at, Respondent.function)
        .outerjoin(Respondent, and_(Respondent.diagnostic_id == Diagnostic.id, Respondent.finished_at.is_not(None)))
        .where(Diagnostic.cohort_id.in_(cohort_ids), Diagnostic.moment == Moment.T1)
        .where(Diagnostic.agreed_at.is_not(None))
    )
    settled: dict[tuple[int, CohortId], datetime] = {}
    taking: dict[tuple[int, CohortId], set[Function]] = defaultdict(set)
    for association_id, cohort_id, agreed_at, function in rows:
        if agreed_at is not None:
            settled[association_id, cohort_id] = agreed_at
        if function is not None:
            taking[association_id, cohort_id].add(function)
    return settled, taking


def _came(session: Session, cohort_ids: Collection[CohortId]) -> list[Came]:
    """Who came to which training of these cohorts."""
    rows = session.execute(
        select(Registration.contact_id, Event, Training.cohort_id)
        .join(Event, Event.id == Registration.event_id)
        .join(Training, Training.event_id == Event.id)
        .where(Training.cohort_id.in_(cohort_ids), Registration.attended.is_(True))
        .where(Event.state != EventState.CANCELLED)
    )
    return [Came(*row) for row in rows]


def _came_to_workshops(session: Session, planned: Sequence[Planned]) -> list[Came]:
    """The same of workshops that took place."""
    events = {one.event.id: one.event for one in planned}
    rows = session.execute(
        select(Registration.contact_id, Registration.event_id).where(
            Registration.event_id.in_(events), Registration.attended.is_(True)
        )
    )
    return [Came(row[0], events[row[1]]) for row in rows]


def _homes(session: Session, association_ids: Collection[int]) -> Mapping[ContactId, set[int]]:
    """{person: their associations among these}."""
    rows = session.execute(
        select(AssociationPerson.contact_id, AssociationPerson.association_id).where(
            AssociationPerson.association_id.in_(association_ids)
        )
    )
    found: dict[ContactId, set[int]] = defaultdict(set)
    for contact_id, association_id in rows:
        found[contact_id].add(association_id)
    return found


def _trained(came: Sequence[Came], homes: Mapping[ContactId, set[int]]) -> dict[tuple[Step, int, CohortId], datetime]:
    """When somebody of each had come to its second training of the cohort."""
    ends: dict[tuple[int, CohortId], dict[EventId, datetime]] = defaultdict(dict)
    for one in came:
        for association_id in homes.get(one.contact_id, ()):
            if one.cohort_id is not None:
                ends[association_id, one.cohort_id][one.event.id] = one.event.ends_at
    return {
        (Step.TRAINED, *key): sorted(events.values())[TRAININGS - 1]
        for key, events in ends.items()
        if len(events) >= TRAININGS
    }


def _workshop_at(planned: Sequence[Planned], cohorts: Sequence[Cohort]) -> dict[tuple[Step, int, CohortId], datetime]:
    """When the first workshop of each ended, from the cohort's first day on, as its own page counts them."""
    found: dict[tuple[Step, int, CohortId], datetime] = {}
    for one in planned:
        for cohort in cohorts:
            if one.event.starts_at.astimezone(PARIS).date() >= cohort.starts_on:
                key = (Step.WORKSHOP, one.association_id, cohort.id)
                found[key] = min(found.get(key, one.event.ends_at), one.event.ends_at)
    return found


def _with_tools(paths: Sequence[Path], share: Share) -> list[Path]:
    """The same with what became of the tools that were recommended to them."""
    rows = {one.association_id: one for one in share.rows}
    return [_with_tool(path, rows.get(path.association_id)) for path in paths]


def _with_tool(path: Path, got: Received | None) -> Path:
    if got is None:
        return path
    tools = {Step.STARTED: got.started_at, Step.DEPLOYED: got.deployed_at}
    reached = {**path.reached, **{step: at for step, at in tools.items() if at is not None}}
    return replace(path, received_at=got.received_at, reached=reached)


def _spent(came: Sequence[Came]) -> Time:
    events = {one.event.id for one in came}
    hours = sum((one.event.ends_at - one.event.starts_at).total_seconds() for one in came) / 3600
    return Time(len(events), frozenset(one.contact_id for one in came), hours)
