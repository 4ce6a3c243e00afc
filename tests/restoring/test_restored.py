"""A database restored from a copy taken mid-sending: nobody is texted twice, and nobody is forgotten."""

import asyncio
import re
from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
import requests
from sqlalchemy import func, select, update

from app.accounts.models import Staff
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.cli.doctor import checks
from app.clock import utc_now
from app.events.models import Reminder
from app.health import stopping
from app.messaging import outbox, settling, withdrawal
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.status import Status
from jobs.dispatching import Dispatcher
from jobs.launching import launch_due_campaigns
from jobs.pulse import Pulse
from jobs.restoring import ask_what_left
from jobs.starting import StartCheck
from tests import databases
from tests.conftest import with_settings
from tests.events.stage import expect, make_event
from tests.factories import (
    SOMEBODY,
    make_campaign,
    make_contact,
    make_list,
    make_mailing,
    make_message,
    make_space,
    make_user,
    sign_in,
)
from tests.messaging.desk import progress
from tests.stage import standing_stage


@pytest.fixture
def stage(settings, tmp_path):
    with standing_stage(settings, tmp_path) as stage:
        Pulse().beat(stage.runtime)
        yield stage


@pytest.fixture
def space(stage):
    with stage.runtime.database.transaction() as session:
        return make_space(session, hours_hold=False, rate_per_s=1000)


_numbers = count()


def next_mobile():
    """A real mobile with no fate at the simulator: it arrives."""
    at = next(_numbers)
    return f"+336{120_000 + at // 80}{at % 80 + 20}"


def write(stage, space, people, **words):
    """Messages due now, in a mailing of their own; its id."""
    now = utc_now()
    with stage.runtime.database.transaction() as session:
        mailing = make_mailing(session, space, served_at=now, **words)
        for _ in range(people):
            window = {"not_before": now, "not_after": now + timedelta(days=1), "created_at": now}
            make_message(session, mailing, phone=next_mobile(), **window)
        return mailing.id


def texted(stage):
    """How many texts each phone was sent, by the simulator's own ledger."""
    settings = stage.runtime.settings
    account = (settings.twilio_account_sid, settings.twilio_auth_token)
    answer = requests.get(f"{settings.simulator_url}/_simulator/{account[0]}/ledger", auth=account, timeout=10)
    sent = Counter()
    for item in answer.json()["items"]:
        sent[item["to"]] += item["count"]
    return sent


def restore(stage, database, kept):
    """The programs are stopped, with no receipt still to come, and the copy is put in place."""
    under_way = select(Message.id).where(Message.status.in_((Status.ACCEPTED, Status.SENT)))
    stage.until(lambda session: session.scalar(under_way.limit(1)) is None)
    stage.runtime.database.close()
    databases.put_back(database, kept)


def drain(stage, check=None):
    return asyncio.run(Dispatcher(stage.runtime, held=lambda: check.held if check else ()).drain())


def is_halted(stage):
    with stage.runtime.database.snapshot() as session:
        return bool(session.scalar(select(halt.is_halted())))


def go_on(stage):
    return ask_what_left(stage.runtime, sleep=lambda _seconds: None)


def test_nobody_is_texted_twice_after_a_restore(stage, database, space, tmp_path, caplog):
    write(stage, space, 10)
    assert drain(stage) == 10
    mailing_id = write(stage, space, 20)
    paused_id = write(stage, space, 5, state=MailingState.PAUSED)
    with stage.runtime.database.transaction() as session:
        [in_hand] = outbox.claim(session, settings=stage.runtime.settings, now=utc_now(), limit=1)
    kept = databases.backup(database, tmp_path / "backup.sqlite3")
    hand_over(stage, in_hand)
    assert drain(stage) == 19
    restore(stage, database, kept)
    check = StartCheck(stage.runtime)
    assert drain(stage, check) == 0, "nothing leaves before the carrier is asked"
    assert check.ask() == 0
    assert drain(stage, check) == 0, "nor after it has told what left"
    assert "sending_halted" in [record.getMessage() for record in caplog.records]
    found = go_on(stage)
    assert (found.left, found.strange, found.is_over) == (20, 0, True)
    with stage.runtime.database.transaction() as session:
        session.execute(update(Mailing).where(Mailing.id == paused_id).values(state=MailingState.OPEN))
    assert drain(stage) == 5, "what never left does"
    assert texted(stage) == Counter(dict.fromkeys(texted(stage), 1))
    assert len(texted(stage)) == 35
    counts = progress(stage.runtime.database, mailing_id).counts
    assert counts.keys() <= {Status.ACCEPTED, Status.SENT, Status.DELIVERED}
    with stage.runtime.database.snapshot() as session:
        assert session.get_one(Mailing, mailing_id).spent_micros == 20 * 75_000


def hand_over(stage, claimed):
    async def send():
        carrier = stage.runtime.carriers.open(claimed.account)
        try:
            return await carrier.send(claimed.text)
        finally:
            await carrier.close()

    outcome = asyncio.run(send())
    with stage.runtime.database.transaction() as session:
        settling.settle(session, [(claimed, outcome)], now=utc_now())


