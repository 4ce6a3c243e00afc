"""When something leaves, in words: the opening, with its reason when that is not the moment that was wished."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.consent import hours
from app.consent.families import Family
from app.consent.hours import HoursException
from app.french.language import _
from app.french.typography import show_day, show_instant


def departure(
    family: Family, zone: str, at: datetime, *, holds: bool = True, exception: HoursException | None = None
) -> str:
    """« mardi 14 juillet 2026, férié : partira mercredi 15 juillet 2026 à 9 h »; empty when it leaves as wished."""
    opens_at = hours.slot(family, zone, at, holds=holds, exception=exception).opens_at
    if opens_at <= at:
        return ""
    wish = _wish(family, zone, at)
    return _("%(wish)s : partira %(when)s", wish=wish, when=show_instant(opens_at, ZoneInfo(zone)))


def _wish(family: Family, zone: str, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(zone))
    window, day = hours.window_on(family, local.date()), show_day(at, ZoneInfo(zone))
    if not window.holidays and local.date() in hours.public_holidays(zone, local.year):
        return _("%(day)s, férié", day=day)
    if local.weekday() not in window.days:
        return _("%(day)s, sans envoi ce jour-là", day=day)
    return _("%(moment)s, hors des heures d'envoi", moment=show_instant(at, ZoneInfo(zone)))
