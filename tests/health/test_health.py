"""What the jobs say of themselves, where people look: `doctor`, /metrics, « Santé »."""

import asyncio
import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Staff
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.carrier.protocol import Accepted
from app.cli.doctor import checks
from app.clock import utc_now
from app.health import service
from app.health.models import Heartbeat
from app.health.service import SHOWN
from app.messaging.models import MailingState, SenderRate
from app.messaging.status import Status
from jobs.pulse import Pulse, TimedGate
from jobs.timetable import Tick
from tests.factories import make_campaign, make_mailing, make_message, make_space, make_user, sign_in

BROKEN = "+33639981234 is not to be seen"


def do_nothing(_runtime, *, ending):
    return None


def break_down(_runtime, *, ending):
    raise ZeroDivisionError(BROKEN)


def pulse_of(runtime):
    pulse = Pulse()
    pulse.run(Tick("fold", 1, do_nothing), runtime)
    return pulse


def health(database):
    with database.snapshot() as session:
        return service.read(session, now=utc_now())


def metrics(client):
    return client.get("/metrics?token=a+token+for+the+metrics").text


def test_a_process_beats_and_takes_itself_away_when_it_stops(runtime, database):
    pulse = pulse_of(runtime)
    for _time in range(2):
        pulse.beat(runtime)
    assert [sorted(beat.ticks) for beat in health(database).alive] == [["fold"]]
    pulse.stop(runtime)
    assert (health(database).alive, health(database).silent) == ([], [])


def test_one_that_goes_silent_is_told_for_a_day(runtime, database):
    pulse_of(runtime).beat(runtime)
    for since, expected in ((timedelta(minutes=2), 1), (timedelta(days=2), 0)):
        with database.transaction() as session:
            session.scalars(select(Heartbeat)).one().beat_at = utc_now() - since
        assert len(health(database).silent) == 1
        with database.transaction() as session:
            service.forget_silent(session, now=utc_now())
        assert len(health(database).silent) == expected


def test_a_tick_that_fails_is_told_everywhere_until_it_goes_well(runtime, database, client, settings):
    pulse = Pulse()
    with pytest.raises(ZeroDivisionError):
        pulse.run(Tick("fold", 1, break_down), runtime)
    pulse.beat(runtime)
    assert health(database).failing == {"fold": "ZeroDivisionError"}
    assert "fold (ZeroDivisionError)" in checks.jobs(settings).wrong
    assert 'tick="fold"} 1.0' in metrics(client)
    failing = re.compile(r'^tambour_tick_failing\{.*tick="fold"\} (.+)$', re.MULTILINE)
    assert failing.findall(metrics(client)) == ["1.0"]
    pulse.run(Tick("fold", 1, do_nothing), runtime)
    pulse.beat(runtime)
    assert health(database).failing == {}
    assert checks.jobs(settings).wrong == ""
    assert 'tick="fold"} 1.0' in metrics(client)
    assert failing.findall(metrics(client)) == ["0.0"]


def test_every_error_of_the_log_counts_without_what_it_says(runtime, database):
    pulse = Pulse()
    log = logging.getLogger("tests.health")
    log.addHandler(pulse)
    log.error("turn_failed %s", BROKEN)
    log.removeHandler(pulse)
    pulse.beat(runtime)
    beat = health(database).alive[0]
    assert (beat.errors, beat.last_error) == (1, "turn_failed %s")


def test_without_jobs_the_doctor_says_how_to_start_them(settings, database):
    assert "tambour jobs" in checks.jobs(settings).mend


def test_the_carrier_s_slowness_is_a_histogram(runtime, client):
    async def send(_text):
        return Accepted("SM1")

    pulse = Pulse()
    state = TimedGate(SimpleNamespace(open=lambda _account: SimpleNamespace(send=send)), pulse)
    assert asyncio.run(state.open(None).send(None)) == Accepted("SM1")
    pulse.answered(3)
    pulse.answered(60)
    pulse.beat(runtime)
    told = metrics(client)
    counts = [
        line.rpartition(" ")[2] for line in told.splitlines() if line.startswith("tambour_carrier_seconds_bucket")
    ]
    assert counts == ["1.0"] * 6 + ["2.0", "2.0", "3.0"]
    assert "tambour_carrier_seconds_count" in told


