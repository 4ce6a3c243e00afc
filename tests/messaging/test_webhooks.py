"""What the carrier calls: receipts in any order, and who may make them."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import Mode
from app.consent import service as consent
from app.consent.models import Channel, OptOut
from app.consent.service import restore
from app.messaging.inbox.replies import BY
from app.messaging.models import Mailing, MailingState, Message, Receipt, StrayReceipt
from app.messaging.status import Status, advance, from_carrier
from tests.factories import NOON, make_mailing, make_message, make_space
from tests.messaging.desk import SID, message, post_status, progress, sign
from tests.together import together

WORDS = ["queued", "sending", "sent", "delivered", "undelivered", "failed", "a word of next year"]


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_receipts_in_any_order_and_number_lead_to_one_end(client, database, runtime, words):
    with database.transaction() as session:
        made = make_message(session, status=Status.SENDING)
    expected = Status.SENDING
    for word in words:
        assert post_status(client, runtime.settings, made, MessageStatus=word).status_code == 204
        expected = advance(expected, from_carrier(word) or expected)
    assert message(database, made.id).status is expected
    assert progress(database, made.mailing_id).counts == {expected: 1}
    with database.snapshot() as session:
        kept = session.scalars(select(Receipt.word).where(Receipt.message_id == made.id).order_by(Receipt.id)).all()
    assert kept == words, "each is kept as it came"


def test_receipts_of_one_message_may_come_all_at_once(app, database, runtime):
    for seed in range(4):
        with database.transaction() as session:
            made = make_message(session, status=Status.SENDING)
        words = ["sent", "sent", "delivered", "delivered", "queued", "sending"]
        random.Random(seed).shuffle(words)
        calls = [
            lambda word=word, made=made: (
                post_status(app.test_client(), runtime.settings, made, MessageStatus=word).status_code
            )
            for word in words
        ]
        assert together(*calls) == [204] * 6
        assert message(database, made.id).status is Status.DELIVERED
        assert progress(database, made.mailing_id).counts == {Status.DELIVERED: 1}


def test_receipts_that_stop_one_mailing_may_come_all_at_once(app, database, runtime):
    with database.transaction() as session:
        mailing = make_mailing(session)
        made = [make_message(session, mailing, status=Status.SENT) for _ in range(6)]
    calls = [
        lambda one=one: (
            post_status(
                app.test_client(), runtime.settings, one, MessageStatus="undelivered", ErrorCode="30450"
            ).status_code
        )
        for one in made
    ]
    assert together(*calls) == [204] * 6
    with database.snapshot() as session:
        assert session.get_one(Mailing, mailing.id).state is MailingState.PAUSED


def test_the_first_final_word_wins_and_a_contradiction_is_logged(client, database, runtime, caplog):
    with database.transaction() as session:
        made = make_message(session, status=Status.SENT)
    post_status(client, runtime.settings, made, MessageStatus="delivered")
    post_status(client, runtime.settings, made, MessageStatus="undelivered", ErrorCode="30003")
    found = message(database, made.id)
    assert (found.status, found.error_code) == (Status.DELIVERED, None)
    assert "receipt_contradicts" in [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("word", ["", "x" * 300, "livré", "\x00"])
def test_a_word_we_do_not_know_is_kept_and_moves_nothing(client, database, runtime, word):
    with database.transaction() as session:
        made = make_message(session, status=Status.SENT)
    assert post_status(client, runtime.settings, made, MessageStatus=word).status_code == 204
    assert message(database, made.id).status is Status.SENT
    with database.snapshot() as session:
        assert session.scalars(select(Receipt.word)).all() == [word.replace("\x00", "")[:24]]


def test_a_signed_receipt_of_an_unknown_message_is_kept_apart(client, database, runtime):
    made = type("Letter", (), {"public_id": "l" + "a" * 21})
    assert post_status(client, runtime.settings, made, MessageStatus="sent").status_code == 204
    with database.snapshot() as session:
        stray = session.scalars(select(StrayReceipt)).one()
        assert (stray.public_id, stray.word, stray.carrier_sid) == (made.public_id, "sent", SID)


@pytest.fixture
def two_spaces(database):
    with database.transaction() as session:
        spaces = [make_space(session, mode=Mode.PRACTICE) for _ in range(2)]
        return spaces, make_message(session, make_mailing(session, spaces[0]), status=Status.SENDING)


def test_a_practice_message_listens_to_its_own_account(client, database, runtime, two_spaces):
    (mine, _other), made = two_spaces
    assert post_status(client, runtime.settings, made, mine, MessageStatus="sent").status_code == 204
    assert message(database, made.id).status is Status.SENT


@pytest.mark.parametrize("who", ["another space", "the live account", "a lie about the account", "nobody", "garbage"])
def test_nobody_else_may_speak_of_it(client, database, runtime, two_spaces, who):
    (mine, other), made = two_spaces
    path = f"/webhooks/twilio/status/{made.public_id}"
    if who == "another space":
        answer = post_status(client, runtime.settings, made, other, MessageStatus="delivered")
    elif who == "the live account":
        answer = post_status(client, runtime.settings, made, MessageStatus="delivered")
    elif who == "a lie about the account":
        form = {"AccountSid": mine.carrier_account_sid, "MessageStatus": "delivered"}
        headers = sign(runtime.settings, path, "d" * 32, form)
        answer = client.post(path, data=form, headers=headers)
    elif who == "nobody":
        answer = client.post(path, data={"AccountSid": mine.carrier_account_sid, "MessageStatus": "delivered"})
    else:
        answer = client.post(path, data=b"\xff\x00=\x00&%00", headers={"X-Twilio-Signature": "é".encode().hex()})
    assert answer.status_code == 403
    assert message(database, made.id).status is Status.SENDING
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 0


@pytest.mark.parametrize("path", ["/webhooks/twilio/status/%00", "/webhooks/twilio/status/l%F0%9F%98%80"])
def test_an_odd_address_is_refused_without_an_error_of_ours(client, database, runtime, path):
    assert client.post(path, data={"AccountSid": "AC\x00", "MessageStatus": "sent"}).status_code == 403


def test_a_changed_form_breaks_the_signature(client, database, runtime):
    with database.transaction() as session:
        made = make_message(session, status=Status.SENT)
    path = f"/webhooks/twilio/status/{made.public_id}"
    form = {"AccountSid": runtime.settings.twilio_account_sid, "MessageSid": SID, "MessageStatus": "sent"}
    headers = sign(runtime.settings, path, runtime.settings.twilio_auth_token, form)
    assert client.post(path, data={**form, "MessageStatus": "delivered"}, headers=headers).status_code == 403
    assert client.post(f"{path}?x=1", data=form, headers=headers).status_code == 403
    assert client.post(path, data={**form, "AddedNextYear": "1"}, headers=headers).status_code == 403
    assert client.post(path, data=form, headers=headers).status_code == 204


def test_an_objection_told_by_a_receipt_is_recorded_once_and_not_again_after_a_change_of_mind(
    client, database, runtime
):
    with database.transaction() as session:
        made = make_message(session, status=Status.ACCEPTED)
    post_status(client, runtime.settings, made, MessageStatus="failed", ErrorCode="21610")
    with database.transaction() as session:
        assert consent.opted_out(session, made.space_id, [made.fingerprint]) == {made.fingerprint}
        restore(session, made.space_id, made.fingerprint, channel=Channel.SMS, by=BY, now=NOON)
    post_status(client, runtime.settings, made, MessageStatus="failed", ErrorCode="21610")
    with database.snapshot() as session:
        assert session.scalars(select(OptOut)).all() == []


def filtered(client, runtime, messages):
    for one in messages:
        post_status(client, runtime.settings, one, MessageStatus="undelivered", ErrorCode="30007")


@pytest.mark.parametrize(
    ("left", "bad", "state"), [(90, 5, MailingState.PAUSED), (110, 5, MailingState.OPEN), (10, 4, MailingState.OPEN)]
)
def test_a_text_filtered_above_one_in_twenty_pauses_its_mailing(client, database, runtime, left, bad, state):
    with database.transaction() as session:
        mailing = make_mailing(session)
        sent = [make_message(session, mailing, status=Status.SENT) for _ in range(left)]
        make_message(session, mailing)
    filtered(client, runtime, sent[:bad])
    with database.snapshot() as session:
        found = session.get_one(Mailing, mailing.id)
        assert found.state is state
        assert bool(found.pause_reason) is (state is MailingState.PAUSED)


def test_a_mailing_with_nothing_left_to_send_is_not_paused(client, database, runtime):
    with database.transaction() as session:
        mailing = make_mailing(session)
        sent = [make_message(session, mailing, status=Status.SENT) for _ in range(8)]
    filtered(client, runtime, sent)
    with database.snapshot() as session:
        assert session.get_one(Mailing, mailing.id).state is MailingState.OPEN
        assert {one.status for one in session.scalars(select(Message))} == {Status.UNDELIVERED}
