"""A year on a moved clock: each message leaves once, in the hours of its phone, or is told of before."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
import requests
import time_machine
from sqlalchemy import func, select

from app.campaigns import service
from app.campaigns.models import Campaign
from app.campaigns.rules import Stage
from app.clock import utc_now
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Channel
from app.messaging.models import Message
from app.messaging.status import FINAL, Status
from jobs.dispatching import Dispatcher
from jobs.ending import NEVER
from jobs.timetable import TICKS
from tests.factories import SOMEBODY, make_campaign, make_contact, make_list, make_space
from tests.stage import standing_stage

PARIS = ZoneInfo("Europe/Paris")
BEGINS, ENDS = datetime(2026, 1, 2, 9, tzinfo=PARIS), datetime(2027, 1, 11, tzinfo=PARIS)
STEP = timedelta(hours=6)
PHONES = {  # what becomes of a text at the simulator is told by two last digits, from 00 to 07
    "+33612345620": ("Europe/Paris", None),
    "+262692345621": ("Indian/Reunion", "974"),
    "+68987345622": ("Pacific/Tahiti", "PF"),
    "+34612345623": ("Europe/Madrid", None),
}
OBJECTOR = "+33612345629"
HOURS = {Family.SERVICE: (8, 21), Family.CHARITABLE: (9, 20)}


def paris(*words):
    return datetime(*words, tzinfo=PARIS).astimezone(UTC)


@dataclass
class Plan:
    """A campaign: clicked at ``click`` for ``at``, and paused from one instant to another."""

    click: datetime
    at: datetime
    family: Family
    pause: tuple[datetime, datetime] | None = None
    campaign_id: int = 0
    told: set[str] = field(default_factory=set)
    """Who the dry run said would receive nothing."""


def plans():
    """What people do in a year: every kind of awkward day, then thirty days of a dice with a fixed seed."""
    both = (Family.SERVICE, Family.CHARITABLE)
    awkward = [
        paris(2026, 3, 29, 1, 30), paris(2026, 3, 29, 3, 30), paris(2026, 10, 25, 2, 30), paris(2026, 10, 25, 3, 30),
        paris(2026, 4, 4, 19, 50), paris(2026, 4, 5, 10), paris(2026, 5, 1, 9), paris(2026, 5, 8, 12),
        paris(2026, 6, 29, 12), paris(2026, 7, 14, 8, 59), paris(2026, 8, 15, 18), paris(2026, 11, 11, 11),
        paris(2026, 12, 20, 12), paris(2026, 12, 24, 19, 59), paris(2026, 12, 25, 10), paris(2027, 1, 1, 0, 5),
    ]  # fmt: skip
    found = [
        Plan(max(BEGINS.astimezone(UTC), at - timedelta(days=300 - 20 * turn)), at, both[turn % 2])
        for turn, at in enumerate(awkward)
    ]
    dice = random.Random(2026)
    for _ in range(24):
        click = BEGINS.astimezone(UTC) + timedelta(minutes=dice.randrange(60 * 24 * 300))
        ahead = timedelta(hours=dice.choice([1, 5, 30, 47, 49, 24 * 7, 24 * 40, 24 * 64]))
        found.append(Plan(click, click + ahead, dice.choice(both)))
    friday, monday = paris(2026, 9, 18, 18, 30), paris(2026, 9, 21, 8)
    paused = {"family": Family.CHARITABLE, "pause": (friday, monday)}
    found.append(Plan(friday - timedelta(days=3), friday - timedelta(hours=1), **paused))  # Tahiti is still asleep
    found.append(Plan(friday - timedelta(days=200), friday + timedelta(days=1), **paused))  # due while it is paused
    return found


class Year:
    """The association, its people and its clock."""

    def __init__(self, stage, clock):
        self.stage, self.clock, self.database = stage, clock, stage.runtime.database
        self.plans = plans()
        with self.database.transaction() as session:
            self.space = make_space(session, rate_per_s=50, created_at=utc_now())
            self.everyone = make_list(session, self.space)
            for phone in (*PHONES, OBJECTOR):
                person = make_contact(session, self.space, on=self.everyone, phone=phone, last_name=phone)
            consent.object_to(
                session, self.space.id, person.fingerprint, channel=Channel.SMS, by=SOMEBODY, now=utc_now()
            )
        self.acts = sorted(self._acts(), key=lambda one: one[0])

    def _acts(self):
        for plan in self.plans:
            yield plan.click, self._schedule, plan
            if plan.pause:
                yield plan.pause[0], self._pause, plan
                yield plan.pause[1], self._resume, plan

    def _schedule(self, session, plan):
        audience = {"lists": [self.everyone.id], "contacts": [], "except": []}
        campaign = make_campaign(session, self.space, audience=audience, family=plan.family, created_at=utc_now())
        run = service.schedule_at_once(
            session, self.space, campaign, at=plan.at, by=SOMEBODY, settings=self.stage.runtime.settings, now=utc_now()
        )
        plan.campaign_id = campaign.id
        plan.told = {name.split()[-1] for names in run.left_out_names.values() for name in names}

    def _pause(self, session, plan):
        service.pause(session, session.get_one(Campaign, plan.campaign_id), by=SOMEBODY, now=utc_now())

    def _resume(self, session, plan):
        service.resume(session, session.get_one(Campaign, plan.campaign_id), by=SOMEBODY, now=utc_now())

    def live(self):
        """Until the end: what people do at its instant, then every tick and the dispatcher."""
        while utc_now() < ENDS:
            while self.acts and self.acts[0][0] <= utc_now():
                _at, act, plan = self.acts.pop(0)
                with self.database.transaction() as session:
                    act(session, plan)
            for tick in TICKS:
                tick.job(self.stage.runtime, ending=NEVER)
            if asyncio.run(Dispatcher(self.stage.runtime).drain()):
                self._hear()
            self.clock.move_to(self._next())

    def _hear(self):
        """The receipts come in their own time, which is not that of the clock."""
        end = time.monotonic() + 20
        on_the_way = select(func.count()).where(Message.status.in_((Status.ACCEPTED, Status.SENT)))
        while time.monotonic() < end:
            with self.database.snapshot() as session:
                if session.scalar(on_the_way) == 0:
                    return
            time.sleep(0.01)

    def _next(self):
        """The next instant at which anything is due, or six hours from now."""
        now = utc_now()
        due = select(func.min(Message.not_before)).where(Message.status == Status.QUEUED, Message.not_before > now)
        begins = select(func.min(Campaign.send_at)).where(Campaign.stage == Stage.SCHEDULED, Campaign.send_at > now)
        with self.database.snapshot() as session:
            instants = [session.scalar(due), session.scalar(begins), *(at for at, _act, _plan in self.acts[:1])]
        return min([now + STEP, *(at for at in instants if at and at > now)])


@pytest.mark.slow
def test_each_message_of_a_year_leaves_once_and_in_its_hours(settings, tmp_path):
    with time_machine.travel(BEGINS, tick=False) as clock, standing_stage(settings, tmp_path) as stage:
        stage.runtime = replace(stage.runtime, clock=lambda _session: utc_now())  # the database lives in its own year
        year = Year(stage, clock)
        year.live()
        sent = ledger(stage)
        with stage.runtime.database.snapshot() as session:
            messages = {one.public_id: one for one in session.scalars(select(Message))}
            campaigns = {one.id: one for one in session.scalars(select(Campaign))}
    assert {one.status for one in messages.values()} <= FINAL
    assert {one.stage for one in campaigns.values()} == {Stage.FINISHED}
    assert [item for item in sent if item["count"] != 1] == []
    reached = Counter()
    for item in sent:
        message = messages[item["callback_url"].rpartition("/")[2]]
        [plan] = [one for one in year.plans if campaigns[one.campaign_id].mailing_id == message.mailing_id]
        reached[plan.campaign_id, message.phone] += 1
        at = datetime.fromisoformat(item["first_at"])
        assert at >= plan.at.replace(microsecond=0)
        assert may_leave(plan.family, message.phone, at), (plan, message.phone, at)
        assert not (plan.pause and plan.pause[0] <= at < plan.pause[1])
    expected = {(plan.campaign_id, phone): 1 for plan in year.plans for phone in (*PHONES, OBJECTOR)
                if phone not in plan.told}  # fmt: skip
    assert reached == Counter(expected)
    assert {frozenset(plan.told) for plan in year.plans} == {frozenset({OBJECTOR})}


def may_leave(family, phone, at):
    """The hours as the guides tell them, read again here."""
    zone, part = PHONES[phone]
    local = at.astimezone(ZoneInfo(zone))
    opens, closes = HOURS[family]
    closed = family is Family.CHARITABLE and (local.weekday() == 6 or is_holiday(local.date(), part))
    return opens <= local.hour < closes and not closed


def is_holiday(day: date, part):
    return day in holidays.country_holidays("FR", subdiv=part, years=day.year)


def ledger(stage):
    settings = stage.runtime.settings
    account = (settings.twilio_account_sid, settings.twilio_auth_token)
    answer = requests.get(f"{settings.simulator_url}/_simulator/{account[0]}/ledger", auth=account, timeout=30)
    return answer.json()["items"]
