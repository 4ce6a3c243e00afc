"""Figures, money and instants as a French page shows them: typographic, unlike the plain text of an SMS."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from app.french.language import _

EURO, CENT = 1_000_000, 10_000
"""In millionths of a euro."""
_LONE_CHARACTERS = re.compile(r" ([;!?€]|%(?!\())")


def show_number(number: float) -> str:
    """« 12 500 », thousands apart by a narrow space."""
    return format_decimal(number, locale="fr_FR")


def show_money(micros: int, currency: str) -> str:
    """Millionths of a currency unit as « 16,50 € »; below one euro, a part of a cent is said: « 7,5 centimes »."""
    if currency == "EUR" and 0 < micros < EURO and micros % CENT:
        unit = _("centime") if micros < 2 * CENT else _("centimes")
        return f"{format_decimal(Decimal(micros) / CENT, locale='fr_FR')}\u00a0{unit}"
    return format_currency(Decimal(micros) / 1_000_000, currency, locale="fr_FR")


def show_time(at: datetime, zone: ZoneInfo) -> str:
    """« 18 h 30 », « 9 h »."""
    local = at.astimezone(zone)
    return f"{local.hour}\u00a0h\u00a0{local.minute:02d}" if local.minute else f"{local.hour}\u00a0h"


def show_day(at: datetime, zone: ZoneInfo) -> str:
    """« lundi 3 février 2020 », « samedi 1er février 2020 »."""
    return show_date(at.astimezone(zone).date())


def show_date(on: date) -> str:
    """The same of a day that is no instant."""
    first = "1er" if on.day == 1 else str(on.day)
    return f"{format_date(on, 'EEEE', locale='fr')} {first} {format_date(on, 'MMMM yyyy', locale='fr')}"


def show_short_date(on: date) -> str:
    """« lun. 3 févr. », at the head of a line."""
    first = "1er" if on.day == 1 else str(on.day)
    return f"{format_date(on, 'EEE', locale='fr')} {first} {format_date(on, 'MMM', locale='fr')}"


def show_month(on: date) -> str:
    """« février 2020 »."""
    return format_date(on, "MMMM yyyy", locale="fr")


def show_short_month(on: date) -> str:
    """« févr. », under a bar."""
    return format_date(on, "MMM", locale="fr")


def show_instant(at: datetime, zone: ZoneInfo) -> str:
    """« lundi 3 février 2020 à 18 h 30 »."""
    return _("%(day)s à %(time)s", day=show_day(at, zone), time=show_time(at, zone))


def show_short(at: datetime, zone: ZoneInfo) -> str:
    """« sam. 3 févr. 2020, 18 h 30 », where a line of a phone holds a moment."""
    local = at.astimezone(zone).date()
    first = "1er" if local.day == 1 else str(local.day)
    day = f"{format_date(local, 'EEE', locale='fr')} {first} {format_date(local, 'MMM yyyy', locale='fr')}"
    return f"{day}, {show_time(at, zone)}"


def set_type(sentence: str) -> str:
    """A sentence of ours as a page shows it: typographic apostrophes, and no sign left alone on a line."""
    sentence = sentence.replace("'", "’").replace("« ", "«\u00a0").replace(" »", "\u00a0»").replace(" :", "\u00a0:")
    return _LONE_CHARACTERS.sub("\u202f\\1", sentence)


def show_plain_time(at: datetime, zone: ZoneInfo) -> str:
    """« 18h30 », for a text message: every sign of it costs one."""
    local = at.astimezone(zone)
    return f"{local.hour}h{local.minute:02d}" if local.minute else f"{local.hour}h"


def show_plain_day(at: datetime, zone: ZoneInfo) -> str:
    """« samedi 8 février », for a text message: « aout » has no circumflex, which would make it two SMS or three."""
    local = at.astimezone(zone).date()
    first = "1er" if local.day == 1 else str(local.day)
    month = format_date(local, "MMMM", locale="fr").replace("û", "u")
    return f"{format_date(local, 'EEEE', locale='fr')} {first} {month}"


FILTERS: Mapping[str, Callable[..., str]] = {
    "french": set_type,
    "number": show_number,
    "date": show_date,
    "short_date": show_short_date,
    "month": show_month,
    "short_month": show_short_month,
}
"""The same for templates, by the name that they know."""

INSTANTS: Mapping[str, Callable[[datetime, ZoneInfo], str]] = {
    "time": show_time,
    "day": show_day,
    "instant": show_instant,
    "short": show_short,
}
"""Those of an instant, which is shown on somebody's clock."""
