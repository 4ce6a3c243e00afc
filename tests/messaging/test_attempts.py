"""A first try that had left after all: its second one is taken back, and the person is texted once."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from app.accounts.models import Mode
from app.carrier.protocol import Accepted, LookUp, NotSent
from app.clock import PARIS, utc_now
from app.messaging import in_doubt, withdrawal
from app.messaging.models import Mailing, Message, Tally
from app.messaging.status import Status
from tests.factories import NOON, make_contact, make_mailing, make_message, make_space
from tests.messaging.desk import SID, claim, message, post_status, progress, settle

LATER = NOON + timedelta(minutes=5)
HOUR = timedelta(hours=1)


@pytest.fixture
def tries(database, settings):
    """A message concluded « never left », and the one that replaces it; still in a dispatcher's memory."""
    with database.transaction() as session:
        mailing = make_mailing(session)
        made = make_message(session, mailing)
    [held] = claim(database, settings)
    for at in (LATER, LATER + timedelta(minutes=2)):
        with database.transaction() as session:
            in_doubt.notice_lost_claims(session, settings=settings, now=at)
        with database.snapshot() as session:
            [doubt] = in_doubt.messages_in_doubt(session, settings=settings, now=at, limit=9)
        with database.transaction() as session:
            in_doubt.resolve(session, doubt, LookUp([]), now=at)
    with database.snapshot() as session:
        second = session.scalars(select(Message).where(Message.id != made.id)).one()
    assert (message(database, made.id).reason, second.attempt, second.status) == ("never_left", 2, Status.QUEUED)
    return held, made, second


@pytest.mark.parametrize("word", ["queued", "sent", "delivered"])
def test_a_late_receipt_of_the_first_try_takes_back_the_second(client, database, settings, tries, word):
    _held, made, second = tries
    for _twice in range(2):
        assert post_status(client, settings, made, MessageStatus=word).status_code == 204
    first, taken = message(database, made.id), message(database, second.id)
    assert (first.is_latest, first.carrier_sid, first.reason) == (True, SID, "")
    assert (taken.status, taken.reason, taken.is_latest) == (Status.WITHDRAWN, "first_arrived", False)
    found = progress(database, made.mailing_id)
    assert (found.counts, found.price_micros) == ({first.status: 1}, 75_000), "one person, one text paid"
    with database.snapshot() as session:
        assert session.get_one(Mailing, made.mailing_id).spent_micros == 75_000
    assert claim(database, settings, now=LATER + HOUR) == []


def test_an_answer_that_comes_late_takes_back_the_second_too(database, settings, tries):
    held, made, second = tries
    settle(database, held, Accepted(SID), now=LATER + HOUR)
    assert message(database, made.id).status is Status.ACCEPTED
    assert message(database, second.id).status is Status.WITHDRAWN
    assert progress(database, made.mailing_id).counts == {Status.ACCEPTED: 1}


def test_a_second_try_given_back_by_the_carrier_never_leaves_after_the_first(client, database, settings, tries):
    _held, made, second = tries
    [again] = claim(database, settings, now=LATER + HOUR)
    post_status(client, settings, made, MessageStatus="delivered")
    settle(database, again, NotSent(1), now=LATER + HOUR)
    assert claim(database, settings, now=LATER + 2 * HOUR) == []
    assert message(database, second.id).reason == "first_arrived"
    assert progress(database, made.mailing_id).counts == {Status.DELIVERED: 1}


def test_a_first_try_that_left_and_was_lost_lets_the_second_go(client, database, settings, tries):
    _held, made, second = tries
    post_status(client, settings, made, MessageStatus="undelivered", ErrorCode="30003")
    assert message(database, made.id).status is Status.UNDELIVERED
    [again] = claim(database, settings, now=LATER + HOUR)
    assert again.message_id == second.id
    found = progress(database, made.mailing_id)
    assert (found.counts, found.price_micros) == ({Status.SENDING: 1}, 150_000), "the carrier bills both"


