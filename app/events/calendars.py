"""Events as a calendar file. Opened again after a move, it moves the entry of the calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    method = "CANCEL" if event.state is EventState.CANCELLED else "PUBLISH"
    return _calendar([_entry(event, f"{event.title} ({space.name})", settings=settings, now=now)], method=method)


def of_many(
    events: Iterable[Event], days: Iterable["WholeDay"], *, settings: Settings, now: datetime, has_links: bool = True
) -> bytes:
    """Several events, and whole days beside them, in one file; those called off are there as such.

    Without ``has_links`` nobody who reads it can enter a meeting on line.
    """
    entries = [_entry(event, event.title, settings=settings, now=now, has_link=has_links) for event in events]
    return _calendar([*entries, *(_whole_day(one, settings=settings, now=now) for one in days)], method="PUBLISH")


@dataclass(frozen=True)
class WholeDay:
    """A day that is marked, without an hour. ``key`` is its name in people's calendars, the same for ever."""

    key: str
    on: date
    title: str


def _entry(event: Event, title: str, *, settings: Settings, now: datetime, has_link: bool = True) -> Entry:
    entry = Entry()
    entry.add("uid", event.calendar_uid or f"date-{event.id}@{_host(settings)}")
    entry.add("sequence", int((event.updated_at - event.created_at).total_seconds()))
    entry.add("dtstamp", now)
    entry.add("last-modified", event.updated_at)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", title)
    if event.place:
        entry.add("location", event.place)
    if event.link and has_link:
        entry.add("url", event.link)
    entry.add("status", "CANCELLED" if event.state is EventState.CANCELLED else "CONFIRMED")
    return entry


def _whole_day(day: WholeDay, *, settings: Settings, now: datetime) -> Entry:
    entry = Entry()
    entry.add("uid", f"{day.key}@{_host(settings)}")
    entry.add("dtstamp", now)
    entry.add("dtstart", day.on)
    entry.add("dtend", day.on + timedelta(days=1))
    entry.add("summary", day.title)
    entry.add("transp", "TRANSPARENT")
    return entry


def _host(settings: Settings) -> str | None:
    return urlsplit(settings.public_url).hostname


def _calendar(entries: Iterable[Entry], *, method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Tambour//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(entry)
    file: bytes = calendar.to_ical()
    return file
