"""What workshops came to, for their trainers and the programme: figures and opinions, never what somebody wrote."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from itertools import chain
from operator import add

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.accounts import associations
from app.accounts.models import Activity, Space, User
from app.clock import PARIS
from app.consent import acts as consent_acts
from app.consent.models import Channel
from app.database.ids import WorkshopId
from app.events.models import Event, EventState, Registration
from app.messaging.models import Mailing, Tally
from app.messaging.status import Status
from app.workshops import service
from app.workshops.models import PracticeSpace, Scenario, Seat, Workshop
from app.workshops.path import steps as path
from app.workshops.path.steps import Kinds, Step, Trail

LEFT = frozenset({Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED})
"""Messages that the carrier has taken."""


@dataclass(frozen=True)
class Figures:
    """One workshop, or several added up: people, except where another unit is said."""

    invited: int = 0
    came: int | None = None
    """None while nobody has noted who was there."""
    seats: int = 0
    """Places taken with the code; two people of a pair have one each."""
    steps_done: int = 0
    """Steps, over all seats."""
    steps_asked: int = 0
    """Steps of the path, once for each seat."""
    sent: int = 0
    """Practice SMS that left, the trainer's demonstration included."""
    stops: int = 0
    """People of the practice lists who said STOP and get nothing more."""
    gained: Counter[int] = field(default_factory=Counter)
    """« Je saurais le refaire »: how many for each answer, 4 (yes) to 1 (no)."""
    ready: Counter[int] = field(default_factory=Counter)
    """« Nous allons nous en servir », the same."""

    def __add__(self, other: "Figures") -> "Figures":
        both = [came for came in (self.came, other.came) if came is not None]
        return Figures(
            invited=self.invited + other.invited,
            came=sum(both) if both else None,
            seats=self.seats + other.seats,
            steps_done=self.steps_done + other.steps_done,
            steps_asked=self.steps_asked + other.steps_asked,
            sent=self.sent + other.sent,
            stops=self.stops + other.stops,
            gained=self.gained + other.gained,
            ready=self.ready + other.ready,
        )


@dataclass(frozen=True)
class Result:
    """A workshop with its date and what it came to."""

    workshop: Workshop
    event: Event
    figures: Figures


def years(session: Session, user: User, *, now: datetime) -> list[int]:
    """The years one may ask for, this one first, back to the first workshop that ``user`` sees."""
    first = session.scalar(
        select(func.min(Event.starts_at)).join(Workshop, Workshop.event_id == Event.id).where(service.seen_by(user))
    )
    this = now.astimezone(PARIS).year
    return list(range(this, min(first.astimezone(PARIS).year, this) - 1 if first else this - 1, -1))


def of_year(session: Session, user: User, year: int, kinds: Kinds, *, now: datetime) -> list[Result]:
    """The workshops of a year that ``user`` sees, the latest first: begun, not called off, and no rehearsal."""
    rows = session.execute(
        select(Workshop, Event)
        .join(Event, Event.id == Workshop.event_id)
        .where(
            service.seen_by(user),
            Event.starts_at >= datetime(year, 1, 1, tzinfo=PARIS),
            Event.starts_at < datetime(year + 1, 1, 1, tzinfo=PARIS),
            Event.state != EventState.CANCELLED,
            Workshop.is_rehearsal.is_(False),
            or_(Event.starts_at <= now, Workshop.opened_at.is_not(None)),
        )
        .order_by(Event.starts_at.desc(), Workshop.id.desc())
    ).all()
    figures = read(session, [row[0] for row in rows], kinds)
    return [Result(row[0], row[1], figures[row[0].id]) for row in rows]


def association_count(results: Sequence[Result]) -> int:
    """How many associations took part; one that an older release planned is known by its name alone."""
    named = {associations.fold(one.workshop.association): one.workshop.association_id for one in results}
    known = {one.workshop.association_id for one in results} - {None}
    return len(known) + sum(association_id is None for association_id in named.values())


def total(results: Sequence[Result]) -> Figures:
    """Their sum."""
    return reduce(add, (one.figures for one in results), Figures())


