"""The figures of the impact page, counted on paths. Pure.

A share without anything to divide by is None, which pages show as « – », never as 0 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.programme.impact.paths import Path, Step


def percent(part: float, whole: float) -> int | None:
    """``part`` of ``whole`` in whole percents, half rounded up; None of nothing."""
    return int(100 * part / whole + 0.5) if whole else None


@dataclass(frozen=True)
class Share:
    """« 8 associations sur 10 »: who had started a recommended tool, of those that one was recommended to."""

    started: Sequence[Path]
    not_yet: Sequence[Path]
    without: Sequence[Path]
    """Inside, and nothing was recommended to them: out of the count."""
    left: Sequence[Path]
    """No longer in the cohort: out of the count too."""

    @property
    def of(self) -> int:
        return len(self.started) + len(self.not_yet)

    @property
    def percent(self) -> int | None:
        return percent(len(self.started), self.of)


def share(paths: Sequence[Path]) -> Share:
    """The programme's own figure: at least one recommendation started or further, over at least one received."""
    inside = [one for one in paths if one.is_inside]
    received = [one for one in inside if one.received_at is not None]
    return Share(
        started=[one for one in received if Step.STARTED in one.reached],
        not_yet=[one for one in received if Step.STARTED not in one.reached],
        without=[one for one in inside if one.received_at is None],
        left=[one for one in paths if not one.is_inside],
    )


@dataclass(frozen=True)
class Reached:
    """How many reached a step, and when the last of them did; None when nobody has."""

    step: Step
    count: int
    last_at: datetime | None


def steps(paths: Sequence[Path]) -> list[Reached]:
    """From its place in the cohort to the tool in use, each step with how many reached it."""
    return [
        Reached(step, len(at), max(at, default=None))
        for step in Step
        for at in [[one.reached[step] for one in paths if step in one.reached]]
    ]


@dataclass(frozen=True)
class Axis:
    """An axis over several associations: their means at the start and at the end, and how many they are."""

    key: str
    before: float
    now: float
    count: int


def axes(paths: Sequence[Path], keys: Sequence[str]) -> list[Axis]:
    """Means over the associations that have both, the axis that moved most first; axes that nobody has are left out."""
    found = []
    for key in keys:
        moved = [one.axes[key] for one in paths if key in one.axes]
        if moved:
            before = sum(one.before for one in moved) / len(moved)
            found.append(Axis(key, before, sum(one.now for one in moved) / len(moved), len(moved)))
    return sorted(found, key=lambda one: one.before - one.now)


def asked(paths: Sequence[Path]) -> tuple[int, int] | None:
    """(fewest questions compared, most asked) over the associations that an axis counts; None without any."""
    both = [one.questions for one in paths if one.questions is not None and one.axes]
    return (min(one[0] for one in both), max(one[1] for one in both)) if both else None


@dataclass(frozen=True)
class Ends:
    """How many associations have an axis to compare, and settled both diagnostics without having one."""

    compared: int
    empty: int


def ends(paths: Sequence[Path]) -> Ends:
    """Of these associations."""
    return Ends(
        compared=sum(bool(one.axes) for one in paths),
        empty=sum(one.questions is not None and not one.axes for one in paths),
    )
