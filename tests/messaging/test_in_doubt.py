"""Messages in doubt: asked about, bound when the carrier has them, tried again only when it never had."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
import requests
from sqlalchemy import select

from app.accounts.models import Mode
from app.carrier.carriers import Carriers
from app.carrier.protocol import CarrierSilent, LookUp, Sighting, Unknown
from app.clock import utc_now
from app.messaging import in_doubt
from app.messaging.models import Mailing, MailingState, Message, Receipt
from app.messaging.status import Status
from jobs.asking import Asked, ask_now
from jobs.dispatching import Dispatcher
from jobs.reconciling import reconcile
from tests.conftest import with_settings
from tests.factories import NOON, make_mailing, make_message, make_space
from tests.messaging.desk import claim, message, progress, settle
from tests.stage import standing_stage
from tests.together import together

LATER = NOON + timedelta(minutes=2)


def ask(database, settings, *, now):
    """The doubts that it is time to ask about."""
    with database.transaction() as session:
        in_doubt.notice_lost_claims(session, settings=settings, now=now)
    with database.snapshot() as session:
        return in_doubt.messages_in_doubt(session, settings=settings, now=now, limit=10)


def answer(database, doubt, sightings, *, now, skew_s=0.0):
    with database.transaction() as session:
        in_doubt.resolve(session, doubt, LookUp(sightings, skew_s), now=now)


def seen(doubt, sid="SM1", status="delivered", body=None):
    return Sighting(sid, doubt.phone, doubt.body if body is None else body, status, None)


@pytest.fixture
def lost(database, settings):
    """A message whose dispatcher died with it in hand."""
    with database.transaction() as session:
        make_message(session)
    return claim(database, settings)[0].message_id


def test_a_claim_is_lost_only_when_no_request_can_live_any_more(database, settings, lost):
    assert ask(database, settings, now=NOON + timedelta(seconds=59)) == []
    assert message(database, lost).status is Status.SENDING
    [doubt] = ask(database, settings, now=LATER)
    assert (doubt.message_id, doubt.carrier_sid, message(database, lost).status) == (lost, None, Status.UNKNOWN)


def test_a_text_the_carrier_has_is_bound_to_its_message(database, settings, lost):
    [doubt] = ask(database, settings, now=LATER)
    answer(database, doubt, [seen(doubt, "SM0", body="un autre texte"), seen(doubt)], now=LATER)
    found = message(database, lost)
    assert (found.status, found.carrier_sid) == (Status.DELIVERED, "SM1")
    with database.snapshot() as session:
        assert session.scalars(select(Receipt.source)).all() == ["look_up"]
    assert ask(database, settings, now=LATER + timedelta(days=1)) == []


def test_a_carrier_may_trim_the_edges_of_a_text(database, settings, lost):
    [doubt] = ask(database, settings, now=LATER)
    answer(database, doubt, [seen(doubt, body=f"  {doubt.body}\n")], now=LATER)
    assert message(database, lost).carrier_sid == "SM1"


def test_a_text_bound_to_another_message_is_not_ours(database, settings, lost):
    with database.transaction() as session:
        make_message(session, status=Status.DELIVERED, carrier_sid="SM1")
    [doubt] = ask(database, settings, now=LATER)
    answer(database, doubt, [seen(doubt, "SM1")], now=LATER)
    assert (message(database, lost).status, message(database, lost).doubts) == (Status.UNKNOWN, 1)


def never_seen_twice(database, settings):
    for now in (LATER, LATER + timedelta(minutes=2)):
        [doubt] = ask(database, settings, now=now)
        answer(database, doubt, [], now=now)


def test_never_seen_is_believed_the_second_time_and_the_person_is_counted_once(database, settings, lost):
    [doubt] = ask(database, settings, now=LATER)
    answer(database, doubt, [], now=LATER)
    assert message(database, lost).status is Status.UNKNOWN
    assert ask(database, settings, now=LATER + timedelta(seconds=30)) == [], "not asked again at once"
    [doubt] = ask(database, settings, now=LATER + timedelta(minutes=2))
    answer(database, doubt, [], now=LATER + timedelta(minutes=2))
    first = message(database, lost)
    assert (first.status, first.reason, first.is_latest) == (Status.FAILED, "never_left", False)
    with database.snapshot() as session:
        again = session.scalars(select(Message).where(Message.id != lost)).one()
    assert (again.attempt, again.phone, again.body, again.status) == (2, first.phone, first.body, Status.QUEUED)
    assert again.public_id != first.public_id
    found = progress(database, first.mailing_id)
    assert (found.counts, found.price_micros) == ({Status.QUEUED: 1}, 75_000)
    [claimed] = claim(database, settings, now=LATER + timedelta(minutes=3))
    assert claimed.message_id == again.id
    with database.snapshot() as session:
        assert session.get_one(Mailing, first.mailing_id).spent_micros == 75_000


@pytest.mark.parametrize(
    ("state", "not_after", "reason"),
    [
        (MailingState.OPEN, NOON + timedelta(minutes=3), "too_late"),
        (MailingState.CANCELLED, NOON + timedelta(days=1), "cancelled"),
        (MailingState.PAUSED, NOON + timedelta(days=1), "never_left"),
    ],
)
def test_a_new_try_is_written_only_while_somebody_still_wants_it(database, settings, lost, state, not_after, reason):
    with database.transaction() as session:
        made = session.get_one(Message, lost)
        made.not_after = not_after
        session.get_one(Mailing, made.mailing_id).state = state
    never_seen_twice(database, settings)
    assert message(database, lost).reason == reason
    with database.snapshot() as session:
        assert len(session.scalars(select(Message)).all()) == (2 if state is MailingState.PAUSED else 1)


@pytest.mark.parametrize("skew_s", [-300.0, 300.0])
def test_while_the_clocks_disagree_a_text_not_seen_stays_a_doubt(database, settings, lost, skew_s):
    for minutes in range(2, 12, 2):
        [doubt] = ask(database, settings, now=NOON + timedelta(minutes=minutes))
        answer(database, doubt, [], now=NOON + timedelta(minutes=minutes), skew_s=skew_s)
    assert (message(database, lost).status, message(database, lost).doubts) == (Status.UNKNOWN, 0)
    [doubt] = ask(database, settings, now=NOON + timedelta(minutes=12))
    answer(database, doubt, [seen(doubt)], now=NOON + timedelta(minutes=12), skew_s=skew_s)
    assert message(database, lost).status is Status.DELIVERED, "what it has seen is seen, whatever the hour"


def test_a_text_made_minutes_before_its_claim_by_a_slower_clock_is_found(stage):
    space, made = make_one(stage)
    carrier_of_many_texts(stage, space, made)
    claim(stage.runtime.database, stage.runtime.settings, now=utc_now() + timedelta(minutes=10))
    with stage.runtime.database.transaction() as session:
        session.get_one(Message, made.id).status = Status.UNKNOWN
    [doubt] = ask(stage.runtime.database, stage.runtime.settings, now=utc_now() + timedelta(minutes=20))
    found = asyncio.run(search(stage.runtime, doubt))
    assert made.body in [one.body for one in found.sightings]
    assert abs(found.skew_s) < in_doubt.SKEWED_S


async def search(runtime, doubt):
    carrier = runtime.carriers.open(doubt.account)
    try:
        return await carrier.seen_since(doubt.phone, doubt.claimed_at)
    finally:
        await carrier.close()


def test_two_reconcilers_at_once_conclude_once(database, settings, lost):
    for round_at in (LATER, LATER + timedelta(minutes=2)):
        [doubt] = ask(database, settings, now=round_at)
        together(*[lambda doubt=doubt, at=round_at: answer(database, doubt, [], now=at)] * 4)
    with database.snapshot() as session:
        assert sorted(session.scalars(select(Message.attempt))) == [1, 2]
    assert progress(database, message(database, lost).mailing_id).counts == {Status.QUEUED: 1}


def test_a_receipt_that_comes_while_the_carrier_is_asked_settles_the_doubt(database, settings, lost):
    with database.transaction() as session:
        session.get_one(Message, lost).doubts = 1
    [doubt] = ask(database, settings, now=LATER)
    with database.transaction() as session:
        in_doubt.record(session, lost, in_doubt.Report("sent", "SM9", None), now=LATER)
    answer(database, doubt, [], now=LATER)
    assert (message(database, lost).status, message(database, lost).doubts) == (Status.SENT, 1)


def test_an_accepted_message_is_asked_about_after_hours_of_silence_and_not_for_ever(database, settings):
    with database.transaction() as session:
        made = make_message(session, status=Status.SENT, carrier_sid="SM5", claimed_at=NOON)
    hours = [hour for hour in range(0, 72, 2) if asked(database, settings, made, now=NOON + timedelta(hours=hour))]
    assert hours[0] == 4
    assert all(later - earlier >= 3 for earlier, later in pairwise(hours))
    assert hours[-1] < 48


def asked(database, settings, made, *, now):
    for doubt in ask(database, settings, now=now):
        assert (doubt.message_id, doubt.carrier_sid) == (made.id, "SM5")
        answer(database, doubt, [seen(doubt, "SM5", "sent")], now=now)
        return True
    return False


@pytest.fixture
def stage(settings, tmp_path):
    with standing_stage(settings, tmp_path) as stage:
        yield stage


def reconcile_at_once(runtime):
    """Whoever asks has no patience: each message in hand is a doubt, and each doubt is due."""
    reconcile(with_settings(runtime, doubt_after_s=0.0, doubt_again_s=0.0))


def make_one(stage, **words):
    with stage.runtime.database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        now = utc_now()
        words = {"phone": "+33639980142", "not_before": now, "not_after": now + timedelta(hours=1), **words}
        return space, make_message(session, make_mailing(session, space), **words)


def test_a_text_cut_off_after_its_acceptance_is_found_again(stage):
    space, made = make_one(stage)
    stage.simulator(space, "PUT", "weather", json={"cut_after_accept_rate": 1, "silence_rate": 1})
    assert stage.work() == 1
    assert message(stage.runtime.database, made.id).status is Status.UNKNOWN
    reconcile_at_once(stage.runtime)
    found = message(stage.runtime.database, made.id)
    assert found.status is not Status.UNKNOWN
    assert found.carrier_sid
    assert [row["count"] for row in stage.simulator(space, "GET", "ledger")["items"]] == [1]


@pytest.mark.parametrize("is_listening", [True, False], ids=["answered with an error", "nobody there"])
def test_a_receipt_that_the_carrier_lost_for_good_is_asked_for(stage, is_listening):
    _space, made = make_one(stage)
    with socket.create_server(("127.0.0.1", 0)) as held:
        nobody = f"http://127.0.0.1:{held.getsockname()[1]}"
    wrong = f"{stage.runtime.settings.simulator_url}/nowhere" if is_listening else nobody
    away = with_settings(stage.runtime, public_url=wrong)
    assert asyncio.run(Dispatcher(away).drain()) == 1
    eager = with_settings(stage.runtime, ask_after_s=0.0)

    def has_arrived(session):
        reconcile(eager)
        return session.get_one(Message, made.id).status is Status.DELIVERED

    stage.until(has_arrived)
    with stage.runtime.database.snapshot() as session:
        assert set(session.scalars(select(Receipt.source))) == {"look_up"}


def test_a_dispatcher_killed_before_its_call_sends_later_and_once(stage):
    space, made = make_one(stage)
    database = stage.runtime.database
    [claimed] = claim(database, stage.runtime.settings, now=utc_now())
    for _ in range(2):
        reconcile_at_once(stage.runtime)
    assert message(database, made.id).reason == "never_left"
    stage.until(lambda session: Status.DELIVERED in session.scalars(select(Message.status)).all())
    assert [row["count"] for row in stage.simulator(space, "GET", "ledger")["items"]] == [1]
    settle(database, claimed, Unknown(), now=utc_now())
    assert progress(database, made.mailing_id).counts == {Status.DELIVERED: 1}


def test_an_answer_of_many_pages_is_read_to_its_end(stage):
    space, made = make_one(stage)
    carrier_of_many_texts(stage, space, made)
    [claimed] = claim(stage.runtime.database, stage.runtime.settings, now=utc_now())
    reconcile_at_once(stage.runtime)
    assert message(stage.runtime.database, claimed.message_id).carrier_sid


def carrier_of_many_texts(stage, space, made):
    """Our text first, then sixty others to the same phone: a page of Twilio's holds fifty."""
    settings = stage.runtime.settings
    url = f"{settings.simulator_url}/2010-04-01/Accounts/{space.carrier_account_sid}/Messages.json"
    for body in [made.body, *(f"Autre {n}" for n in range(60))]:
        form = {"To": made.phone, "From": space.sender, "Body": body}
        auth = (space.carrier_account_sid, space.carrier_auth_token)
        requests.post(url, data=form, auth=auth, timeout=10).raise_for_status()


