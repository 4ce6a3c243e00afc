"""What a cohort must be. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.errors import RuleBroken
from app.french.language import _

CAPACITY_MAX = 200
YEARS = range(2000, 2101)


@dataclass(frozen=True)
class Terms:
    """What is typed of a cohort. ``ends_on`` belongs to it; applications are instants, None while nobody has said."""

    name: str
    starts_on: date
    ends_on: date
    capacity: int
    applications_open_at: datetime | None = None
    applications_close_at: datetime | None = None
    note: str = ""
    place: str = ""


class TakesApplications(Protocol):
    """When a cohort takes applications; None while nobody has said."""

    @property
    def applications_open_at(self) -> datetime | None: ...

    @property
    def applications_close_at(self) -> datetime | None: ...


def overlap(terms: TakesApplications, opens_at: datetime, closes_at: datetime | None) -> bool:
    """Whether a cohort would take applications while another does; one without an end takes them for ever."""
    opens, closes = terms.applications_open_at, terms.applications_close_at
    if opens is None:
        return False
    return (closes_at is None or opens < closes_at) and (closes is None or opens_at < closes)


def check(terms: Terms) -> None:
    """Refuse a cohort that cannot be, every fault at once. Raises RuleBroken."""
    faults = {}
    if not terms.name:
        faults["name"] = _("Donnez-lui un nom : « Cohorte 2027 », par exemple.")
    if terms.starts_on.year not in YEARS:
        faults["starts_on"] = _("Vérifiez l'année du premier jour.")
    if terms.ends_on.year not in YEARS:
        faults["ends_on"] = _("Vérifiez l'année du dernier jour.")
    elif terms.ends_on < terms.starts_on:
        faults["ends_on"] = _("Le dernier jour vient avant le premier : vérifiez les deux dates.")
    if not 1 <= terms.capacity <= CAPACITY_MAX:
        faults["capacity"] = _("Une cohorte a de 1 à %(max)s places.", max=CAPACITY_MAX)
    opens, closes = terms.applications_open_at, terms.applications_close_at
    for name, at in (("opens_day", opens), ("closes_day", closes)):
        if at is not None and at.year not in YEARS:
            faults[name] = _("Vérifiez l'année des candidatures.")
    if opens is not None and closes is not None and closes <= opens:
        faults["closes_day"] = _("Les candidatures ferment avant d'ouvrir : vérifiez les deux dates.")
    if faults:
        raise RuleBroken("cohort_wrong", next(iter(faults.values())), fields=faults)
