"""When a text may reach a phone, in the time of the person who holds it.

No statute sets hours for SMS in France and the sources disagree (af2m 2024 and 2026, Twilio, Brevo), so the hours
are dated data of ours (P), narrower than all of them for what people did not ask for.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from app.consent.families import Family
from app.errors import RuleBroken
from app.language import _

EVERY_DAY = frozenset(range(7))
MONDAY_TO_SATURDAY = frozenset(range(6))

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
_ALSACE_MOSELLE = "6AE"


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


_CALM = Window(time(9), time(20), MONDAY_TO_SATURDAY, False, date(2020, 1, 1), "P, within af2m 2024, Twilio and Brevo")
WINDOWS: dict[Family, tuple[Window, ...]] = {
    Family.SERVICE: (Window(time(8), time(21), EVERY_DAY, True, date(2020, 1, 1), "P, within af2m 2026"),),
    Family.CHARITABLE: (_CALM,),
    Family.COMMERCIAL: (_CALM,),
}
"""By family, the oldest first: a change of rule is one more entry with its date."""

URGENT = Window(time(8), time(21, 30), EVERY_DAY, True, date(2020, 1, 1), "P, af2m 2026")
"""For a mission that starts before the next opening, on a named person's confirmation."""


def window_on(family: Family, day: date) -> Window:
    """The hours of a family in force on ``day``."""
    return next((window for window in reversed(WINDOWS[family]) if window.since <= day), WINDOWS[family][0])


def next_opening(
    at: datetime,
    *,
    family: Family,
    zone: str,
    narrow: Window | None = None,
    instead: Window | None = None,
    alsace_moselle: bool = False,
) -> datetime:
    """The first instant from ``at`` on (UTC) when a phone in ``zone`` (IANA name) may be texted.

    ``narrow`` further restricts the family's hours, as a space may; ``instead`` takes their place (``URGENT``, or
    hours that a space widened). Raises RuleBroken ``hours_never_open`` when 60 days hold no such instant.
    """
    opens, __ = _next(at, family, zone, narrow, instead, alsace_moselle)
    return max(opens, at.astimezone(UTC))


def closing_after(
    at: datetime,
    *,
    family: Family,
    zone: str,
    narrow: Window | None = None,
    instead: Window | None = None,
    alsace_moselle: bool = False,
) -> datetime:
    """The end (UTC) of the window that holds ``at``, or of the next one when ``at`` is outside."""
    return _next(at, family, zone, narrow, instead, alsace_moselle)[1]


def is_open(
    at: datetime,
    *,
    family: Family,
    zone: str,
    narrow: Window | None = None,
    instead: Window | None = None,
    alsace_moselle: bool = False,
) -> bool:
    """Whether a phone in ``zone`` may be texted at that very instant."""
    day = at.astimezone(ZoneInfo(zone)).date()
    hours = _hours(day, family, zone, narrow, instead, alsace_moselle)
    return hours is not None and hours[0] <= at < hours[1]


@lru_cache(maxsize=256)
def public_holidays(zone: str, year: int, *, alsace_moselle: bool = False) -> frozenset[date]:
    """Public holidays of the part of France in ``zone``; a foreign zone gets those of metropolitan France."""
    subdivision = _ALSACE_MOSELLE if alsace_moselle else _SUBDIVISIONS.get(zone)
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=year))


def _next(
    at: datetime,
    family: Family,
    zone: str,
    narrow: Window | None,
    instead: Window | None,
    alsace_moselle: bool,
) -> tuple[datetime, datetime]:
    """Opening and closing of the first window that ends after ``at``."""
    today = at.astimezone(ZoneInfo(zone)).date()
    for ahead in range(_HORIZON_DAYS):
        hours = _hours(today + timedelta(days=ahead), family, zone, narrow, instead, alsace_moselle)
        if hours and at < hours[1]:
            return hours
    raise RuleBroken("hours_never_open", _("Ces horaires ne laissent aucun moment pour envoyer. Élargissez-les."))


def _hours(
    day: date,
    family: Family,
    zone: str,
    narrow: Window | None,
    instead: Window | None,
    alsace_moselle: bool,
) -> tuple[datetime, datetime] | None:
    """Opening and closing of one local day as UTC instants, None when it stays closed."""
    windows = [window for window in (instead or window_on(family, day), narrow) if window]
    if any(day.weekday() not in window.days for window in windows):
        return None
    closed_on_holidays = not all(window.holidays for window in windows)
    if closed_on_holidays and day in public_holidays(zone, day.year, alsace_moselle=alsace_moselle):
        return None
    local = ZoneInfo(zone)
    opens = datetime.combine(day, max(window.opens for window in windows), local).astimezone(UTC)
    closes = datetime.combine(day, min(window.closes for window in windows), local).astimezone(UTC)
    return (opens, closes) if opens < closes else None
