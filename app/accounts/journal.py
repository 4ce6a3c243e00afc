"""The activity trail in French: the sentence of each act, gathered by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from app.accounts import roles
from app.accounts.activity import Act
from app.accounts.models import Activity, Role
from app.french.language import _

Acts = Mapping[str, Act]
UNKNOWN = _("a fait quelque chose que cette version de Tambour ne sait pas dire")


@dataclass(frozen=True)
class Line:
    """One line: who, did what, about whom or what."""

    at: datetime
    who: str
    what: str
    about: str


class _Details(dict[str, Any]):
    """A row's details; an older row may lack one that today's sentence has a place for."""

    def __missing__(self, _name: str) -> str:
        return "?"


def line(row: Activity, acts: Acts) -> Line:
    """The sentence of a row. No code is ever shown, even of an act that only another version knows."""
    role = row.detail.get("role")
    about = [row.note] if row.note else []
    if role in set(Role):
        about.append(roles.name(Role(role)).lower())
    act = acts.get(row.verb)
    what = act.sentence % _Details(row.detail) if act else UNKNOWN
    return Line(row.at, row.principal_name, what, ", ".join(about))


def by_day(rows: Sequence[Activity], acts: Acts, *, zone: ZoneInfo) -> list[tuple[datetime, list[Line]]]:
    """The acts under the first instant of each day of ``zone``, the latest first, though some are written down late."""

    def day(row: Activity) -> date:
        return row.at.astimezone(zone).date()

    latest_first = sorted(rows, key=lambda row: row.at, reverse=True)
    gathered = [list(group) for _day, group in groupby(latest_first, key=day)]
    return [(group[0].at, [line(row, acts) for row in group]) for group in gathered]
