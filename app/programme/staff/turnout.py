"""Who registered and who came, date by date: what the staff's page draws of enrolments and workshops."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database.ids import SpaceId
from app.events.models import EventState, Registration
from app.events.seats import service as seats
from app.programme.progress.glance import Entry, Glance
from app.programme.trainings import presences

PAST, AHEAD = 3, 5


@dataclass(frozen=True)
class Turnout:
    """A date with the people on its list. ``came`` is None while nobody has noted who came, or before it is over."""

    entry: Entry
    is_over: bool
    asked: int
    """Everybody on its list."""
    coming: int
    waiting: int
    seats: int | None
    came: int | None

    @property
    def of(self) -> int:
        """What the drawing is a part of: the seats, or everybody asked where nobody counts seats."""
        return max(self.seats or self.asked, self.coming, self.came or 0)


def around(session: Session, glance: Glance, space_id: SpaceId | None, *, now: datetime) -> list[Turnout]:
    """The last dates of a cohort and the next ones, by date, those called off left out."""
    held = [one for one in glance.calendar if one.event.state is not EventState.CANCELLED]
    past = [one for one in held if one.event.ends_at <= now][-PAST:]
    return read(session, [*past, *[one for one in held if one.event.ends_at > now][:AHEAD]], space_id, now=now)


def read(session: Session, entries: Sequence[Entry], space_id: SpaceId | None, *, now: datetime) -> list[Turnout]:
    """The same of these dates, in four queries; ``space_id`` is the programme's own space."""
    if space_id is None or not entries:
        return []
    ids = [one.event.id for one in entries]
    rows = session.execute(
        select(Registration.event_id, Registration.answer, Registration.attended, func.count())
        .where(Registration.space_id == space_id, Registration.event_id.in_(ids))
        .group_by(Registration.event_id, Registration.answer, Registration.attended)
    )
    asked: Counter[int] = Counter()
    came: Counter[int] = Counter()
    noted: set[int] = set()
    for event_id, _answer, attended, count in rows:
        asked[event_id] += count
        if attended is not None:
            noted.add(event_id)
            came[event_id] += count if attended else 0
    for event_id, count in presences.counts(session, ids).items():
        noted.add(event_id)
        came[event_id] += count
    its = seats.of_events(session, space_id, ids)
    return [
        Turnout(
            one,
            is_over=one.event.ends_at <= now,
            asked=asked[one.event.id],
            coming=its[one.event.id].taken,
            waiting=its[one.event.id].waiting,
            seats=its[one.event.id].total,
            came=came[one.event.id] if one.event.id in noted else None,
        )
        for one in entries
    ]
