"""A date that changed: who still believes the old one, and the word that they are offered, with its price."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Role, Space
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts.models import Contact
from app.events import inviting, knowledge, service, telling
from app.events.models import Answer, Event, EventState
from app.events.placeholders import recipient
from app.messaging.afterthought import AFTERTHOUGHT
from app.messaging.messages import compose
from app.messaging.models import Message
from app.messaging.status import Status
from tests.events.stage import change, make_event, said
from tests.factories import NOON, SOMEBODY, make_contact, make_space, make_user, sign_in
from tests.messaging.desk import claim

DAY = timedelta(days=1)
LATER = NOON + timedelta(hours=1)
BODY = "Bonjour {prénom}, {jour} à {heure}, {lieu} : {titre}. {lien}"
PLACE = "Salle des fêtes"


@pytest.fixture
def told(database, settings):
    """Three people who read that it is on Saturday at the supermarket, one whose invitation still waits."""
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event = make_event(session, space)
        people = [make_contact(session, space, phone=f"+3361234560{at}", first_name="Zoé") for at in range(4)]
        service.invite(session, event, people, by=SOMEBODY, now=NOON)
        inviting.send(session, space, event, body=BODY, by=SOMEBODY, settings=settings, now=NOON)
    assert len(claim(database, settings, now=NOON + AFTERTHOUGHT, limit=3)) == 3
    return space.id, event.id


def offer(database, settings, told, *, now=LATER):
    space_id, event_id = told
    with database.snapshot() as session:
        space, event = session.get_one(Space, space_id), session.get_one(Event, event_id)
        return telling.offer(session, space, event, settings=settings, now=now)


def tell(database, settings, told, *, now=LATER):
    space_id, event_id = told
    with database.transaction() as session:
        space, event = session.get_one(Space, space_id), session.get_one(Event, event_id)
        found = telling.offer(session, space, event, settings=settings, now=now)
        return telling.tell(
            session, space, event, found.people, body=found.body, by=SOMEBODY, settings=settings, now=now
        )


def texts(database, *statuses):
    with database.snapshot() as session:
        query = select(Message.body).order_by(Message.id)
        return session.scalars(query.where(Message.status.in_(statuses)) if statuses else query).all()


def ids(people):
    return [one.id for one in people]


def test_those_who_read_the_old_place_are_offered_the_new_one_once(database, settings, told):
    assert offer(database, settings, told).people == []
    change(database, told[1], title="Grande collecte", now=LATER)
    assert offer(database, settings, told).people == [], "its day and place are as they were told"
    change(database, told[1], place=PLACE, now=LATER)
    found = offer(database, settings, told)
    assert (ids(found.people), found.texted) == ([1, 2, 3], 3)
    assert PLACE in found.sample
    assert (found.parts, found.max_parts) == (3 * found.max_parts, found.max_parts)
    assert found.price_micros == found.parts * settings.part_price_micros
    assert tell(database, settings, told) == 3
    assert offer(database, settings, told).people == [], "what waits to leave will say it"
    waiting = texts(database, Status.QUEUED)
    assert len(waiting) == 4
    assert all(PLACE in body for body in waiting)


def test_moved_back_to_what_they_read_nobody_has_anything_to_learn(database, settings, told):
    with database.snapshot() as session:
        starts_at = session.get_one(Event, told[1]).starts_at
    change(database, told[1], starts_at=starts_at + DAY, now=LATER)
    assert offer(database, settings, told).texted == 3
    change(database, told[1], starts_at=starts_at, now=LATER)
    assert offer(database, settings, told).people == []


def test_whoever_answered_without_any_sms_is_told_and_whoever_wants_none_is_to_be_called(database, settings, told):
    space_id, event_id = told
    with database.transaction() as session:
        event = session.get_one(Event, event_id)
        fifth = make_contact(session, session.get_one(Space, space_id), phone="+33612345604")
        service.invite(session, event, [fifth], by=SOMEBODY, now=NOON)
        first = session.get_one(Contact, 1)
        consent.object_to(session, space_id, first.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=NOON)
    said(database, event_id, fifth.id, Answer.COMING)
    change(database, event_id, place=PLACE, now=LATER)
    found = offer(database, settings, told)
    assert (ids(found.people), found.texted, ids(one for one, _reason in found.left_out)) == ([2, 3, fifth.id], 2, [1])


def test_a_later_word_to_one_person_takes_no_other_s_waiting_word_away(database, settings, told):
    space_id, event_id = told
    change(database, event_id, place=PLACE, now=LATER)
    assert tell(database, settings, told) == 3
    with database.transaction() as session:
        fifth = make_contact(session, session.get_one(Space, space_id), phone="+33612345604")
        service.invite(session, session.get_one(Event, event_id), [fifth], by=SOMEBODY, now=LATER)
    said(database, event_id, fifth.id, Answer.COMING, now=LATER)
    assert tell(database, settings, told) == 1
    assert len(texts(database, Status.QUEUED)) == 5


def test_a_date_called_off_is_told_to_those_who_may_come(database, settings, told):
    said(database, told[1], 1, Answer.NOT_COMING)
    with database.transaction() as session:
        service.set_state(session, session.get_one(Event, told[1]), EventState.CANCELLED, by=SOMEBODY, now=LATER)
    assert ids(offer(database, settings, told).people) == [2, 3]
    assert tell(database, settings, told) == 2
    assert all("annulé" in body for body in texts(database, Status.QUEUED)[-2:])
    assert offer(database, settings, told).people == []


def test_news_that_the_hours_would_hold_until_it_has_begun_is_too_late(database, settings, told):
    with database.transaction() as session:
        session.get_one(Space, told[0]).hours_hold = True
    night = NOON.replace(day=6, hour=22)
    change(database, told[1], starts_at=NOON.replace(day=7, hour=6), now=night)
    assert offer(database, settings, told, now=night).too_late
    assert not offer(database, settings, told, now=night - timedelta(hours=8)).too_late


@pytest.mark.parametrize(
    ("template", "place", "first_name", "says"),
    [
        (BODY, "Salle", "Zoé", True),
        (BODY, "Salle des fêtes", "Zoé", False),
        (BODY, "Salle", "", True),
        ("Venez {lien}", "Ailleurs", "Zoé", None),
        ("À {heure} ? {lien}", "Ailleurs", "Zoé", True),
    ],
)
def test_only_the_moment_and_the_place_of_a_text_can_become_untrue(database, template, place, first_name, says):
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space, place="Salle")
        person = make_contact(session, space, first_name="Zoé")
        body = compose(template, recipient(person, event, space.zone), space=space, link="https://t.test/r/x")
        event.place, event.title, person.first_name = place, "Autre titre", first_name
        assert knowledge.is_true(template, body, recipient(person, event, space.zone)) is says


def test_the_page_shows_people_parts_price_and_moment_before_anything_leaves(app, database, settings):
    now = utc_now().replace(microsecond=0)
    app.config["WTF_CSRF_ENABLED"] = False
    referente, lectrice = app.test_client(), app.test_client()
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event = make_event(session, space, starts_at=now + 5 * DAY)
        service.invite(session, event, [make_contact(session, space, phone="+33612345600")], by=SOMEBODY, now=now)
        inviting.send(session, space, event, body=BODY, by=SOMEBODY, settings=settings, now=now)
        sign_in(referente, session, make_user(session, space=space, role=Role.EQUIPIERE))
        sign_in(lectrice, session, make_user(session, space=space, role=Role.LECTRICE))
    assert len(claim(database, settings, now=now + AFTERTHOUGHT)) == 1
    address = f"/e/{space.slug}/dates/{event.id}"
    form = {"title": "Collecte", "day": f"{now + 6 * DAY:%Y-%m-%d}", "hour": "10:00", "minutes": "120", "place": PLACE}
    page = referente.post(f"{address}/modifier", data=form, follow_redirects=True)
    assert page.request.path == f"{address}/prevenir"
    for words in ("1 personne a déjà reçu", "Prix estimé", "€", "SMS comptés", "30 secondes après", PLACE):
        assert words in page.text
    for reader, may in ((referente, True), (lectrice, False)):
        shown = reader.get(address).text
        assert "1 personne croit encore" in shown
        assert (f"{address}/prevenir" in shown) is may
    version = page.text.partition('name="version" value="')[2].partition('"')[0]
    assert referente.post(f"{address}/prevenir", data={"version": "old"}).status_code == 422
    assert len(texts(database)) == 1
    for _press in range(2):
        assert referente.post(f"{address}/prevenir", data={"version": version}).location == address
    assert len(texts(database)) == 2
    assert "croit encore" not in referente.get(address).text
