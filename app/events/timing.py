"""When a reminder is due: days on the clock of the wall, shorter times as instants, the same there and back."""

from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def days_before(at: datetime, days: int, zone: str) -> datetime:
    """The same hour of the wall so many days earlier, in UTC; ``zone`` is where the clock hangs (IANA name)."""
    return (at.astimezone(ZoneInfo(zone)) - days * DAY).astimezone(UTC)  # between two instants of one zone: on the wall


def days_until(at: datetime, *, now: datetime, zone: str) -> int:
    """The whole days by which ``at`` must come nearer on the wall to be over ``now``; one at least."""
    there = ZoneInfo(zone)
    return max(1, ceil((at.astimezone(there) - now.astimezone(there)) / DAY))


def due_at(starts_at: datetime, before: timedelta, zone: str) -> datetime:
    """When something due ``before`` a beginning is due, in UTC; ``zone`` is where the clock hangs (IANA name).

    « 1 jour avant » a date at 9:30 is 9:30 the day before, even when the night between has an hour more or less;
    « 12 heures avant » are twelve hours. Whole days are days in whichever unit they were typed.
    """
    starts_at = starts_at.astimezone(UTC)
    if before % DAY:
        return starts_at - before
    return days_before(starts_at, before // DAY, zone)
