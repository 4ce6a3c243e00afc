"""The dispatcher against a real carrier: weather, losses of the database, and nothing private in the logs."""

import asyncio
import io
import json
import logging
import re
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.accounts.models import Mode
from app.campaigns import service
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.carrier.carriers import Carriers
from app.carrier.protocol import Accepted
from app.clock import PARIS, utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts.models import Contact
from app.logs import JsonLines
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status
from jobs.dispatching import Dispatcher
from tests.conftest import with_settings
from tests.factories import (
    NOON,
    SOMEBODY,
    make_campaign,
    make_contact,
    make_list,
    make_mailing,
    make_message,
    make_space,
)
from tests.messaging.desk import claim, progress
from tests.stage import standing_stage


@pytest.fixture
def stage(settings, tmp_path):
    with standing_stage(settings, tmp_path) as stage:
        yield stage


def messages(stage, count):
    with stage.runtime.database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        mailing, now = make_mailing(session, space), utc_now()
        for at in range(count):
            words = {"not_before": now, "not_after": now + timedelta(hours=1)}
            make_message(session, mailing, phone=f"+33639981{at + 10:03d}", **words)
        return space, mailing


def statuses(stage):
    with stage.runtime.database.snapshot() as session:
        return set(session.scalars(select(Message.status)))


def test_a_carrier_that_breaks_leaves_doubts_and_sends_nothing_twice(stage):
    space, mailing = messages(stage, 5)
    stage.simulator(space, "PUT", "weather", json={"refuse_rate": 1})
    assert stage.work() == 5
    assert stage.work() == 0
    assert statuses(stage) == {Status.UNKNOWN}
    assert stage.simulator(space, "GET", "ledger")["items"] == []
    assert progress(stage.runtime.database, mailing.id).counts == {Status.UNKNOWN: 5}


def test_a_carrier_that_is_busy_gets_each_message_later(stage):
    space, _mailing = messages(stage, 5)
    stage.simulator(space, "PUT", "weather", json={"busy_rate": 1})
    stage.work()
    assert statuses(stage) == {Status.QUEUED}
    stage.simulator(space, "PUT", "weather", json={})
    stage.until(lambda session: set(session.scalars(select(Message.status))) == {Status.DELIVERED})
    assert [row["count"] for row in stage.simulator(space, "GET", "ledger")["items"]] == [1] * 5


def test_nobody_at_the_carrier_s_address_means_later(runtime):
    with runtime.database.transaction() as session:
        now = utc_now()
        space = make_space(session, mode=Mode.PRACTICE)
        made = make_message(session, make_mailing(session, space), not_before=now, not_after=now + timedelta(hours=1))
    assert asyncio.run(Dispatcher(runtime).drain()) == 1
    with runtime.database.snapshot() as session:
        found = session.get_one(Message, made.id)
        assert (found.status, found.not_before > now) == (Status.QUEUED, True)


class Falling(Dispatcher):
    """The database goes away for the first writings of answers, in these words."""

    def __init__(self, runtime, words):
        super().__init__(runtime)
        self.words = list(words)

    def _write(self, answers):
        if self.words:
            raise self.words.pop(0)
        super()._write(answers)


AWAY = OperationalError("the database is away", {}, Exception())


@pytest.mark.parametrize(
    "words",
    [[AWAY, AWAY], [NoConnectionFree("QueuePool limit")] * 6, [ValueError("this answer"), AWAY, AWAY]],
    ids=["it is away", "every connection waits for it", "it goes while they are written one by one"],
)
def test_answers_outlive_a_database_that_goes_away(stage, words, caplog):
    _space, _mailing = messages(stage, 3)
    dispatcher = Falling(stage.runtime, words)
    worker = threading.Thread(target=dispatcher.run)
    worker.start()
    try:
        end = time.monotonic() + 40
        while statuses(stage) != {Status.DELIVERED} and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        dispatcher.stop()
        worker.join(20)
    assert statuses(stage) == {Status.DELIVERED}
    assert dispatcher.words == []
    assert "answer_dropped" not in caplog.messages


class Poisoned(Dispatcher):
    """One message's answer can never be written."""

    def _write(self, answers):
        if any(message.text.phone.endswith("010") for message, _outcome in answers):
            raise ValueError("this answer")
        super()._write(answers)


