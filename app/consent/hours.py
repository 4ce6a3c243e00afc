"""When a text may reach a phone, in the time of the person who holds it.

No statute sets hours for SMS in France and the sources disagree (af2m 2024 and 2026, Twilio, Brevo), so the hours
are dated data of ours (P), narrower than all of them for what people did not ask for. ``slot`` is the one decision:
whoever plans a message, hands it over or tells the carrier how long it is worth delivering asks it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from app.consent.families import Family

EVERY_DAY = frozenset(range(7))
MONDAY_TO_SATURDAY = frozenset(range(6))
DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
"""What is left of an opening must be worth sending in: the carrier takes a few seconds, the phone's network more."""

_HORIZON_DAYS = 60
_SUBDIVISIONS = {
    "America/Cayenne": "973",
    "America/Guadeloupe": "971",
    "America/Martinique": "972",
    "America/Miquelon": "PM",
    "Indian/Mayotte": "976",
    "Indian/Reunion": "974",
    "Pacific/Noumea": "NC",
    "Pacific/Tahiti": "PF",
    "Pacific/Wallis": "WF",
}


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of a day, local to the phone: from ``opens`` until just before ``closes``, on ``days`` (0 is Monday).

    ``holidays`` says whether public holidays are open; ``since`` and ``source`` when and why it came into force.
    """

    opens: time
    closes: time
    days: frozenset[int]
    holidays: bool
    since: date
    source: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A message may leave from ``opens_at`` on and must have arrived before ``closes_at``; both UTC."""

    opens_at: datetime
    closes_at: datetime


_CALM = Window(time(9), time(20), MONDAY_TO_SATURDAY, False, date(2020, 1, 1), "P, within af2m 2024, Twilio and Brevo")
WINDOWS: dict[Family, tuple[Window, ...]] = {
    Family.SERVICE: (Window(time(8), time(21), EVERY_DAY, True, date(2020, 1, 1), "P, within af2m 2026"),),
    Family.CHARITABLE: (_CALM,),
    Family.COMMERCIAL: (_CALM,),
}
"""By family, the oldest first: a change of rule is one more entry with its date. Each opens at least once a week."""


def window_on(family: Family, day: date) -> Window:
    """The hours of a family in force on ``day``."""
    return next((window for window in reversed(WINDOWS[family]) if window.since <= day), WINDOWS[family][0])


def slot(family: Family, zone: str, at: datetime, *, holds: bool = True) -> Slot:
    """The opening of a phone in ``zone`` (IANA name) that a message due ``at`` may leave in: this one or the next.

    It has at least a minute left, and opens no earlier than ``at``. Where the hours do not hold (a practice space
    that only tells them), a whole day is open.
    """
    at = at.astimezone(UTC)
    if not holds:
        return Slot(at, at + DAY)
    today = at.astimezone(ZoneInfo(zone)).date()
    for ahead in range(_HORIZON_DAYS):
        day = today + timedelta(days=ahead)
        hours = _hours(window_on(family, day), zone, day)
        if hours and hours.closes_at - at >= A_MINUTE:
            return Slot(max(hours.opens_at, at), hours.closes_at)
    raise AssertionError("every window opens within a week or so")


def valid_until(family: Family, zone: str, at: datetime, *, holds: bool = True) -> datetime:
    """How long a message due ``at`` keeps trying: to the end of the opening after the first it may leave in.

    Counted in openings, not in hours: from a Saturday afternoon to Monday evening where Sundays are closed.
    """
    first = slot(family, zone, at, holds=holds)
    return slot(family, zone, first.closes_at).closes_at if holds else first.closes_at


@lru_cache(maxsize=256)
def public_holidays(zone: str, year: int) -> frozenset[date]:
    """Public holidays of the part of France in ``zone``; a foreign zone gets those of metropolitan France."""
    return frozenset(holidays.country_holidays("FR", subdiv=_SUBDIVISIONS.get(zone), years=year))


def _hours(window: Window, zone: str, day: date) -> Slot | None:
    """One local day of a window, None when it stays closed."""
    if day.weekday() not in window.days:
        return None
    if not window.holidays and day in public_holidays(zone, day.year):
        return None
    local = ZoneInfo(zone)
    opens_at, closes_at = (
        datetime.combine(day, clock, local).astimezone(UTC) for clock in (window.opens, window.closes)
    )
    return Slot(opens_at, closes_at)
