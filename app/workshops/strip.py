"""The path as a strip above every page of a practice space: where one is, what to do, and where."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, url_for
from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.workshops import path
from app.workshops.models import Scenario, Workshop
from app.workshops.path import Done, Kinds, Step

HINT_AFTER = timedelta(minutes=2)
"""How long a step stays without its hint."""


@dataclass(frozen=True)
class Strip:
    """What a participant, or the trainer in their own space, sees of the path."""

    steps: list[Step]
    done: dict[str, Done]
    now_at: Step | None
    show_hint: bool
    show_me: str
    """The page where the present step is done, with the element to point at."""

    @property
    def number(self) -> int:
        return len([step for step in self.steps if step.key in self.done]) + 1


def kinds() -> Kinds:
    """Everything a lesson may wait for, as assembly collected it."""
    found: Kinds = current_app.extensions[path.KINDS]
    return found


def read(session: Session, workshop: Workshop, space: Space, *, since: datetime, now: datetime) -> Strip:
    """The strip of one copy. ``since`` is when its people sat down: the first step's clock starts there."""
    steps = path.steps_of(session.get_one(Scenario, workshop.scenario_id), kinds())
    done = path.done_in(session, workshop, [space.id], steps)[space.id]
    step = path.current(steps, done)
    last = max((one.at for one in done.values()), default=since)
    show_me = ""
    if step is not None:
        show_me = url_for(step.kind.endpoint, slug=space.slug) + (f"#{step.kind.anchor}" if step.kind.anchor else "")
    return Strip(steps, done, step, show_hint=now - last > HINT_AFTER, show_me=show_me)
