"""What a lesson may wait for: an act of the activity trail, and where to go to do it.

Each feature declares its own in ``steps.py``; assembly hands them all to workshops, which know none of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.accounts.activity import Act

Detail = Mapping[str, Any]


def always(_detail: Detail) -> bool:
    return True


@dataclass(frozen=True)
class StepKind:
    """A step that the trail itself ticks: ``act`` was done, with a detail that ``holds``, or one of the ``others``.

    ``endpoint`` is the page where it is done (it takes the space's slug alone) and ``anchor`` the id of the element to
    point at there. ``minutes`` is what a room usually takes.
    """

    key: str
    title: str
    text: str
    hint: str
    act: Act
    endpoint: str
    anchor: str = ""
    button: str = ""
    """What the button to that page says."""
    minutes: int = 5
    after: str = ""
    """The key of a step that must come first: the same act means more once something has happened."""
    holds: Callable[[Detail], bool] = field(default=always)
    others: tuple[tuple[Act, Callable[[Detail], bool]], ...] = ()
    """Further acts that tick it just as well, each with what its own detail must be."""

    @property
    def ticking(self) -> dict[str, Callable[[Detail], bool]]:
        """The verbs of the acts that tick it, each with what its detail must be."""
        return {act.verb: holds for act, holds in ((self.act, self.holds), *self.others)}
