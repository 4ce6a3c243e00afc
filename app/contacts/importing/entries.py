"""What becomes of each row of a file: a person, or nobody and why. Plain values."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Entry:
    """A row that becomes a contact. ``values`` holds what the row says, field by field, and nothing it leaves blank."""

    number: int
    cells: list[str]
    phone: str
    phone_typed: str
    name_key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, str] = field(default_factory=dict)
    """By column; an empty value forgets it."""
    tags: list[str] | None = None
    """To add; [] forgets them all, None says nothing."""
    skills: list[str] | None = None
    """As ``tags``."""
    objects: bool = False
    """The row says that this phone wants no SMS."""
    only_missions: bool = False
    """The row says that this phone wants the SMS of its missions alone."""
    agreed: str | None = None
    """The evidence that this person agreed to be told of sales; "" says that they did not, None says nothing."""


@dataclass(slots=True)
class Skipped:
    """A row that becomes nobody, and why."""

    number: int
    cells: list[str]
    reason: str
    is_duplicate: bool = False
    phone: str = ""
    """The one the row speaks of, where it reads."""
    objects: bool = False
    """As an entry's: a refusal counts whatever becomes of the rest of the row."""
    only_missions: bool = False
    declines: bool = False
    """The row says that this person does not agree to be told of sales."""


def skipped(entry: Entry, reason: str, *, is_duplicate: bool = False) -> Skipped:
    """The row as one that becomes nobody, with what it refuses for its phone."""
    return Skipped(
        number=entry.number,
        cells=entry.cells,
        reason=reason,
        is_duplicate=is_duplicate,
        phone=entry.phone,
        objects=entry.objects,
        only_missions=entry.only_missions,
        declines=entry.agreed == "",
    )


def declines(step: Entry | Skipped) -> bool:
    """Whether the row says that its phone is not to be told of sales."""
    return step.agreed == "" if isinstance(step, Entry) else step.declines
