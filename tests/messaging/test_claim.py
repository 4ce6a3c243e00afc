"""Who is handed which message, when, and why some never leave."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Mode
from app.accounts.principal import job
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.messaging import mailings, outbox
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status
from tests.factories import NOON, make_mailing, make_message, make_space
from tests.messaging.desk import claim, message, progress
from tests.together import together

SATURDAY_EVENING = datetime(2026, 3, 7, 19, 30, tzinfo=UTC)
EASTER_MONDAY = datetime(2026, 4, 6, 10, tzinfo=UTC)


def test_a_claimed_message_is_complete_and_held_by_one_dispatcher_alone(database, settings):
    with database.transaction() as session:
        made = make_message(session, not_after=NOON + timedelta(minutes=10))
    [claimed] = claim(database, settings)
    assert (claimed.text.phone, claimed.text.body, claimed.text.valid_for_s) == (made.phone, made.body, 600)
    assert claimed.text.callback_url == f"http://tambour.test/webhooks/twilio/status/{made.public_id}"
    assert claimed.account.account_sid == settings.twilio_account_sid
    assert claim(database, settings) == []
    assert progress(database, made.mailing_id).counts == {Status.SENDING: 1}


def test_mailings_take_turns(database, settings):
    with database.transaction() as session:
        mailings = [make_mailing(session) for _ in range(3)]
        for mailing in mailings:
            for _ in range(4):
                make_message(session, mailing)
    turns = []
    for second in range(1, 7):
        claimed = claim(database, settings, now=NOON + timedelta(seconds=second), limit=2)
        turns.append({one.mailing_id for one in claimed})
    ids = [{mailing.id} for mailing in mailings]
    assert turns == ids + ids


def test_a_more_urgent_mailing_goes_first_whatever_the_turns(database, settings):
    with database.transaction() as session:
        space = make_space(session)
        campaign = make_message(session, make_mailing(session, space))
        code = make_message(session, make_mailing(session, space, priority=0, served_at=NOON + timedelta(hours=1)))
    assert [one.message_id for one in claim(database, settings)] == [code.id]
    assert [one.message_id for one in claim(database, settings)] == [campaign.id]


def test_a_message_waits_for_its_time(database, settings):
    with database.transaction() as session:
        make_message(session, not_before=NOON + timedelta(minutes=1))
    with database.snapshot() as session:
        assert not outbox.is_due(session, now=NOON)
        assert outbox.is_due(session, now=NOON + timedelta(minutes=1))
    assert claim(database, settings) == []
    assert len(claim(database, settings, now=NOON + timedelta(minutes=1))) == 1


@pytest.mark.parametrize("state", [MailingState.PAUSED, MailingState.CANCELLED, MailingState.CLOSED])
def test_only_an_open_mailing_hands_out_messages(database, settings, state):
    with database.transaction() as session:
        make_message(session, make_mailing(session, state=state))
    assert claim(database, settings) == []
    with database.snapshot() as session:
        assert not outbox.is_due(session, now=NOON)


def test_the_messages_of_a_cancelled_mailing_are_withdrawn_and_cost_nothing(database, settings):
    with database.transaction() as session:
        mailing = make_mailing(session, state=MailingState.CANCELLED)
        waiting = [make_message(session, mailing) for _ in range(3)]
        gone = make_message(session, mailing, status=Status.ACCEPTED)
    with database.transaction() as session:
        assert mailings.withdraw_cancelled(session, limit=100, now=NOON) == 3
    assert {message(database, one.id).reason for one in waiting} == {"cancelled"}
    assert message(database, gone.id).status is Status.ACCEPTED
    found = progress(database, mailing.id)
    assert found.counts == {Status.WITHDRAWN: 3, Status.ACCEPTED: 1}
    assert found.price_micros == 75_000


@pytest.mark.parametrize(
    ("now", "zone", "opens"),
    [
        (SATURDAY_EVENING, "Europe/Paris", datetime(2026, 3, 9, 8, tzinfo=UTC)),  # over Sunday, to Monday 9:00
        (EASTER_MONDAY, "Europe/Paris", datetime(2026, 4, 7, 7, tzinfo=UTC)),
        (datetime(2026, 3, 3, 17, tzinfo=UTC), "Indian/Reunion", datetime(2026, 3, 4, 5, tzinfo=UTC)),
        (datetime(2026, 3, 3, 9, tzinfo=UTC), "America/Martinique", datetime(2026, 3, 3, 13, tzinfo=UTC)),
    ],
)
def test_outside_the_hours_of_its_recipient_a_message_waits_for_their_next_opening(
    database, settings, now, zone, opens
):
    with database.transaction() as session:
        mailing = make_mailing(session, family=Family.CHARITABLE)
        made = make_message(session, mailing, zone=zone, not_after=now + timedelta(days=4))
        here = make_message(session, mailing, zone="Europe/Paris", not_after=now + timedelta(days=4))
    claimed = {one.message_id for one in claim(database, settings, now=max(now, NOON))}
    assert made.id not in claimed
    assert message(database, made.id).not_before == opens
    assert (here.id in claimed) is (zone != "Europe/Paris")
    assert made.id in {one.message_id for one in claim(database, settings, now=opens)}


def test_a_message_whose_next_opening_comes_too_late_is_withdrawn(database, settings):
    with database.transaction() as session:
        mailing = make_mailing(session, family=Family.CHARITABLE)
        made = make_message(session, mailing, not_after=SATURDAY_EVENING + timedelta(hours=24))
        service = make_message(session, not_after=SATURDAY_EVENING + timedelta(hours=24))
    claimed = claim(database, settings, now=SATURDAY_EVENING)
    assert [one.message_id for one in claimed] == [service.id], "nobody else's evening is closed"
    assert (message(database, made.id).status, message(database, made.id).reason) == (Status.WITHDRAWN, "too_late")


def test_a_named_person_and_a_classroom_may_pass_over_the_hours(database, settings):
    midnight = NOON + timedelta(hours=12)
    with database.transaction() as session:
        make_message(session, make_mailing(session, family=Family.SERVICE, ignores_hours=True))
        practice = make_space(session, mode=Mode.PRACTICE)
        make_message(session, make_mailing(session, practice, family=Family.CHARITABLE))
    assert len(claim(database, settings, now=midnight - timedelta(seconds=1))) == 1
    assert len(claim(database, settings, now=midnight - timedelta(seconds=1))) == 1


def test_a_crowd_that_may_not_leave_is_put_aside_in_one_claim(database, settings):
    night = NOON + timedelta(hours=11)
    with database.transaction() as session:
        mailing = make_mailing(session, family=Family.CHARITABLE)
        for _ in range(70):
            make_message(session, mailing)
    assert claim(database, settings, now=night, limit=10) == []
    with database.snapshot() as session:
        assert not outbox.is_due(session, now=night)


def test_the_cap_withdraws_what_would_pass_it(database, settings):
    with database.transaction() as session:
        mailing = make_mailing(session, cap_micros=160_000)
        made = [make_message(session, mailing) for _ in range(3)]
    assert [one.message_id for one in claim(database, settings)] == [made[0].id, made[1].id]
    last = message(database, made[2].id)
    assert (last.status, last.reason) == (Status.WITHDRAWN, "over_cap")
    assert progress(database, mailing.id).price_micros == 150_000


def test_two_dispatchers_at_once_keep_under_the_cap(database, settings):
    with database.transaction() as session:
        mailing = make_mailing(session, cap_micros=75_000 * 10)
        for _ in range(40):
            make_message(session, mailing)

    taken = take_all(database, settings, hands=4, limit=4)
    assert len(taken) == len(set(taken)) == 10
    with database.snapshot() as session:
        assert session.get_one(Mailing, mailing.id).spent_micros == 750_000


OBJECTIONS = [
    (Family.CHARITABLE, {}, "opted_out"),
    (Family.SERVICE, {}, "opted_out"),
    (Family.CHARITABLE, {"only_missions": True}, "only_missions"),
    (Family.SERVICE, {"only_missions": True}, None),
    (Family.COMMERCIAL, None, "no_consent"),
]


@pytest.mark.parametrize(("family", "objection", "reason"), OBJECTIONS)
def test_consent_is_checked_when_the_message_is_claimed(database, settings, family, objection, reason):
    with database.transaction() as session:
        made = make_message(session, make_mailing(session, family=family))
        if objection is not None:
            words = {"channel": Channel.SPOKEN, "by": job("test"), "now": NOON, **objection}
            consent.object_to(session, made.space_id, made.fingerprint, **words)
    claimed = claim(database, settings)
    found = message(database, made.id)
    if reason is None:
        assert [one.message_id for one in claimed] == [made.id]
    else:
        assert claimed == []
        assert (found.status, found.reason) == (Status.WITHDRAWN, reason)


def test_a_consent_given_then_taken_back_is_no_consent(database, settings):
    with database.transaction() as session:
        space = make_space(session)
        agreed, gone_back = (
            make_message(session, make_mailing(session, space, family=Family.COMMERCIAL)) for _ in "12"
        )
        words = {
            "family": Family.COMMERCIAL,
            "channel": Channel.PAPER,
            "wording": "oui",
            "by": job("test"),
            "now": NOON,
        }
        for one, given in ((agreed, True), (gone_back, True), (gone_back, False)):
            consent.agree(session, space.id, one.fingerprint, given=given, **words)
    taken = [one.message_id for _ in range(2) for one in claim(database, settings)]
    assert taken == [agreed.id]
    assert message(database, gone_back.id).reason == "no_consent"


@pytest.mark.parametrize(
    ("mode", "phone", "reason"),
    [(Mode.LIVE, "+33639981234", "fiction"), (Mode.PRACTICE, "+33612345678", "real_number")],
)
def test_each_world_keeps_to_its_own_numbers(database, settings, mode, phone, reason):
    with database.transaction() as session:
        made = make_message(session, make_mailing(session, make_space(session, mode=mode)), phone=phone)
    assert claim(database, settings) == []
    assert (message(database, made.id).status, message(database, made.id).reason) == (Status.WITHDRAWN, reason)


@pytest.mark.parametrize("hands", [2, 5])
def test_any_number_of_dispatchers_hand_out_each_message_once(database, settings, hands):
    with database.transaction() as session:
        for _ in range(3):
            mailing = make_mailing(session, make_space(session, rate_per_s=1000))
            for _ in range(30):
                make_message(session, mailing)
    taken = take_all(database, settings, hands=hands, limit=10)
    assert len(taken) == len(set(taken)) == 90
    with database.snapshot() as session:
        assert set(session.scalars(select(Message.status))) == {Status.SENDING}


def take_all(database, settings, *, hands, limit):
    """The ids of the messages that so many dispatchers are handed until none is due."""

    def work():
        now, found = NOON, []
        while True:
            with database.snapshot() as session:
                if not outbox.is_due(session, now=now):
                    return found
            now += timedelta(seconds=1)
            found += claim(database, settings, now=now, limit=limit)

    return [one.message_id for found in together(*[work] * hands) for one in found]
