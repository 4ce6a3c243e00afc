"""A campaign's stage and its mailing's state stay in step, whoever acts and in whatever order."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.accounts.models import Mode
from app.campaigns import launching, service
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.carrier.protocol import Accepted
from app.errors import Conflict
from app.messaging import mailings, outbox, settling, tallies
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.status import Status
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

IN_STEP = {
    Stage.SCHEDULED: {MailingState.OPEN},
    Stage.LAUNCHING: {MailingState.OPEN, MailingState.PAUSED},  # paused by an error of the carrier, and soon shown so
    Stage.SENDING: {MailingState.OPEN, MailingState.PAUSED},
    Stage.PAUSED: {MailingState.PAUSED},
    Stage.FINISHED: {MailingState.OPEN, MailingState.CLOSED},  # open while the carrier is asked about the last of it
    Stage.CANCELLED: {MailingState.CANCELLED, MailingState.CLOSED},
}


class Life(RuleBasedStateMachine):
    """One campaign for five people, and everybody who may touch it."""

    database = None
    product = None

    def __init__(self):
        super().__init__()
        self.now = NOON
        with self.database.transaction() as session:
            space = make_space(session, mode=Mode.PRACTICE)
            everyone = make_list(session, space)
            for _ in range(5):
                make_contact(session, space, on=everyone)
            audience = {"lists": [everyone.id], "contacts": [], "except": []}
            self.campaign_id = make_campaign(session, space, audience=audience).id
            self.space_id = space.id

    def act(self, action, **words):
        try:
            with self.database.transaction() as session:
                campaign = session.get_one(Campaign, self.campaign_id, with_for_update=True)
                action(session, campaign, by=SOMEBODY, now=self.now, **words)
        except Conflict:
            pass

    @rule()
    def schedule(self):
        def plan(session, campaign, **words):
            space = session.get_one(service.Space, self.space_id)
            service.schedule_at_once(session, space, campaign, at=self.now, settings=self.product, **words)

        self.act(plan)

    @rule()
    def pause(self):
        self.act(service.pause)

    @rule()
    def resume(self):
        self.act(service.resume)

    @rule()
    def cancel(self):
        self.act(service.cancel)

    @rule()
    def unschedule(self):
        self.act(service.unschedule)

    @rule()
    def end_the_space(self):
        with self.database.transaction() as session:
            service.end_all(session, self.space_id, by=SOMEBODY, now=self.now)

    @rule()
    def launch(self):
        with self.database.transaction() as session:
            campaign = launching.claim_due(session, now=self.now)
            if campaign is not None:
                launching.write_batch(session, campaign, limit=3, settings=self.product, now=self.now)

    @rule()
    def send(self):
        with self.database.transaction() as session:
            claimed = outbox.claim(session, settings=self.product, now=self.now, limit=2)
        with self.database.transaction() as session:
            settling.settle(session, [(one, Accepted(f"SM{one.message_id:032d}")) for one in claimed], now=self.now)

    @rule()
    def an_error_pauses_it(self):
        with self.database.transaction() as session:
            campaign = session.get_one(Campaign, self.campaign_id)
            if campaign.stage in (Stage.LAUNCHING, Stage.SENDING):
                settling.pause(session, {campaign.mailing_id: "Le compte est suspendu."})

    @rule()
    def three_days_pass(self):
        self.now += timedelta(days=3)

    @rule()
    def the_ticks_run(self):
        with self.database.transaction() as session:
            mailings.withdraw_cancelled(session, limit=100, now=self.now)
            mailings.withdraw_forgotten(session, limit=100, now=self.now)
        with self.database.transaction() as session:
            for campaign_id in launching.sending(session):
                launching.follow_up(session, campaign_id, settings=self.product, now=self.now)
        with self.database.transaction() as session:
            mailings.close_quiet(session, settings=self.product, now=self.now)

    @invariant()
    def they_are_in_step(self):
        with self.database.snapshot() as session:
            campaign = session.get_one(Campaign, self.campaign_id)
            if campaign.mailing_id is None:
                assert campaign.stage is Stage.DRAFT
                return
            mailing = session.get_one(Mailing, campaign.mailing_id)
            assert mailing.state in IN_STEP[campaign.stage], (campaign.stage, mailing.state)
            left = select(Message.id).where(Message.mailing_id == mailing.id, Message.status.in_(mailings.UNSETTLED))
            assert mailing.state is not MailingState.CLOSED or session.scalars(left).all() == []
            counts = tallies.progress(session, mailing.id).counts
            assert campaign.stage is not Stage.FINISHED or Status.QUEUED not in counts
            assert sum(counts.values()) == len(
                session.scalars(select(Message.id).where(Message.mailing_id == mailing.id)).all()
            )


def test_a_campaign_and_its_mailing_stay_in_step(database, runtime):
    machine = type("Life", (Life,), {"database": database, "product": runtime.settings})
    few = settings(max_examples=20, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=few)


@pytest.mark.parametrize("state", [MailingState.CANCELLED, MailingState.CLOSED])
@pytest.mark.parametrize("stage", [Stage.SCHEDULED, Stage.LAUNCHING])
def test_a_campaign_whose_mailing_was_ended_is_shown_as_cancelled(database, runtime, stage, state):
    with database.transaction() as session:
        space = make_space(session)
        mailing = make_mailing(session, space, state=state)
        campaign_id = make_campaign(session, space, stage=stage, mailing_id=mailing.id, send_at=NOON).id
    with database.transaction() as session:
        campaign = launching.claim_due(session, now=NOON)
        assert launching.write_batch(session, campaign, limit=3, settings=runtime.settings, now=NOON) == 0
    with database.snapshot() as session:
        assert session.get_one(Campaign, campaign_id).stage is Stage.CANCELLED


def test_an_ended_mailing_never_leaves_its_campaign_sending_for_ever(database, runtime):
    with database.transaction() as session:
        space = make_space(session)
        mailing = make_mailing(session, space)
        make_message(session, mailing)
        campaign_id = make_campaign(session, space, stage=Stage.SENDING, mailing_id=mailing.id, send_at=NOON).id
        mailings.cancel(session, [mailing.id])
    with database.transaction() as session:
        launching.follow_up(session, campaign_id, settings=runtime.settings, now=NOON)
    with database.snapshot() as session:
        assert session.get_one(Campaign, campaign_id).stage is Stage.CANCELLED
