"""What the carrier's answer does to a message, to its sender and to its mailing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Activity, Mode
from app.carrier.protocol import Accepted, NotSent, Refused, Unknown
from app.consent import service as consent
from app.consent.models import OptOut
from app.messaging import rates, settling
from app.messaging.models import Mailing, MailingState, SenderRate
from app.messaging.status import Status
from tests.factories import NOON, make_mailing, make_message, make_space
from tests.messaging.desk import SID, claim, message, post_status, progress, settle
from tests.together import together

SECOND = timedelta(seconds=1)


@pytest.fixture
def held(database, settings):
    """One message in a dispatcher's hand."""
    with database.transaction() as session:
        make_message(session)
    return claim(database, settings)[0]


def test_an_accepted_message_keeps_the_carrier_s_id_and_its_price(database, held):
    settle(database, held, Accepted(SID))
    found = message(database, held.message_id)
    assert (found.status, found.carrier_sid, found.settled_at) == (Status.ACCEPTED, SID, NOON)
    assert progress(database, held.mailing_id).price_micros == 75_000


def test_a_refused_message_says_why_and_costs_nothing(database, held):
    settle(database, held, Refused(21614))
    found = message(database, held.message_id)
    assert (found.status, found.error_code) == (Status.FAILED, 21614)
    told = progress(database, held.mailing_id)
    assert (told.counts, told.price_micros) == ({Status.FAILED: 1}, 0)


def test_silence_is_kept_as_silence(database, settings, held):
    settle(database, held, Unknown())
    assert message(database, held.message_id).status is Status.UNKNOWN
    assert claim(database, settings, now=NOON + timedelta(hours=1)) == [], "nobody sends it again blindly"
    assert progress(database, held.mailing_id).price_micros == 75_000, "it may have left"


def test_a_message_that_surely_did_not_leave_goes_again_after_the_wait(database, settings, held):
    settle(database, held, NotSent(5))
    assert message(database, held.message_id).status is Status.QUEUED
    assert claim(database, settings, now=NOON + timedelta(seconds=4)) == []
    [again] = claim(database, settings, now=NOON + timedelta(seconds=5))
    assert again.message_id == held.message_id
    settle(database, again, Accepted(SID))
    assert progress(database, held.mailing_id).counts == {Status.ACCEPTED: 1}
    with database.snapshot() as session:
        assert session.get_one(Mailing, held.mailing_id).spent_micros == 75_000, "a letter is spent once"


@pytest.mark.parametrize("wait_s", [0, 5])
def test_an_answer_written_twice_takes_no_message_out_of_other_hands(database, settings, held, wait_s):
    """The database took the first writing and fell silent before it said so: the answer is written again."""
    settle(database, held, NotSent(wait_s))
    later = NOON + wait_s * SECOND + SECOND
    [again] = claim(database, settings, now=later)
    settle(database, held, NotSent(wait_s), now=later)
    assert message(database, held.message_id).status is Status.SENDING, "claimed a third time, it would leave twice"
    settle(database, again, NotSent(0), now=later)
    assert message(database, held.message_id).status is Status.QUEUED


@pytest.mark.parametrize(("code", "wait"), [(20429, 2), (21611, 30), (20003, 60), (63038, 6 * 3600)])
def test_a_refusal_that_says_nothing_against_the_message_only_delays_it(database, settings, held, code, wait):
    settle(database, held, Refused(code))
    found = message(database, held.message_id)
    assert (found.status, found.not_before) == (Status.QUEUED, NOON + timedelta(seconds=wait))
    with database.transaction() as session:
        assert session.scalars(select(SenderRate.free_at)).one() == NOON + timedelta(seconds=wait)
        session.get_one(Mailing, held.mailing_id).state = MailingState.OPEN
    assert claim(database, settings, now=NOON + timedelta(seconds=wait - 1)) == []
    assert len(claim(database, settings, now=NOON + timedelta(seconds=wait))) == 1


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([Refused(63038)], "La suite part demain."),
        ([Refused(63038), NotSent(1)], "La suite part demain."),
        ([Refused(21611), Refused(63038)], "La suite part demain."),
        ([Refused(20429)], ""),
        ([NotSent(30)], ""),
        ([NotSent(900)], "Ils partiront plus tard."),
        ([Accepted(SID)], ""),
    ],
)
def test_a_sender_that_waits_says_why_in_the_carrier_s_longest_word(database, settings, answers, words):
    with database.transaction() as session:
        space = make_space(session)
        for _ in answers:
            make_message(session, make_mailing(session, space))
    held = [one for second in range(len(answers)) for one in claim(database, settings, now=NOON + second * SECOND)]
    for one, outcome in zip(held, answers, strict=True):
        settle(database, one, outcome, now=NOON + len(answers) * SECOND)

    def said(after):
        with database.snapshot() as session:
            found = rates.held_by(session, space.id, space.sender, now=NOON + after)
            return found.sentence if found else ""

    assert said(3 * SECOND).endswith(words)
    assert (said(3 * SECOND) == "") is (words == "")
    assert said(timedelta(hours=7)) == "", "once it may go again, it waits for nothing"
    assert claim(database, settings, now=NOON + timedelta(hours=7)) or outcome == Accepted(SID)
    assert said(timedelta(hours=7)) == ""


