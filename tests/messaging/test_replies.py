"""Texts that come back, through the signed webhook: kept once, obeyed, or put before a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Staff
from app.consent import service as consent
from app.consent.models import Act, ConsentEntry
from app.contacts import service as contacts
from app.contacts.models import Contact
from app.messaging.inbox import replies, strays
from app.messaging.models import Reply, StrayReply
from app.messaging.status import Status
from tests.factories import (
    FINGERPRINT_KEY,
    NOON,
    SOMEBODY,
    make_contact,
    make_mailing,
    make_message,
    make_space,
    make_user,
    next_phone,
    sign_in,
)
from tests.messaging.desk import sign
from tests.together import together

PHONE = "+33639984242"
INBOUND = "/webhooks/twilio/inbound"


@pytest.fixture
def space(database):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE, sender="+33199001234", two_way=True)
        make_contact(session, space, phone=PHONE)
        return space


def say(client, runtime, space, body, *, sid="SM1", phone=PHONE, **form):
    live = runtime.settings
    account = space.carrier_account_sid or live.twilio_account_sid
    token = space.carrier_auth_token or live.twilio_auth_token
    form = {"AccountSid": account, "MessageSid": sid, "From": phone, "To": "+33199001234", "Body": body, **form}
    answer = client.post(INBOUND, data=form, headers=sign(live, INBOUND, token, form))
    assert answer.status_code == 200
    assert "<Response/>" in answer.text
    return answer


def fingerprint(database, space):
    with database.snapshot() as session:
        return session.scalars(select(ConsentEntry.fingerprint)).first()


def is_out(database, space):
    found = fingerprint(database, space)
    with database.snapshot() as session:
        return bool(consent.opted_out(session, space.id, [found] if found else []))


@pytest.mark.parametrize("body", ["STOP", "stop.", "Arrêt", "ARRÊTEZ !", "Désinscription svp", "Stop merci de tout"])
def test_a_first_word_that_says_stop_is_an_objection(client, database, runtime, space, body):
    say(client, runtime, space, body)
    assert is_out(database, space)
    with database.snapshot() as session:
        reply = session.scalars(select(Reply)).one()
        assert (reply.body, reply.meaning, reply.phone) == (body, "stop", PHONE)
        assert reply.contact_id is not None
        assert reply.handled_at is not None
        entry = session.scalars(select(ConsentEntry)).one()
        assert (entry.act, entry.wording) == (Act.OBJECTED, body)


def test_start_restores_and_only_alone(client, database, runtime, space):
    say(client, runtime, space, "stop", sid="SM1")
    say(client, runtime, space, "Reprendre samedi ?", sid="SM2")
    assert is_out(database, space)
    say(client, runtime, space, "Start", sid="SM3")
    assert not is_out(database, space)
    with database.snapshot() as session:
        entries = select(ConsentEntry.act).order_by(ConsentEntry.id)
        assert session.scalars(entries).all() == [Act.OBJECTED, Act.RESTORED]


@pytest.mark.parametrize(("kind", "out"), [("STOP", True), ("HELP", False), ("START", False)])
def test_what_the_carrier_has_already_understood_is_recorded(client, database, runtime, space, kind, out):
    say(client, runtime, space, "xyz", OptOutType=kind)
    assert is_out(database, space) is out


@pytest.mark.parametrize("body", ["Ne m'envoyez plus de SMS", "retirez-moi", "Lâchez moi, stop"])
def test_what_may_be_an_objection_waits_for_a_person(client, database, runtime, space, body):
    say(client, runtime, space, body)
    with database.snapshot() as session:
        assert session.scalars(select(Reply.meaning)).all() == ["unclear"]
        assert replies.waiting(session, space.id) == 1
        assert session.scalars(select(ConsentEntry)).all() == []


def test_a_stop_from_the_number_of_before_is_that_of_whom_was_texted_there(app, client, database, runtime, space):
    """By itself or read by a person; a text that never left, to somebody else, says nothing."""
    with database.transaction() as session:
        zoe, paul, neighbour = (make_contact(session, space) for _ in "123")
        mailing, numbers = make_mailing(session, space), [zoe.phone, paul.phone]
        for one, status in ((zoe, Status.DELIVERED), (paul, Status.SENT)):
            words = {"phone": one.phone, "fingerprint": one.fingerprint}
            make_message(session, mailing, contact_id=one.id, status=status, **words)
            later = make_mailing(session, space)
            make_message(session, later, contact_id=neighbour.id, status=Status.WITHDRAWN, **words)
            contacts.edit(session, space, one, {"phone": next_phone()}, key=FINGERPRINT_KEY, by=SOMEBODY, now=NOON)
    say(client, runtime, space, "STOP", phone=numbers[0])
    say(client, runtime, space, "Oubliez mon numéro", phone=numbers[1], sid="SM2")
    key = runtime.settings.fingerprint_key
    with database.transaction() as session:
        read = session.scalars(select(Reply).where(Reply.phone == numbers[1])).one()
        replies.obey(session, space.id, read.id, key=key, by=SOMEBODY, now=NOON)
        assert session.scalars(select(Reply.contact_id).order_by(Reply.id)).all() == [zoe.id, paul.id]
        today = {session.get_one(Contact, one.id).fingerprint for one in (zoe, paul)}
        assert consent.opted_out(session, space.id, {*today, neighbour.fingerprint}) == today
    say(client, runtime, space, "START", phone=numbers[0], sid="SM3")
    with database.snapshot() as session:
        zoe = session.get_one(Contact, zoe.id)
        assert consent.find(session, space.id, zoe.fingerprint) is None


def test_the_same_text_given_twice_at_once_is_kept_and_obeyed_once(app, database, runtime, space):
    together(*[lambda: say(app.test_client(), runtime, space, "STOP").status_code] * 4)
    with database.snapshot() as session:
        assert len(session.scalars(select(Reply)).all()) == 1
        assert len(session.scalars(select(ConsentEntry)).all()) == 1


@pytest.mark.parametrize("body", ["", "👍🏽", "a" * 5000, "nul \x00 ici"])
def test_any_text_is_kept(client, database, runtime, space, body):
    say(client, runtime, space, body, phone="+4477009" + "0" * 30, sid="SM" + "9" * 80)
    with database.snapshot() as session:
        assert session.scalars(select(Reply.body)).all() == [body.replace("\x00", "")]


def test_a_forged_text_is_refused(client, database, runtime, space):
    form = {"AccountSid": space.carrier_account_sid, "MessageSid": "SM1", "From": PHONE, "Body": "STOP"}
    assert client.post(INBOUND, data=form, headers=sign(runtime.settings, INBOUND, "x", form)).status_code == 403
    assert client.post(INBOUND, data={}).status_code == 403
    with database.snapshot() as session:
        assert session.scalars(select(Reply)).all() == []


def test_a_live_stop_reaches_the_space_that_texted_even_after_it_changed_its_number(client, database, runtime):
    with database.transaction() as session:
        old = make_space(session, sender="NouveauNom")
        make_message(session, make_mailing(session, old, sender="+33199001234"), phone="+33612345678")
        make_space(session, sender="+33937000000", two_way=True)
    say(client, runtime, old, "STOP", phone="+33612345678")
    assert is_out(database, old)


def test_of_two_spaces_on_one_number_the_last_to_have_texted_hears_the_answer(client, database, runtime):
    with database.transaction() as session:
        first, second = (make_space(session, sender="+33199001234", two_way=True) for _ in range(2))
        make_message(session, make_mailing(session, second), phone="+33612345678")
    say(client, runtime, first, "STOP", phone="+33612345678", sid="SM1")
    say(client, runtime, first, "bonjour", phone="+33600000000", sid="SM2")
    with database.snapshot() as session:
        assert session.scalars(select(Reply.space_id).order_by(Reply.id)).all() == [second.id, first.id]


def test_a_text_to_nobody_is_answered_and_told_in_the_logs(client, database, runtime, caplog):
    with database.transaction() as session:
        space = make_space(session)
    say(client, runtime, space, "bonjour", phone="+33612345678")
    assert "reply_to_nobody" in [record.getMessage() for record in caplog.records]


def test_a_text_to_nobody_is_shown_whole_to_the_programme_until_it_is_read(app, client, database, runtime):
    app.config["WTF_CSRF_ENABLED"] = False
    with database.transaction() as session:
        space = make_space(session)
        staff = make_user(session, staff=Staff.PROGRAMME)
    for body, sid in (("STOP", "SM1"), ("STOP", "SM1"), ("Lâchez moi, stop", "SM2"), ("Bonjour Josette", "SM3")):
        say(client, runtime, space, body, phone="+33612345678", sid=sid)
    with database.transaction() as session:
        sign_in(client, session, staff)
        first = session.scalars(select(StrayReply.id).order_by(StrayReply.id)).first()
    page = client.get("/sante").text
    assert "06 12 34 56 78" in page
    assert [page.count(words) for words in ("arrêt, à transmettre", "Lâchez moi, stop", "Josette")] == [1] * 3
    assert client.post(f"/sante/textes/{first}/lu").status_code == 302
    page = client.get("/sante").text
    assert "arrêt, à transmettre" not in page
    assert "Lâchez moi, stop" in page
    assert client.post("/sante/textes/999999/lu").status_code == 404


def test_a_text_to_nobody_stays_until_it_is_read_then_for_a_month(client, database, runtime):
    with database.transaction() as session:
        space = make_space(session)
    for sid in ("SM1", "SM2"):
        say(client, runtime, space, "STOP", phone="+33612345678", sid=sid)
    with database.transaction() as session:
        read, _unread = session.scalars(select(StrayReply).order_by(StrayReply.id))
        strays.handle(session, read.id, by=SOMEBODY, now=NOON)
    for after, kept in ((timedelta(days=29), ["SM1", "SM2"]), (timedelta(days=31), ["SM2"])):
        with database.transaction() as session:
            strays.forget(session, now=NOON + after)
        with database.snapshot() as session:
            assert session.scalars(select(StrayReply.carrier_sid).order_by(StrayReply.id)).all() == kept
