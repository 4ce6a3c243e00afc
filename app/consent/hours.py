"""When a text may reach a phone, in the time of the person who holds it.

No statute sets hours for SMS in France and the sources disagree (af2m 2024 and 2026, Twilio, Brevo), so the hours
are dated data of ours (P), narrower than all of them for what people did not ask for. ``slot`` is the one decision:
whoever plans a message, hands it over or tells the carrier how long it is worth delivering asks it.
"""

from collections.abc import Callable, Sequence
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


@dataclass(frozen=True, slots=True)
class HoursException:
    """A named person takes upon themselves that something leaves outside the hours of its family.

    ``by`` is their name, ``until`` when it ends, ``window`` the hours it opens instead: any hour when None.
    """

    by: str
    until: datetime
    window: Window | None


_CALM = Window(time(9), time(20), MONDAY_TO_SATURDAY, False, date(2020, 1, 1), "P, within af2m 2024, Twilio and Brevo")
WINDOWS: dict[Family, tuple[Window, ...]] = {
    Family.SERVICE: (Window(time(8), time(21), EVERY_DAY, True, date(2020, 1, 1), "P, within af2m 2026"),),
    Family.CHARITABLE: (_CALM,),
    Family.COMMERCIAL: (_CALM,),
}
"""By family, the oldest first: a change of rule is one more entry with its date. Each opens at least once a week."""

URGENT = Window(time(8), time(21, 30), EVERY_DAY, True, date(2020, 1, 1), "P, af2m 2026")
"""For a mission that starts before the next opening, on a named person's confirmation."""


def window_on(family: Family, day: date) -> Window:
    """The hours of a family in force on ``day``."""
    return in_force(WINDOWS[family], day)


def in_force(windows: Sequence[Window], day: date) -> Window:
    """Of ``windows``, the oldest first, the last that has begun by ``day``; the first before them all."""
    return next((window for window in reversed(windows) if window.since <= day), windows[0])


def slot(
    family: Family, zone: str, at: datetime, *, holds: bool = True, exception: HoursException | None = None
) -> Slot:
    """The opening of a phone in ``zone`` (IANA name) that a message due ``at`` may leave in: this one or the next.

    It has at least a minute left, and opens no earlier than ``at``. Where the hours do not hold (a practice space
    that only tells them), a whole day is open. An ``exception`` opens any hour to what people signed up for, the
    hours of an urgent call to a call for help, and nothing to what sells, whatever was written in it.
    """
    at = at.astimezone(UTC)
    if not holds:
        return Slot(at, at + DAY)
    usual = _next(zone, at, lambda day: window_on(family, day))
    wider = _excepted(family, zone, at, exception) if exception else None
    if wider is None or wider.opens_at > usual.opens_at:
        return usual
    return Slot(wider.opens_at, max(wider.closes_at, usual.closes_at if wider.opens_at == usual.opens_at else at))


def possible_exception(family: Family, zone: str, at: datetime, *, by: str) -> HoursException | None:
    """What a person may take upon themselves for a message due ``at``: None when nothing would leave any sooner."""
    opens_at = slot(family, zone, at).opens_at
    found = HoursException(by, opens_at, None if family is Family.SERVICE else URGENT)
    return found if slot(family, zone, at, exception=found).opens_at < opens_at else None


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


def _next(zone: str, at: datetime, window_of: Callable[[date], Window]) -> Slot:
    today = at.astimezone(ZoneInfo(zone)).date()
    for ahead in range(_HORIZON_DAYS):
        day = today + timedelta(days=ahead)
        hours = _hours(window_of(day), zone, day)
        if hours and hours.closes_at - at >= A_MINUTE:
            return Slot(max(hours.opens_at, at), hours.closes_at)
    raise AssertionError("every window opens within a week or so")


def _excepted(family: Family, zone: str, at: datetime, exception: HoursException) -> Slot | None:
    """The opening that an exception makes, None when it makes none."""
    if family is Family.COMMERCIAL or exception.until - at < A_MINUTE:
        return None
    window = exception.window if family is Family.SERVICE else URGENT
    found = _next(zone, at, lambda _day: window) if window else Slot(at, exception.until)
    closes_at = min(found.closes_at, exception.until)
    return Slot(found.opens_at, closes_at) if closes_at - found.opens_at >= A_MINUTE else None


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
