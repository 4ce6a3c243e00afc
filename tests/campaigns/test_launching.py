"""From a schedule to messages, batch by batch, and from the last receipt to the end."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.accounts.models import Activity, Mode
from app.accounts.principal import job
from app.campaigns import launching, service
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.contacts.models import Contact
from app.messaging import mailings
from app.messaging.applying import StatusChange, apply_changes
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status
from jobs.launching import follow_campaigns, launch_due_campaigns
from tests.factories import NOON, SOMEBODY, make_campaign, make_contact, make_list, make_space
from tests.messaging.desk import claim, progress
from tests.together import together


def scheduled(database, settings, *, phones=None, people=7, now=NOON, **words):
    """A campaign whose time has come."""
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        everyone = make_list(session, space)
        for phone in phones or [None] * people:
            make_contact(session, space, on=everyone, **({"phone": phone} if phone else {}))
        audience = {"lists": [everyone.id], "contacts": [], "except": []}
        campaign = make_campaign(session, space, audience=audience, **words)
        service.schedule_at_once(session, space, campaign, at=now, by=SOMEBODY, settings=settings, now=now)
        return campaign.id


def batch(database, settings, *, limit=3, now=NOON):
    with database.transaction() as session:
        campaign = launching.claim_due(session, now=now)
        return campaign and launching.write_batch(session, campaign, limit=limit, settings=settings, now=now)


def follow(database, settings, *, now=NOON):
    with database.transaction() as session:
        for campaign_id in launching.sending(session):
            launching.follow_up(session, campaign_id, settings=settings, now=now)


def campaign_of(database, campaign_id):
    with database.snapshot() as session:
        return session.get_one(Campaign, campaign_id)


def mailing_of(database, campaign_id):
    return campaign_of(database, campaign_id).mailing_id


def test_a_launch_cut_short_goes_on_where_it_was(database, settings):
    campaign_id = scheduled(database, settings)
    assert batch(database, settings) == 3
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        campaign = launching.claim_due(session, now=NOON)
        launching.write_batch(session, campaign, limit=3, settings=settings, now=NOON)
        raise ZeroDivisionError("the process died before its commit")
    found = campaign_of(database, campaign_id)
    assert found.stage is Stage.LAUNCHING
    assert [batch(database, settings), batch(database, settings), batch(database, settings)] == [3, 1, None]
    with database.snapshot() as session:
        contacts = session.scalars(select(Message.contact_id).order_by(Message.id)).all()
        people = session.scalars(select(Contact.id).order_by(Contact.id)).all()
    assert contacts == people
    assert len(people) == 7
    assert campaign_of(database, campaign_id).stage is Stage.SENDING
    assert progress(database, mailing_of(database, campaign_id)).counts == {Status.QUEUED: 7}


def test_several_launchers_at_once_write_each_message_once(database, settings):
    for _ in range(2):
        scheduled(database, settings, people=20)

    def work():
        while batch(database, settings) is not None:
            pass

    together(work, work, work)
    for _round in range(2):
        work()
    with database.snapshot() as session:
        assert len(session.scalars(select(Message)).all()) == 40
        assert set(session.scalars(select(Campaign.stage))) == {Stage.SENDING}
        assert session.scalars(select(Activity.verb)).all().count("campaign.launched") == 2


def test_a_phone_shared_across_batches_gets_one_text(database, settings):
    shared = "+33639980007"
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        people = make_list(session, space)
        for name in "abcdefg":
            phone = {"phone": shared} if name in "aeg" else {}
            make_contact(session, space, on=people, first_name=name, name_key=name, **phone)
        audience = {"lists": [people.id], "contacts": [], "except": []}
        campaign = make_campaign(session, space, audience=audience)
        run = service.schedule_at_once(session, space, campaign, at=NOON, by=SOMEBODY, settings=settings, now=NOON)
    while batch(database, settings):
        pass
    with database.snapshot() as session:
        served = session.scalars(select(Message).where(Message.phone == shared)).one()
        assert served.body.startswith("Bonjour a,")
        assert len(session.scalars(select(Message)).all()) == run.people == 5


def test_a_campaign_nobody_of_which_may_be_texted_any_more_ends(database, settings):
    campaign_id = scheduled(database, settings, phones=["+33639980001"])
    with database.transaction() as session:
        person = session.get_one(Campaign, campaign_id)
        assert session.scalars(select(Message)).all() == [], "nothing is written yet"
        fingerprint = make_contact(session, make_space(session), phone="+33639980001").fingerprint
        words = {"channel": Channel.SPOKEN, "by": job("test"), "now": NOON}
        consent.object_to(session, person.space_id, fingerprint, **words)
    batch(database, settings)
    follow(database, settings)
    assert campaign_of(database, campaign_id).stage is Stage.FINISHED


def test_it_finishes_with_its_last_message_and_closes_its_mailing(database, settings):
    campaign_id = scheduled(database, settings, people=2)
    batch(database, settings)
    for status in (Status.SENDING, Status.SENT, Status.DELIVERED):
        follow(database, settings)
        assert campaign_of(database, campaign_id).stage is Stage.SENDING
        with database.transaction() as session:
            ids = session.scalars(select(Message.id)).all()
            apply_changes(session, {one: StatusChange(status) for one in ids}, now=NOON)
    follow(database, settings)
    found = campaign_of(database, campaign_id)
    assert (found.stage, found.finished_at) == (Stage.FINISHED, NOON)
    with database.snapshot() as session:
        assert session.scalars(select(Mailing.state)).all() == [MailingState.CLOSED]
    assert progress(database, found.mailing_id).counts == {Status.DELIVERED: 2}


def test_it_finishes_a_day_after_its_window_without_the_last_receipts(database, settings):
    campaign_id = scheduled(database, settings, people=1)
    batch(database, settings)
    with database.transaction() as session:
        apply_changes(session, {1: StatusChange(Status.SENT)}, now=NOON)
    window_ends = campaign_of(database, campaign_id).not_after
    follow(database, settings, now=window_ends + timedelta(hours=24))
    assert campaign_of(database, campaign_id).stage is Stage.SENDING
    follow(database, settings, now=window_ends + timedelta(hours=24, seconds=1))
    assert campaign_of(database, campaign_id).stage is Stage.FINISHED


def test_after_days_of_outage_nobody_stays_waiting_in_a_finished_campaign(database, settings):
    campaign_id = scheduled(database, settings, people=3)
    batch(database, settings, limit=10)
    back = NOON + timedelta(days=5)
    follow(database, settings, now=back)
    assert claim(database, settings, now=back) == []
    follow(database, settings, now=back)
    found = campaign_of(database, campaign_id)
    assert found.stage is Stage.FINISHED
    assert progress(database, found.mailing_id).counts == {Status.WITHDRAWN: 3}


def test_a_mailing_that_an_error_stopped_shows_as_paused_and_may_be_resumed(database, settings):
    campaign_id = scheduled(database, settings)
    batch(database, settings, limit=10)
    with database.transaction() as session:
        mailing = session.scalars(select(Mailing)).one()
        mailing.state, mailing.pause_reason = MailingState.PAUSED, "Le nom d'expéditeur est refusé."
    follow(database, settings)
    assert campaign_of(database, campaign_id).stage is Stage.PAUSED
    with database.transaction() as session:
        service.resume(session, session.get_one(Campaign, campaign_id), by=SOMEBODY, now=NOON)
    assert len(claim(database, settings)) == 7


def test_a_cancelled_campaign_takes_back_what_has_not_left(runtime):
    campaign_id = scheduled(runtime.database, runtime.settings, now=utc_now())
    launch_due_campaigns(runtime)
    left = claim(runtime.database, runtime.settings, now=utc_now(), limit=2)
    with runtime.database.transaction() as session:
        service.cancel(session, session.get_one(Campaign, campaign_id), by=SOMEBODY, now=utc_now())
    follow_campaigns(runtime)
    assert len(left) == 2
    assert progress(runtime.database, mailing_of(runtime.database, campaign_id)).counts == {
        Status.SENDING: 2,
        Status.WITHDRAWN: 5,
    }


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_campaign_whose_mailing_was_ended_and_closed_by_others_ends_too(database, settings, is_paused):
    campaign_id = scheduled(database, settings)
    with database.transaction() as session:
        if is_paused:
            service.pause(session, session.get_one(Campaign, campaign_id), by=SOMEBODY, now=NOON)
        mailings.cancel(session, [mailing_of(database, campaign_id)])
        assert mailings.close_quiet(session, settings=settings, now=NOON) == 1, "retention came before the launch"
    assert [batch(database, settings), batch(database, settings)] == [0, None]
    assert campaign_of(database, campaign_id).stage is Stage.CANCELLED


def test_a_campaign_that_cannot_be_written_holds_up_no_other(runtime, caplog):
    broken, sound = (scheduled(runtime.database, runtime.settings, now=utc_now()) for _ in range(2))
    with runtime.database.transaction() as session:
        session.get_one(Campaign, broken).body = "Bonjour {inconnu}"
    launch_due_campaigns(runtime)
    assert campaign_of(runtime.database, sound).stage is Stage.SENDING
    assert campaign_of(runtime.database, broken).stage is Stage.SCHEDULED
    assert "campaign_failed" in [record.getMessage() for record in caplog.records]


def test_a_campaign_that_cannot_be_followed_holds_up_no_other(runtime, caplog):
    broken, sound = (scheduled(runtime.database, runtime.settings, now=utc_now()) for _ in range(2))
    launch_due_campaigns(runtime)
    for campaign_id in (broken, sound):
        pause_mailing(runtime.database, campaign_id)
    with runtime.database.transaction() as session:
        mailing_id = session.get_one(Campaign, broken).mailing_id
        session.execute(text("UPDATE tallies SET reached = 'inconnu' WHERE mailing_id = :id"), {"id": mailing_id})
    follow_campaigns(runtime)
    assert campaign_of(runtime.database, sound).stage is Stage.PAUSED
    assert campaign_of(runtime.database, broken).stage is Stage.SENDING
    assert "follow_failed" in [record.getMessage() for record in caplog.records]


def pause_mailing(database, campaign_id):
    """As an error of the carrier's does."""
    with database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        session.get_one(Mailing, campaign.mailing_id).state = MailingState.PAUSED
