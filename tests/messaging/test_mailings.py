"""The life of a mailing: what it may become, and when it is over."""

from datetime import timedelta

import pytest

from app.errors import Conflict
from app.messaging import mailings, tallies
from app.messaging.models import Mailing, MailingState
from app.messaging.status import Status
from tests.factories import NOON, make_mailing, make_message
from tests.messaging.desk import message

DAY = timedelta(days=1)
ACTIONS = {
    MailingState.PAUSED: lambda session, one: mailings.pause(session, one, reason="Un motif"),
    MailingState.CANCELLED: lambda session, one: mailings.cancel(session, [one]),
    MailingState.CLOSED: lambda session, one: mailings.close(session, [one]),
}


def state(database, mailing_id):
    with database.snapshot() as session:
        return session.get_one(Mailing, mailing_id).state


@pytest.mark.parametrize("wanted", ACTIONS)
@pytest.mark.parametrize("origin", MailingState)
def test_a_mailing_becomes_what_the_table_says_and_nothing_else(database, origin, wanted):
    with database.transaction() as session:
        mailing_id = make_mailing(session, state=origin).id
        ACTIONS[wanted](session, mailing_id)
    assert state(database, mailing_id) == (wanted if wanted in mailings.NEXT[origin] else origin)


@pytest.mark.parametrize("origin", MailingState)
def test_only_a_paused_mailing_goes_on(database, origin):
    with database.transaction() as session:
        mailing_id = make_mailing(session, state=origin, pause_reason="Un motif").id
        if origin in (MailingState.CANCELLED, MailingState.CLOSED):
            with pytest.raises(Conflict):
                mailings.resume(session, mailing_id, now=NOON)
        else:
            mailings.resume(session, mailing_id, now=NOON)
    assert state(database, mailing_id) == (MailingState.OPEN if origin is MailingState.PAUSED else origin)


def after_the_tick(database, settings, *, now, state=MailingState.OPEN, **words):
    with database.transaction() as session:
        mailing = make_mailing(session, state=state)
        message_id = make_message(session, mailing, **words).id
    with database.transaction() as session:
        mailings.withdraw_forgotten(session, limit=10, now=now)
        mailings.close_quiet(session, settings=settings, now=now)
    with database.snapshot() as session:
        return session.get_one(Mailing, mailing.id).state, message(database, message_id).status


@pytest.mark.parametrize(("days", "expected"), [(1.9, MailingState.OPEN), (2.1, MailingState.CLOSED)])
def test_a_receipt_that_never_comes_holds_a_mailing_open_no_longer_than_it_is_asked_for(
    database, settings, days, expected
):
    """Asked until a day after the message's last hour, itself a day after NOON here."""
    found = after_the_tick(database, settings, now=NOON + days * DAY, status=Status.SENT, claimed_at=NOON)
    assert found == (expected, Status.SENT)


@pytest.mark.parametrize("status", mailings.UNSETTLED)
def test_a_message_that_may_still_leave_keeps_its_mailing_open(database, settings, status):
    found = after_the_tick(database, settings, now=NOON + 30 * DAY, status=status, claimed_at=NOON)
    assert found == (MailingState.OPEN, status)


def test_a_cancelled_mailing_is_closed_once_nothing_waits_in_it(database, settings):
    waiting = after_the_tick(database, settings, now=NOON, state=MailingState.CANCELLED)
    done = after_the_tick(database, settings, now=NOON, state=MailingState.CANCELLED, status=Status.WITHDRAWN)
    assert [waiting[0], done[0]] == [MailingState.CANCELLED, MailingState.CLOSED]


@pytest.mark.parametrize(("days", "expected"), [(7.9, Status.QUEUED), (8.1, Status.WITHDRAWN)])
def test_nothing_of_a_forgotten_pause_waits_for_ever(database, settings, days, expected):
    """Its last hour is a day after NOON; a week more to resume it."""
    found = after_the_tick(database, settings, now=NOON + days * DAY, state=MailingState.PAUSED)
    assert found[1] == expected


def test_only_mailings_under_way_are_looked_at_for_their_tallies(database):
    with database.transaction() as session:
        for state in (MailingState.OPEN, MailingState.CLOSED):
            mailing = make_mailing(session, state=state)
            for _ in range(6):
                tallies.note(session, [tallies.Change(mailing.space_id, mailing.id, None, Status.QUEUED)])
    with database.snapshot() as session:
        assert len(tallies.crowded(session, rows=5)) == 1