def schedule(stage, space, people):
    """A campaign for so many people, confirmed and not launched yet; its id."""
    now = utc_now()
    with stage.runtime.database.transaction() as session:
        everyone = make_list(session, space)
        for _ in range(people):
            make_contact(session, space, on=everyone, phone=next_mobile())
        audience = {"lists": [everyone.id], "contacts": [], "except": []}
        campaign = make_campaign(session, space, audience=audience, created_at=now, updated_at=now)
        campaigns.schedule_at_once(
            session, space, campaign, at=now, by=SOMEBODY, settings=stage.runtime.settings, now=now
        )
        return campaign.id


def test_a_campaign_launched_since_the_copy_is_known_again_by_its_texts(stage, database, space, tmp_path):
    campaign_id = schedule(stage, space, 6)
    kept = databases.backup(database, tmp_path / "backup.sqlite3")
    assert stage.work() == 6
    restore(stage, database, kept)
    check = StartCheck(stage.runtime)
    check.ask()
    assert is_halted(stage), "their links are ours, and unknown"
    assert stage.work() == 0
    assert go_on(stage).left == 6
    assert stage.work() == 0
    assert set(texted(stage).values()) == {1}
    with stage.runtime.database.snapshot() as session:
        mailing_id = session.get_one(Campaign, campaign_id).mailing_id
        bodies = session.scalars(select(Message.body).where(Message.mailing_id == mailing_id)).all()
    links = [re.search(r"http://\S+/r/\S+", body)[0] for body in bodies]
    assert [requests.get(link, timeout=10).status_code for link in links] == [200] * 6, "the one in each pocket opens"


def test_a_second_try_made_since_the_copy_is_no_reason_for_a_third(stage, database, space, tmp_path):
    phone = "+33612345600"  # switched off, at the simulator
    now = utc_now()
    with stage.runtime.database.transaction() as session:
        mailing = make_mailing(session, space, served_at=now)
        make_message(session, mailing, phone=phone, not_before=now, not_after=now + timedelta(1), created_at=now)
    kept = databases.backup(database, tmp_path / "backup.sqlite3")
    stage.until(lambda _session: texted(stage) == {phone: 2})
    restore(stage, database, kept)
    StartCheck(stage.runtime).ask()
    assert go_on(stage).left == 2
    assert drain(stage) == 0


def test_a_campaign_unknown_to_the_copy_is_told_of(stage, database, space, tmp_path):
    kept = databases.backup(database, tmp_path / "backup.sqlite3")
    schedule(stage, space, 3)
    assert stage.work() == 3
    restore(stage, database, kept)
    write(stage, space, 1)
    StartCheck(stage.runtime).ask()
    assert is_halted(stage)
    assert go_on(stage).strange == 3
    assert drain(stage) == 1


def test_a_restart_like_any_other_holds_nothing_up(stage, space):
    write(stage, space, 10)
    drain(stage)
    write(stage, space, 4)
    with stage.runtime.database.transaction() as session:
        [in_hand] = outbox.claim(session, settings=stage.runtime.settings, now=utc_now(), limit=1)
    hand_over(stage, in_hand)
    check = StartCheck(stage.runtime)
    assert check.ask() == 0
    assert (is_halted(stage), check.is_over, drain(stage, check)) == (False, True, 3)


def test_while_the_carrier_is_silent_only_what_was_written_since_the_start_may_leave(stage, space, runtime):
    old = write(stage, space, 2)
    away = runtime  # nothing listens at its carrier's address
    check = StartCheck(away)
    assert check.ask() == 1
    assert (set(check.held), check.is_over) == ({old}, False)
    write(stage, space, 3)
    assert drain(stage, check) == 3
    before = alive_at(stage)
    Pulse().beat(away, is_sure=check.is_over)
    assert alive_at(stage) == before, "what left since is still to be asked about"
    found = ask_what_left(away, sleep=lambda _seconds: None)
    assert (found.is_over, is_halted(stage), alive_at(stage)) == (False, True, before)
    Pulse().beat(away)
    assert alive_at(stage) == before
    assert go_on(stage).is_over
    assert drain(stage) == 2


def alive_at(stage):
    with stage.runtime.database.snapshot() as session:
        return halt.find(session).alive_at


def test_what_was_on_its_way_is_waited_for(stage, space):
    write(stage, space, 1)
    waits = []
    ask_what_left(with_settings(stage.runtime, doubt_after_s=60.0), sleep=waits.append)
    assert [50 < wait <= 60 for wait in waits] == [True]


def grow_old(session, campaign_id, days=2):
    """So much time passes over a campaign and what it wrote."""
    campaign, age = session.get_one(Campaign, campaign_id), timedelta(days=days)
    campaign.send_at, campaign.not_after = campaign.send_at - age, campaign.not_after - age
    for message in session.scalars(select(Message).where(Message.mailing_id == campaign.mailing_id)):
        message.not_before, message.not_after = message.not_before - age, message.not_after - age