def test_a_carrier_that_cannot_be_asked_proves_nothing(database, runtime, lost):
    for _ in range(3):
        reconcile_at_once(runtime)
    assert (message(database, lost).status, message(database, lost).doubts) == (Status.UNKNOWN, 0)


def test_each_account_has_its_turn_however_many_messages_another_left_in_doubt(database, settings):
    with database.transaction() as session:
        words = {"status": Status.UNKNOWN, "claimed_at": NOON}
        crowd = make_mailing(session, make_space(session, mode=Mode.PRACTICE))
        for _ in range(12):
            make_message(session, crowd, **words)
        alone = make_mailing(session, make_space(session, mode=Mode.PRACTICE))
        late = make_message(session, alone, status=Status.UNKNOWN, claimed_at=NOON + timedelta(minutes=1))
    with database.snapshot() as session:
        found = in_doubt.messages_in_doubt(session, settings=settings, now=NOON + timedelta(minutes=5), limit=2)
    assert len(found) == 2
    assert late.id in {one.message_id for one in found}


def test_a_silent_answer_puts_a_question_behind_the_others(database, settings):
    with database.transaction() as session:
        mailing = make_mailing(session)
        for minute in range(2):
            make_message(session, mailing, status=Status.UNKNOWN, claimed_at=NOON + timedelta(minutes=minute))
    at = NOON + timedelta(minutes=9)
    with database.transaction() as session:
        first, second = in_doubt.messages_in_doubt(session, settings=settings, now=at, limit=9)
        in_doubt.put_off(session, first, settings=settings, now=at)
        again = in_doubt.messages_in_doubt(session, settings=settings, now=at, limit=9)
        assert [one.message_id for one in again] == [second.message_id]
        later = in_doubt.messages_in_doubt(session, settings=settings, now=at + timedelta(minutes=2), limit=9)
        assert [one.message_id for one in later] == [second.message_id, first.message_id]
        assert session.get_one(Message, first.message_id).doubts == 0, "silence proves nothing"


