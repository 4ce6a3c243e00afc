"""The clock of a room: how long since the start, how late on the path. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.workshops.path.steps import Step


@dataclass(frozen=True)
class Clock:
    """Minutes. ``late`` is negative for a room that is ahead, and 0 for one on time."""

    since_start: int
    planned: int
    late: int


def read(steps: Sequence[Step], now_at: Step | None, *, started_at: datetime, now: datetime) -> Clock:
    """Late is what passes the planned end of the step under way; ahead, what is left before its planned start."""
    since_start = max(0, int((now - started_at).total_seconds() // 60))
    planned = sum(step.minutes for step in steps)
    at = list(steps).index(now_at) if now_at else len(steps)
    before = sum(step.minutes for step in steps[:at])
    until = before + (now_at.minutes if now_at else 0)
    late = since_start - until if since_start > until else min(0, since_start - before)
    return Clock(since_start, planned, late)
