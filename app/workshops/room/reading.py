"""The trainer's view of a room: who is in, where, how far; and how long each step took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.database.ids import SpaceId
from app.errors import NotFound
from app.french.language import _
from app.workshops import service
from app.workshops.models import Scenario, Seat, StepTiming, Workshop
from app.workshops.path import hints
from app.workshops.path import steps as path
from app.workshops.path.steps import Done, Kinds, Step
from app.workshops.practice import service as practice
from app.workshops.room import stuck
from app.workshops.room.stuck import Trouble
from app.workshops.seats import service as seating

NOWHERE = SpaceId(0)
"""Where somebody without a copy is."""


@dataclass(frozen=True)
class Place:
    """One seat as the trainer sees it."""

    seat: Seat
    slug: str
    done: dict[str, Done]
    now_at: Step | None
    is_away: bool
    why_stuck: str = ""
    """Why they may need the trainer, in a few words."""
    is_hinted: bool = False
    """Whether the hint of that step was sent to them."""

    @property
    def is_stuck(self) -> bool:
        return bool(self.why_stuck)


@dataclass(frozen=True)
class Room:
    """The whole room at one instant."""

    steps: list[Step]
    places: list[Place]
    copies: Sequence[Space]
    now_at: Step | None
    """The first step that half of the room has not done."""

    @property
    def stuck(self) -> list[Place]:
        """Those who may need the trainer."""
        return [place for place in self.places if place.is_stuck]

    @property
    def next_step(self) -> Step | None:
        """What comes after the step under way."""
        at = self.steps.index(self.now_at) + 1 if self.now_at else len(self.steps)
        return self.steps[at] if at < len(self.steps) else None

    def is_ticked(self, step: Step) -> bool:
        """Whether the trainer ticked or passed it: what really happened cannot be taken back."""
        ways = [place.done[step.key].how for place in self.places if step.key in place.done]
        return any(how != path.BY_EVENT for how in ways)

    def done_count(self, step: Step) -> int:
        """How many seats did it."""
        return len([place for place in self.places if step.key in place.done])


def read(session: Session, workshop: Workshop, kinds: Kinds, *, now: datetime) -> Room:
    """Everybody's progress, from the trail of each copy."""
    steps = path.steps_of(session.get_one(Scenario, workshop.scenario_id), kinds)
    copies = practice.copies(session, workshop)
    slugs = {space.id: space.slug for space in copies}
    seats = [seat for seat in service.seats(session, workshop) if seat.ended_at is None]
    places = _places(session, seats, steps, slugs, now=now)
    places.sort(key=lambda place: not place.is_stuck)  # who needs the trainer comes first
    half = len(places) / 2
    behind = (step for step in steps if len([p for p in places if step.key in p.done]) < max(half, 1))
    return Room(steps, places, copies, next(behind, None))


def after(session: Session, workshop: Workshop, kinds: Kinds, *, now: datetime) -> Room:
    """What each seat had done when the workshop ended: nicknames of the day, and steps."""
    steps = path.steps_of(session.get_one(Scenario, workshop.scenario_id), kinds)
    return Room(steps, _places(session, service.seats(session, workshop), steps, {}, now=now), (), None)


def find_place(session: Session, workshop: Workshop, seat_id: int, kinds: Kinds, *, now: datetime) -> Place:
    """Where somebody of the room is. Raises NotFound."""
    places = read(session, workshop, kinds, now=now).places
    found = next((place for place in places if place.seat.id == seat_id), None)
    if found is None:
        raise NotFound("seat_unknown", _("Ce poste n'est à personne."))
    return found


def keep_timings(session: Session, workshop: Workshop, kinds: Kinds) -> None:
    """How long each step took this room, the middle of its seats, for the next trainer."""
    steps = path.steps_of(session.get_one(Scenario, workshop.scenario_id), kinds)
    seats = [seat for seat in service.seats(session, workshop) if seat.space_id is not None]
    done = path.done_in(session, [seat.space_id for seat in seats if seat.space_id is not None], steps)
    taken: dict[str, list[float]] = {}
    for seat in seats:
        before = seat.joined_at
        for one in sorted(done[seat.space_id or NOWHERE].items(), key=lambda item: item[1].at):
            key, when = one
            if when.how == path.BY_EVENT:
                taken.setdefault(key, []).append((when.at - before).total_seconds())
                before = when.at
    session.add_all(
        StepTiming(workshop_id=workshop.id, scenario_id=workshop.scenario_id, key=key, seconds=round(median(seconds)))
        for key, seconds in taken.items()
    )


def _places(
    session: Session, seats: Sequence[Seat], steps: list[Step], slugs: Mapping[SpaceId, str], *, now: datetime
) -> list[Place]:
    """Everybody's progress and trouble, in four queries however many they are."""
    space_ids = [seat.space_id for seat in seats if seat.space_id is not None]
    done, given = path.done_in(session, space_ids, steps), hints.given(session, space_ids)
    last = {seat.id: _last(seat, done) for seat in seats}
    trouble = stuck.read(session, {seat.space_id: last[seat.id] for seat in seats if seat.space_id is not None})
    places = []
    for seat in seats:
        here = seat.space_id or NOWHERE
        now_at = path.current(steps, done.get(here, {}))
        places.append(
            Place(
                seat=seat,
                slug=slugs.get(here, ""),
                done=done.get(here, {}),
                now_at=now_at,
                is_away=now - seat.seen_at > seating.AWAY_AFTER,
                why_stuck=stuck.why(trouble.get(here, Trouble()), now - last[seat.id]) if now_at else "",
                is_hinted=now_at is not None and now_at.key in given.get(here, ()),
            )
        )
    return places


def _last(seat: Seat, done: Mapping[SpaceId, Mapping[str, Done]]) -> datetime:
    """When somebody last did a step, or sat down."""
    return max((one.at for one in done.get(seat.space_id or NOWHERE, {}).values()), default=seat.joined_at)
