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


def lesson(family: Family, zone: str, at: datetime) -> str:
    """What a practice space says of a moment outside the hours: when the same would leave for good. Empty within them.

    « dimanche 12 juillet 2026, sans envoi ce jour-là : pour de bon, partirait lundi 13 juillet 2026 à 9 h ».
    """
    opens_at = hours.slot(family, zone, at).opens_at
    if opens_at <= at:
        return ""
    when = show_instant(opens_at, ZoneInfo(zone))
    return _("%(wish)s : pour de bon, partirait %(when)s", wish=_wish(family, zone, at), when=when)


def _wish(family: Family, zone: str, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(zone))
    window, day = hours.window_on(family, local.date()), show_day(at, ZoneInfo(zone))
    if not window.holidays and local.date() in hours.public_holidays(zone, local.year):
        return _("%(day)s, férié", day=day)
    if local.weekday() not in window.days:
        return _("%(day)s, sans envoi ce jour-là", day=day)
    return _("%(moment)s, hors des heures d'envoi", moment=show_instant(at, ZoneInfo(zone)))