@pytest.mark.parametrize("code", [20003, 21408, 21606, 21212, 30002, 30042, 30450])
def test_what_every_message_would_meet_pauses_the_mailing_with_its_reason(database, settings, held, code):
    with database.transaction() as session:
        make_message(session, session.get_one(Mailing, held.mailing_id))
    settle(database, held, Refused(code))
    with database.snapshot() as session:
        mailing = session.get_one(Mailing, held.mailing_id)
        assert mailing.state is MailingState.PAUSED
        assert mailing.pause_reason
    assert claim(database, settings, now=NOON + timedelta(minutes=2)) == []


def test_an_error_never_opens_a_cancelled_mailing_again(database, held):
    with database.transaction() as session:
        session.get_one(Mailing, held.mailing_id).state = MailingState.CANCELLED
    settle(database, held, Refused(21606))
    with database.snapshot() as session:
        assert session.get_one(Mailing, held.mailing_id).state is MailingState.CANCELLED


def test_a_stop_said_to_the_carrier_is_an_objection(database, held):
    settle(database, held, Refused(21610))
    with database.snapshot() as session:
        fingerprint = message(database, held.message_id).fingerprint
        assert session.scalars(select(OptOut.fingerprint)).all() == [fingerprint]
        assert session.scalars(select(Activity.verb)).all() == ["contact.opted_out"]


def test_a_receipt_before_our_own_commit_is_not_undone_by_it(client, database, settings, held):
    sms = message(database, held.message_id)
    for _ in range(2):
        assert post_status(client, settings, sms, MessageStatus="delivered").status_code == 204
    settle(database, held, Accepted(SID))
    assert post_status(client, settings, sms, MessageStatus="sent").status_code == 204
    assert message(database, held.message_id).status is Status.DELIVERED
    assert progress(database, held.mailing_id).counts == {Status.DELIVERED: 1}


@pytest.mark.parametrize("late", [Unknown(), NotSent(1), Refused(21614)])
def test_no_late_answer_undoes_a_delivery(client, database, settings, held, late):
    post_status(client, settings, message(database, held.message_id), MessageStatus="delivered")
    settle(database, held, late)
    assert message(database, held.message_id).status is Status.DELIVERED
    assert progress(database, held.mailing_id).counts == {Status.DELIVERED: 1}


def test_what_did_not_leave_gives_its_price_back_to_the_cap(database, settings):
    with database.transaction() as session:
        mailing = make_mailing(session, cap_micros=75_000 * 2)
        for _ in range(3):
            make_message(session, mailing)
    [first] = claim(database, settings, limit=1)
    settle(database, first, Refused(21614))
    seconds = [claim(database, settings, now=NOON + timedelta(seconds=s), limit=1) for s in (1, 2)]
    assert [len(one) for one in seconds] == [1, 1]


def test_settlings_of_crossed_mailings_never_wait_for_each_other(database, settings):
    """Each refuses a message of one mailing, pauses it, and hands back one of the other, many times."""
    for _ in range(2):
        with database.transaction() as session:
            spaces = [make_space(session), make_space(session)]
            mailings = [make_mailing(session, space) for space in spaces for _ in range(2)]
            for mailing in mailings:
                for _ in range(4):
                    make_message(session, mailing)
        held = {mailing.id: [] for mailing in mailings}
        for second in range(len(mailings)):
            for one in claim(database, settings, now=NOON + timedelta(seconds=second)):
                held[one.mailing_id].append(one)

        def write(order, at, held=held):
            answers = [
                (
                    held[one.id][at],
                    (Refused(21606), NotSent(1), Refused(21610), Accepted(f"{SID}{at}"))[(at + turn) % 4],
                )
                for turn, one in enumerate(order)
            ]
            with database.transaction() as session:
                settling.settle(session, answers, now=NOON)

        orders = [mailings, mailings[::-1], mailings[2:] + mailings[:2], mailings[1:] + mailings[:1]]
        together(*[lambda at=at, order=order: write(order, at) for at, order in enumerate(orders)])
        for mailing in mailings:
            progress(database, mailing.id)


def test_a_message_of_practice_goes_through_the_space_s_own_account(database, settings):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        make_message(session, make_mailing(session, space))
    [claimed] = claim(database, settings)
    assert claimed.account.practice
    assert claimed.account.account_sid == space.carrier_account_sid
    settle(database, claimed, Refused(None))
    assert message(database, claimed.message_id).status is Status.FAILED
    with database.snapshot() as session:
        assert consent.opted_out(session, space.id, [message(database, claimed.message_id).fingerprint]) == set()
