"""What the counts that associations agreed to share make together. Pure.

A figure under five was never written (``sharing.rules``): it is hidden, which is not a zero. Ages are told by fives
(``groups``).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.french.language import _
from app.french.typography import show_number
from app.programme.impact.groups import by_fives
from app.programme.impact.paths import Month
from app.programme.sharing.rules import BANDS, Figures

KNOWN = tuple(band for band in BANDS if band != "age_unknown")


@dataclass(frozen=True)
class Sum:
    """Several figures together: what the shown ones make, and how many are hidden."""

    shown: int
    hidden: int = 0

    @property
    def words(self) -> str:
        """« 120 », « au moins 120 » where a part is hidden, « – » where all of it is."""
        if not self.hidden:
            return show_number(self.shown)
        return _("au moins %(n)s", n=show_number(self.shown)) if self.shown else "–"

    @property
    def short(self) -> str:
        """The same above a bar."""
        return f"≥ {show_number(self.shown)}" if self.hidden and self.shown else self.words


@dataclass(frozen=True)
class Sums:
    """A month over all who share it."""

    month: date
    texts: Sum
    places: Sum
    associations: int


@dataclass(frozen=True)
class Band:
    """The volunteers of an age band of the associations that show it at both dates, and how many these are."""

    key: str
    before: int
    now: int
    associations: int


@dataclass(frozen=True)
class Ages:
    """Volunteers by age at the first and the last month that each association shares, over those with two."""

    first: date
    last: date
    bands: Sequence[Band]
    associations: int


def add(figures: Iterable[int | None]) -> Sum:
    """None is a hidden figure."""
    every = list(figures)
    return Sum(sum(one or 0 for one in every), sum(one is None for one in every))


def months(shared: Iterable[Sequence[Month]]) -> list[Sums]:
    """Each month that somebody shares, the oldest first."""
    found: dict[date, list[Figures]] = defaultdict(list)
    for rows in shared:
        for row in rows:
            found[row.month].append(row.figures)
    return [
        Sums(month, add(one.texts for one in some), add(one.places for one in some), len(some))
        for month, some in sorted(found.items())
    ]


def ends(rows: Sequence[Month]) -> tuple[Month, Month] | None:
    """The first and the last month of one association; None without two, or where most ages are unknown in one."""
    pair = (rows[0], rows[-1]) if len(rows) > 1 else None
    return pair if pair and all(_is_telling(one.figures) for one in pair) else None


def ages(shared: Iterable[Sequence[Month]]) -> Ages | None:
    """How the ages moved; None where nobody shares two months that tell of it."""
    pairs = [pair for rows in shared if (pair := ends(rows))]
    if not pairs:
        return None
    return Ages(
        first=min(pair[0].month for pair in pairs),
        last=max(pair[1].month for pair in pairs),
        bands=[_band(key, pairs) for key in KNOWN],
        associations=len(pairs),
    )


def age(month: Month, band: str) -> int | None:
    """Volunteers of an age, to the nearest five; None where they are fewer than five."""
    count: int | None = getattr(month.figures, band)
    return None if count is None else by_fives(count)


def _band(key: str, pairs: Sequence[tuple[Month, Month]]) -> Band:
    both = [(age(first, key), age(last, key)) for first, last in pairs]
    known = [(before, now) for before, now in both if before is not None and now is not None]
    return Band(key, sum(pair[0] for pair in known), sum(pair[1] for pair in known), len(known))


def _is_telling(figures: Figures) -> bool:
    """Whether those of a known age are at least as many as the others."""
    return sum(getattr(figures, band) or 0 for band in KNOWN) >= (figures.age_unknown or 0)
