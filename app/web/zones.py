"""Whose clock a page shows: that of its space. No template names a zone, so that none forgets it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import g

from app.clock import PARIS
from app.french import typography


def set_here(name: str) -> None:
    """Show this request's instants on the clock of the zone ``name``, where no guard says its space."""
    g.zone = ZoneInfo(name)


def here() -> ZoneInfo:
    """The zone of this request's page: Paris where it is nobody's, as for the programme's staff."""
    zone: ZoneInfo = ZoneInfo(g.space.zone) if "space" in g else g.get("zone", PARIS)
    return zone


def local_day(at: datetime) -> date:
    """The day that ``at`` falls on, here."""
    return at.astimezone(here()).date()


def _shown(show: Callable[[datetime, ZoneInfo], str]) -> Callable[[datetime], str]:
    return lambda at: show(at, here())


FILTERS: Mapping[str, Callable[..., object]] = {
    **{name: _shown(show) for name, show in typography.INSTANTS.items()},
    "local": lambda at, form: at.astimezone(here()).strftime(form),
    "local_day": local_day,
}
"""An instant in a template, by the name that it knows; none takes a zone."""
