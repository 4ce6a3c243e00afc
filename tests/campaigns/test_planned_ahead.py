"""A campaign planned long before it leaves, whatever the ticks do meanwhile."""

from datetime import timedelta

import pytest

from app.accounts.models import Mode
from app.campaigns import service
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.messaging.models import Mailing
from app.messaging.status import Status
from jobs.launching import launch_due_campaigns
from jobs.retention import forget_the_old
from jobs.timetable import TICKS
from tests.factories import SOMEBODY, make_campaign, make_contact, make_list, make_mailing, make_message, make_space
from tests.messaging.desk import claim

DAY = timedelta(days=1)


def planned(database, settings, *, ahead, people=7):
    """A campaign scheduled ``ahead`` of now, for now."""
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        everyone = make_list(session, space)
        for _ in range(people):
            make_contact(session, space, on=everyone)
        audience = {"lists": [everyone.id], "contacts": [], "except": []}
        campaign = make_campaign(session, space, audience=audience)
        service.schedule_at_once(session, space, campaign, at=now, by=SOMEBODY, settings=settings, now=now - ahead)
        return campaign.id


def every_other_tick(runtime):
    """Whatever the jobs look at before the campaign's own turn comes."""
    for tick in TICKS:
        if tick.name != "launch":
            tick.job(runtime)


@pytest.mark.parametrize("ahead", [timedelta(hours=49), timedelta(hours=72), 30 * DAY], ids=["49 h", "72 h", "30 days"])
def test_a_campaign_planned_long_ago_leaves_at_its_hour(runtime, ahead):
    planned(runtime.database, runtime.settings, ahead=ahead)
    every_other_tick(runtime)
    launch_due_campaigns(runtime)
    every_other_tick(runtime)
    assert len(claim(runtime.database, runtime.settings, now=utc_now())) == 7


def test_a_campaign_paused_before_its_launch_leaves_when_it_is_resumed_three_days_later(runtime):
    database, long_ago = runtime.database, utc_now() - 3 * DAY
    campaign_id = planned(database, runtime.settings, ahead=3 * DAY)
    with database.transaction() as session:
        service.pause(session, session.get_one(Campaign, campaign_id), by=SOMEBODY, now=long_ago)
    every_other_tick(runtime)
    with database.transaction() as session:
        service.resume(session, session.get_one(Campaign, campaign_id), by=SOMEBODY, now=utc_now())
    every_other_tick(runtime)
    launch_due_campaigns(runtime)
    assert len(claim(database, runtime.settings, now=utc_now())) == 7
    with database.snapshot() as session:
        assert session.get_one(Campaign, campaign_id).stage is Stage.SENDING


def gate_after_the_ticks(runtime, **words):
    now = utc_now()
    with runtime.database.transaction() as session:
        mailing = make_mailing(session, created_at=now - 30 * DAY)
        make_message(session, mailing, **words)
        mailing_id = mailing.id
    forget_the_old(runtime)
    with runtime.database.snapshot() as session:
        return session.get_one(Mailing, mailing_id).state


def test_a_mailing_whose_first_messages_have_just_arrived_still_takes_the_next(runtime):
    """A launch writes its messages batch by batch: the first may be final before the last is written."""
    assert gate_after_the_ticks(runtime, status=Status.DELIVERED, created_at=utc_now()) == "open"


def test_a_mailing_quiet_for_two_days_is_closed(runtime):
    assert gate_after_the_ticks(runtime, status=Status.DELIVERED, created_at=utc_now() - 2 * DAY) == "closed"


def test_a_mailing_with_a_message_that_waits_is_never_closed(runtime):
    assert gate_after_the_ticks(runtime, status=Status.QUEUED, created_at=utc_now() - 20 * DAY) == "open"
