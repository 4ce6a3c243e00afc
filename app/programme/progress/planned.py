"""What the room of workshops tells of an association: its workshops, and its first real SMS.

The room stands above this one: assembly hands its answers down.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.events.models import Event, EventState


@dataclass(frozen=True)
class Planned:
    """One workshop of an association, whatever became of it."""

    association_id: int
    event: Event
    kind: str
    """What is taken in hand, in French."""
    was_opened: bool
    """Whether people were let in: it began."""
    is_unnoted: bool
    """Whether people were on its list, and nobody has noted who came."""
    address: str
    attendance_address: str

    @property
    def is_cancelled(self) -> bool:
        return self.event.state is EventState.CANCELLED

    def is_done(self, now: datetime) -> bool:
        """Whether it took place and is over."""
        return self.was_opened and not self.is_cancelled and self.event.ends_at <= now

    def is_to_come(self, now: datetime) -> bool:
        return not self.is_cancelled and self.event.ends_at > now

    def is_forgotten(self, now: datetime) -> bool:
        """Whether its date has passed without anybody having opened it."""
        return not self.was_opened and not self.is_cancelled and self.event.ends_at <= now


@dataclass(frozen=True)
class Workshops:
    """The answers of that room, each about the associations that it is asked about."""

    planned: Callable[[Session, Collection[int]], Sequence[Planned]]
    """Their workshops by date, without the rehearsals."""
    first_sent: Callable[[Session, Collection[int]], Mapping[int, datetime]]
    """{association: when it sent its first real SMS}, without those that have not."""
    event_ids: Callable[[], Select[int]]
    """The events of all workshops: the programme's other dates are trainings."""
