"""When a reminder is due: days on the clock of the wall, shorter times as instants, the same there and back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def due_at(starts_at: datetime, before: timedelta, zone: str) -> datetime:
    """When something due ``before`` a beginning is due, in UTC; ``zone`` is where the clock hangs (IANA name).

    « 1 jour avant » a date at 9:30 is 9:30 the day before, even when the night between has an hour more or less;
    « 12 heures avant » are twelve hours. Whole days are days in whichever unit they were typed.
    """
    starts_at = starts_at.astimezone(UTC)
    if before % DAY:
        return starts_at - before
    # Between two instants of one zone, Python counts on the wall.
    return (starts_at.astimezone(ZoneInfo(zone)) - before).astimezone(UTC)
