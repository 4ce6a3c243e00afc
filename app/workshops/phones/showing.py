"""A text, a number and an hour, as the pretend phones show them."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers
from markupsafe import Markup, escape

from app.clock import utc_now
from app.contacts.phone import show_phone
from app.french.language import _
from app.french.typography import show_day, show_time

NO_BREAK = "\u00a0"
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_WAY_OUT = re.compile(r"\s*(?:\S+ (?:ou|de) )?(?:stop|sms)\s*:\s*$", re.IGNORECASE)


def linked(body: str) -> Markup:
    """A text with its links made pressable; each opens beside, as a phone would leave its messages."""
    whole, end = Markup(), 0
    for link in _LINK.finditer(body):
        whole += escape(body[end : link.start()])
        whole += Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(link[0])
        end = link.end()
    return whole + escape(body[end:])


def without_links(body: str) -> str:
    """A text for the screen of a room, where nobody can press: no link, nor the words that lead to it."""
    return _WAY_OUT.sub("", _LINK.sub("", body)).strip()


def number(sender: str) -> str:
    """A number as people read it, never cut at the end of a line; a name or a short code as it is."""
    try:
        return show_phone(sender).replace(" ", NO_BREAK) if sender.startswith("+") else sender
    except phonenumbers.NumberParseException:
        return sender


def when(at: datetime, zone: ZoneInfo) -> str:
    """The hour of today's texts; the day as well for older ones."""
    is_today, its = at.astimezone(zone).date() == utc_now().astimezone(zone).date(), show_time(at, zone)
    return its if is_today else _("%(day)s, %(time)s", day=show_day(at, zone), time=its)
