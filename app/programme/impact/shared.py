"""What the counts that associations agreed to share make together. Pure.

A figure under five was never written (``sharing.rules``): it counts in no sum.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.programme.impact.figures import Band, bands
from app.programme.sharing.rules import BANDS, Figures

KNOWN = tuple(band for band in BANDS if band != "age_unknown")


class Month(Protocol):
    """A month of one association, as it is shared."""

    @property
    def month(self) -> date: ...

    @property
    def figures(self) -> Figures: ...


@dataclass(frozen=True)
class Sums:
    """A month over all who share it."""

    month: date
    texts: int
    places: int
    associations: int


@dataclass(frozen=True)
class Ages:
    """Volunteers by age at the first and the last month that each association shares, summed over those with two."""

    first: date
    last: date
    bands: Sequence[Band]
    known: tuple[int, int]
    """Of a known age, at each."""
    all: tuple[int, int]
    associations: int

    @property
    def is_telling(self) -> bool:
        """Whether the age of half of them is known at both."""
        return all(2 * known >= whole > 0 for known, whole in zip(self.known, self.all, strict=True))


def months(shared: Mapping[int, Sequence[Month]]) -> list[Sums]:
    """Each month that somebody shares, the oldest first."""
    found: dict[date, list[Figures]] = defaultdict(list)
    for rows in shared.values():
        for row in rows:
            found[row.month].append(row.figures)
    return [
        Sums(month, sum(one.texts or 0 for one in some), sum(one.places or 0 for one in some), len(some))
        for month, some in sorted(found.items())
    ]


def ages(shared: Mapping[int, Sequence[Month]]) -> Ages | None:
    """How the ages moved; None where nobody shares two months."""
    pairs = [(rows[0], rows[-1]) for rows in shared.values() if len(rows) > 1]
    if not pairs:
        return None
    first, last = (_sum([pair[place].figures for pair in pairs]) for place in (0, 1))
    return Ages(
        first=min(pair[0].month for pair in pairs),
        last=max(pair[1].month for pair in pairs),
        bands=bands(first, last, KNOWN),
        known=(_known(first), _known(last)),
        all=(sum(first.values()), sum(last.values())),
        associations=len(pairs),
    )


def _sum(figures: Sequence[Figures]) -> dict[str, int]:
    return {band: sum(getattr(one, band) or 0 for one in figures) for band in BANDS}


def _known(counts: Mapping[str, int]) -> int:
    return sum(counts[band] for band in KNOWN)
