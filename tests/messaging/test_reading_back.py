"""Texts that came while the web was down: read back from the carrier, obeyed once, never against a later word."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from sqlalchemy import select

from app.accounts.models import Mode
from app.assembly import build_runtime
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Act, ConsentEntry
from app.messaging.models import Reply
from app.messaging.restore.models import InboundMark
from app.simulator.listener import Listener
from app.simulator.server import Simulator
from jobs.listening import read_back_replies
from tests.factories import make_contact, make_mailing, make_message, make_space
from tests.messaging.test_replies import say

NUMBER, PHONE, PRACTICE_PHONE = "+33199001234", "+33612345678", "+33639984242"


@pytest.fixture
def alone(settings, tmp_path):
    """A runtime whose carrier is the simulator, with no web behind: what phones answer reaches nobody."""
    simulator = Simulator(data_path=tmp_path / "simulator.sqlite3", inbound_url="http://127.0.0.1:9/lost")
    listener = Listener(simulator.wsgi)
    url = f"http://127.0.0.1:{listener.start()}"
    runtime = build_runtime(replace(settings, carrier_url=url, simulator_url=url))
    with simulator, closing(runtime.database):
        yield runtime
        listener.stop()


@pytest.fixture(params=[Mode.LIVE, Mode.PRACTICE])
def space(request, database):
    with database.transaction() as session:
        space = make_space(session, mode=request.param, sender=NUMBER, two_way=True)
        make_contact(session, space, phone=phone_of(space))
        make_mailing(session, space, created_at=utc_now())
        return space


def phone_of(space):
    return PHONE if space.mode is Mode.LIVE else PRACTICE_PHONE


def write(runtime, space, body, *, phone=None, to=NUMBER):
    """A text written on a phone; the carrier's id of it."""
    sid = space.carrier_account_sid or runtime.settings.twilio_account_sid
    token = space.carrier_auth_token or runtime.settings.twilio_auth_token
    url = f"{runtime.settings.simulator_url}/_simulator/{sid}/handsets/{phone or phone_of(space)}/reply"
    answer = requests.post(url, auth=(sid, token), json={"to": to, "body": body}, timeout=10)
    answer.raise_for_status()
    return answer.json()["sid"]


def kept(database):
    with database.snapshot() as session:
        replies = session.scalars(select(Reply).order_by(Reply.id)).all()
        return [(one.body, one.meaning, one.handled_at is not None) for one in replies]


def acts(database):
    with database.snapshot() as session:
        return session.scalars(select(ConsentEntry.act).order_by(ConsentEntry.id)).all()


def test_a_stop_is_obeyed_and_plain_words_wait_for_a_person(alone, database, space):
    write(alone, space, "STOP")
    write(alone, space, "Ne m'envoyez plus rien, merci")
    assert read_back_replies(alone) == 2
    assert kept(database) == [("STOP", "stop", True), ("Ne m'envoyez plus rien, merci", "unclear", False)]
    assert acts(database) == [Act.OBJECTED]
    with database.snapshot() as session:
        assert session.scalars(select(Reply.contact_id)).all() != [None, None]
        assert consent.opted_out(session, space.id, [session.scalars(select(ConsentEntry.fingerprint)).one()])
    assert read_back_replies(alone) == 0, "once read, it is not news"
    assert len(kept(database)) == 2


def test_what_a_webhook_brought_is_not_kept_again(alone, client, database, space):
    sid = write(alone, space, "STOP")
    say(client, alone, space, "STOP", sid=sid, phone=phone_of(space))
    assert read_back_replies(alone) == 0
    assert acts(database) == [Act.OBJECTED]


@pytest.mark.parametrize(("late", "since", "expected"), [
    ("STOP", "START", [Act.RESTORED]),
    ("START", "STOP", [Act.OBJECTED]),
    ("STOP", "STOP", [Act.OBJECTED, Act.OBJECTED]),
])  # fmt: skip
def test_a_late_text_undoes_nothing_that_was_said_after_it(alone, client, database, space, late, since, expected):
    write(alone, space, late)
    say(client, alone, space, since, sid="SMlater", phone=phone_of(space))
    with database.transaction() as session:  # the carrier tells whole seconds
        session.scalars(select(ConsentEntry)).one().at += timedelta(seconds=2)
    read_back_replies(alone)
    assert acts(database) == expected
    assert [handled for _body, _meaning, handled in kept(database)] == [True, True]


def test_texts_read_back_are_obeyed_in_the_order_they_were_written(alone, database, space):
    write(alone, space, "STOP")
    write(alone, space, "START")
    read_back_replies(alone)
    assert acts(database) == [Act.OBJECTED, Act.RESTORED]
    with database.snapshot() as session:
        found = session.scalars(select(ConsentEntry.fingerprint)).first()
        assert not consent.opted_out(session, space.id, [found])


def test_a_number_given_up_is_read_for_whoever_texted_from_it(alone, database):
    with database.transaction() as session:
        space = make_space(session, sender="NouveauNom")
        make_message(session, make_mailing(session, space, sender=NUMBER, created_at=utc_now()), phone=PHONE)
    write(alone, space, "arrêt")
    assert read_back_replies(alone) == 1
    assert acts(database) == [Act.OBJECTED]


def test_reading_goes_on_where_it_stopped_however_long_ago(alone, database, space):
    write(alone, space, "STOP")
    now = utc_now()
    with database.transaction() as session:
        sid = space.carrier_account_sid or alone.settings.twilio_account_sid
        session.add(InboundMark(account_sid=sid, number=NUMBER, read_until=now - timedelta(days=60)))
    assert read_back_replies(alone) == 1
    with database.snapshot() as session:
        assert session.scalars(select(InboundMark.read_until)).one() >= now


def test_a_silent_carrier_is_asked_again_from_the_same_instant(alone, runtime, database, space):
    assert read_back_replies(runtime) == 0, "nothing listens at this one's address"
    with database.snapshot() as session:
        assert session.scalars(select(InboundMark)).all() == []
    write(alone, space, "STOP")
    assert read_back_replies(alone) == 1


def test_several_pages_are_read_to_the_end(alone, database, space, monkeypatch):
    for at in range(7):
        write(alone, space, f"bonjour {at}")
    monkeypatch.setattr("app.carrier.twilio.PAGE", 3)
    assert read_back_replies(alone) == 7
    assert [body for body, _meaning, _handled in kept(database)] == [f"bonjour {at}" for at in range(7)]
