"""A number changes: what waits for its person goes to the new one, and nothing to somebody who refused."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.contacts import service as contacts
from app.contacts.models import Contact
from app.links import service as links
from app.messaging import claims, withdrawal
from app.messaging.messages import Window
from app.messaging.models import Message
from app.messaging.posting import post
from app.messaging.sharing.models import MessageSharer
from app.messaging.singles import service as singles
from app.messaging.status import Status
from tests.contacts.test_pages import Walker
from tests.factories import (
    FINGERPRINT_KEY,
    NOON,
    SOMEBODY,
    make_contact,
    make_mailing,
    make_message,
    make_space,
    make_user,
    sign_in,
)
from tests.messaging.desk import claim, progress

OLD, NEW, ISLAND = "+33612345670", "+33612345671", "+262692123456"
ACT = {"by": SOMEBODY, "now": NOON}
TOKEN = re.compile(r"/r/(\w+)")


@pytest.fixture
def space(runtime, database):
    with database.transaction() as session:
        return make_space(session, hours_hold=False)


def person(session, space, name, phone=OLD):
    return make_contact(session, space, first_name=name, name_key=name.lower(), phone=phone)


def write(session, space, settings, *people, family=Family.CHARITABLE):
    words = {"body": "Bonjour {prénom}", "family": family, "window": Window(NOON), "settings": settings, "now": NOON}
    return post(session, space, [singles.recipient(one) for one in people], **words)


def renumber(session, space, one, phone=NEW):
    one = session.get_one(Contact, one.id)
    contacts.edit(session, space, one, {"phone": phone}, key=FINGERPRINT_KEY, **ACT)
    return one


def link_of(session, text):
    return links.find(session, TOKEN.search(text.body)[1])


def all_texts(session):
    return session.scalars(select(Message).order_by(Message.id), execution_options={"populate_existing": True}).all()


def test_what_waits_goes_to_the_mended_number_and_its_link_speaks_for_it(database, settings, space):
    with database.transaction() as session:
        zoe = person(session, space, "Zoé")
        mailing = write(session, space, settings, zoe)
        words = {"contact_id": zoe.id, "phone": OLD, "fingerprint": zoe.fingerprint, "status": Status.SENT}
        make_message(session, make_mailing(session, space), **words)
        zoe = renumber(session, space, zoe, ISLAND)
        text, gone = all_texts(session)
        assert (text.phone, text.fingerprint, text.zone) == (ISLAND, zoe.fingerprint, "Indian/Reunion")
        assert (link_of(session, text).fingerprint, gone.phone) == (zoe.fingerprint, OLD)
    assert [one.text.phone for one in claim(database, settings)] == [ISLAND]
    assert progress(database, mailing.id).counts == {Status.SENDING: 1}


def test_nothing_leaves_to_any_phone_of_somebody_who_refused_at_their_number_of_today(database, settings, space):
    """What waited for it, what a dispatcher holds for the number before, and what was written for another number."""
    with database.transaction() as session:
        zoe = person(session, space, "Zoé")
        write(session, space, settings, zoe)
    [held] = claim(database, settings)
    with database.transaction() as session:
        service = write(session, space, settings, zoe, family=Family.SERVICE)
        waits = write(session, space, settings, zoe)
        zoe = renumber(session, space, zoe)
        kept = {"contact_id": zoe.id, "phone": "+33612345699", "is_personal": True}
        make_message(session, make_mailing(session, space, family=Family.CHARITABLE), **kept)
        assert claims.unwanted(session, [held]) == set()
        said = {"channel": Channel.SPOKEN, "contact_id": zoe.id, "only_missions": True, **ACT}
        consent.object_to(session, space.id, zoe.fingerprint, **said)
        assert claims.unwanted(session, [held]) == {held.message_id}
    left = [one for _turn in "1234" for one in claim(database, settings)]
    assert [(one.mailing_id, one.text.phone) for one in left] == [(service.id, NEW)]
    assert progress(database, waits.id).counts == {Status.WITHDRAWN: 1}
    with database.snapshot() as session:
        assert {one.status for one in all_texts(session)} == {Status.SENDING, Status.WITHDRAWN}


def test_those_who_share_the_phone_of_before_still_get_the_text_there_with_a_link_of_theirs(database, settings, space):
    with database.transaction() as session:
        marie, paul, lou = (person(session, space, name) for name in ("Marie", "Paul", "Lou"))
        mailing = write(session, space, settings, marie, paul, lou)
        marie = renumber(session, space, marie, ISLAND)
        mine, theirs = all_texts(session)
        assert [(one.phone, one.contact_id) for one in (mine, theirs)] == [(ISLAND, marie.id), (OLD, paul.id)]
        assert [one.zone for one in (mine, theirs)] == ["Indian/Reunion", "Europe/Paris"]
        sharers = session.execute(select(MessageSharer.message_id, MessageSharer.contact_id)).all()
        assert sharers == [(theirs.id, lou.id)]
        assert [link_of(session, one).contact_id for one in (mine, theirs)] == [marie.id, paul.id]
        renumber(session, space, lou)
        assert len(all_texts(session)) == 2, "who shares the text of another goes on sharing it"
    assert progress(database, mailing.id).counts == {Status.QUEUED: 2}


def test_a_number_that_the_mailing_writes_to_already_gets_it_once(database, settings, space):
    with database.transaction() as session:
        zoe, paul, ana = (
            person(session, space, "Zoé"),
            person(session, space, "Paul"),
            person(session, space, "Ana", NEW),
        )
        mailing = write(session, space, settings, zoe, paul, ana)
        zoe = renumber(session, space, zoe)
        of_zoe, of_ana, of_paul = all_texts(session)
        assert (of_zoe.status, of_zoe.reason) == (Status.WITHDRAWN, withdrawal.SHARED)
        assert (of_paul.phone, of_paul.contact_id, of_paul.status) == (OLD, paul.id, Status.QUEUED)
        sharers = session.execute(select(MessageSharer.message_id, MessageSharer.contact_id)).all()
        assert sharers == [(of_ana.id, zoe.id)], "noted as reached by it"
    assert progress(database, mailing.id).counts == {Status.WITHDRAWN: 1, Status.QUEUED: 2}
    assert sorted(one.text.phone for one in claim(database, settings)) == [OLD, NEW]


def test_the_card_says_what_will_leave_for_the_new_number(database, settings, client, space):
    with database.transaction() as session:
        zoe = person(session, space, "Zoé")
        write(session, space, settings, zoe)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    page = Walker(client, space).post(f"/benevoles/{zoe.id}/modifier", phone=NEW, first_name="Zoé")
    assert "1 SMS qui attend partira à ce numéro." in page.words
