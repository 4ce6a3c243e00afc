"""Events: what is said of one is kept, or refused aloud."""

from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from app.events import calendars, service
from tests.events.stage import make_event
from tests.factories import NOON, SOMEBODY, make_space


def test_a_misspelt_word_is_never_dropped_in_silence(database):
    with database.transaction() as session:
        space = make_space(session)
        when = {"title": "Collecte", "starts_at": NOON, "ends_at": NOON + timedelta(hours=1)}
        event = service.make(session, space.id, by=SOMEBODY, now=NOON, **when)
        with pytest.raises(TypeError, match="lieu"):
            service.edit(session, event, by=SOMEBODY, now=NOON, lieu="Salle des fêtes")


def test_an_event_keeps_its_name_in_calendars_when_the_site_moves_to_another(database, settings):
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space)
    moved = replace(settings, public_url="https://autre.example")
    uids = {uid_of(calendars.as_file(event, space, settings=each, now=NOON)) for each in (settings, moved)}
    assert len(uids) == 1


def test_no_two_events_share_a_name_in_calendars(database, settings):
    with database.transaction() as session:
        space = make_space(session)
        events = [make_event(session, space) for _number in range(2)]
    assert len({uid_of(calendars.as_file(each, space, settings=settings, now=NOON)) for each in events}) == 2


def uid_of(file):
    return str(Calendar.from_ical(file).events[0]["uid"])
