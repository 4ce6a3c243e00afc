"""Half of the machine: what is written, claimed, handed over and settled, by two dispatchers that may die."""

import asyncio
from datetime import timedelta
from itertools import count, cycle, repeat

import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import select

from app.audiences.recipients import Recipient
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.consent.families import Family
from app.messaging import afterthought, posting
from app.messaging.models import Message
from app.messaging.restore import halt
from jobs.ahead import Held
from jobs.dispatching import Dispatcher
from jobs.launching import launch_due_campaigns
from tests.any_order import model as plain
from tests.any_order.model import Model, Person, Sending
from tests.any_order.network import ANSWERS, Network
from tests.factories import SOMEBODY, make_campaign, make_contact, make_list, make_space

MAX_SENDINGS = 4
WHO = st.integers(0, 1)
ANSWER = st.sampled_from(["yes", "yes", "yes", *ANSWERS])
HELD_S = st.sampled_from([0, 0, 2, 40, 50, 200])
FAMILY = st.sampled_from([Family.SERVICE, Family.CHARITABLE])


class SendingMachine(RuleBasedStateMachine):
    """``runtime`` is the product's, but for its carriers; ``place`` is where a copy of the database is put."""

    def __init__(self, runtime, renew, place):
        super().__init__()
        self.clock = time_machine.travel(plain.start(), tick=False)
        self.traveller = self.clock.start()
        self.network = Network(utc_now, self.heed)
        self.runtime = runtime(self.network)
        self.database = self.runtime.database
        renew()
        self.place = place
        self.model = Model()
        self.serials = count(1)
        self.violations = []
        self.begin_programs()

    def pass_time(self, seconds):
        self.traveller.shift(timedelta(seconds=seconds))
        self.network.arrive()

    def begin_programs(self):
        self.dispatchers = [Dispatcher(self.runtime, awake=lambda: utc_now().timestamp()) for _ in range(2)]
        self.hands = [[], []]
        self.beat()

    def beat(self):
        """The programs are alive: a copy taken from now on is of this instant."""
        with self.database.transaction() as session:
            halt.note_alive(session, now=utc_now())

    @initialize(family=FAMILY)
    def people(self, family):
        with self.database.transaction() as session:
            self.space = make_space(session, budget_micros=None)
            self.everyone = make_list(session, self.space)
            for name, at in {"Ana": 1, "Bob": 2, "Cléa": 3, "Dan": 4, "Eve": 4}.items():  # the last two share a phone
                one = make_contact(session, self.space, on=self.everyone, phone=f"+3361234560{at}", first_name=name)
                self.model.people.append(Person(one.id, one.phone, one.fingerprint))
        self.schedule(family, 0)
        self.launch()

    # Writing

    @precondition(lambda self: len(self.model.sendings) < MAX_SENDINGS)
    @rule(family=FAMILY, in_s=st.sampled_from([0, 0, 3600, 2 * 86_400]))
    def schedule(self, family, in_s):
        if all(one.phone in self.model.refused_at for one in self.model.people):
            return
        serial, now = next(self.serials), utc_now()
        with self.database.transaction() as session:
            words = {"family": family, "body": f"Envoi {serial}, {{prénom}}.", "created_at": now, "updated_at": now}
            audience = {"lists": [self.everyone.id], "contacts": [], "except": []}
            campaign = make_campaign(session, self.space, audience=audience, **words)
            at = now + timedelta(seconds=in_s)
            campaigns.schedule_at_once(
                session, self.space, campaign, at=at, by=SOMEBODY, settings=self.runtime.settings, now=now
            )
        self.model.sendings[campaign.mailing_id] = Sending(serial, family, at, campaign.id, list(self.model.people))

    @precondition(lambda self: len(self.model.sendings) < MAX_SENDINGS)
    @rule(family=FAMILY, ends_in_s=st.sampled_from([None, None, 600, 2 * 86_400]))
    def post(self, family, ends_in_s):
        serial, now = next(self.serials), utc_now()
        people = [one for one in self.model.people if one.phone not in self.model.refused_at]
        if not people:
            return
        expires_at = None if ends_in_s is None else now + timedelta(seconds=ends_in_s)
        with self.database.transaction() as session:
            mailing = posting.post(
                session,
                self.space,
                [Recipient(one.contact_id, one.phone, one.fingerprint) for one in self.model.people],
                body=f"Note {serial}.",
                family=family,
                window=afterthought.window(now, expires_at=expires_at),
                settings=self.runtime.settings,
                now=now,
            )
        phones = {one.phone for one in people}
        due = now + plain.AFTERTHOUGHT
        self.model.sendings[mailing.id] = Sending(serial, family, due, None, people, phones, expires_at=expires_at)

    @precondition(lambda self: any(one.phones is None for one in self.model.sendings.values()))
    @rule()
    def launch_due(self):
        self.launch()

    def launch(self):
        now = utc_now()
        launch_due_campaigns(self.runtime)
        with self.database.snapshot() as session:
            written = set(session.scalars(select(Campaign.mailing_id).where(Campaign.stage != Stage.SCHEDULED)))
        for mailing_id, one in self.model.sendings.items():
            goes_on = one.stopped_at is None and not one.is_ended
            if one.phones is None and mailing_id in written and one.posted_at <= now and goes_on:
                one.phones = {each.phone for each in one.people if each.phone not in self.model.refused_at}

    # Sending

    @rule(who=WHO, limit=st.integers(1, 4))
    def claim(self, who, limit):
        dispatcher = self.dispatchers[who]
        since = dispatcher._moment()
        self.hands[who] += [(one, since) for one in dispatcher._claim(limit, practice=limit)]

    @precondition(lambda self: any(self.hands))
    @rule(who=WHO, answer=ANSWER, held_s=HELD_S)
    def hand_over(self, who, answer, held_s):
        if not self.hands[who]:
            who = 1 - who
        self.pass_time(held_s)
        one, since = self.hands[who].pop(0)
        self.network.answers = repeat(answer)
        asyncio.run(self.dispatchers[who]._send(one, since))

    @precondition(lambda self: any(one._answers for one in self.dispatchers))
    @rule(who=WHO)
    def settle(self, who):
        asyncio.run(self.dispatchers[who]._settle())

    @precondition(lambda self: any(self.hands))
    @rule(who=WHO)
    def give_back(self, who):
        some = [Held(one.priority, at, one, since) for at, (one, since) in enumerate(self.hands[who])]
        self.dispatchers[who]._give_back(some)
        self.hands[who] = []
        self.settle(who)

    @precondition(lambda self: any(self.hands) or any(one._answers for one in self.dispatchers))
    @rule(who=WHO)
    def die(self, who):
        self.hands[who] = []
        self.dispatchers[who] = Dispatcher(self.runtime, awake=lambda: utc_now().timestamp())

    def drain(self, answers):
        """A whole dispatcher works until nothing is due; the carrier answers each text in its turn."""
        self.network.answers = cycle(answers)
        asyncio.run(Dispatcher(self.runtime, awake=lambda: utc_now().timestamp()).drain())

    def heed(self, text):
        """Look at a message at the very instant it is handed over; the serial of its mailing."""
        public_id = text.callback_url.rsplit("/", 1)[1]
        with self.database.snapshot() as session:
            row = session.scalars(select(Message).where(Message.public_id == public_id)).one()
        sending = self.model.sendings[row.mailing_id]
        self.violations += plain.may_be_handed_over(self.model, sending, row, self.network, utc_now())
        return sending.serial
