"""Processes whose clocks are minutes apart share one outbox: nobody waits for ever, nobody is texted twice."""

import asyncio
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.models import Mode
from app.campaigns import service
from app.carrier.carriers import Carriers
from app.carrier.protocol import Accepted, LookUp, Unknown
from app.clock import utc_now
from app.database.clock import shared_now
from app.health import service as health
from app.messaging.models import Message
from app.messaging.restore import halt
from app.messaging.status import Status
from jobs.dispatching import Dispatcher
from jobs.launching import launch_due_campaigns
from jobs.pulse import Pulse
from jobs.reconciling import reconcile
from jobs.restoring import ask_what_left
from tests.conftest import with_settings
from tests.factories import (
    SOMEBODY,
    make_campaign,
    make_contact,
    make_list,
    make_mailing,
    make_message,
    make_space,
)

A_MOMENT = timedelta(milliseconds=1)
"""SQLite counts no finer."""
moved_clocks = pytest.mark.parametrize("ahead_s", [200, -310], ids=lambda ahead_s: f"{ahead_s} s ahead")


@contextmanager
def clock(ahead_s):
    """A process whose own clock is so much ahead."""
    with time_machine.travel(utc_now() + timedelta(seconds=ahead_s)):
        yield


def true_now():
    """What a clock that nobody moved says."""
    away = time_machine.escape_hatch
    return away.datetime.datetime.now(UTC) if away.is_travelling() else utc_now()


class OnTime(Carriers):
    """A carrier whose clock is right. It says ``outcome`` to each text, and has seen none."""

    def __init__(self, outcome):
        self.outcome, self.texted = outcome, []

    def open(self, _account):
        return self

    async def send(self, text):
        self.texted.append(text.phone)
        return self.outcome

    async def seen_since(self, _phone, _since):
        return LookUp([], (true_now() - utc_now()).total_seconds())

    async def sent_since(self, _since):
        return []

    async def close(self):
        pass


@pytest.fixture
def silent(runtime):
    """A runtime whose carrier never answers a text, and whoever asks it has no patience."""
    return with_settings(replace(runtime, carriers=OnTime(Unknown())), doubt_after_s=0.0, doubt_again_s=0.0)


def write(runtime, count=1):
    with runtime.database.transaction() as session:
        mailing, now = make_mailing(session, make_space(session, mode=Mode.PRACTICE, rate_per_s=1000)), true_now()
        words = {"not_before": now - timedelta(hours=1), "not_after": now + timedelta(hours=1)}
        return [make_message(session, mailing, **words).id for _ in range(count)]


def drain(runtime):
    return asyncio.run(Dispatcher(runtime).drain())


def stored(runtime):
    with runtime.database.snapshot() as session:
        return session.scalars(select(Message).order_by(Message.id)).all()


@moved_clocks
def test_a_claim_is_dated_by_the_clock_that_all_processes_share(runtime, silent, ahead_s):
    write(runtime)
    before = true_now()
    with clock(ahead_s):
        assert drain(with_settings(silent, doubt_after_s=60.0)) == 1
    [made] = stored(runtime)
    assert before - A_MOMENT <= made.claimed_at <= true_now() + A_MOMENT
    assert made.status is Status.UNKNOWN, "its answer was heard: the claim was not too old for its own dispatcher"


@moved_clocks
def test_a_doubt_that_a_moved_clock_left_is_concluded_by_whichever_asks(runtime, silent, ahead_s):
    write(runtime)
    with clock(ahead_s):
        drain(with_settings(silent, doubt_after_s=60.0))
        reconcile(silent)
    assert [one.doubts for one in stored(runtime)] == [1]
    reconcile(silent)
    first, again = stored(runtime)
    assert (first.status, first.reason) == (Status.FAILED, "never_left")
    assert (again.attempt, again.status) == (2, Status.QUEUED)


@moved_clocks
def test_never_seen_is_not_believed_while_the_carrier_disagrees_with_the_clock_of_the_claims(runtime, silent, ahead_s):
    write(runtime)
    astray = replace(silent, clock=lambda session: shared_now(session) + timedelta(seconds=ahead_s))
    drain(with_settings(astray, doubt_after_s=60.0))
    for _ in range(3):
        assert reconcile(astray) == 1, "asked again: it may be seen yet"
    assert [(one.status, one.doubts) for one in stored(runtime)] == [(Status.UNKNOWN, 0)]
    assert len(silent.carriers.texted) == 1


@moved_clocks
def test_a_sender_used_by_a_moved_clock_is_free_to_the_others(runtime, ahead_s):
    write(runtime)
    taking = replace(runtime, carriers=OnTime(Accepted("SM1")))
    with clock(ahead_s):
        assert drain(taking) == 1
    write_more(runtime)
    assert drain(replace(runtime, carriers=OnTime(Accepted("SM2")))) == 1


def write_more(runtime):
    """One more message of the same mailing."""
    with runtime.database.transaction() as session:
        made = session.scalars(select(Message)).one()
        words = {"mailing_id": made.mailing_id, "not_before": made.not_before, "not_after": made.not_after}
        make_message(session, **words, space_id=made.space_id, phone="+33639980199")


@moved_clocks
def test_what_a_backup_is_measured_by_is_never_in_the_future(runtime, ahead_s):
    """After a restore the carrier is asked what left since: from a later instant, texts would be missed."""
    plan(runtime, true_now() - timedelta(minutes=10))
    with clock(ahead_s):
        Pulse().beat(runtime)
        launch_due_campaigns(runtime)
    with runtime.database.snapshot() as session:
        assert halt.alive_until(session) <= true_now() + A_MOMENT
        assert session.scalars(select(Message)).one().created_at <= true_now() + A_MOMENT


def plan(runtime, at):
    """A campaign to one person, due then."""
    with runtime.database.transaction() as session:
        space = make_space(session, hours_hold=False)
        people = make_list(session, space)
        make_contact(session, space, on=people)
        audience = {"lists": [people.id], "contacts": [], "except": []}
        campaign = make_campaign(session, space, audience=audience)
        words = {"at": at, "now": at - timedelta(minutes=1), "by": SOMEBODY, "settings": runtime.settings}
        service.schedule_at_once(session, space, campaign, **words)


@moved_clocks
def test_a_restore_waits_as_long_as_a_request_lives_and_no_longer(runtime, ahead_s):
    """What is due in a few minutes is not yet, whatever the clock of the machine that restores."""
    plan(runtime, true_now() + timedelta(seconds=100))
    Pulse().beat(runtime)
    slept = []
    with clock(ahead_s):
        found = ask_what_left(replace(runtime, carriers=OnTime(Unknown())), sleep=slept.append)
    assert found.is_over
    assert [0 < rest_s <= runtime.settings.doubt_after_s for rest_s in slept] == [True]
    with runtime.database.snapshot() as session:
        assert halt.alive_until(session) <= true_now() + A_MOMENT


@moved_clocks
def test_a_process_that_beats_is_alive_whatever_its_clock(runtime, ahead_s):
    with clock(ahead_s):
        Pulse().beat(runtime)
    with runtime.database.snapshot() as session:
        found = health.read(session, now=true_now())
    assert ([one.beat_at <= true_now() + A_MOMENT for one in found.alive], found.silent) == ([True], [])
