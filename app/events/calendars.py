"""An event as a calendar file. Opened again after a move, it moves the entry of the calendar."""

from datetime import datetime
from urllib.parse import urlsplit

from icalendar import Calendar
from icalendar import Event as Entry

from app.accounts.models import Space
from app.events.models import Event, EventState
from app.settings import Settings


def as_file(event: Event, space: Space, *, settings: Settings, now: datetime) -> bytes:
    """The event for Agenda, Outlook or a telephone (RFC 5545).

    Its UID never changes, even when the site moves to another name, and SEQUENCE grows with each change of the
    event: the seconds from its making to the last.
    """
    entry = Entry()
    entry.add("uid", event.calendar_uid or f"date-{event.id}@{urlsplit(settings.public_url).hostname}")
    entry.add("sequence", int((event.updated_at - event.created_at).total_seconds()))
    entry.add("dtstamp", now)
    entry.add("last-modified", event.updated_at)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", f"{event.title} ({space.name})")
    if event.place:
        entry.add("location", event.place)
    if event.link:
        entry.add("url", event.link)
    entry.add("status", "CANCELLED" if event.state is EventState.CANCELLED else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Tambour//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if event.state is EventState.CANCELLED else "PUBLISH")
    calendar.add_component(entry)
    file: bytes = calendar.to_ical()
    return file
