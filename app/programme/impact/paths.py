"""How far each association and each application came: what every figure of the impact page is counted on. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.french.language import _


class Step(StrEnum):
    """A step from the application to the tool in use. Each is reached at an instant, or is not."""

    BEGUN = "candidature"
    FILED = "depot"
    KEPT = "retenue"
    DIAGNOSED = "diagnostic"
    TRAINED = "formations"
    WORKSHOP = "atelier"
    STARTED = "demarre"
    DEPLOYED = "deploye"


WORDS: Mapping[Step, str] = {
    Step.BEGUN: _("Candidatures commencées"),
    Step.FILED: _("Candidatures déposées"),
    Step.KEPT: _("Retenues"),
    Step.DIAGNOSED: _("Diagnostic fait"),
    Step.TRAINED: _("Deux formations suivies au moins"),
    Step.WORKSHOP: _("Atelier suivi"),
    Step.STARTED: _("Outil démarré"),
    Step.DEPLOYED: _("Outil déployé"),
}
OF_APPLICATIONS = (Step.BEGUN, Step.FILED)
"""Steps counted on applications: most of them never become an association of the programme."""


class Outcome(StrEnum):
    """What became of an application, as its association was told."""

    KEPT = "kept"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Applied:
    """An application to a cohort."""

    name: str
    address: str
    begun_at: datetime
    filed_at: datetime | None = None
    decided_at: datetime | None = None
    """When its association was first told; None while nobody was."""
    outcome: Outcome | None = None
    is_off_criteria: bool = False
    """Whether it missed a criterion when it was filed."""


@dataclass(frozen=True)
class Movement:
    """An axis of the diagnostic at the start and at the end, over the questions answered at both: 0 to 100."""

    before: float
    now: float


@dataclass(frozen=True)
class Path:
    """An association, once, with what it did in the cohorts that are counted."""

    association_id: int
    name: str
    address: str
    is_inside: bool = True
    """False for one that left: it counts in what it did, and in no share."""
    reached: Mapping[Step, datetime] = field(default_factory=dict)
    received_at: datetime | None = None
    """When a tool was first recommended to it."""
    first_sent_at: datetime | None = None
    """Its first real SMS."""
    axes: Mapping[str, Movement] = field(default_factory=dict)
    """{axis: from the first diagnostic to the last}; empty without both."""
    questions: tuple[int, int] | None = None
    """How many questions were answered at both, of how many asked; None without both."""
    took_part: frozenset[str] = frozenset()
    """Who answered the last diagnostic: « director », « board »…"""
    gives_last: bool = False
    """Whether the last diagnostic was settled."""


def once(paths: Sequence[Path]) -> list[Path]:
    """Each association once, whatever number of cohorts it was in: inside if it is in one, its first instants."""
    found: dict[int, Path] = {}
    for path in paths:
        known = found.get(path.association_id)
        found[path.association_id] = path if known is None else _joined(known, path)
    return list(found.values())


def _joined(one: Path, other: Path) -> Path:
    """The two stays of one association as one; its movement is that of the later cohort that has one."""
    latest = other if other.axes else one
    return Path(
        association_id=one.association_id,
        name=one.name,
        address=(other if other.is_inside or not one.is_inside else one).address,
        is_inside=one.is_inside or other.is_inside,
        reached={
            step: min(at for at in (one.reached.get(step), other.reached.get(step)) if at is not None)
            for step in Step
            if step in one.reached or step in other.reached
        },
        received_at=_first(one.received_at, other.received_at),
        first_sent_at=_first(one.first_sent_at, other.first_sent_at),
        axes=latest.axes,
        questions=latest.questions,
        took_part=one.took_part | other.took_part,
        gives_last=one.gives_last or other.gives_last,
    )


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