def test_an_answer_that_cannot_be_written_takes_no_other_with_it(runtime):
    with runtime.database.transaction() as session:
        now = utc_now()
        mailing = make_mailing(session, make_space(session, mode=Mode.PRACTICE))
        words = {"not_before": now, "not_after": now + timedelta(hours=1)}
        bad, good = (make_message(session, mailing, phone=f"+33639981{at}", **words) for at in ("010", "011"))
    dispatcher = Poisoned(runtime)
    claimed = dispatcher._claim(10, practice=10)
    dispatcher._answers = [(one, Accepted(f"SM{one.message_id}")) for one in claimed]
    asyncio.run(dispatcher._settle())
    with runtime.database.snapshot() as session:
        assert session.get_one(Message, bad.id).status is Status.SENDING, "it will be a doubt"
        assert session.get_one(Message, good.id).status is Status.ACCEPTED


def test_a_stop_asked_before_the_beginning_is_heard(runtime):
    dispatcher = Dispatcher(runtime)
    dispatcher.stop()
    worker = threading.Thread(target=dispatcher.run, daemon=True)
    worker.start()
    worker.join(10)
    assert not worker.is_alive()


def test_a_whole_sending_leaves_no_phone_no_link_and_no_text_in_the_logs(stage):
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    before = root.level
    root.setLevel(logging.INFO)
    try:
        with stage.runtime.database.transaction() as session:
            space = make_space(session, mode=Mode.PRACTICE)
            people = make_list(session, space)
            for end in ("00", "02", "03", "07", "42"):
                make_contact(session, space, on=people, phone=f"+336399801{end}", first_name="Apolline")
            audience = {"lists": [people.id], "contacts": [], "except": []}
            campaign = make_campaign(session, space, audience=audience, body="Bonjour {prénom}, rangement du hangar.")
            words = {"at": utc_now(), "now": utc_now(), "by": SOMEBODY, "settings": stage.runtime.settings}
            service.schedule_at_once(session, space, campaign, **words)
        stage.until(lambda session: session.get_one(Campaign, campaign.id).stage is Stage.FINISHED)
        with stage.runtime.database.snapshot() as session:
            bodies = session.scalars(select(Message.body)).all()
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    told = lines.getvalue()
    assert "message_handed_over" in told
    assert all(json.loads(line)["event"] for line in told.splitlines())
    assert not re.search(r"3363998\d{2,}", told)
    for secret in ("Apolline", "hangar", *(re.search(r"/r/(\w+)", body)[1] for body in bodies)):
        assert secret not in told


class Sleeping(Dispatcher):
    """Its machine sleeps ``asleep`` between a claim and the call, by whichever clock counts it."""

    wall = awake = timedelta()

    def __init__(self, runtime):
        self.slept = False
        super().__init__(
            runtime,
            clock=lambda: utc_now() + self.slept * self.wall,
            awake=lambda: time.monotonic() + self.slept * self.awake.total_seconds(),
        )

    async def _send(self, message, since):
        self.slept = True
        await super()._send(message, since)


@pytest.mark.parametrize(
    ("wall", "awake"),
    [(timedelta(minutes=2), timedelta()), (timedelta(), timedelta(minutes=2)), (-timedelta(minutes=2), timedelta())],
    ids=["the machine was suspended", "the clock was set back to the claim", "the clock went back"],
)
def test_a_claim_held_through_a_sleep_is_never_handed_over(stage, wall, awake):
    space, mailing = messages(stage, 2)
    dispatcher = Sleeping(stage.runtime)
    dispatcher.wall, dispatcher.awake = wall, awake
    asyncio.run(dispatcher.drain())
    assert stage.simulator(space, "GET", "ledger")["items"] == []
    assert progress(stage.runtime.database, mailing.id).counts == {Status.SENDING: 2}, "the reconciler asks first"


def test_a_mailing_that_cannot_be_claimed_stops_nobody_else(stage):
    with stage.runtime.database.transaction() as session:
        space, now = make_space(session, mode=Mode.PRACTICE, rate_per_s=0), utc_now()
        words = {"not_before": now, "not_after": now + timedelta(hours=1)}
        for _ in range(12):  # more than a claim looks at
            make_message(session, make_mailing(session, space, priority=0), **words)
    space, _mailing = messages(stage, 5)
    assert stage.work() == 5
    assert sum(row["count"] for row in stage.simulator(space, "GET", "ledger")["items"]) == 5


def test_a_mailing_whose_claim_the_database_refuses_stops_nobody_else(runtime):
    """What it would have spent is more than the column holds: the database says so each time."""
    hearing, now = Hearing(), utc_now()
    with runtime.database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        words = {"not_before": now, "not_after": now + timedelta(hours=1)}
        first = make_mailing(session, space, priority=0, spent_micros=2**63 - 10)
        refused = make_message(session, first, **words)
        made = make_message(session, make_mailing(session, space), **words)
    asyncio.run(Dispatcher(replace(runtime, carriers=hearing)).drain())
    assert [text.phone for text in hearing.texts] == [made.phone]
    with runtime.database.snapshot() as session:
        assert session.get_one(Message, refused.id).status is Status.QUEUED


