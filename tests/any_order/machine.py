"""The whole machine: beside the sending, reports, doubts, stops, refusals, time, backups and the end of it all."""

import asyncio
from copy import deepcopy
from itertools import cycle

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select

from app.campaigns import service as campaigns
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel, OptOut
from app.messaging import afterthought, mailings, tallies, withdrawal
from app.messaging.inbox import arrivals
from app.messaging.inbox.arrivals import Arrival
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.status import FINAL
from jobs.launching import follow_campaigns
from jobs.reconciling import reconcile
from jobs.restoring import ask_what_left
from tests import databases
from tests.any_order import model as plain
from tests.any_order.network import WORDS
from tests.any_order.sending import ANSWER, HELD_S, WHO, SendingMachine
from tests.factories import SOMEBODY

WHICH = st.integers(0, 7)
BETWEEN = st.sampled_from(["", "", "", "pause", "cancel", "refuse"])
ANSWERS = st.lists(ANSWER, min_size=1, max_size=4)
ASK_S = st.sampled_from([0, 65, 65, 3 * 3600 + 60])
WAIT_S = st.sampled_from([2, 31, 65, 65, 600, 3 * 3600, 9 * 3600, 86_400, 3 * 86_400])
SAID_S = 2
"""When somebody reads « fait », nothing claimed before leaves any more."""
ENDED = {Stage.FINISHED, Stage.CANCELLED}
CALM_S = (61, 61, 61, 61, *[3 * 3600] * 4, *[12 * 3600] * 20)
"""How the days go by at the end: no wait of the product's is longer than they are together."""


def of(some, which):
    """One of some, counted round."""
    return some[which % len(some)]


