"""A workshop that ends, or begins afresh, leaves nothing planned or waiting in its copies."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.campaigns import launching, rules
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.events import service as events
from app.events.models import Event, EventState
from app.messaging import mailings
from app.messaging.models import Message
from app.messaging.status import Status
from app.workshops import service
from app.workshops.room import service as room_service
from tests.factories import SOMEBODY, make_campaign, make_contact, make_list


def planned_in(session, space_id, settings, *, at, launched=False):
    """A campaign of the copy, for later or with its messages written."""
    now = utc_now()
    space = session.get_one(Space, space_id)
    everyone = make_list(session, space)
    for _ in range(3):
        make_contact(session, space, on=everyone)
    campaign = make_campaign(session, space, audience={"lists": [everyone.id], "contacts": [], "except": []})
    campaigns.schedule_at_once(session, space, campaign, at=at, by=SOMEBODY, settings=settings, now=now)
    if launched:
        launching.write_batch(session, campaign, limit=500, settings=settings, now=now)
    return campaign.id


@pytest.mark.parametrize("action", ["close", "reset"])
def test_nothing_of_a_copy_leaves_after_the_end(database, settings, opened, sit, action):
    _client, sitting = sit(opened, "Amina")
    now = utc_now()
    with database.transaction() as session:
        space_id = sitting.seat.space_id
        later = planned_in(session, space_id, settings, at=now + timedelta(hours=2))
        waiting = planned_in(session, space_id, settings, at=now, launched=True)
        paused = planned_in(session, space_id, settings, at=now + timedelta(hours=2))
        campaigns.pause(session, session.get_one(Campaign, paused), by=SOMEBODY, now=now)
    with database.transaction() as session:
        workshop = service.get(session, opened.id, lock=True)
        words = {"settings": settings} if action == "reset" else {}
        getattr(room_service, action)(session, workshop, by=SOMEBODY, now=now, **words)
    with database.transaction() as session:
        mailings.withdraw_cancelled(session, limit=500, now=now)
        assert {session.get_one(Campaign, one).stage for one in (later, waiting, paused)} == {Stage.CANCELLED}
        queued = select(Message.id).where(Message.space_id == space_id, Message.status == Status.QUEUED)
        assert session.scalars(queued).all() == []
        sending = select(Campaign.id).where(Campaign.space_id == space_id, Campaign.stage.in_(rules.LIVE))
        assert session.scalars(sending).all() == []


def test_a_workshop_whose_date_was_called_off_on_its_own_page_can_still_be_closed(database, opened):
    with database.transaction() as session:
        event = session.get_one(Event, opened.event_id)
        events.set_state(session, event, EventState.CANCELLED, by=SOMEBODY, now=utc_now())
        room_service.close(session, service.get(session, opened.id, lock=True), by=SOMEBODY, now=utc_now())
        assert event.state is EventState.CANCELLED