@pytest.mark.parametrize(
    ("state", "is_stuck"), [(MailingState.OPEN, True), (MailingState.CLOSED, True), (MailingState.PAUSED, False)]
)
def test_a_campaign_due_of_which_nothing_leaves_is_stuck(runtime, database, client, state, is_stuck):
    now = utc_now()
    long_ago = now - timedelta(hours=1)
    with database.transaction() as session:
        space = make_space(session)
        mailing = make_mailing(session, space, state=state, served_at=long_ago)
        make_message(session, mailing, not_before=long_ago, not_after=now + timedelta(hours=1), status=Status.QUEUED)
        make_campaign(session, space, mailing_id=mailing.id, stage=Stage.SENDING, send_at=long_ago)
    assert len(health(database).stuck) == is_stuck
    told = metrics(client)
    assert f'tambour_stuck_campaigns{{mode="live"}} {float(is_stuck)}' in told
    waits = {
        line.partition('gate="')[2].partition('"')[0]: float(line.rpartition(" ")[2])
        for line in told.splitlines()
        if line.startswith("tambour_oldest_due_seconds{") and 'mode="live"' in line
    }
    assert {name for name, wait in waits.items() if wait >= 3600} == {state.value}


def test_an_exercise_that_is_stuck_is_told_apart_and_hides_nothing(database, client):
    """Whoever is woken by the alerts gets up for what real phones wait for: the simulator is stopped most nights."""
    long_ago = utc_now() - timedelta(hours=1)
    with database.transaction() as session:
        practice, live = make_space(session, mode=Mode.PRACTICE), make_space(session)
        mailing = make_mailing(session, practice, served_at=long_ago)
        make_message(session, mailing, not_before=long_ago, not_after=utc_now() + timedelta(hours=1))
        for _campaign in range(SHOWN):
            make_campaign(session, practice, stage=Stage.SCHEDULED, send_at=long_ago)
        make_campaign(session, live, stage=Stage.SCHEDULED, send_at=long_ago)
        session.add(
            SenderRate(space_id=practice.id, sender="38200", free_at=utc_now() + timedelta(hours=1), held_code=30038)
        )
    told = metrics(client)
    assert f'tambour_stuck_campaigns{{mode="practice"}} {SHOWN - 1:.1f}' in told
    assert 'tambour_stuck_campaigns{mode="live"} 1.0' in told
    assert ('tambour_senders_held{mode="practice"} 1.0' in told, 'tambour_senders_held{mode="live"} 0.0' in told) == (
        True,
        True,
    )
    assert 'tambour_oldest_due_seconds{gate="open",mode="live"} 0.0' in told
    assert 'tambour_oldest_due_seconds{gate="open",mode="practice"} 0.0' not in told


@pytest.mark.parametrize(("served", "waits_s"), [(timedelta(seconds=5), 5), (timedelta(hours=9), 3600)])
def test_a_long_sending_that_has_its_turns_wakes_nobody(database, served, waits_s):
    """Nine hundred people at one text a second take a quarter of an hour, and nothing is wrong."""
    now = utc_now()
    with database.transaction() as session:
        mailing = make_mailing(session, make_space(session), served_at=now - served)
        for hours in (1, 0.5):
            at = now - timedelta(hours=hours)
            make_message(session, mailing, not_before=at, not_after=now + timedelta(hours=1), status=Status.QUEUED)
        make_message(session, make_mailing(session, make_space(session), served_at=now - served), status=Status.SENT)
    with database.snapshot() as session:
        assert service.unserved_since(session, now=now) == {Mode.LIVE: now - timedelta(seconds=waits_s)}


def test_a_campaign_that_its_hour_did_not_launch_is_stuck(database):
    with database.transaction() as session:
        make_campaign(session, make_space(session), stage=Stage.SCHEDULED, send_at=utc_now() - timedelta(hours=1))
        assert session.scalars(select(Campaign.mailing_id)).all() == [None]
    assert len(health(database).stuck) == 1


def test_the_web_is_ready_whatever_the_jobs_do(client, database):
    assert client.get("/readyz").json == {"ready": True, "reason": ""}


def test_the_programme_s_staff_reads_it_all_and_nobody_else(client, database):
    with database.transaction() as session:
        space = make_space(session, name="Les Amis du Quai")
        make_campaign(session, space, stage=Stage.SCHEDULED, send_at=utc_now() - timedelta(hours=1))
        people = [make_user(session, staff=kind) for kind in (Staff.PROGRAMME, Staff.TRAINER, None)]
    for person, status in zip(people, (200, 404, 404), strict=True):
        with database.transaction() as session:
            sign_in(client, session, person)
        page = client.get("/sante")
        assert page.status_code == status
        assert ("Les Amis du Quai" in page.text, "tambour jobs" in page.text) == (status == 200, status == 200)
