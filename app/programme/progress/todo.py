"""A thing that the programme's staff have to do, as every room of the programme says it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Line:
    """One thing to do. ``on`` is the day that it is about; without one it is for whenever there is time."""

    title: str
    why: str
    verb: str
    icon: str
    address: str
    on: date | None = None
    is_late: bool = False
