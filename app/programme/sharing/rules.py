"""What is counted of a month, and how small figures are kept. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.clock import PARIS
from app.contacts.options import band_of
from app.french.language import _

LEAST = 5
"""A figure below is never kept, nor told of people or of associations on a public page: it could name somebody."""

BANDS: Mapping[str, str] = {
    "age_under_25": _("Moins de 25 ans"),
    "age_25_34": _("25 à 34 ans"),
    "age_35_49": _("35 à 49 ans"),
    "age_50_64": _("50 à 64 ans"),
    "age_65_plus": _("65 ans et plus"),
    "age_unknown": _("Âge inconnu"),
}
"""The column of each age band, in the order in which they are read."""
_OF_CONTACTS: Mapping[str, str] = {
    "u18": "age_under_25",
    "18-24": "age_under_25",
    "25-34": "age_25_34",
    "35-49": "age_35_49",
    "50-64": "age_50_64",
    "65+": "age_65_plus",
}


@dataclass(frozen=True)
class Figures:
    """A month as it is shared. None is « moins de 5 ».

    Without a sum of volunteers: a hidden band could be taken back out of it.
    """

    texts: int | None
    dates: int | None
    places: int | None
    age_under_25: int | None
    age_25_34: int | None
    age_35_49: int | None
    age_50_64: int | None
    age_65_plus: int | None
    age_unknown: int | None


def kept(count: int) -> int | None:
    """The figure, or None for one under five: zero too, which tells as much of a small group as one does."""
    return count if count >= LEAST else None


def ages(people: Mapping[tuple[int | None, str], int], *, now: datetime) -> dict[str, int]:
    """How many there are in each band, of how many were born in a year and said a band."""
    counts: Counter[str] = Counter()
    for (year, said), number in people.items():
        counts[_OF_CONTACTS.get(band_of(year, said, now=now), "age_unknown")] += number
    return {band: counts[band] for band in BANDS}


def figures(*, texts: int, dates: int, places: int, ages: Mapping[str, int]) -> Figures:
    """What may be kept of a month's counts."""
    return Figures(
        texts=kept(texts), dates=kept(dates), places=kept(places), **{band: kept(ages[band]) for band in BANDS}
    )


def month_of(now: datetime) -> date:
    """The first day of the month in Paris."""
    return now.astimezone(PARIS).date().replace(day=1)


def following(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def bounds(month: date) -> tuple[datetime, datetime]:
    """The instants between which it lasts in Paris, the second left out; a month may change its hour."""
    first, end = (datetime(on.year, on.month, 1, tzinfo=PARIS) for on in (month, following(month)))
    return first, end


def ended(since: datetime, *, now: datetime) -> list[date]:
    """The months that are over, from that of ``since`` on."""
    found, month, present = [], month_of(since), month_of(now)
    while month < present:
        found.append(month)
        month = following(month)
    return found
