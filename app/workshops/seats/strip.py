"""The path as a strip above every page of a practice space: where one is, what to do, and where."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.workshops.models import Scenario
from app.workshops.path import steps as path
from app.workshops.path.steps import Done, Kinds, Step
from app.workshops.seats import holding
from app.workshops.seats.service import Sitting

IMPORTING = "imports.begin"
"""Where a spreadsheet is sent: the participant then needs one."""
HINT_AFTER = timedelta(minutes=2)
"""How long a step stays without its hint."""


@dataclass(frozen=True)
class Strip:
    """What a participant, or the trainer in their own space, sees of the path."""

    steps: list[Step]
    done: dict[str, Done]
    now_at: Step | None
    show_hint: bool
    slug: str
    """Of the copy, for « Montre-moi »."""
    held: str = ""
    """Whose phone the participant holds."""

    @property
    def needs_table(self) -> bool:
        """Whether the step is done with the workshop's spreadsheet."""
        return self.now_at is not None and self.now_at.kind.endpoint == IMPORTING

    @property
    def shown(self) -> tuple[object, ...]:
        """All that the strip says: a page polls for the first change of it."""
        said = [(step.key, step.title, step.text, step.hint, step.key in self.done) for step in self.steps]
        return said, self.show_hint, self.held

    @property
    def number(self) -> int:
        return len([step for step in self.steps if step.key in self.done]) + 1


def read(session: Session, sitting: Sitting, kinds: Kinds, *, now: datetime) -> Strip:
    """The strip of a seat: the first step's clock starts when its person sat down."""
    workshop, space = sitting.workshop, sitting.space
    steps = path.steps_of(session.get_one(Scenario, workshop.scenario_id), kinds)
    done = path.done_in(session, [space.id], steps)[space.id]
    last = max((one.at for one in done.values()), default=sitting.seat.joined_at)
    return Strip(
        steps=steps,
        done=done,
        now_at=path.current(steps, done),
        show_hint=now - last > HINT_AFTER,
        slug=space.slug,
        held=holding.name_of(session, sitting),
    )
