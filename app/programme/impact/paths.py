"""How far each association came: what every figure of the impact page is counted on. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from app.french.language import _
from app.programme.sharing.rules import Figures, month_of


class Step(StrEnum):
    """A step that an association of the programme comes to, at an instant, or does not."""

    KEPT = "retenue"
    DIAGNOSED = "diagnostic"
    TRAINED = "formations"
    WORKSHOP = "atelier"
    STARTED = "demarre"
    DEPLOYED = "deploye"


WORDS: Mapping[Step, str] = {
    Step.KEPT: _("Dans le programme"),
    Step.DIAGNOSED: _("Diagnostic fait"),
    Step.TRAINED: _("Deux formations suivies au moins"),
    Step.WORKSHOP: _("Atelier suivi"),
    Step.STARTED: _("Outil démarré"),
    Step.DEPLOYED: _("Outil déployé"),
}


class Movement(NamedTuple):
    """An axis of the diagnostic at the start and at the end, over the questions answered at both: 0 to 100."""

    before: float
    now: float


class Month(Protocol):
    """A month of one association, as it is shared."""

    @property
    def month(self) -> date: ...

    @property
    def figures(self) -> Figures: ...


@dataclass(frozen=True)
class Path:
    """An association, once, with what it did in the cohorts that are counted."""

    association_id: int
    name: str
    cohort_id: int
    """The last of them that it was in."""
    is_inside: bool = True
    """False for one that left: it keeps its line in the file, and counts in no figure, as elsewhere."""
    reached: Mapping[Step, datetime] = field(default_factory=dict)
    received_at: datetime | None = None
    """When a tool was first recommended to it."""
    first_sent_at: datetime | None = None
    """Its first real SMS, of one that shares its figures."""
    is_sharing: bool = False
    axes: Mapping[str, Movement] = field(default_factory=dict)
    """{axis: from the first diagnostic to the last}; empty without both."""
    questions: tuple[int, int] | None = None
    """How many questions were answered at both, of how many asked; None without both."""
    last_at: datetime | None = None
    """When its last diagnostic was settled."""
    took_part: frozenset[str] = frozenset()
    """Who answered that one: « director », « board »…"""
    unnoted: int = 0
    """How many of its workshops took place without anybody having noted who came."""
    months: Sequence[Month] = ()
    """What it shares, the oldest first."""
    trainings: int = 0
    workshops: int = 0
    """How many dates of each it followed: whoever of it was there, and however many they were."""

    @property
    def since_workshop(self) -> Sequence[Month]:
        """What it shares from the month of its first workshop on; nothing of one that had none."""
        at = self.reached.get(Step.WORKSHOP)
        return [one for one in self.months if at is not None and one.month >= month_of(at)]


def once(paths: Sequence[Path]) -> list[Path]:
    """Each association once, whatever number of cohorts it was in, the earlier cohorts first: inside if it is in one,
    its first instants, the movement of the latest that has one.
    """
    found: dict[int, Path] = {}
    for path in paths:
        known = found.get(path.association_id)
        found[path.association_id] = path if known is None else _joined(known, path)
    return list(found.values())


def _joined(one: Path, later: Path) -> Path:
    moved = later if later.questions is not None else one
    last = later if later.last_at is not None else one
    steps = (*one.reached, *later.reached)
    return Path(
        association_id=one.association_id,
        name=one.name,
        cohort_id=later.cohort_id if later.is_inside or not one.is_inside else one.cohort_id,
        is_inside=one.is_inside or later.is_inside,
        reached={step: min(_known(one.reached.get(step), later.reached.get(step))) for step in steps},
        received_at=min(_known(one.received_at, later.received_at), default=None),
        first_sent_at=min(_known(one.first_sent_at, later.first_sent_at), default=None),
        axes=moved.axes,
        questions=moved.questions,
        last_at=last.last_at,
        took_part=last.took_part,
        unnoted=one.unnoted + later.unnoted,
        trainings=one.trainings + later.trainings,
        workshops=one.workshops + later.workshops,
        months=one.months,
        is_sharing=one.is_sharing,
    )


def _known(*instants: datetime | None) -> list[datetime]:
    return [at for at in instants if at is not None]
