"""Trainings: planned, changed, called off; and the figures that a cohort makes of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from app.accounts import activity
from app.accounts.models import Space
from app.accounts.principal import Principal
from app.database.ids import CohortId, ContactId, EventId, TrainingId
from app.errors import NotFound, RuleBroken
from app.events import reminders, telling
from app.events import service as events
from app.events.models import Event, EventState, Registration
from app.events.placeholders import CALLED_OFF, MOVED, USUAL_REMINDER, fit
from app.events.seats import service as seats
from app.french.language import _
from app.programme.cohorts import service as cohorts
from app.programme.cohorts.models import AssociationPerson, CohortMember
from app.programme.trainings import acts, presences, rules
from app.programme.trainings.models import Training
from app.programme.trainings.rules import Terms
from app.settings import Settings

DAY_BEFORE = timedelta(days=1)
_THERE = case((Registration.attended.is_(True), 1), else_=0)


@dataclass(frozen=True)
class Told:
    """How many were written to, or the sentence that says why nobody was."""

    people: int = 0
    why_not: str = ""


def of_cohort(session: Session, cohort_id: CohortId) -> Sequence[tuple[Training, Event]]:
    """Every training of a cohort by date, those called off among them."""
    rows = session.execute(_both().where(Training.cohort_id == cohort_id).order_by(Event.starts_at, Event.id))
    return [(row[0], row[1]) for row in rows]


def get(session: Session, training_id: TrainingId, *, lock: bool = False) -> tuple[Training, Event]:
    """A training and its event; the event is held with ``lock``. Raises NotFound."""
    query = _both().where(Training.id == training_id)
    row = session.execute(query.with_for_update(of=Event) if lock else query).first()
    if row is None:
        raise NotFound("training_unknown", _("Cette formation n'existe pas."))
    return row[0], row[1]


def find(session: Session, event_id: EventId) -> Training | None:
    """The training that an event is the date of."""
    return session.scalar(select(Training).where(Training.event_id == event_id))


def cohort_of_events(session: Session) -> Mapping[EventId, tuple[TrainingId, CohortId]]:
    """{event: its training, and the cohort that this is of}."""
    rows = session.execute(select(Training.event_id, Training.id, Training.cohort_id))
    return {row.event_id: (row.id, row.cohort_id) for row in rows}


def titles(session: Session, training_ids: Collection[int]) -> Mapping[int, str]:
    """{training: its title} of these, those called off left out."""
    rows = session.execute(_both().where(Training.id.in_(training_ids), Event.state != EventState.CANCELLED))
    return {training.id: event.title for training, event in rows}


def make(
    session: Session,
    programme: Space,
    cohort_id: CohortId,
    terms: Terms,
    *,
    when: Mapping[str, Any],
    reminds: bool,
    by: Principal,
    now: datetime,
) -> tuple[Training, str]:
    """A new training, and with ``reminds`` a reminder the day before; why there is none, where it cannot be.

    ``when`` is what an event is told: title, beginning, end, place, link. Raises AppError.
    """
    cohort = cohorts.changeable(session, cohort_id)
    rules.check(terms)
    event = events.make(session, programme.id, by=by, now=now, **when)
    events.set_state(session, event, EventState.OPEN, by=by, now=now)
    seats.change_total(session, event, terms.seats, by=by, now=now)
    training = Training(event_id=event.id, cohort_id=cohort.id, created_by=by.name[:80], created_at=now)
    _write(training, terms)
    session.add(training)
    session.flush()
    activity.record(session, programme.id, acts.MADE, by=by, now=now, subject_id=training.id, note=event.title)
    why_not = ""
    if reminds and event.starts_at > now:
        try:
            body = fit(USUAL_REMINDER, event)
            reminders.make(session, programme, event, before=DAY_BEFORE, body=body, by=by, now=now)
        except RuleBroken as wrong:
            why_not = wrong.sentence
    return training, why_not


def change(
    session: Session,
    programme: Space,
    training: Training,
    event: Event,
    terms: Terms,
    *,
    when: Mapping[str, Any],
    tells: bool,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Told:
    """Other words, seats or another date: it keeps its registrations, and those who know of it are asked again.

    ``event`` is held. After its end only words change: what people said of it stays. Raises AppError.
    """
    cohorts.changeable(session, training.cohort_id)
    rules.check(terms)
    before = events.rendezvous(event)
    events.edit(session, event, by=by, now=now, **when)
    seats.change_total(session, event, terms.seats, by=by, now=now)
    _write(training, terms)
    activity.record(session, programme.id, acts.CHANGED, by=by, now=now, subject_id=training.id, note=event.title)
    if not tells or events.rendezvous(event) == before:
        return Told()
    people = telling.informed(session, event)
    return _tell(session, programme, event, people, body=MOVED, settings=settings, by=by, now=now)


def call_off(
    session: Session,
    programme: Space,
    training: Training,
    event: Event,
    *,
    tells: bool,
    settings: Settings,
    by: Principal,
    now: datetime,
) -> Told:
    """It will not take place; with ``tells``, those who might have come are texted so. ``event`` is held."""
    cohorts.changeable(session, training.cohort_id)
    events.set_state(session, event, EventState.CANCELLED, by=by, now=now)
    activity.record(session, programme.id, acts.CALLED_OFF, by=by, now=now, subject_id=training.id, note=event.title)
    people = telling.informed(session, event, but_declined=True) if tells else ()
    return _tell(session, programme, event, people, body=CALLED_OFF, settings=settings, by=by, now=now)


def _tell(session: Session, programme: Space, event: Event, people: Sequence[Any], **words: Any) -> Told:
    try:
        return Told(telling.tell(session, programme, event, people, **words))
    except RuleBroken as wrong:
        return Told(why_not=wrong.sentence)


def homes(session: Session, cohort_id: CohortId) -> Mapping[ContactId, int]:
    """{person: their association among those that are or were in the cohort}; of several, the last they came to."""
    rows = session.execute(
        select(AssociationPerson.contact_id, AssociationPerson.association_id)
        .join(CohortMember, CohortMember.association_id == AssociationPerson.association_id)
        .where(CohortMember.cohort_id == cohort_id)
        .order_by(AssociationPerson.id)
    )
    return {row.contact_id: row.association_id for row in rows}


def came_of(session: Session, event_ids: Sequence[EventId]) -> Mapping[EventId, int | None]:
    """{event: how many were noted as there}, those erased since among them; None while nobody has noted anything."""
    rows = session.execute(
        select(Registration.event_id, func.count(Registration.attended), func.sum(_THERE))
        .where(Registration.event_id.in_(event_ids))
        .group_by(Registration.event_id)
    )
    found: dict[EventId, int | None] = {row[0]: int(row[2]) if row[1] else None for row in rows}
    for event_id, count in presences.counts(session, event_ids).items():
        found[event_id] = (found.get(event_id) or 0) + count
    return found


def attended(session: Session, cohort_id: CohortId) -> Mapping[int, int]:
    """{association: how many of its people came to a training of the cohort}, each person once."""
    return Counter(association_id for _person, association_id in {row[:2] for row in _came(session, cohort_id)})


def hours(session: Session, cohort_id: CohortId) -> Mapping[int, float]:
    """{association: hours its people spent in trainings of the cohort}: each time that each came."""
    spent: dict[int, float] = defaultdict(float)
    for _person, association_id, event in _came(session, cohort_id):
        spent[association_id] += (event.ends_at - event.starts_at).total_seconds() / 3600
    return dict(spent)


def _came(session: Session, cohort_id: CohortId) -> list[tuple[ContactId, int, Event]]:
    """Who came to which training, with the association they came for; those erased since as people without a name."""
    known = homes(session, cohort_id)
    rows = session.execute(
        select(Registration.contact_id, Event)
        .join(Event, Event.id == Registration.event_id)
        .join(Training, Training.event_id == Event.id)
        .where(Training.cohort_id == cohort_id, Registration.attended.is_(True))
        .where(Event.state != EventState.CANCELLED)
    )
    found = [(row[0], known[row[0]], row[1]) for row in rows if row[0] in known]
    members = set(session.scalars(select(CohortMember.association_id).where(CohortMember.cohort_id == cohort_id)))
    erased: dict[tuple[ContactId, EventId], tuple[int, Event]] = {}
    for one, event, _cohort_id in presences.of_cohorts(session, [cohort_id]):
        if one.association_id in members and one.association_id is not None:
            erased[presences.person_of(one), event.id] = (one.association_id, event)
    return found + [(person, *home) for (person, _event_id), home in erased.items()]


def _both() -> Select[Training, Event]:
    return select(Training, Event).join(Event, Event.id == Training.event_id)


def _write(training: Training, terms: Terms) -> None:
    training.prepares, training.expert, training.aim = terms.prepares, terms.expert, terms.aim
    training.materials, training.min_seats = terms.materials, terms.min_seats
