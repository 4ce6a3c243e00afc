"""What waits about a date follows it: written anew when it changes, taken back when it is called off."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.accounts.models import Role, Space
from app.clock import utc_now
from app.consent.families import Family
from app.database import migrations
from app.events import inviting, messages, service
from app.events.acts import About
from app.events.models import Answer, Event, EventState
from app.events.placeholders import PLACES, recipient
from app.messaging.afterthought import AFTERTHOUGHT
from app.messaging.messages import Window
from app.messaging.models import Message
from app.messaging.posting import post
from app.messaging.status import Status
from tests.events.stage import DAY, change, make_event, planned, reminder_of, said, texted, tick
from tests.factories import NOON, SOMEBODY, make_contact, make_space, make_user, sign_in
from tests.messaging.desk import claim

SATURDAY = NOON.replace(day=7, hour=9)
NIGHT = NOON.replace(hour=22)
MORNING = NOON.replace(day=4, hour=9, minute=5)
HOUR = timedelta(hours=1)


@pytest.fixture
def invited_at_night(database, settings):
    """Three invitations that wait for the morning; the id of their event."""
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space)
        people = [make_contact(session, space, phone=f"+3361234560{at}") for at in range(3)]
        service.invite(session, event, people, by=SOMEBODY, now=NOON)
        body = "Bonjour {prénom}, rendez-vous {jour} à {heure}, {lieu} : {lien}"
        inviting.send(session, space, event, body=body, by=SOMEBODY, settings=settings, now=NIGHT)
        return event.id


def bodies(left):
    return [one.text.body for one in left]


def test_an_invitation_that_waits_says_the_new_day_and_keeps_its_link(database, settings, invited_at_night, client):
    with database.snapshot() as session:
        links = [body.rpartition(" ")[2] for body in session.scalars(select(Message.body).order_by(Message.id))]
    change(database, invited_at_night, starts_at=SATURDAY + DAY, place="Salle des fêtes", now=NIGHT + HOUR)
    left = claim(database, settings, now=MORNING)
    assert len(left) == 3
    assert all("dimanche 8 mars à 10h, Salle des fêtes" in body for body in bodies(left))
    assert sorted(body.rpartition(" ")[2] for body in bodies(left)) == sorted(links)
    assert client.get(links[0].removeprefix("http://tambour.test")).status_code == 200


def test_an_invitation_that_waits_does_not_leave_for_a_date_called_off(database, settings, invited_at_night):
    with database.transaction() as session:
        event = session.get_one(Event, invited_at_night)
        service.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=NIGHT + HOUR)
    assert claim(database, settings, now=MORNING) == []


def test_whoever_declines_or_is_taken_off_gets_nothing_that_waited(database, settings, invited_at_night):
    with database.transaction() as session:
        event = session.get_one(Event, invited_at_night)
        service.take_off(session, event, 1, by=SOMEBODY, now=NIGHT)
    said(database, invited_at_night, 2, Answer.NOT_COMING, now=NIGHT)
    assert len(claim(database, settings, now=MORNING)) == 1
    assert texted(database, statuses=[Status.WITHDRAWN]) == [1, 2]


def test_what_is_said_once_a_date_is_over_keeps_its_own_end(database, settings):
    night = SATURDAY.replace(hour=22)
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space)
        opened = partial(messages.open_mailing, session, space, event, About.NEWS, body="Merci pour {titre}", now=night)
        people = [recipient(make_contact(session, space, phone="+33612345678"), event, space.zone)]
        post(
            session, space, people, body="Merci pour {titre}", family=Family.SERVICE, window=Window(night, night + DAY),
            settings=settings, now=night, open_mailing=opened, known=PLACES,
        )  # fmt: skip
    change(database, event.id, title="Grande collecte", now=night + HOUR)
    (left,) = claim(database, settings, now=night.replace(day=8, hour=7, minute=5))
    assert left.text.body.startswith("Merci pour Grande collecte")


def test_a_place_edited_while_reminders_wait_is_the_one_they_say(database, settings):
    night = SATURDAY.replace(hour=22)
    _space, event_id, _reminder = planned(database, people=2, starts_at=night + DAY)
    assert tick(database, settings, now=night) == 2
    change(database, event_id, place="Salle des fêtes", now=night + HOUR)
    left = claim(database, settings, now=night.replace(day=8, hour=7, minute=5))
    assert len(left) == 2
    assert all("Salle des fêtes" in body for body in bodies(left))


def test_those_still_queued_get_the_new_hour_when_others_were_told_the_old(database, settings):
    _space, event_id, _reminder = planned(database, people=3)
    friday = SATURDAY - DAY
    assert tick(database, settings, now=friday) == 3
    assert len(claim(database, settings, now=friday, limit=1)) == 1
    change(database, event_id, starts_at=SATURDAY - timedelta(minutes=15), now=friday)
    left = claim(database, settings, now=friday + timedelta(seconds=9))
    assert len(left) == 2
    assert all("9h45" in body for body in bodies(left))
    assert len(texted(database)) == 3


def test_the_price_of_a_message_written_anew_is_that_of_its_new_parts(database, settings, invited_at_night):
    change(database, invited_at_night, place="Gymnase municipal " * 8, now=NIGHT)
    with database.snapshot() as session:
        messages = session.scalars(select(Message)).all()
        assert {one.parts for one in messages} == {2}
        assert {one.price_micros for one in messages} == {2 * settings.part_price_micros}


def test_a_date_moved_by_mistake_and_moved_back_reminds_nobody_twice(database, settings):
    _space, event_id, reminder_id = planned(database, people=2)
    friday = SATURDAY - DAY
    assert tick(database, settings, now=friday) == 2
    assert len(claim(database, settings, now=friday)) == 2
    change(database, event_id, starts_at=SATURDAY + 7 * DAY, now=friday + HOUR)
    change(database, event_id, starts_at=SATURDAY, now=friday + HOUR)
    assert tick(database, settings, now=friday + 2 * HOUR) is None
    assert reminder_of(database, reminder_id).fired_at is not None
    assert len(texted(database)) == 2


@pytest.mark.parametrize("has_left", [False, True])
def test_the_page_says_who_follows_and_who_still_believes_the_old_date(app, database, settings, has_left):
    now = utc_now().replace(microsecond=0)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event = make_event(session, space, starts_at=now + 5 * DAY)
        service.invite(session, event, [make_contact(session, space, phone="+33612345600")], by=SOMEBODY, now=now)
        inviting.send(session, space, event, body="Venez {lien}", by=SOMEBODY, settings=settings, now=now)
        sign_in(client, session, make_user(session, space=session.get_one(Space, space.id), role=Role.EQUIPIERE))
    if has_left:
        assert len(claim(database, settings, now=now + AFTERTHOUGHT)) == 1
    day = (now + 6 * DAY).strftime("%Y-%m-%d")
    form = {"title": "Collecte", "day": day, "hour": "10:00", "minutes": "120", "place": "Ailleurs", "link": ""}
    page = client.post(f"/e/{space.slug}/dates/{event.id}/modifier", data=form, follow_redirects=True).text
    assert "Mission modifiée" in page
    assert "ses rappels la suivent" not in page
    assert ("a déjà reçu l" in page) is has_left


def test_what_was_written_before_the_migration_follows_its_date_too(database, settings, invited_at_night):
    migrations.downgrade(database, "0004")
    migrations.upgrade(database)
    with database.transaction() as session:
        event = session.get_one(Event, invited_at_night)
        service.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=NIGHT + HOUR)
    assert claim(database, settings, now=MORNING) == []