@pytest.mark.parametrize("reason", ["too_late", "cancelled"])
def test_a_receipt_undoes_what_silence_alone_had_concluded(client, database, settings, reason):
    with database.transaction() as session:
        made = make_message(session, status=Status.FAILED, reason=reason, price_micros=0)
    post_status(client, settings, made, MessageStatus="delivered")
    assert (message(database, made.id).status, message(database, made.id).reason) == (Status.DELIVERED, "")
    assert progress(database, made.mailing_id).counts == {Status.DELIVERED: 1}


def off(client, settings, made, space=None):
    for _twice in range(2):
        post_status(client, settings, made, space, MessageStatus="undelivered", ErrorCode="30003")


def attempts_of(database, made):
    with database.snapshot() as session:
        query = select(Message).where(Message.mailing_id == made.mailing_id).order_by(Message.attempt)
        return session.scalars(query).all()


def test_somebody_who_said_no_meanwhile_is_not_tried_once_more(client, database, settings):
    with database.transaction() as session:
        space = make_space(session)
        mailing, another = make_mailing(session, space), make_mailing(session, space)
        person = make_contact(session, space)
        end = utc_now() + timedelta(days=3)
        words = {"contact_id": person.id, "status": Status.SENT, "not_after": end}
        made, other = (make_message(session, one, **words) for one in (mailing, another))
        taken = {"contact_id": person.id, "mailing_ids": [mailing.id], "reason": withdrawal.CANCELLED}
        assert withdrawal.take_back(session, **taken, now=utc_now()) == 0, "it had left"
    for one in (made, other):
        off(client, settings, one)
    assert len(attempts_of(database, made)) == 1
    assert len(attempts_of(database, other)) == 2


def test_a_phone_that_was_off_is_tried_once_more_at_the_next_opening(client, database, settings):
    with database.transaction() as session:
        end = utc_now() + timedelta(days=3)
        made = make_message(session, status=Status.SENT, not_after=end)
    off(client, settings, made)
    first, second = attempts_of(database, made)
    assert (first.status, first.is_latest) == (Status.UNDELIVERED, False)
    assert (second.status, second.attempt, second.body, second.not_after) == (Status.QUEUED, 2, made.body, end)
    assert second.not_before.astimezone(PARIS).time() == time(8)
    assert second.not_before > utc_now()
    found = progress(database, made.mailing_id)
    assert (found.counts, found.price_micros) == ({Status.QUEUED: 1}, 150_000)
    with database.transaction() as session:
        session.get_one(Message, second.id).status = Status.SENT
        session.execute(update(Tally).where(Tally.reached == Status.QUEUED).values(reached=Status.SENT))
    off(client, settings, second)
    assert len(attempts_of(database, made)) == 2, "once"


def test_a_text_that_would_come_after_what_it_speaks_of_is_not_tried_again(client, database, settings):
    with database.transaction() as session:
        made = make_message(session, status=Status.SENT, not_after=utc_now() + timedelta(minutes=1))
    off(client, settings, made)
    assert len(attempts_of(database, made)) == 1


@pytest.mark.parametrize(("state", "count"), [("paused", 2), ("cancelled", 1), ("closed", 1)])
def test_a_mailing_that_is_over_tries_nobody_again(client, database, settings, state, count):
    with database.transaction() as session:
        mailing = make_mailing(session, state=state)
        made = make_message(session, mailing, status=Status.SENT, not_after=utc_now() + timedelta(days=3))
    off(client, settings, made)
    assert len(attempts_of(database, made)) == count


def test_a_practice_space_tries_again_at_once(client, database, settings):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        words = {"status": Status.SENT, "not_after": utc_now() + timedelta(minutes=5)}
        made = make_message(session, make_mailing(session, space), **words)
    off(client, settings, made, space)
    _first, second = attempts_of(database, made)
    assert second.not_before <= utc_now()


def test_a_phone_that_took_it_after_all_is_not_texted_again(client, database, settings):
    with database.transaction() as session:
        made = make_message(session, status=Status.SENT, not_after=utc_now() + timedelta(days=3))
    off(client, settings, made)
    post_status(client, settings, made, MessageStatus="delivered")
    first, second = attempts_of(database, made)
    assert (first.status, first.is_latest, second.reason) == (Status.DELIVERED, True, "first_arrived")
    assert progress(database, made.mailing_id).counts == {Status.DELIVERED: 1}
