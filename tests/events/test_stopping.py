"""Nothing leaves on one press: what an invitation does is shown first, and thirty seconds are left to stop it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Role, Space
from app.clock import utc_now
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.events import inviting, service
from app.events.models import Event, EventState, Registration
from app.messaging.afterthought import AFTERTHOUGHT
from app.messaging.models import Mailing, Message
from app.messaging.status import Status
from tests.events.stage import confirmed, make_event
from tests.factories import NOON, SOMEBODY, make_contact, make_space, make_user, sign_in
from tests.messaging.desk import claim

DAY = timedelta(days=1)
BODY = "{prénom}, vous venez ? {lien}"


@pytest.fixture
def mission(app, database):
    """A browser and the address of a mission with François, his neighbour on one phone, Zoë, and Omar who objects."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event = make_event(session, space, starts_at=(utc_now() + 5 * DAY).replace(microsecond=0))
        rows = (("François", 0), ("Karim", 0), ("Zoë", 1), ("Omar", 2))
        people = [make_contact(session, space, first_name=name, phone=f"+3361234560{at}") for name, at in rows]
        service.invite(session, event, people, by=SOMEBODY, now=NOON)
        omar = people[-1]
        words = {"channel": Channel.LINK, "by": SOMEBODY, "now": NOON, "contact_id": omar.id}
        consent.object_to(session, space.id, omar.fingerprint, **words)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return client, f"/e/{space.slug}/dates/{event.id}"


def told(database):
    with database.snapshot() as session:
        mailings = session.scalars(select(Registration.mailing_id).order_by(Registration.contact_id))
        return [one is not None for one in mailings]


def statuses(database):
    with database.snapshot() as session:
        return session.scalars(select(Message.status).order_by(Message.id)).all()


def test_people_parts_price_and_whose_name_costs_more_are_shown_before_anything_leaves(mission, database):
    client, address = mission
    page = client.post(f"{address}/personnes/inviter", data={"invitation": BODY + " " + "x" * 90})
    text = page.text.replace("\xa0", " ").replace("\u202f", " ")
    assert page.status_code == 200
    for words in (
        "Inviter 3 personnes",
        "Prix estimé",
        "François",
        "« ç » prend",
        "« ë » prend",
        "ne veut plus de SMS",
    ):
        assert words in text, words
    assert statuses(database) == []
    stale = client.post(f"{address}/personnes/inviter", data={"invitation": BODY, "version": "1", "seen": "1"})
    assert stale.status_code == 409
    assert statuses(database) == []


def test_stopped_in_time_nobody_was_invited(mission, database, settings):
    client, address = mission
    assert confirmed(client, f"{address}/personnes/inviter", {"invitation": BODY}).status_code == 302
    assert claim(database, settings, now=utc_now()) == [], "thirty seconds are left"
    assert told(database) == [True, True, True, False]
    page = client.get(address).text
    assert "Arrêter" in page
    with database.snapshot() as session:
        mailing = session.scalars(select(Mailing)).one()
        assert mailing.family is Family.CHARITABLE, "a call, and not the follow-up of what they signed up for"
    stop = f"{address}/envois/{mailing.id}/arreter"
    assert "Arrêté à temps" in client.post(stop, follow_redirects=True).text
    assert told(database) == [False] * 4
    assert statuses(database) == [Status.WITHDRAWN] * 2
    assert client.post(f"{address}/envois/999/arreter").status_code == 404
    assert "Pas encore invité" in client.get(address).text
    assert confirmed(client, f"{address}/personnes/inviter", {"invitation": BODY}).status_code == 302
    assert told(database) == [True, True, True, False]


def test_stopped_late_those_who_had_it_are_invited_and_the_others_are_not(mission, database, settings):
    client, address = mission
    confirmed(client, f"{address}/personnes/inviter", {"invitation": BODY})
    assert len(claim(database, settings, now=utc_now() + AFTERTHOUGHT, limit=1)) == 1
    with database.snapshot() as session:
        mailing_id = session.scalars(select(Mailing.id)).one()
    assert "ne se rattrapent pas" in client.post(
        f"{address}/envois/{mailing_id}/arreter", follow_redirects=True
    ).text.replace("\xa0", " ")
    assert told(database) == [True, True, False, False], "two on one phone had one text"


def test_a_call_that_would_leave_after_the_beginning_is_said_to_be_too_late(database, settings):
    night = NOON.replace(hour=23)
    with database.transaction() as session:
        space = make_space(session)
        event = make_event(session, space, starts_at=night + timedelta(hours=3))
        service.invite(session, event, [make_contact(session, space)], by=SOMEBODY, now=NOON)
        assert inviting.review(session, space, event, body=BODY, settings=settings, now=night).too_late


def test_missions_over_or_called_off_are_found_again(mission, database):
    client, address = mission
    missions, past = address.rpartition("/")[0], address.rpartition("/")[0] + "?quand=passees"
    assert "Collecte du samedi" in client.get(missions).text
    assert "Aucune mission passée" in client.get(past).text
    with database.transaction() as session:
        event = session.scalars(select(Event)).one()
        space = session.get_one(Space, event.space_id)
        older = make_event(session, space, title="Maraude", starts_at=utc_now() - 9 * DAY)
        service.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=NOON)
    assert "Annulée" in client.get(missions).text
    assert "Maraude" not in client.get(missions).text
    assert "présences non notées" in client.get(past).text
    assert "Maraude" not in client.get(f"{past}&avant={older.id}").text
