"""A carrier that refuses everything stops a sending after the first few, and burns nobody's message."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Mode
from app.carrier.protocol import Accepted, NotSent, Refused, Unknown
from app.messaging import receipts, settling
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.receipts import Report
from app.messaging.status import Status
from tests.factories import NOON, make_mailing, make_message, make_space
from tests.messaging.desk import claim, progress, settle

SECOND = timedelta(seconds=1)
UNKNOWN_CODE = 29999


@pytest.fixture
def call(database):
    """A call of 36, from a sender that hands over one text a second."""
    with database.transaction() as session:
        mailing = make_mailing(session, make_space(session, rate_per_s=1))
        for _ in range(36):
            make_message(session, mailing)
        return mailing


def send(database, settings, outcome_of, *, start=NOON):
    """Claim and settle, a second after another, until none leaves for ten; how many texts were handed over."""
    handed = idle = 0
    now = start
    while idle < 10 and handed < 200:
        held = claim(database, settings, now=now)
        for one in held:
            settle(database, one, outcome_of(handed), now=now)
            handed += 1
        idle = 0 if held else idle + 1
        now += SECOND
    return handed


def state(database, mailing):
    with database.snapshot() as session:
        found = session.get_one(Mailing, mailing.id)
        return found.state, found.pause_reason


def resume(database, mailing):
    with database.transaction() as session:
        session.get_one(Mailing, mailing.id).state = MailingState.OPEN


@pytest.mark.parametrize("code", [20003, 20005, 10001, 21659, 21606, 21660, 30042, 21408])
def test_a_refusal_of_the_account_or_the_sender_stops_at_the_first_and_everybody_is_kept(
    database, settings, call, code
):
    assert send(database, settings, lambda _: Refused(code)) == 1
    mailing_state, reason = state(database, call)
    assert (mailing_state, bool(reason)) == (MailingState.PAUSED, True)
    assert progress(database, call.id).counts == {Status.QUEUED: 36}
    resume(database, call)
    later = NOON + timedelta(hours=1)
    assert send(database, settings, lambda at: Accepted(f"SM{at}"), start=later) == 36
    assert progress(database, call.id).counts == {Status.ACCEPTED: 36}
    assert progress(database, call.id).price_micros == 36 * 75_000
    with database.snapshot() as session:
        assert session.get_one(Mailing, call.id).spent_micros == 36 * 75_000


@pytest.mark.parametrize("code", [UNKNOWN_CODE, None, 21612])
def test_the_same_refusal_five_times_in_a_row_stops_a_mailing_whatever_its_code(database, settings, call, code):
    assert send(database, settings, lambda _: Refused(code)) == 5
    mailing_state, reason = state(database, call)
    assert mailing_state is MailingState.PAUSED
    assert reason.startswith("5 refus de suite")
    assert progress(database, call.id).counts == {Status.QUEUED: 36}, "those five go again when it resumes"
    resume(database, call)
    assert send(database, settings, lambda at: Accepted(f"SM{at}"), start=NOON + timedelta(hours=1)) == 36
    assert progress(database, call.id).counts == {Status.ACCEPTED: 36}
    assert progress(database, call.id).price_micros == 36 * 75_000


def test_a_proxy_that_answers_for_the_carrier_leaves_a_few_in_doubt_and_the_rest_kept(database, settings, call):
    assert send(database, settings, lambda _: Unknown(is_foreign=True)) == 5
    mailing_state, reason = state(database, call)
    assert mailing_state is MailingState.PAUSED
    assert reason.startswith("L'opérateur ne répond pas.")
    assert progress(database, call.id).counts == {Status.UNKNOWN: 5, Status.QUEUED: 31}


def test_plain_silence_stops_nothing(database, settings, call):
    assert send(database, settings, lambda _: Unknown()) == 36
    assert state(database, call)[0] is MailingState.OPEN


def test_a_row_about_people_stops_too_and_does_not_try_them_again(database, settings, call):
    assert send(database, settings, lambda _: Refused(21614)) == 5
    assert state(database, call)[0] is MailingState.PAUSED
    assert progress(database, call.id).counts == {Status.QUEUED: 31, Status.FAILED: 5}


@pytest.mark.parametrize(
    "answers",
    [
        [Refused(21614)] * 4 + [Accepted("")],
        [Refused(21614), Refused(21211)] * 3,
        [Refused(UNKNOWN_CODE)] * 4 + [Refused(UNKNOWN_CODE + 1)],
    ],
    ids=str,
)
def test_refusals_that_differ_or_are_broken_by_a_yes_stop_nothing(database, settings, call, answers):
    def outcome(at):
        said = answers[at % len(answers)]
        return Accepted(f"SM{at}") if isinstance(said, Accepted) else said

    assert send(database, settings, outcome) == 36
    assert state(database, call)[0] is MailingState.OPEN


def test_a_message_put_off_is_no_answer_in_the_row(database, settings, call):
    outcomes = [Refused(UNKNOWN_CODE), NotSent(1), Refused(UNKNOWN_CODE)] * 30
    send(database, settings, lambda at: outcomes[at])
    assert state(database, call)[0] is MailingState.PAUSED


def test_what_was_in_flight_when_it_stopped_goes_again_too(database, settings, call):
    held = [one for second in range(8) for one in claim(database, settings, now=NOON + second * SECOND)]
    for one in held:
        settle(database, one, Refused(UNKNOWN_CODE))
    assert len(held) == 8
    assert progress(database, call.id).counts == {Status.QUEUED: 36}


def test_a_mailing_resumed_counts_from_nothing(database, settings, call):
    send(database, settings, lambda _: Refused(UNKNOWN_CODE))
    resume(database, call)
    later = NOON + timedelta(hours=1)
    assert send(database, settings, lambda _: Refused(UNKNOWN_CODE), start=later) == 5
    assert state(database, call)[0] is MailingState.PAUSED
    assert progress(database, call.id).counts == {Status.QUEUED: 36}


@pytest.mark.parametrize(
    ("code", "others"), [(20005, MailingState.PAUSED), (20003, MailingState.PAUSED), (21659, MailingState.OPEN)]
)
def test_an_account_refused_stops_every_mailing_that_goes_through_it(database, settings, call, code, others):
    with database.transaction() as session:
        neighbour = make_mailing(session, make_space(session))
        make_message(session, neighbour)
        planned = make_mailing(session, make_space(session))
        make_message(session, planned, not_before=NOON + timedelta(days=3), not_after=NOON + timedelta(days=4))
        practice = make_mailing(session, make_space(session, mode=Mode.PRACTICE))
        make_message(session, practice)
    held = next(one for one in claim(database, settings) if one.mailing_id == call.id)
    settle(database, held, Refused(code))
    assert state(database, call)[0] is MailingState.PAUSED
    assert state(database, neighbour)[0] is others
    assert state(database, planned)[0] is MailingState.OPEN, "it meets the refusal itself, if it still holds then"
    assert state(database, practice)[0] is MailingState.OPEN, "another account"


def test_a_refused_practice_account_leaves_the_live_one_alone(database, settings, call):
    with database.transaction() as session:
        practice = make_mailing(session, make_space(session, mode=Mode.PRACTICE), priority=1)
        make_message(session, practice)
    [held] = claim(database, settings)
    settle(database, held, Refused(20003))
    assert state(database, practice)[0] is MailingState.PAUSED
    assert state(database, call)[0] is MailingState.OPEN


def test_a_report_that_the_account_was_suspended_writes_the_message_again(database, settings, call):
    [held] = claim(database, settings)
    settle(database, held, Accepted("SM1"))
    with database.transaction() as session:
        receipts.record(session, held.message_id, Report("failed", "SM1", 30002), now=NOON)
    assert state(database, call)[0] is MailingState.PAUSED
    assert progress(database, call.id).counts == {Status.QUEUED: 36}
    with database.snapshot() as session:
        tries = session.scalars(select(Message).where(Message.phone == held.text.phone).order_by(Message.attempt)).all()
        assert [(one.attempt, one.status) for one in tries] == [(1, Status.FAILED), (2, Status.QUEUED)]


def test_many_answers_at_once_are_counted_in_their_order(database, settings, call):
    held = [one for second in range(6) for one in claim(database, settings, now=NOON + second * SECOND)]
    with database.transaction() as session:
        settling.settle(session, [(one, Refused(UNKNOWN_CODE)) for one in held], now=NOON + 6 * SECOND)
    assert state(database, call)[0] is MailingState.PAUSED
    assert progress(database, call.id).counts == {Status.QUEUED: 36}
