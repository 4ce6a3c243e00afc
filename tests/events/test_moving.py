"""« Avancer jusqu'au prochain rappel »: what is due next leaves now, in a practice space and nowhere else."""

from datetime import datetime, timedelta

import pytest

from app.accounts.models import Mode, Space
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.carrier.protocol import Refused
from app.clock import PARIS
from app.errors import RuleBroken
from app.events import to_tomorrow
from app.events.models import Event
from app.messaging import rates
from app.messaging.models import Message
from tests.events.stage import planned, reminder_of, said, texted, tick
from tests.factories import NOON, SOMEBODY, make_campaign, make_mailing, make_message, make_space
from tests.messaging.desk import claim, settle

DAY = timedelta(days=1)


def advance(database, space_id, *, now=NOON):
    with database.transaction() as session:
        return to_tomorrow.advance(session, session.get_one(Space, space_id), by=SOMEBODY, now=now)


def test_tomorrows_reminder_leaves_now(database, settings):
    space_id, event_id, _reminder = planned(database, mode=Mode.PRACTICE, starts_at=NOON + 2 * DAY - DAY / 24)
    assert tick(database, settings, now=NOON) is None
    advance(database, space_id)
    with database.snapshot() as session:
        assert session.get_one(Event, event_id).starts_at == NOON + DAY - DAY / 24
    assert tick(database, settings, now=NOON) == 3
    assert len(texted(database)) == 3


def test_a_reminder_two_hours_before_tomorrow_morning_leaves_too(database, settings):
    """The room works in the afternoon: a day earlier, the morning's date would be over before its reminder."""
    morning = NOON.replace(day=4, hour=8)
    space_id, event_id, reminder_id = planned(database, mode=Mode.PRACTICE, starts_at=morning, before=DAY / 12)
    advance(database, space_id)
    assert tick(database, settings, now=NOON) == 3
    assert reminder_of(database, reminder_id).fired_at == NOON
    advance(database, space_id)
    with database.snapshot() as session:
        assert session.get_one(Event, event_id).starts_at == morning - DAY, "once reminded, it passes like any other"


def test_one_press_brings_the_reminder_of_the_week_and_says_which_and_to_how_many(database, settings):
    space_id, event_id, reminder_id = planned(database, mode=Mode.PRACTICE)
    due_at = reminder_of(database, reminder_id).due_at
    said(database, event_id, 1)
    found = advance(database, space_id)
    assert (found.title, found.people, found.days) == ("Collecte du samedi", 2, 3)
    assert reminder_of(database, reminder_id).due_at == due_at - 3 * DAY
    with database.snapshot() as session:
        assert session.get_one(Event, event_id).starts_at == NOON.replace(day=7, hour=9) - 3 * DAY
    assert tick(database, settings, now=NOON) == 2
    assert advance(database, space_id) is None, "no reminder waits: one day"
    with database.snapshot() as session:
        assert session.get_one(Event, event_id).starts_at == NOON.replace(day=7, hour=9) - 4 * DAY


@pytest.mark.parametrize(("friday", "monday"), [((2026, 3, 27), (2026, 3, 30)), ((2026, 10, 23), (2026, 10, 26))])
def test_over_a_night_that_changes_the_hour_everything_keeps_its_own(database, settings, friday, monday):
    """A workshop of Friday: nine o'clock of Monday stays nine o'clock, in the reminder as on the page."""
    now, nine = datetime(*friday, 10, tzinfo=PARIS), datetime(*monday, 9, tzinfo=PARIS)
    space_id, event_id, reminder_id = planned(database, mode=Mode.PRACTICE, starts_at=nine)
    with database.transaction() as session:
        space = session.get_one(Space, space_id)
        campaign = make_campaign(session, space, stage=Stage.SCHEDULED, send_at=nine, not_after=nine + DAY).id
        message = make_message(session, make_mailing(session, space), not_before=nine, not_after=nine + DAY).id
    assert advance(database, space_id, now=now).days == 2
    assert reminder_of(database, reminder_id).due_at == now.replace(hour=9)
    with database.snapshot() as session:
        moved = session.get_one(Event, event_id)
        found = [
            moved.starts_at,
            session.get_one(Campaign, campaign).send_at,
            session.get_one(Message, message).not_before,
        ]
    saturday = now.replace(hour=9) + DAY
    assert [at.astimezone(PARIS) for at in found] == 3 * [saturday]
    assert tick(database, settings, now=now) == 3


def test_what_the_carrier_put_off_until_tomorrow_leaves_now_and_its_sender_is_free(database, settings):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE, rate_per_s=10)
        first, second = make_mailing(session, space), make_mailing(session, space)
        refused, untried = make_message(session, first), make_message(session, second)
    [held] = claim(database, settings, limit=1)
    settle(database, held, Refused(63038))
    assert held.message_id == refused.id
    later = NOON + timedelta(minutes=1)
    assert claim(database, settings, now=later) == []
    advance(database, space.id, now=later)
    with database.snapshot() as session:
        assert rates.held_by(session, space.id, space.sender, now=later) is None
    left = [claim(database, settings, now=later + timedelta(seconds=n))[0].message_id for n in range(2)]
    assert set(left) == {refused.id, untried.id}


def test_nobody_changes_the_day_of_a_real_space(database):
    space_id, event_id, _reminder = planned(database)
    with pytest.raises(RuleBroken) as refusal:
        advance(database, space_id)
    assert refusal.value.code == "not_practice"
    with database.snapshot() as session:
        assert session.get_one(Event, event_id).starts_at == NOON.replace(day=7, hour=9)
