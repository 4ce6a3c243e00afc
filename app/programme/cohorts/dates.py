"""The dates of a cohort, checked, and moved to the year after. Pure."""

import re
from datetime import date, datetime, timedelta

from app.clock import PARIS

YEAR = timedelta(weeks=52)
"""Of one year to the next: the same weekday, one day before the anniversary, or two over a 29th of February."""
_YEAR_NUMBER = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")


def year_later(day: date) -> date:
    """The same weekday a year later: Monday 12 January 2026 gives Monday 11 January 2027."""
    return day + YEAR


def instant_a_year_later(at: datetime) -> datetime:
    """The same weekday and the same hour on the clock of Paris, whatever the season."""
    local = at.astimezone(PARIS)
    return (local.replace(tzinfo=None) + YEAR).replace(tzinfo=PARIS)


def name_a_year_later(name: str) -> str:
    """« Cohorte 2026 » gives « Cohorte 2027 », « 2025-2026 » gives « 2026-2027 »; a name without a year is left."""
    return _YEAR_NUMBER.sub(lambda found: str(int(found[0]) + 1), name)