def test_a_carrier_that_cannot_be_asked_is_asked_a_few_times_a_turn(database, runtime):
    with database.transaction() as session:
        mailing = make_mailing(session)
        for _ in range(30):
            make_message(session, mailing, status=Status.UNKNOWN, claimed_at=NOON, not_after=utc_now())
    reconcile(runtime)
    with database.snapshot() as session:
        asked = session.scalars(select(Message.id).where(Message.asked_at.is_not(None))).all()
    assert 8 <= len(asked) < 24


def test_a_text_known_by_its_id_is_ours_even_redacted(database, settings):
    with database.transaction() as session:
        words = {"status": Status.SENT, "carrier_sid": "SM5", "claimed_at": NOON}
        made = make_message(session, **words)
    [doubt] = ask(database, settings, now=NOON + timedelta(hours=4))
    answer(database, doubt, [seen(doubt, "SM5", body="")], now=NOON + timedelta(hours=4))
    assert message(database, made.id).status is Status.DELIVERED


def test_asked_now_the_carrier_tells_what_lost_receipts_would_have_said(stage):
    space, made = make_one(stage)
    stage.simulator(space, "PUT", "weather", json={"silence_rate": 1})
    assert stage.work() == 1
    with stage.runtime.database.transaction() as session:
        session.get_one(Message, made.id).claimed_at = utc_now() - timedelta(minutes=2)
    reconcile(stage.runtime)
    assert message(stage.runtime.database, made.id).asked_at is None, "three hours of silence would be waited for"
    assert ask_now(stage.runtime) == Asked(1, is_silent=False)
    found = message(stage.runtime.database, made.id)
    assert found.asked_at is not None
    with stage.runtime.database.snapshot() as session:
        assert session.scalars(select(Receipt.source)).all() == ["look_up"]


