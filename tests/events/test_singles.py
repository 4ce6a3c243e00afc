"""One SMS about a mission, stopped or written again by itself: it follows the mission as all that is written of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.activity import trail
from app.accounts.models import Role, Space
from app.campaigns.rules import Stage
from app.clock import PARIS, utc_now
from app.consent.families import Family
from app.contacts.models import Contact
from app.events import inviting, listing, service
from app.events.models import Answer, Event, EventMailing, EventState, Registration
from app.french.typography import show_plain_day
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.singles import service as singles
from app.messaging.status import Status
from tests.contacts.test_pages import Walker
from tests.events.stage import make_event
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
from tests.messaging.desk import claim
from tests.together import locks

DAY = timedelta(days=1)
BODY = "{prénom}, vous venez {jour} ? {lien}"
WRONG, RIGHT = "+33612345670", "06 12 34 56 71"


@pytest.fixture
def invited(database, client, settings):
    """An équipière, and the invitation to a mission that has just been written to Zoé alone: its id."""
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        event = make_event(session, space, starts_at=(now + 40 * DAY).replace(microsecond=0))
        zoe = make_contact(session, space, phone=WRONG, first_name="Zoé")
        service.invite(session, event, [zoe], by=SOMEBODY, now=now)
        inviting.send(session, space, event, body=BODY, by=SOMEBODY, settings=settings, now=now)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
        return Walker(client, space), session.scalars(select(Message.id)).one()


def lose(database, message_id):
    with database.transaction() as session:
        session.get_one(Message, message_id).status = Status.UNDELIVERED


def test_stopped_by_its_own_page_an_invitation_is_not_told_and_the_journal_says_so(database, settings, invited):
    walker, message_id = invited
    assert "Arrêter" in walker.get(f"/sms/{message_id}").words
    assert "Arrêté à temps" in walker.post(f"/sms/{message_id}/arreter").words
    with database.transaction() as session:
        assert session.scalars(select(Registration)).one().mailing_id is None, "she is « pas encore invité » again"
        space = session.scalars(select(Space)).one()
        assert [row.verb for row in trail(session, space.id, before_id=None, limit=1)] == ["event.stopped"]
        words = {"family": Family.SERVICE, "by": SOMEBODY, "settings": settings, "now": utc_now()}
        zoe = session.scalars(select(Contact)).one()
        alone = singles.send(session, space, zoe, body="Bonjour", **words)
        sent = make_mailing(session, space)
        of_campaign = make_message(session, sent, contact_id=zoe.id, phone=WRONG)
        make_campaign(session, space, stage=Stage.SENDING, mailing_id=sent.id, send_at=utc_now())
    assert "depuis la page de l'envoi" in walker.post(f"/sms/{of_campaign.id}/arreter").words
    assert "Arrêté à temps" in walker.post(f"/sms/{alone.id}/arreter").words
    assert "Trop tard" in walker.post(f"/sms/{alone.id}/arreter").words
    with database.snapshot() as session:
        assert session.get_one(Mailing, sent.id).state is MailingState.OPEN, "its page alone ends a campaign"
        stopped = [row for row in trail(session, space.id, before_id=None, limit=9) if row.verb == "mailing.cancelled"]
        assert [row.subject_id for row in stopped] == [alone.mailing_id]


def test_its_page_says_that_all_sending_is_stopped_and_counts_no_seconds(database, invited):
    walker, message_id = invited
    with database.transaction() as session:
        halt.stop(session, why="une erreur", by=SOMEBODY, now=utc_now())
    main = walker.get(f"/sms/{message_id}").text.partition("<main")[2]
    assert ("countdown" in main, main.count("sont arrêtés pour tous")) == (False, 2), "where it waits, and why"
    assert "Arrêté à temps" in walker.post(f"/sms/{message_id}/arreter").words


def test_written_again_it_says_the_new_day_and_follows_the_mission_until_it_is_called_off(database, settings, invited):
    walker, message_id = invited
    lose(database, message_id)
    move(database, 1)
    assert f"vous venez {day(database)}" in walker.get(f"/sms/{message_id}/reecrire").words
    with locks(database) as held:
        walker.post(f"/sms/{message_id}/reecrire", phone=RIGHT)
    in_order = ["events", "spaces", "messages", "contacts", "messages", "registrations"]
    assert held[:6] == ([] if database.is_sqlite else in_order), "nobody moves the mission or answers meanwhile"
    with database.snapshot() as session:
        again = session.scalars(select(Message).where(Message.id > message_id)).one()
        assert (again.phone, again.body.partition(" ? ")[0]) == ("+33612345671", f"Zoé, vous venez {day(database)}")
        assert session.get_one(Mailing, again.mailing_id).family is Family.CHARITABLE
        assert len(set(session.scalars(select(EventMailing.mailing_id)))) == 2
    move(database, 2)
    with database.transaction() as session:
        assert session.get_one(Message, again.id).body.startswith(f"Zoé, vous venez {day(database)}")
        event = session.scalars(select(Event)).one()
        service.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=utc_now())
    with database.snapshot() as session:
        assert session.get_one(Mailing, again.mailing_id).state is MailingState.CANCELLED
    assert claim(database, settings, now=utc_now() + DAY) == []


def test_the_mission_shows_what_became_of_the_invitation_written_again(database, invited):
    walker, message_id = invited
    lose(database, message_id)
    walker.post(f"/sms/{message_id}/reecrire", phone=RIGHT)
    for status in (Status.QUEUED, Status.DELIVERED):
        with database.transaction() as session:
            session.scalars(select(Message).where(Message.id > message_id)).one().status = status
            session.flush()
            assert list(listing.invitations(session, session.scalars(select(Event)).one()).values()) == [status]


def test_what_is_true_no_more_or_not_for_them_is_not_written_again(database, invited):
    walker, message_id = invited
    lose(database, message_id)

    def refused(words):
        page = walker.get(f"/sms/{message_id}").words
        assert "Corriger le numéro" not in page
        assert words in page, "why is said before anybody asks"
        return walker.post(f"/sms/{message_id}/reecrire", phone=RIGHT).words

    for answer, words in ((Answer.NOT_COMING, "ne vient pas"), (Answer.COMING, "déjà répondu")):
        with database.transaction() as session:
            session.scalars(select(Registration)).one().answer = answer
        assert words in refused(words)
    with database.transaction() as session:
        session.delete(session.scalars(select(Registration)).one())
    words = "n'est plus sur la liste"
    assert words in refused(words)
    with database.transaction() as session:
        event = session.scalars(select(Event)).one()
        service.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=utc_now())
    words = "est annulée"
    assert words in refused(words)
    with database.snapshot() as session:
        assert session.scalars(select(Message)).one().phone == session.scalars(select(Contact)).one().phone == WRONG


def move(database, days):
    with database.transaction() as session:
        event = session.scalars(select(Event).with_for_update()).one()
        words = {"starts_at": event.starts_at + days * DAY, "ends_at": event.ends_at + days * DAY}
        service.edit(session, event, by=SOMEBODY, now=utc_now(), **words)


def day(database):
    """As a text says the mission's."""
    with database.snapshot() as session:
        event = session.scalars(select(Event)).one()
        return show_plain_day(event.starts_at, PARIS)
