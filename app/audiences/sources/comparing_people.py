"""How what only people have compares: an age, a department, a distance, a permission to be texted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil, floor, inf

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_

from app.audiences.fields import Ask, Context
from app.audiences.sources.comparing import Plain, Several
from app.audiences.sources.departments import DEPARTMENTS, department_of, prefixes
from app.audiences.sources.held import Column
from app.audiences.sources.places import Places, squeezed
from app.consent import permission
from app.consent.families import Family
from app.contacts.models import Contact
from app.contacts.options import BAND_AGES


def _ages(ask: Ask) -> tuple[float, float]:
    """The whole ages that an operator keeps, both ends in."""
    if ask.operator == "between":
        return ceil(ask.value[0]), floor(ask.value[1])
    if ask.operator == "under":
        return -inf, ceil(ask.value) - 1
    return (floor(ask.value) + 1, inf) if ask.operator == "over" else (ceil(ask.value), floor(ask.value))


class OfContact(Plain):
    """Read from the contact's own row by more than one column."""

    def sql(self, ask: Ask) -> ColumnElement[bool]:
        if ask.operator in ("known", "unknown"):
            return self.known() if ask.operator == "known" else not_(self.known())
        return self.asks(ask)

    def ids(self, _ask: Ask) -> Select[int] | None:
        return None


@dataclass(frozen=True)
class AgeIn(OfContact):
    """The civil year less the year of birth. A fact is (youngest, oldest), None where unknown: by a band alone
    somebody matches only when the whole band does."""

    band: Column | None = None

    def known(self) -> ColumnElement[bool]:
        born = Contact.birth_year.is_not(None)
        return born if self.band is None else or_(born, self.band != "")

    def asks(self, ask: Ask) -> ColumnElement[bool]:
        low, high = _ages(ask)
        born, year = Contact.birth_year, ask.context.today.year
        found: list[ColumnElement[bool]] = [born.is_not(None)]
        found += [born <= int(year - low)] if low > -inf else []
        found += [born >= int(year - high)] if high < inf else []
        if self.band is None:
            return and_(*found)
        whole = [name for name, (youngest, oldest) in BAND_AGES.items() if low <= youngest and oldest <= high]
        return or_(and_(*found), and_(born.is_(None), self.band.in_(whole)))

    def meets(self, fact: tuple[float, float], ask: Ask) -> bool:
        low, high = _ages(ask)
        return low <= fact[0] and fact[1] <= high


def age_fact(birth_year: int | None, band: str, context: Context) -> tuple[float, float] | None:
    """What ``AgeIn`` knows of somebody."""
    if birth_year is not None:
        age = context.today.year - birth_year
        return age, age
    return BAND_AGES.get(band)


CODE = func.replace(Contact.postcode, " ", "")
"""As ``places.squeezed``."""


class DepartmentIn(OfContact):
    """The department of a postcode: its first two digits, three overseas and for the two of Corsica."""

    def known(self) -> ColumnElement[bool]:
        return self._begins(DEPARTMENTS)

    def is_known(self, fact: str) -> bool:
        return department_of(fact) is not None

    def asks(self, ask: Ask) -> ColumnElement[bool]:
        return self._begins([ask.value] if ask.operator == "equals" else ask.value)

    def meets(self, fact: str, ask: Ask) -> bool:
        department = department_of(fact)
        return bool(department == ask.value if ask.operator == "equals" else department in ask.value)

    def _begins(self, departments: Iterable[str]) -> ColumnElement[bool]:
        starts = [prefix for one in departments for prefix in prefixes(one)]
        begins = (
            func.substr(CODE, 1, size).in_([one for one in starts if len(one) == size])
            for size in sorted({len(one) for one in starts})
        )
        return and_(func.length(CODE) == 5, or_(*begins))


@dataclass(frozen=True)
class PlaceIn(OfContact):
    """How far a postcode is from another; unknown where we have no point for it."""

    places: Places

    def known(self) -> ColumnElement[bool]:
        return CODE.in_(sorted(self.places.points))

    def is_known(self, fact: str) -> bool:
        return squeezed(fact) in self.places.points

    def asks(self, ask: Ask) -> ColumnElement[bool]:
        return CODE.in_(self.places.within(ask.value.of, ask.value.km))

    def meets(self, fact: str, ask: Ask) -> bool:
        return squeezed(fact) in self.places.within(ask.value.of, ask.value.km)


class MayReceiveIn(Several):
    """The families of texts that somebody's phone may get, as the ledger of consents stands."""

    def one_of(self, ask: Ask) -> ColumnElement[bool]:
        space_id = ask.context.space_id
        return or_(*(permission.allowed(space_id, Contact.fingerprint, Family(one)) for one in ask.value))

    def some(self, ask: Ask) -> ColumnElement[bool]:
        return self.one_of(replace(ask, value=tuple(Family)))


@dataclass(frozen=True)
class MaskIn(Several):
    """Several of a few, kept as the bits of one number of the contact's row, 0 where unknown."""

    column: Column
    bits: Mapping[str, int]

    def one_of(self, ask: Ask) -> ColumnElement[bool]:
        return self.column.bitwise_and(sum(self.bits[one] for one in ask.value)) != 0

    def some(self, _ask: Ask) -> ColumnElement[bool]:
        return self.column != 0