class AnyOrder(SendingMachine):
    """``kept`` is the last backup: the database, the model, and how many texts the carrier had taken by then."""

    kept = None
    is_well = True
    """Until a check fails: what it leaves is no state to go on from."""

    @rule(who=WHO, limit=st.integers(1, 4), answers=ANSWERS, held_s=HELD_S, between=BETWEEN, is_settled=st.booleans())
    def work(self, who, limit, answers, held_s, between, is_settled):
        """A dispatcher sends what it holds, in its time; somebody changes their mind meanwhile."""
        self.claim(who, limit)
        if between and self.hands[who]:
            mailing_id, phone = self.hands[who][0][0].mailing_id, self.hands[who][0][0].text.phone
            if between == "refuse":
                self.refuse([one.phone for one in self.model.people].index(phone))
            else:
                self.act(list(self.model.sendings).index(mailing_id), between)
        self.pass_time(held_s)
        self.network.answers = cycle(answers)
        for one, since in self.hands[who]:
            asyncio.run(self.dispatchers[who]._send(one, since))
        self.hands[who] = []
        if is_settled:
            self.settle(who)

    # What the carrier says

    @precondition(lambda self: self.network.texts)
    @rule(which=WHICH, what=st.sampled_from(["delivered", *WORDS]), times=st.integers(0, 2))
    def become(self, which, what, times):
        """A text goes on. Its report comes at once, twice, or later."""
        self.network.become(of(self.network.texts, which), what)
        if self.network.reports and times:
            self.bring(len(self.network.reports) - 1, keep=times > 1)

    @precondition(lambda self: self.network.reports)
    @rule(which=WHICH, keep=st.booleans())
    def bring(self, which, keep):
        at = which % len(self.network.reports)
        public_id, report = self.network.reports[at] if keep else self.network.reports.pop(at)
        account = self.runtime.settings.twilio_account_sid
        with self.database.transaction() as session:
            arrivals.record(
                session, [Arrival(public_id, account, report)], settings=self.runtime.settings, now=utc_now()
            )

    @precondition(lambda self: self.network.reports)
    @rule(which=WHICH)
    def lose(self, which):
        self.network.reports.pop(which % len(self.network.reports))

    @precondition(lambda self: self.model.before)
    @rule(is_silent=st.sampled_from([False, False, True]), skew_s=st.sampled_from([0.0, 0.0, 300.0]), after_s=ASK_S)
    def ask(self, is_silent, skew_s, after_s):
        """The carrier is asked about what it is silent on, twice, each time after a while."""
        self.network.is_silent, self.network.skew_s = is_silent, skew_s
        for _time in (1, 2):
            self.wait(after_s)
            reconcile(self.runtime)
        self.network.is_silent, self.network.skew_s = False, 0.0

    # What people do

    @precondition(lambda self: self.model.sendings)
    @rule(which=WHICH, what=st.sampled_from(["pause", "resume", "resume", "cancel", "unschedule", "stop"]))
    def act(self, which, what):
        mailing_id = of(list(self.model.sendings), which)
        sending = self.model.sendings[mailing_id]
        with self.database.transaction() as session:
            if what == "stop" or sending.campaign_id is None:
                self._act_on_mailing(session, mailing_id, sending, what)
            else:
                self._act_on_campaign(session, mailing_id, sending, what)
        self.pass_time(SAID_S)

    def _act_on_mailing(self, session, mailing_id, sending, what):
        state = session.get_one(Mailing, mailing_id).state
        if what == "pause" and mailings.pause(session, mailing_id):
            sending.stopped_at = utc_now()
        elif what == "resume" and state is MailingState.PAUSED:
            mailings.resume(session, mailing_id, now=utc_now())
            sending.stopped_at = None
        elif what == "cancel" and mailings.cancel(session, [mailing_id]):
            sending.stopped_at = sending.stopped_at or utc_now()
        elif what == "stop" and not sending.is_ended:
            _people, is_whole = afterthought.stop(session, self.space, mailing_id, now=utc_now())
            assert is_whole or utc_now() >= sending.posted_at, "something left within the thirty seconds"
            sending.stopped_at = sending.stopped_at or utc_now()

    def _act_on_campaign(self, session, mailing_id, sending, what):
        campaign = session.get_one(Campaign, sending.campaign_id)
        words = {"by": SOMEBODY, "now": utc_now()}
        if what == "pause" and campaign.stage in (Stage.SCHEDULED, Stage.SENDING):
            campaigns.pause(session, campaign, **words)
            sending.stopped_at = sending.stopped_at or utc_now()
        elif what == "resume" and campaign.stage is Stage.PAUSED:
            if session.get_one(Mailing, mailing_id).state is MailingState.PAUSED:
                campaigns.resume(session, campaign, **words)
                sending.stopped_at = None
        elif what == "cancel" and campaign.stage in (Stage.SCHEDULED, Stage.SENDING, Stage.PAUSED):
            campaigns.cancel(session, campaign, **words)
            sending.stopped_at = sending.stopped_at or utc_now()
        elif what == "unschedule" and campaign.stage is Stage.SCHEDULED:
            campaigns.unschedule(session, campaign, **words)
            del self.model.sendings[mailing_id]

    @precondition(lambda self: self.model.sendings)
    @rule(which=WHICH, who=WHICH)
    def take_back(self, which, who):
        """What one person was to read is no longer true."""
        one, mailing_id = of(self.model.people, who), of(list(self.model.sendings), which)
        with self.database.transaction() as session:
            withdrawal.take_back(
                session, reason=withdrawal.CHANGED, contact_id=one.contact_id, mailing_ids=[mailing_id], now=utc_now()
            )

    @precondition(lambda self: len(self.model.refused_at) < 3)
    @rule(who=WHICH)
    def refuse(self, who):
        one = of(self.model.people, who)
        words = {"channel": Channel.LINK, "by": SOMEBODY, "contact_id": one.contact_id}
        with self.database.transaction() as session:
            consent.object_to(session, self.space.id, one.fingerprint, now=utc_now(), **words)
        self.model.refused_at.setdefault(one.phone, utc_now())
        self.pass_time(SAID_S)

    # Time, ticks, backups

    @rule(seconds=WAIT_S)
    def wait(self, seconds):
        self.pass_time(seconds)
        self.beat()

    @rule()
    def tick(self):
        """What a mailing is followed by; its sums are folded, however few their rows are."""
        follow_campaigns(self.runtime)
        with self.database.transaction() as session:
            mailings.withdraw_forgotten(session, limit=500, now=utc_now())
            mailings.close_quiet(session, settings=self.runtime.settings, now=utc_now())
            for mailing_id in self.model.sendings:
                tallies.compact(session, mailing_id)

    @precondition(lambda self: self.kept is None or len(self.network.texts) > self.kept[2])
    @rule()
    def back_up(self):
        self.kept = databases.backup(self.database, self.place), deepcopy(self.model), len(self.network.texts)

    @precondition(lambda self: self.kept and len(self.network.texts) > self.kept[2])
    @rule()
    def restore(self):
        """As the command does it: the programs are stopped, and nothing leaves until the carrier was asked."""
        self.database.close()
        copy, model, _texts = self.kept
        databases.put_back(self.database, copy)
        self.model = deepcopy(model)
        with self.database.transaction() as session:
            halt.halt(session, halt.BACKUP, now=utc_now())
        self.model.halted_at = utc_now()
        self.begin_programs()

    @precondition(lambda self: self.model.halted_at)
    @rule(is_silent=st.sampled_from([False, False, True]))
    def restored(self, is_silent):
        self.network.is_silent = is_silent
        found = ask_what_left(self.runtime, sleep=self.pass_time)
        self.network.is_silent = False
        assert found.is_over is not is_silent
        self.launch()
        if found.is_over:
            self.model.halted_at = None

    # What is true after every step

    @invariant()
    def all_is_well(self):
        if not self.is_well or not self.model.people:
            return
        self.is_well = False
        assert not self.violations, self.violations
        with self.database.snapshot() as session:
            messages = session.scalars(select(Message).order_by(Message.id)).all()
            states = {one.id: one for one in session.scalars(select(Mailing))}
            progress = tallies.progress_of(session, states)
            refused = set(session.scalars(select(OptOut.fingerprint)))
        assert {one.mailing_id for one in messages} <= states.keys() == self.model.sendings.keys()
        for one in self.model.people:
            assert one.fingerprint in refused or one.phone not in self.model.refused_at, "a refusal was forgotten"
            if one.fingerprint in refused:
                self.model.refused_at.setdefault(one.phone, utc_now())
        plain.check_orders(self.model, messages, self.network)
        for mailing_id, sending in self.model.sendings.items():
            mine = [one for one in messages if one.mailing_id == mailing_id]
            plain.check_states(sending, states[mailing_id].state, utc_now())
            plain.check_nobody_lost(sending, mine)
            plain.check_sums(states[mailing_id], mine, progress[mailing_id])
        self.model.before = {one.id: one for one in messages}
        self.is_well = True

    # The end

    def teardown(self):
        try:
            if self.is_well and self.model.people:
                self.calm_down()
        finally:
            self.clock.stop()

    def calm_down(self):
        """Nobody does anything any more, everything works: all comes to its end, and the ends are told right."""
        if self.model.halted_at:
            self.restored(is_silent=False)
        for at in range(len(self.model.sendings)):
            self.act(at, "resume")
        for who in (0, 1):
            self.die(who)
        for seconds in CALM_S:
            self.all_is_well()
            if self._is_over():
                break
            self._live(seconds)
        else:
            raise AssertionError("no end was reached")
        for mailing_id, sending in self.model.sendings.items():
            mine = [one for one in self.model.before.values() if one.mailing_id == mailing_id]
            plain.check_ends(sending, mine, self.network)

    def _live(self, seconds):
        self.launch()
        self.drain(["yes"])
        for one in self.network.texts:
            if not one.is_over:
                self.network.become(one, "delivered")
        while self.network.reports:
            self.bring(0, keep=False)
        reconcile(self.runtime)
        self.tick()
        for at, sending in enumerate(self.model.sendings.values()):
            if sending.stopped_at and not sending.is_ended:
                self.act(at, "resume")
        self.wait(seconds)

    def _is_over(self):
        with self.database.snapshot() as session:
            stages = set(session.scalars(select(Campaign.stage).where(Campaign.mailing_id.is_not(None))))
            states = set(session.scalars(select(Mailing.state)))
        statuses = {one.status for one in self.model.before.values()}
        return stages <= ENDED and states == {MailingState.CLOSED} and statuses <= FINAL | plain.UNASKED