def test_a_message_whose_zone_nobody_knows_stops_no_other_of_its_mailing(database, runtime):
    with database.transaction() as session:
        mailing, now = make_mailing(session), NOON
        words = {"not_before": now, "not_after": now + timedelta(hours=2)}
        lost = make_message(session, mailing, zone="Europe/Nulle-Part", **words)
        for _ in range(3):
            make_message(session, mailing, **words)
    claimed = claim(database, runtime.settings)
    assert len(claimed) == 3
    assert claim(database, runtime.settings, now=NOON + timedelta(hours=1)) == []
    with database.snapshot() as session:
        found = session.get_one(Message, lost.id)
        assert (found.status, found.reason) == (Status.WITHDRAWN, "too_late"), "and it ends as what found no hour"


class Slow(Sleeping):
    """Between a claim and its calls, something ``happens`` while a few seconds go by."""

    async def _send(self, message, since):
        if not self.slept:
            self.happens()
        await super()._send(message, since)


def test_what_was_paused_or_refused_since_its_claim_goes_back_unsent(stage):
    space, mailing = messages(stage, 4)
    database = stage.runtime.database

    def pauses():
        with database.transaction() as session:
            session.get_one(Mailing, mailing.id).state = MailingState.PAUSED

    dispatcher = Slow(stage.runtime)
    dispatcher.awake, dispatcher.happens = timedelta(seconds=5), pauses
    asyncio.run(dispatcher.drain())
    assert stage.simulator(space, "GET", "ledger")["items"] == []
    assert progress(database, mailing.id).counts == {Status.QUEUED: 4}


def test_who_said_no_since_the_claim_is_not_texted(stage):
    space, _mailing = messages(stage, 4)
    database = stage.runtime.database
    with database.snapshot() as session:
        first = session.scalars(select(Message).order_by(Message.id)).first()

    def objects():
        with database.transaction() as session:
            consent.object_to(session, space.id, first.fingerprint, channel=Channel.SMS, by=SOMEBODY, now=utc_now())

    dispatcher = Slow(stage.runtime)
    dispatcher.awake, dispatcher.happens = timedelta(seconds=5), objects
    asyncio.run(dispatcher.drain())
    assert len(stage.simulator(space, "GET", "ledger")["items"]) == 3
    stage.until(lambda session: session.get_one(Message, first.id).status is Status.WITHDRAWN)


def test_who_was_removed_since_the_claim_is_not_texted(stage):
    space, _mailing = messages(stage, 2)
    database = stage.runtime.database
    with database.transaction() as session:
        person = make_contact(session, space)
        first = session.scalars(select(Message).order_by(Message.id)).first()
        first.contact_id, first.is_personal = person.id, True

    def removes():
        with database.transaction() as session:
            session.delete(session.get_one(Contact, person.id))

    dispatcher = Slow(stage.runtime)
    dispatcher.awake, dispatcher.happens = timedelta(seconds=5), removes
    asyncio.run(dispatcher.drain())
    assert len(stage.simulator(space, "GET", "ledger")["items"]) == 1
    with database.snapshot() as session:
        assert session.get_one(Message, first.id).reason == "removed"


class Hearing(Carriers):
    """A carrier that says yes to each text and keeps it."""

    def __init__(self):
        self.texts = []

    def open(self, _account):
        return self

    async def send(self, text):
        self.texts.append(text)
        return Accepted(f"SM{len(self.texts):032x}")

    async def close(self):
        pass


@pytest.mark.parametrize(("before_s", "worth"), [(70, []), (1800, [1700])], ids=["evening has come", "time is left"])
def test_what_was_held_into_the_evening_waits_for_the_morning(runtime, before_s, worth):
    closes_at = datetime(2026, 3, 3, 21, tzinfo=PARIS)
    hearing, held = Hearing(), timedelta(seconds=100)
    moved = replace(
        with_settings(runtime, doubt_after_s=300.0),
        carriers=hearing,
        clock=lambda _session: closes_at - timedelta(seconds=before_s) + dispatcher.slept * held,
    )
    dispatcher = Slow(moved)
    dispatcher.awake, dispatcher.happens = held, lambda: None
    with runtime.database.transaction() as session:
        words = {"not_before": NOON, "not_after": NOON + timedelta(days=2)}
        made = make_message(session, make_mailing(session), **words)
    asyncio.run(dispatcher.drain())
    assert [text.valid_for_s for text in hearing.texts] == worth
    with runtime.database.snapshot() as session:
        found = session.get_one(Message, made.id)
    assert worth or (found.status is Status.QUEUED and found.not_before > closes_at + timedelta(hours=10))
