"""The one way in: whoever sends is held to the same rules, and the month's money is never spent twice."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.audiences import people as audience
from app.audiences.recipients import Recipient
from app.campaigns import launching
from app.campaigns import service as campaigns
from app.clock import utc_now
from app.consent.families import Family
from app.contacts.models import Contact
from app.errors import RuleBroken
from app.events import inviting, service
from app.messaging import budget, posting
from app.messaging.models import Message
from app.messaging.singles import service as singles
from tests.events.stage import make_event, planned, texted, tick
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space
from tests.together import together

DAY = timedelta(days=1)


def single(session, space, person, settings, *, now=NOON):
    return singles.send(
        session, space, person, body="Bonjour", family=Family.SERVICE, by=SOMEBODY, settings=settings, now=now
    )


def people_of(session, space, many):
    return [make_contact(session, space, phone=f"+3361234560{at}") for at in range(many)]


def outcome(database, send):
    """Whether it went, in a transaction of its own."""
    try:
        with database.transaction() as session:
            send(session)
    except RuleBroken as refusal:
        return refusal.code
    return "sent"


def test_six_at_once_with_money_for_one_send_one(database, settings):
    with database.transaction() as session:
        space = make_space(session, budget_micros=settings.part_price_micros)
        ids = [one.id for one in people_of(session, space, 6)]

    def sender(contact_id):
        def send(session):
            single(session, session.get_one(Space, space.id), session.get_one(Contact, contact_id), settings)

        return lambda: outcome(database, send)

    assert sorted(together(*[sender(one) for one in ids])) == ["over_monthly_budget"] * 5 + ["sent"]
    with database.snapshot() as session:
        assert len(session.scalars(select(Message.id)).all()) == 1


def test_whoever_sends_at_once_shares_one_budget(database, settings):
    """A single message, an invitation of two and a campaign of two, with money for two messages."""
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session, budget_micros=2 * settings.part_price_micros, hours_hold=False)
        people = people_of(session, space, 2)
        everyone = make_list(session, space)
        event = make_event(session, space, starts_at=now + DAY)
        service.invite(session, event, people, by=SOMEBODY, now=now)
        whom = {"lists": [everyone.id], "contacts": [one.id for one in people], "except": []}
        campaign = make_campaign(session, space, body="Bonjour", audience=whom)

    def by_campaign(session):
        one = campaigns.get(session, space.id, campaign.id, lock=True)
        here = session.get_one(Space, space.id)
        campaigns.schedule_at_once(session, here, one, at=now, by=SOMEBODY, settings=settings, now=now)

    def by_invitation(session):
        here, date = session.get_one(Space, space.id), service.get(session, space.id, event.id, lock=True)
        inviting.send(session, here, date, body="Venez {lien}", by=SOMEBODY, settings=settings, now=now)

    def by_single(session):
        single(session, session.get_one(Space, space.id), session.get_one(Contact, people[0].id), settings, now=now)

    together(*[lambda send=send: outcome(database, send) for send in (by_campaign, by_invitation, by_single)])
    with database.snapshot() as session:
        spent = budget.spent_this_month(session, space.id, now=now) + budget.promised(session, space.id)
    assert 0 < spent <= 2 * settings.part_price_micros


def test_a_planned_campaign_keeps_its_money_until_its_messages_are_written(database, settings):
    price = settings.part_price_micros
    with database.transaction() as session:
        space = make_space(session, budget_micros=3 * price)
        people = people_of(session, space, 3)
        whom = {"lists": [], "contacts": [one.id for one in people[:2]], "except": []}
        campaign = make_campaign(session, space, body="Bonjour", audience=whom)
        campaigns.schedule_at_once(
            session, space, campaign, at=NOON + 3 * DAY, by=SOMEBODY, settings=settings, now=NOON
        )
        single(session, space, people[2], settings)
        with pytest.raises(RuleBroken, match="budget de ce mois"):
            single(session, space, people[2], settings)
    with database.transaction() as session:
        launching.write_batch(
            session, campaigns.get(session, space.id, campaign.id), limit=9, settings=settings, now=NOON
        )
        assert budget.promised(session, space.id) == 0
        assert budget.spent_this_month(session, space.id, now=NOON) == 3 * price


def test_a_reminder_leaves_a_planned_campaign_its_money(database, settings):
    space_id, _event, _reminder = planned(database, people=3, budget_micros=3 * settings.part_price_micros)
    with database.transaction() as session:
        space = session.get_one(Space, space_id)
        whom = {"lists": [], "contacts": [1, 2], "except": []}
        campaign = make_campaign(session, space, body="Bonjour", audience=whom)
        campaigns.schedule_at_once(
            session, space, campaign, at=NOON + 20 * DAY, by=SOMEBODY, settings=settings, now=NOON
        )
        assert budget.left_this_month(session, space, now=NOON) == settings.part_price_micros


NEW_YEAR_IN_PARIS = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(("now", "is_young"), [(NEW_YEAR_IN_PARIS - DAY, True), (NEW_YEAR_IN_PARIS, False)])
def test_a_year_of_age_begins_at_midnight_in_paris_for_everybody_who_sends(database, now, is_young):
    with database.transaction() as session:
        space = make_space(session)
        child = make_contact(session, space, birth_year=2012)
        campaign = make_campaign(session, space, audience={"lists": [], "contacts": [child.id], "except": []})
        left_out = audience.select_batch(
            session, space, campaign.audience, campaign.family, after_id=0, limit=9, now=now
        ).left_out
        one = Recipient(child.id, child.phone, child.fingerprint, birth_year=2012)
        allowed, _refused = posting.admit(session, space, [one], family=Family.SERVICE, now=now)
    assert (bool(left_out), not allowed) == (is_young, is_young)


def test_a_child_s_own_number_gets_no_invitation_and_no_reminder(database, settings):
    planned(database, people=2)
    with database.transaction() as session:
        session.get_one(Contact, 1).birth_year = 2015
    assert tick(database, settings, now=NOON.replace(day=6, hour=9)) == 2
    assert texted(database) == [2]
