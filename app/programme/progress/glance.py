"""A cohort at a glance: its associations with their stage, its dates, and who has gone quiet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Association
from app.clock import PARIS
from app.database.ids import CohortId, EventId, SpaceId, TrainingId
from app.events.models import Event
from app.french.language import _
from app.programme.cohorts import members
from app.programme.cohorts.models import Cohort, CohortMember
from app.programme.cohorts.states import MemberState
from app.programme.progress import news, stages
from app.programme.progress.planned import Planned, Workshops
from app.programme.progress.stages import Signs, Stage

FIGURES: Mapping[str, str] = {
    "dedans": _("Dans la cohorte"),
    "atelier-fait": _("Atelier fait"),
    "invitees": _("Invitées"),
    "sans-atelier": _("Sans atelier, ni prévu"),
}
"""The figures of a cohort that open the associations behind them, by their word in an address."""


@dataclass(frozen=True)
class Standing:
    """An association of a cohort, and how far it has come."""

    member: CohortMember
    association: Association
    planned: Sequence[Planned]
    """Its workshops from the cohort's first day on, by date."""
    signs: Signs
    quiet: int | None
    """For how many days it has been silent; None for one that is not, or is not in the cohort."""

    @property
    def stage(self) -> Stage:
        return stages.stage_of(self.signs)

    @property
    def has_workshop(self) -> bool:
        return self.signs.is_planned or self.signs.workshop_done_at is not None


@dataclass(frozen=True)
class Entry:
    """A date of a cohort: a workshop of one of its associations, or a training of the programme."""

    event: Event
    workshop: Planned | None = None
    association: str = ""
    training_id: int | None = None
    """Of a training; None for a date of the programme that is none, nor a workshop."""

    @property
    def is_of_cohort(self) -> bool:
        """Whether it is a workshop or a training; other dates of the programme are its own affair."""
        return self.workshop is not None or self.training_id is not None

    @property
    def on(self) -> date:
        """Its day, on the clock of Paris."""
        return self.event.starts_at.astimezone(PARIS).date()


@dataclass(frozen=True)
class Glance:
    """A cohort with all that its pages say of it."""

    cohort: Cohort
    standings: Sequence[Standing]
    """By name: those that are inside, invited and out again."""
    calendar: Sequence[Entry]
    """By date."""

    def of_state(self, state: MemberState) -> list[Standing]:
        return [one for one in self.standings if one.member.state == state]

    @property
    def inside(self) -> list[Standing]:
        return self.of_state(MemberState.INSIDE)

    @property
    def ladder(self) -> Mapping[Stage, list[Standing]]:
        """Those inside by their stage: each stands once."""
        return {stage: [one for one in self.inside if one.stage is stage] for stage in Stage}

    @property
    def with_workshop_done(self) -> int:
        """How many of those inside have had a workshop, whatever they did since."""
        return len(self.counted("atelier-fait") or ())

    def counted(self, figure: str) -> list[Standing] | None:
        """Those that a figure of ``FIGURES`` counts; None for a word that is none."""
        if figure == "dedans":
            return self.inside
        if figure == "atelier-fait":
            return [one for one in self.inside if one.signs.workshop_done_at is not None]
        if figure == "sans-atelier":
            return [one for one in self.inside if not one.has_workshop]
        return self.of_state(MemberState.INVITED) if figure == "invitees" else None

    @property
    def silent(self) -> list[Standing]:
        """The longest silence first."""
        return sorted((one for one in self.inside if one.quiet), key=lambda one: one.quiet or 0, reverse=True)

    def to_come(self, now: datetime) -> list[Entry]:
        return [one for one in self.calendar if one.event.ends_at > now]


def read(
    session: Session,
    cohort: Cohort,
    workshops: Workshops,
    *,
    programme_id: SpaceId | None,
    now: datetime,
    trainings: Mapping[EventId, tuple[TrainingId, CohortId]] = MappingProxyType({}),
) -> Glance:
    """All of a cohort in a number of queries that does not grow with its associations.

    ``trainings`` are those of all cohorts, by their event.

    Workshops count from its first day on, even after the last: one that slipped is still the cohort's.
    """
    rows = members.of_cohort(session, cohort.id)
    ids = [association.id for _member, association in rows]
    begins, _end = _window(cohort)
    planned = [one for one in workshops.planned(session, ids) if one.event.starts_at >= begins]
    signs = _signs(session, rows, planned, workshops, now=now)
    is_open = cohort.closed_at is None
    standings = [
        Standing(
            member,
            association,
            [one for one in planned if one.association_id == association.id],
            signs[association.id],
            stages.quiet_days(signs[association.id], now=now)
            if is_open and member.state is MemberState.INSIDE
            else None,
        )
        for member, association in rows
    ]
    names = {association.id: association.name for member, association in rows if member.state is MemberState.INSIDE}
    entries = [Entry(one.event, one, names[one.association_id]) for one in planned if one.association_id in names]
    if programme_id is not None:
        own = {one: training_id for one, (training_id, cohort_id) in trainings.items() if cohort_id == cohort.id}
        found = _trainings(session, programme_id, cohort, workshops, own=own, others=trainings.keys() - own.keys())
        entries += [Entry(event, training_id=own.get(event.id)) for event in found]
    return Glance(cohort, standings, sorted(entries, key=lambda one: (one.event.starts_at, one.event.id)))


def _signs(
    session: Session,
    rows: Sequence[tuple[CohortMember, Association]],
    planned: Sequence[Planned],
    workshops: Workshops,
    *,
    now: datetime,
) -> Mapping[int, Signs]:
    """{association: what is known of it}."""
    spaces = [association.space_id for _member, association in rows if association.space_id is not None]
    first = workshops.first_sent(session, [association.id for _member, association in rows])
    sent, seen = news.last_sent(session, spaces), news.last_seen(session, spaces)
    found = {}
    for member, association in rows:
        own = [one for one in planned if one.association_id == association.id]
        found[association.id] = Signs(
            workshop_done_at=max((one.event.ends_at for one in own if one.is_done(now)), default=None),
            first_sent_at=first.get(association.id),
            last_sent_at=sent.get(association.space_id) if association.space_id is not None else None,
            last_seen_at=seen.get(association.space_id) if association.space_id is not None else None,
            called_at=member.called_at,
            is_planned=any(one.is_to_come(now) for one in own),
        )
    return found


def _trainings(
    session: Session,
    programme_id: SpaceId,
    cohort: Cohort,
    workshops: Workshops,
    *,
    own: Collection[EventId],
    others: Collection[EventId],
) -> Sequence[Event]:
    """The cohort's own trainings, and the programme's dates within it that are no workshop nor another's training."""
    begins, ends = _window(cohort)
    query = select(Event).where(Event.space_id == programme_id, Event.id.not_in(workshops.event_ids()))
    within = and_(Event.starts_at >= begins, Event.starts_at < ends, Event.id.not_in(others))
    return session.scalars(query.where(or_(within, Event.id.in_(own)))).all()


def _window(cohort: Cohort) -> tuple[datetime, datetime]:
    """From its first midnight to the one after its last day, on the clock of Paris."""
    return _midnight(cohort.starts_on), _midnight(cohort.ends_on + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=PARIS)
