"""The path as a strip above every page of a practice space: where one is, what to do, and where."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.workshops.models import Scenario
from app.workshops.path import hints
from app.workshops.path import steps as path
from app.workshops.path.steps import Done, Kinds, Step
from app.workshops.phones.sealing import seal
from app.workshops.seats import holding
from app.workshops.seats.service import Sitting

HINT_AFTER = timedelta(minutes=2)
"""How long a step stays without its hint."""


@dataclass(frozen=True)
class Strip:
    """What a participant, or somebody who practises alone, sees of the path."""

    steps: list[Step]
    done: dict[str, Done]
    now_at: Step | None
    show_hint: bool
    slug: str
    """Of the space, where the step's page is."""
    held: str = ""
    """Whose phone they hold."""
    handset: str = ""
    """That phone, as addresses name it."""
    is_alone: bool = False
    is_hinted: bool = False
    """Whether the trainer sent them the hint of the step they are at."""
    act: tuple[str, str] | None = None
    """(endpoint, label) of what one does here in a trainer's stead."""

    @property
    def shown(self) -> tuple[object, ...]:
        """All that the strip says: a page polls for the first change of it."""
        said = [(step.key, step.title, step.text, step.hint, step.key in self.done) for step in self.steps]
        return said, self.show_hint, self.held, self.is_hinted

    @property
    def number(self) -> int:
        """The place of the step one is at, counting from 1: some are done before their turn."""
        return next((at for at, step in enumerate(self.steps, 1) if step is self.now_at), len(self.steps))


def read(session: Session, sitting: Sitting, kinds: Kinds, *, key: str, now: datetime) -> Strip:
    """The strip of a seat: the first step's clock starts when its person sat down. ``key`` seals a phone's address."""
    workshop, space = sitting.workshop, sitting.space
    steps = path.steps_of(session.get_one(Scenario, workshop.scenario_id), kinds)
    done = path.done_in(session, [space.id], steps)[space.id]
    last = max((one.at for one in done.values()), default=sitting.seat.joined_at)
    now_at = path.current(steps, done)
    return Strip(
        steps=steps,
        done=done,
        now_at=now_at,
        show_hint=now - last > HINT_AFTER,
        is_hinted=now_at is not None and now_at.key in hints.given(session, [space.id])[space.id],
        slug=space.slug,
        held=holding.name_of(session, sitting),
        handset=seal(held, key=key, space_id=space.id) if (held := sitting.seat.held_phone) else "",
    )
