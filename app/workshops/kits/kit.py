"""What a kind of workshop is made of. A new one is a file beside this, a word of ``Kind``, a row of ``kinds.KITS``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from app.accounts.models import Space
from app.accounts.principal import Principal
from app.french.language import _
from app.settings import Settings
from app.workshops.models import Kind


class Part(StrEnum):
    """A part of the room that a kit may do without."""

    WALL = "wall"
    """The wall of pretend phones."""
    LIST = "list"
    """The spreadsheet to import, and the association's own list in place of the house's."""
    TOMORROW = "tomorrow"
    """« Passer à demain »: what was planned for tomorrow leaves."""
    FAULTS = "faults"
    """What goes wrong on the trainer's word: the simulator's weather, replies, bad numbers."""


class Fill(Protocol):
    """Gives an empty practice space what the room works on; ``own`` is the association's list, pseudonymised.

    What it puts there is dated before ``now``: a seat's copy takes nothing that began later.
    """

    def __call__(
        self,
        session: Session,
        space: Space,
        *,
        settings: Settings,
        by: Principal,
        now: datetime,
        own: bytes | None = None,
    ) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Practice:
    """The practice space of a kit: what fills it, and the sender it has."""

    fill: Fill
    sender: str
    two_way: bool


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What a trainer alone reads of a step; participants never see it."""

    say: str
    show: str = ""
    ask: str = ""
    stuck: str = ""
    """What to do when the room gets no further."""

    @property
    def rows(self) -> Sequence[tuple[str, str]]:
        """(label, sentence) of each part that is written, in the order of use."""
        rows = (
            (_("Dire"), self.say),
            (_("Montrer"), self.show),
            (_("Demander"), self.ask),
            (_("Si ça bloque"), self.stuck),
        )
        return [row for row in rows if row[1]]


@dataclass(frozen=True, kw_only=True)
class Kit:
    """A kind of workshop: its words, its practice space, the house's path, the parts of its room."""

    kind: Kind
    words: str
    """In forms, tables and pages."""
    title: str
    """What invitations, reminders and calendars call it: the workshop, not what it prepares. « %(name)s » is filled."""
    scenario: str
    """The title of the house's path."""
    steps: Sequence[str] = ()
    """Keys of step kinds, in their order."""
    notes: Mapping[str, Notes] = field(default_factory=dict)
    """What the trainer reads of each step, by its key; they serve every path of the kind that holds the step."""
    practice: Practice | None = None
    """None: planned, invited to and counted, without a practice space nor a code to join with."""
    parts: frozenset[Part] = frozenset()