def test_what_had_not_left_of_a_late_campaign_waits_for_its_people(stage, database, space, tmp_path):
    campaign_id = schedule(stage, space, 4)
    launch_due_campaigns(stage.runtime)
    kept = databases.backup(database, tmp_path / "backup.sqlite3")
    with stage.runtime.database.transaction() as session:
        in_hand = outbox.claim(session, settings=stage.runtime.settings, now=utc_now(), limit=1)
    hand_over(stage, in_hand[0])
    with stage.runtime.database.transaction() as session:
        campaigns.pause(session, session.get_one(Campaign, campaign_id), by=SOMEBODY, now=utc_now())
    restore(stage, database, kept)
    with stage.runtime.database.transaction() as session:
        grow_old(session, campaign_id)
        halt.halt(session, halt.BACKUP, now=utc_now())
    found = go_on(stage)
    assert (found.left, found.waiting.kept, found.waiting.total) == (1, 3, 3)
    assert stage.work() == 0
    with stage.runtime.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert (campaign.stage, fates(session, campaign.mailing_id)[Status.QUEUED]) == (Stage.PAUSED, 3)
        assert "restauration" in session.get_one(Mailing, campaign.mailing_id).pause_reason
        campaigns.resume(session, campaign, by=SOMEBODY, now=utc_now())
    assert stage.work() == 3
    assert sorted(texted(stage).values()) == [1] * 4


def fates(session, mailing_id):
    return Counter(session.scalars(select(Message.status).where(Message.mailing_id == mailing_id)))


def test_each_that_is_late_becomes_what_it_would_after_a_stop(stage, space):
    missed, planned, whole = (schedule(stage, space, people) for people in (2, 1, 3))
    now, old = utc_now(), utc_now() - timedelta(days=2)
    with stage.runtime.database.transaction() as session:
        grow_old(session, missed)
        grow_old(session, planned, days=-7)
        single, gone = make_mailing(session, space), make_mailing(session, space, expires_at=old)
        make_message(session, single, phone=next_mobile(), not_before=old, not_after=old)
        make_message(session, gone, phone=next_mobile(), not_before=old, not_after=now + timedelta(days=1))
        over = make_event(session, space, starts_at=old)
        expect(session, over, [make_contact(session, space, phone=next_mobile())])
        words = {"before_s": 7200, "body": "Demain", "due_at": old - timedelta(hours=2), "created_at": old}
        session.add(Reminder(space_id=space.id, event_id=over.id, **words))
        late = single.id, gone.id
        halt.halt(session, halt.BACKUP, now=now)
    told = go_on(stage).waiting
    assert (list(told.held), told.kept, told.leaving, told.late) == ([missed], 2, 3, 2)
    assert any("1 envoi a passé son heure" in line for line in stopping.lines(told))
    assert stage.work() == 3
    with stage.runtime.database.snapshot() as session:
        stages = [session.get_one(Campaign, one).stage for one in (missed, planned)]
        assert stages == [Stage.PAUSED, Stage.SCHEDULED]
        assert session.get_one(Campaign, whole).stage in (Stage.SENDING, Stage.FINISHED)
        reasons = session.scalars(select(Message.reason).where(Message.mailing_id.in_(late))).all()
        assert reasons == [withdrawal.TOO_LATE] * 2
        assert session.scalar(select(Reminder.mailing_id)) is None, "nobody is reminded of what is over"


def test_who_ends_the_last_of_two_stops_is_told_what_is_late(stage, space):
    missed = schedule(stage, space, 2)
    with stage.runtime.database.transaction() as session:
        grow_old(session, missed)
    for first, last in ((go_on, take_up), (take_up, go_on)):
        with stage.runtime.database.transaction() as session:
            halt.halt(session, halt.BACKUP, now=utc_now())
            halt.stop(session, why="un doute", by=SOMEBODY, now=utc_now())
        first(stage)
        assert stage_of(stage, missed) is not Stage.PAUSED
        last(stage)
        assert (stage_of(stage, missed), stage.work()) == (Stage.PAUSED, 0)
        with stage.runtime.database.transaction() as session:
            campaigns.resume(session, session.get_one(Campaign, missed), by=SOMEBODY, now=utc_now())
            session.get_one(Mailing, session.get_one(Campaign, missed).mailing_id).renewed_at = None


def take_up(stage):
    with stage.runtime.database.transaction() as session:
        stopping.resume(session, by=SOMEBODY, now=utc_now())


def stage_of(stage, campaign_id):
    with stage.runtime.database.snapshot() as session:
        return session.get_one(Campaign, campaign_id).stage


def test_whoever_keeps_the_service_is_told(stage, space, client, database, settings):
    with database.transaction() as session:
        halt.halt(session, halt.LEFT_SINCE, now=utc_now())
        person = make_user(session, staff=Staff.PROGRAMME)
        sign_in(client, session, person)
    page = client.get("/sante").text
    assert "tambour restored" in page
    assert "Tout ce qui devait partir est parti" not in page
    finding = checks.jobs(settings)
    assert ("rien ne part" in finding.wrong, "tambour restored" in finding.mend) == (True, True)
    assert "tambour_sending_halted 1.0" in client.get("/metrics?token=a+token+for+the+metrics").text
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Mailing)) == 0
