"""The path as a strip above every page of a practice space: where one is, what to do, and where."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.workshops import path
from app.workshops.models import Scenario, Workshop
from app.workshops.path import Done, Kinds, Step

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

    @property
    def needs_table(self) -> bool:
        """Whether the step is done with the workshop's spreadsheet."""
        return self.now_at is not None and self.now_at.kind.endpoint == IMPORTING

    @property
    def number(self) -> int:
        return len([step for step in self.steps if step.key in self.done]) + 1


def read(session: Session, workshop: Workshop, space: Space, kinds: Kinds, *, since: datetime, now: datetime) -> Strip:
    """The strip of one copy. ``since`` is when its people sat down: the first step's clock starts there."""
    steps = path.steps_of(session.get_one(Scenario, workshop.scenario_id), kinds)
    done = path.done_in(session, workshop, [space.id], steps)[space.id]
    step = path.current(steps, done)
    last = max((one.at for one in done.values()), default=since)
    return Strip(steps, done, step, show_hint=now - last > HINT_AFTER, slug=space.slug)
