"""« Relancer »: a question asked once more, to those who had it and have not answered."""

import pytest
from sqlalchemy import select

from app.accounts.models import Role, Space
from app.campaigns import asking, pages, service
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.events.models import Answer, Registration
from app.events.service import answer
from app.messaging.sharing.models import MessageSharer
from app.messaging.status import Status
from tests.contacts.test_pages import Walker
from tests.events.stage import DAY, make_event
from tests.factories import (
    SOMEBODY,
    make_campaign,
    make_contact,
    make_mailing,
    make_message,
    make_space,
    make_user,
    sign_in,
)
from tests.together import locks

TEXT = "{prénom}, vous venez {jour} ?"
FAR = ("99999999999999999999", "9223372036854775807", "-1")


@pytest.fixture
def mission(database, client):
    """An équipière, and a mission in nine days: (walker, space, event)."""
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event = make_event(session, space, starts_at=utc_now() + 9 * DAY)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space), space, event


def test_nobody_is_asked_again_while_a_text_about_the_mission_waits_for_them(database, mission):
    _walker, space, event = mission
    now = utc_now()
    with database.transaction() as session:
        room = asking.handed(session)
        zoe, tom = (make_contact(session, space) for _one in range(2))

        def ask(status):
            mailing = make_mailing(session, space)
            room.follow(session, space, event.id, mailing, "Vous venez ? {lien}")
            text = make_message(session, mailing, contact_id=zoe.id, phone=zoe.phone, status=status)
            session.add(MessageSharer(message_id=text.id, contact_id=tom.id, space_id=space.id))
            room.register(session, space, event.id, [zoe.id, tom.id], mailing_id=mailing.id, now=now)
            session.flush()
            return text

        ask(Status.DELIVERED)
        both = [zoe.id, tom.id]
        assert list(room.silent(session, space, event.id)) == both
        again = ask(Status.QUEUED)
        assert list(room.silent(session, space, event.id)) == [], "their second call, one for the two, has not left"
        for status in (Status.DELIVERED, Status.WITHDRAWN):
            again.status = status
            session.flush()
            assert list(room.silent(session, space, event.id)) == both
        answer(session, event.id, tom.id, Answer.COMING, by=SOMEBODY, now=now)
        assert list(room.silent(session, space, event.id)) == [zoe.id]


def test_a_number_that_no_row_can_have_is_nothing_chosen(database, mission):
    walker, _space, _event = mission
    for far in FAR:
        answered = walker.post("/envoyer/relancer", _from="/envoyer", subject=far)
        assert "plus rien à demander" in answered.words
    every = {key: list(FAR) for key in ("lists", "segments", "contacts")}
    assert walker.post("/envoyer", _from="/envoyer", **every).status_code == 200
    with database.snapshot() as session:
        assert len(session.scalars(select(Campaign)).all()) == 1, "one blank draft"


def test_the_mission_is_held_before_the_month_s_money_as_by_whoever_invites_to_it(database, settings, mission):
    _walker, space, event = mission
    now = utc_now()
    with database.transaction() as session:
        space = session.get_one(Space, space.id)
        space.budget_micros = 9_000_000
        zoe = make_contact(session, space)
        audience = {"lists": [], "contacts": [zoe.id], "except": []}
        words = {"link_purpose": "event", "link_subject_id": event.id}
        campaign = make_campaign(session, space, audience=audience, body=TEXT, **words)
    with locks(database) as held, database.transaction() as session:
        space, campaign = session.get_one(Space, space.id), session.get_one(Campaign, campaign.id)
        service.schedule_at_once(session, space, campaign, at=now, by=SOMEBODY, settings=settings, now=now)
    assert campaign.stage is Stage.SCHEDULED
    assert held[:2] == ([] if database.is_sqlite else ["events", "spaces"]), "in another order each waits for the other"


def test_a_crowd_asked_again_is_one_box_which_keeps_all_of_it_or_leaves_it_out(database, mission):
    walker, space, event = mission
    with database.transaction() as session:
        crowd = [
            make_contact(session, space, first_name=f"Zoé{n}", last_name="").id for n in range(pages.MAX_BOXES + 1)
        ]
        asked = make_mailing(session, space)
        words = {"space_id": space.id, "event_id": event.id, "mailing_id": asked.id, "created_at": utc_now()}
        session.add_all(Registration(contact_id=one, **words) for one in crowd)

    def chosen():
        with database.snapshot() as session:
            campaign = session.scalars(select(Campaign)).one()
            return campaign.id, sorted(campaign.audience["contacts"])

    page = walker.post("/envoyer/relancer", _from="/envoyer", subject=event.id)
    assert "51 personnes choisies Zoé0, Zoé1, Zoé2 et 48 autres" in page.words
    assert 'name="contacts"' not in page.text
    home = f"/envoyer/{chosen()[0]}/ecrire"
    carried = {"crowd": ",".join(map(str, crowd)), "family": "charitable", "body": TEXT}
    assert f'value="{carried["crowd"]}"' in page.text
    for ticked, kept in (({}, []), ({"with_crowd": "1"}, crowd)):
        walker.post(home, _from=home, **carried, **ticked)
        assert chosen()[1] == kept, "unticked, then ticked again: the page carries them"
    walker.post(home, _from=home, contacts=crowd[1:], family="charitable")
    assert walker.get(home).text.count('name="contacts"') == pages.MAX_BOXES, "so many have a box each"