class Away(Carriers):
    """Of some accounts, practice ones or the live one, it is asked in vain."""

    def __init__(self, *modes):
        self.modes, self.questions = modes, 0

    def open(self, account):
        return AwayOne(self, is_away=(Mode.PRACTICE if account.practice else Mode.LIVE) in self.modes)


class AwayOne:
    def __init__(self, all_of_them, *, is_away):
        self.all_of_them, self.is_away = all_of_them, is_away

    async def seen_since(self, _phone, _since):
        if not self.is_away:
            return LookUp([])
        self.all_of_them.questions += 1
        raise CarrierSilent("503")

    async def close(self):
        pass


def in_doubt_of(database, mode, *, count):
    """Messages that nobody knows of, in a space of that mode."""
    long_ago = utc_now() - timedelta(minutes=5)
    with database.transaction() as session:
        mailing = make_mailing(session, make_space(session, mode=mode))
        for n in range(count):
            phone = f"+3363998{5000 + n}" if mode is Mode.PRACTICE else f"+336123{45000 + n}"
            made = make_message(session, mailing, phone=phone, not_before=long_ago, not_after=utc_now())
            made.status, made.claimed_at = Status.UNKNOWN, long_ago


def test_asked_now_a_carrier_that_is_away_is_not_asked_about_each_of_them(runtime, database):
    """Hundreds are without news then, and each question costs its whole patience."""
    in_doubt_of(database, Mode.LIVE, count=60)
    away = Away(Mode.LIVE)
    assert ask_now(replace(runtime, carriers=away)) == Asked(0, is_silent=True)
    assert away.questions < 30


@pytest.mark.parametrize(("mode", "is_silent"), [(Mode.PRACTICE, False), (Mode.LIVE, True)])
def test_asked_now_a_simulator_that_is_stopped_is_not_taken_for_the_carrier(runtime, database, mode, is_silent):
    """Nor does what the others answered hide that the carrier is away."""
    for each in Mode:
        in_doubt_of(database, each, count=30)
    assert ask_now(replace(runtime, carriers=Away(mode))) == Asked(30, is_silent)
