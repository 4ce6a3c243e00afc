"""Somebody removed gets nothing more, and keeps the way to say « plus de SMS »."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.clock import utc_now
from app.consent import service as consent
from app.consent.families import Family
from app.contacts.models import Contact
from app.events import inviting, service
from app.links.models import Link
from app.messaging.models import Message
from app.messaging.singles import service as singles
from app.messaging.status import Status
from tests.events.stage import make_event
from tests.factories import SOMEBODY, make_contact, make_space, make_user, sign_in
from tests.messaging.desk import claim, message
from tests.together import locks

TOKEN = re.compile(r"/r/(\w+)")


@pytest.fixture
def written(database, settings):
    """A message to Jeanne that waits."""
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        person = make_contact(session, space, phone="+33612345678")
        message = singles.send(
            session, space, person, body="Bonjour", family=Family.SERVICE, by=SOMEBODY, settings=settings, now=utc_now()
        )
        return space, person, message


def remove_by_page(app, database, space, person):
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    assert client.post(f"/e/{space.slug}/benevoles/{person.id}/retirer").status_code == 302


def test_what_waits_for_a_removed_person_does_not_leave(app, database, settings, written):
    space, person, sms = written
    remove_by_page(app, database, space, person)
    assert claim(database, settings, now=utc_now()) == []
    found = message(database, sms.id)
    assert (found.status, found.reason) == (Status.WITHDRAWN, "removed")


def test_the_space_is_held_before_the_card_and_its_messages_as_by_whoever_writes_to_them_again(
    app, client, database, written
):
    app.config["WTF_CSRF_ENABLED"] = False
    space, person, _sms = written
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    for act in ("archiver", "retirer"):
        with locks(database) as held:
            assert client.post(f"/e/{space.slug}/benevoles/{person.id}/{act}").status_code == 302
        in_order = [table for table in held if table in ("spaces", "contacts", "messages")]
        assert in_order[:2] == ([] if database.is_sqlite else ["spaces", "contacts"])


def test_a_message_whose_person_went_another_way_is_not_claimed_either(database, settings, written):
    """A program of the release before removes the contact and nothing else."""
    _space, person, sms = written
    with database.transaction() as session:
        session.delete(session.get_one(Contact, person.id))
    assert claim(database, settings, now=utc_now()) == []
    assert message(database, sms.id).reason == "removed"


def test_the_link_of_a_message_received_works_after_the_removal(app, client, database, settings, written):
    space, person, message = written
    assert len(claim(database, settings, now=utc_now())) == 1
    remove_by_page(app, database, space, person)
    token = TOKEN.search(message.body)[1]
    assert client.get(f"/r/{token}").status_code == 200
    assert client.post(f"/r/{token}", data={"choice": "stop"}).status_code == 200
    with database.transaction() as session:
        again = make_contact(session, space, phone=person.phone)
        assert consent.opted_out(session, space.id, [again.fingerprint]) == {again.fingerprint}
        assert session.scalars(select(Link.contact_id)).all() == [None]


def test_an_invitation_still_shows_its_date_to_somebody_removed_and_takes_no_answer(client, database, settings):
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event = make_event(session, space, starts_at=now + timedelta(days=3))
        person = make_contact(session, space, phone="+33612345678")
        service.invite(session, event, [person], by=SOMEBODY, now=now)
        inviting.send(session, space, event, body="Venez {lien}", by=SOMEBODY, settings=settings, now=now)
        token = TOKEN.search(session.scalars(select(Message.body)).one())[1]
        session.delete(person)
    page = client.get(f"/r/{token}")
    assert page.status_code == 200
    assert "Collecte du samedi" in page.text
    assert "Je viens" not in page.text
    assert client.post(f"/r/{token}", data={"choice": "coming"}).status_code == 409
    assert client.post(f"/r/{token}", data={"choice": "stop"}).status_code == 200
