"""Days on the clock of the wall, hours as instants, where the association is."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from marshmallow import ValidationError
from sqlalchemy import select

from app.accounts.models import Role
from app.clock import PARIS
from app.events import reminders, service
from app.events.models import Event, Reminder
from app.events.schemas import EventForm
from app.messaging.models import Message
from tests.contacts.test_pages import Walker
from tests.events.stage import BODY, expect, make_event, planned, tick
from tests.factories import SOMEBODY, make_contact, make_space, make_user, sign_in

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SPRING = datetime(2026, 3, 29, 9, 30, tzinfo=PARIS)
"""A Sunday whose night lacks the hour from two to three."""
AUTUMN = datetime(2026, 10, 25, 9, 30, tzinfo=PARIS)
"""One whose night has that hour twice."""
WINTER = datetime(2027, 1, 20, 9, tzinfo=UTC)
"""Before what is planned for February: a page lists what is to come by the clock that it has."""


@pytest.mark.parametrize("changed", [SPRING, AUTUMN])
@pytest.mark.parametrize("before", [DAY, 2 * DAY, 12 * HOUR])
@pytest.mark.parametrize("is_moved", [False, True])
def test_days_are_the_wall_s_and_hours_are_hours_made_there_or_moved_there_and_back(
    database, changed, before, is_moved
):
    week_before = changed - 7 * DAY
    _space, event_id, reminder_id = planned(database, before=before, starts_at=week_before if is_moved else changed)
    places = [changed, week_before, changed] if is_moved else []
    for starts_at in places:
        with database.transaction() as session:
            event = session.get_one(Event, event_id)
            service.edit(
                session, event, by=SOMEBODY, now=week_before - 5 * DAY, starts_at=starts_at, ends_at=starts_at + HOUR
            )
    with database.snapshot() as session:
        due_at = session.get_one(Reminder, reminder_id).due_at
    if before % DAY:
        assert due_at == changed.astimezone(UTC) - before
    else:
        assert due_at.astimezone(PARIS).replace(tzinfo=None) == changed.replace(tzinfo=None) - before


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_half_past_two_of_a_night_that_changes_hour_is_questioned(day):
    words = {"title": "Maraude", "day": day, "minutes": "60"}
    with pytest.raises(ValidationError) as refused:
        EventForm().load({**words, "hour": "02:30"})
    assert "on change d'heure" in refused.value.messages["hour"][0]
    for hour in ("01:59", "03:00"):
        assert EventForm().load({**words, "hour": hour})["title"] == "Maraude"
    at_home = EventForm()
    at_home.zone = ZoneInfo("Indian/Reunion")
    assert at_home.load({**words, "hour": "02:30"})["starts_at"].astimezone(at_home.zone).hour == 2


def test_a_night_that_changes_hour_makes_no_date_longer():
    words = EventForm().load({"title": "Maraude", "day": "2026-03-28", "hour": "23:00", "minutes": "300"})
    assert words["ends_at"] - words["starts_at"] == 5 * HOUR
    assert words["ends_at"].astimezone(PARIS).hour == 5
    assert set(words) == {*service.EDITABLE}


def walker_in(database, client, zone):
    with database.transaction() as session:
        space = make_space(session, zone=zone)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space), space


@time_machine.travel(WINTER)
def test_a_date_of_la_reunion_is_read_and_said_in_its_own_hours(database, client, settings):
    walker, space = walker_in(database, client, "Indian/Reunion")
    form = {"title": "Collecte", "day": "2027-02-06", "hour": "10:00", "minutes": "60", "place": "Saint-Denis"}
    walker.post("/dates/nouvelle", _from="/dates/nouvelle", **form)
    with database.transaction() as session:
        event = session.scalars(select(Event)).one()
        assert event.starts_at == datetime(2027, 2, 6, 6, tzinfo=UTC)
        person = make_contact(session, space, phone="+262692123456")
        now = event.starts_at - 3 * DAY
        expect(session, event, [person], now=now)
        reminders.make(session, space, event, before=DAY, body=BODY, list_id=None, by=SOMEBODY, now=now)
    page = walker.get(f"/dates/{event.id}")
    assert "samedi 6 février 2027 à 10 h" in page.words.replace("\u00a0", " ")
    assert "vendredi 5 février 2027 à 10 h" in page.words.replace("\u00a0", " ")
    assert 'value="10:00"' in page.text
    assert "à 10 h" in walker.get("/dates").words.replace("\u00a0", " ")
    assert tick(database, settings, now=event.starts_at - DAY) == 1
    with database.snapshot() as session:
        assert "samedi 6 février à 10h" in session.scalars(select(Message.body)).one()


@time_machine.travel(WINTER)
def test_who_lives_too_far_to_be_reminded_in_time_is_named_beforehand(database, client):
    """At seven in La Réunion it is four in Paris: the hours there open when the walk has begun."""
    walker, space = walker_in(database, client, "Indian/Reunion")
    starts_at = datetime(2027, 2, 6, 6, tzinfo=UTC)
    now = starts_at - 3 * DAY
    with database.transaction() as session:
        event = make_event(session, space, starts_at=starts_at)
        people = [
            make_contact(session, space, phone=phone, first_name=name, last_name="Payet")
            for phone, name in (("+262692123456", "Anne"), ("+33612345678", "Luc"))
        ]
        expect(session, event, people, now=now)
        service.invite(session, event, [make_contact(session, space)], by=SOMEBODY, now=now)
        for before in (HOUR, DAY):
            reminders.make(session, space, event, before=before, body=BODY, list_id=None, by=SOMEBODY, now=now)
    page = walker.get(f"/dates/{event.id}").words
    assert page.count("1 personne ne le recevra pas") == 1
    assert "(Luc Payet)" in page
    assert "Ceux qui viennent (2 aujourd'hui)" in page.replace("’", "'"), "as many as are written to"
    form = {"before": "2", "unit": "days", "body": BODY, "to": ""}
    shown = walker.post(f"/dates/{event.id}/rappels", _from=f"/dates/{event.id}", **form).words
    assert "1 personne n'a pas répondu : ce rappel ne lui part pas" in re.sub("[\u00a0\u202f]", " ", shown).replace(
        "’", "'"
    )
