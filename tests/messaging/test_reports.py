"""Reports that come by the hundred: written together, each as if it had come alone, by accounts read once."""

import random

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Space
from app.messaging import receipts
from app.messaging.inbox import arrivals
from app.messaging.models import Message
from app.messaging.receipts import Report
from app.messaging.status import Status
from app.messaging.web.signers import KEPT_S, Signers
from tests.factories import NOON, make_mailing, make_message, make_space
from tests.messaging.desk import SID, post_status, progress
from tests.together import together


@pytest.fixture
def two_spaces(database):
    with database.transaction() as session:
        spaces = [make_space(session, mode=Mode.PRACTICE) for _ in range(2)]
        return spaces, make_message(session, make_mailing(session, spaces[0]), status=Status.SENDING)


def test_an_account_is_read_once_in_a_while_and_again_when_its_token_has_changed(database, runtime, two_spaces):
    (mine, _other), _made = two_spaces
    now = [0.0]
    signers, sid = Signers(lambda: now[0]), mine.carrier_account_sid

    def accepts(token, sid=sid):
        return signers.accept(runtime, sid, lambda account: account.auth_token == token)

    assert accepts(mine.carrier_auth_token) and not accepts("x" * 32)
    with database.transaction() as session:
        session.get_one(Space, mine.id).carrier_auth_token = "n" * 32
    assert accepts("n" * 32) and not accepts(mine.carrier_auth_token), "one that does not fit is looked up"
    with database.transaction() as session:
        session.delete(session.get_one(Space, mine.id))
    assert accepts("n" * 32)
    now[0] += KEPT_S
    assert not accepts("n" * 32), "nothing is kept for long"
    assert accepts(runtime.settings.twilio_auth_token, runtime.settings.twilio_account_sid)
    assert not accepts("", "")


def test_the_accounts_of_spaces_gone_by_are_not_kept(database, runtime):
    now = [0.0]
    signers = Signers(lambda: now[0])
    with database.transaction() as session:
        sids = [make_space(session, mode=Mode.PRACTICE).carrier_account_sid for _ in range(4)]
    for sid in sids:
        assert signers.accept(runtime, sid, lambda _account: True)
        now[0] += KEPT_S / 2
    assert len(signers._known) == 2, "a worker meets every practice space there ever was"


WORDS = [("sent", None), ("delivered", None), ("undelivered", 30003), ("failed", 30005), ("read", None), ("odd", None)]


@pytest.mark.parametrize("seed", range(4))
def test_reports_written_together_do_what_they_do_one_by_one(database, settings, seed):
    dice = random.Random(seed)
    told = [(dice.randrange(5), *dice.choice(WORDS)) for _ in range(14)]
    with database.transaction() as session:
        space = make_space(session)
        mailings = [make_mailing(session, space) for _ in range(2)]
        made = [[make_message(session, one, status=Status.ACCEPTED) for _ in range(5)] for one in mailings]
    account = settings.twilio_account_sid
    together_, alone = (
        [arrivals.Arrival(those[at].public_id, account, Report(word, SID, code)) for at, word, code in told]
        for those in made
    )
    with database.transaction() as session:
        arrivals.record(session, together_, settings=settings, now=NOON)
    for one in alone:
        with database.transaction() as session:
            arrivals.record(session, [one], settings=settings, now=NOON)
    with database.snapshot() as session:
        kept = [
            [
                (one.status, one.attempt, one.is_latest, one.error_code, one.reason)
                for one in session.scalars(
                    select(Message).where(Message.mailing_id == mailing.id).order_by(Message.attempt, Message.id)
                )
            ]
            for mailing in mailings
        ]
        words = [[[one.word for one in receipts.of_message(session, each.id)] for each in those] for those in made]
    assert kept[0] == kept[1] and words[0] == words[1]
    assert progress(database, mailings[0].id).counts == progress(database, mailings[1].id).counts


def test_a_report_of_another_account_takes_none_of_its_neighbours_with_it(app, database, runtime, two_spaces):
    (mine, other), made = two_spaces
    calls = [
        lambda who=who: post_status(app.test_client(), runtime.settings, made, who, MessageStatus="sent").status_code
        for who in (mine, other, mine, other, mine)
    ]
    assert together(*calls) == [204, 403, 204, 403, 204]
    with database.snapshot() as session:
        assert [one.word for one in receipts.of_message(session, made.id)] == ["sent"] * 3
