"""« Relancer »: a question asked once more, to those who had it and have not answered."""

import pytest
from sqlalchemy import select

from app.accounts.models import Role, Space
from app.campaigns import asking, service
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.events.models import Answer
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
        for name in ("lists", "segments", "contacts"):
            assert walker.post("/envoyer", _from="/envoyer", **{name: far}).status_code == 200
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