def read(session: Session, workshops: Sequence[Workshop], kinds: Kinds) -> dict[WorkshopId, Figures]:
    """What each workshop came to: {workshop: figures}."""
    ids = [workshop.id for workshop in workshops]
    seats: dict[int, list[Seat]] = {workshop_id: [] for workshop_id in ids}
    kept = or_(Seat.ended_at.is_(None), Seat.ended_at >= Workshop.closed_at)  # not one that the trainer freed
    there = select(Seat).join(Workshop, Workshop.id == Seat.workshop_id).where(Seat.workshop_id.in_(ids), kept)
    for seat in session.scalars(there.order_by(Seat.id)):
        seats[seat.workshop_id].append(seat)
    lists, sent, stops = _lists(session, workshops), _sent(session, ids), _stops(session, ids)
    paths = _paths(session, workshops, kinds)
    copies = [seat.space_id for taken in seats.values() for seat in taken if seat.space_id is not None]
    trail = path.read_trail(session, copies, chain.from_iterable(paths.values()))
    found = {}
    for workshop in workshops:
        taken = seats[workshop.id]
        done, asked = _steps(taken, paths[workshop.scenario_id], trail)
        invited, came = lists.get(workshop.event_id, (0, None))
        found[workshop.id] = Figures(
            invited=invited,
            came=came,
            seats=len(taken),
            steps_done=done,
            steps_asked=asked,
            sent=sent[workshop.id],
            stops=stops[workshop.id],
            gained=Counter(seat.gained for seat in taken if seat.gained is not None),
            ready=Counter(seat.ready for seat in taken if seat.ready is not None),
        )
    return found


def _lists(session: Session, workshops: Sequence[Workshop]) -> dict[int, tuple[int, int | None]]:
    """{event: (on its list, of whom there, None while not noted)}."""
    rows = session.execute(
        select(
            Registration.event_id,
            func.count(),
            func.count(Registration.attended),
            func.sum(case((Registration.attended.is_(True), 1), else_=0)),
        )
        .where(Registration.event_id.in_([workshop.event_id for workshop in workshops]))
        .group_by(Registration.event_id)
    )
    return {event_id: (people, int(came) if noted else None) for event_id, people, noted, came in rows}


def _paths(session: Session, workshops: Sequence[Workshop], kinds: Kinds) -> dict[int, list[Step]]:
    """{scenario: its steps}."""
    wanted = {workshop.scenario_id for workshop in workshops}
    found = session.scalars(select(Scenario).where(Scenario.id.in_(wanted)))
    return {one.id: path.steps_of(one, kinds) for one in found}


def _steps(seats: Sequence[Seat], steps: Sequence[Step], trail: Trail) -> tuple[int, int]:
    """How many steps these seats did, and how many they were asked to."""
    keys = {step.key for step in steps}
    taken = [seat.space_id for seat in seats if seat.space_id is not None]
    done = {space_id: len(keys & trail.done(space_id, steps).keys()) for space_id in set(taken)}
    return sum(done[space_id] for space_id in taken), len(steps) * len(seats)


def _sent(session: Session, ids: Sequence[int]) -> Counter[int]:
    """From the tallies, which outlive an own list; a copy's pretend past is older than the copy."""
    sent: Counter[int] = Counter()
    for workshop_id, was, reached, people in session.execute(
        select(PracticeSpace.workshop_id, Tally.was, Tally.reached, func.sum(Tally.people))
        .join(Space, Space.id == PracticeSpace.space_id)
        .join(Mailing, Mailing.space_id == Space.id)
        .join(Tally, Tally.mailing_id == Mailing.id)
        .where(PracticeSpace.workshop_id.in_(ids), Mailing.created_at >= Space.created_at)
        .group_by(PracticeSpace.workshop_id, Tally.was, Tally.reached)
    ):
        sent[workshop_id] += int(people) * ((reached in LEFT) - (was in LEFT))
    return sent


def _stops(session: Session, ids: Sequence[int]) -> Counter[int]:
    """From the acts, which outlive an own list; what the carrier or a file already knew was said to nobody here."""
    rows = session.execute(
        select(PracticeSpace.workshop_id, func.count(func.coalesce(Activity.subject_id, -Activity.id).distinct()))
        .join(Space, Space.id == PracticeSpace.space_id)
        .join(Activity, Activity.space_id == Space.id)
        .where(
            PracticeSpace.workshop_id.in_(ids),
            Activity.verb == consent_acts.OPTED_OUT.verb,
            Activity.at >= Space.created_at,
            Activity.detail["channel"].as_string().not_in([Channel.CARRIER.value, Channel.IMPORT.value]),
        )
        .group_by(PracticeSpace.workshop_id)
    )
    return Counter({row[0]: row[1] for row in rows})
