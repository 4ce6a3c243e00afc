"""Figures of a resource as its pages say them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from app.programme.resources.views import day_of

MONTHS_SHOWN = 6


@dataclass(frozen=True)
class Month:
    """A row of the drawing: its first day, its views."""

    on: date
    views: int

    @property
    def word(self) -> str:
        """« novembre »."""
        return format_date(self.on, "MMMM", locale="fr")

    @property
    def name(self) -> str:
        """« novembre 2026 »."""
        return format_date(self.on, "MMMM yyyy", locale="fr")


@dataclass(frozen=True)
class Months:
    """``rows`` in order, the present month last; none in the first month, which makes no drawing. ``total``: ever."""

    rows: Sequence[Month]
    now: Month
    highest: int
    record: Month | None
    """The best month, where there were several."""
    total: int

    @property
    def before(self) -> int:
        """Views of the months that are older than the drawing."""
        return self.total - sum(row.views for row in self.rows) if self.rows else 0


def months_shown(known: Mapping[date, int], *, now: datetime) -> Months:
    """The last six months from the first with a view on, those without any among them."""
    this = day_of(now).replace(day=1)
    present = Month(this, known.get(this, 0))
    first = min([*known, this])
    rows = [Month(on, known.get(on, 0)) for on in _back_from(this) if on >= first][::-1]
    highest = max((row.views for row in rows), default=0)
    record = max((Month(*one) for one in known.items()), key=lambda one: one.views, default=None)
    if len(rows) < 2:
        rows, record = [], None
    return Months(rows, present, highest, record, sum(known.values()))


def _back_from(month: date) -> list[date]:
    """This month and the five before it, the latest first."""
    found = [month]
    while len(found) < MONTHS_SHOWN:
        last = found[-1]
        found.append(last.replace(year=last.year - (last.month == 1), month=(last.month - 2) % 12 + 1))
    return found
