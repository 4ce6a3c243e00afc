"""What is claimed ahead of its send: whose turn it is, how much, and that it goes back when it must."""

import asyncio
import itertools
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts.models import Mode
from app.carrier.protocol import Accepted, NotSent
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.database.ids import MailingId, MessageId, SpaceId
from app.messaging.claims import Claimed
from app.messaging.models import Mailing, MailingState, Message
from app.messaging.restore import halt
from app.messaging.status import Status
from jobs.ahead import Ahead, Moment
from jobs.dispatching import Dispatcher
from jobs.pacing import LATELY_S, Lately, ahead_of, claim_at
from tests.factories import NOON, SOMEBODY, make_mailing, make_message, make_space
from tests.messaging.desk import progress

HANDS = 4
NOW = Moment(NOON, 0.0, read_s=0.0)


def held(number, priority=5):
    return Claimed(MessageId(number), MailingId(1), SpaceId(1), None, None, NOON, priority=priority)


@given(priorities=st.lists(st.integers(0, 9), max_size=30), last=st.integers(0, 40))
def test_the_most_urgent_leaves_first_then_who_was_claimed_first(priorities, last):
    ahead = Ahead()
    for number, priority in enumerate(priorities):
        ahead.add(held(number, priority), NOW)
    turns = sorted(range(len(priorities)), key=lambda number: (priorities[number], number))
    given_back = [one.message.message_id for one in ahead.take_last(last)]
    ahead.put_back(ahead.take_read_before(1.0))
    assert [one.message.message_id for one in ahead.end()] + given_back == turns
    assert asyncio.run(ahead.take()) is None


@given(per_s=st.floats(0, 5000), hands=st.integers(1, 300), data=st.data())
def test_no_more_is_held_than_one_second_sends_or_free_hands_take(per_s, hands, data):
    free = data.draw(st.integers(0, hands))
    assert free <= ahead_of(per_s, hands=hands, free=free) <= max(free, per_s)


def test_the_pace_is_that_of_the_last_seconds_and_a_rest_is_forgotten():
    clock = [100.0]
    lately = Lately(2, clock=lambda: clock[0])
    assert lately.per_s == 0
    call(lately, clock, *[0.1] * 20)
    assert lately.per_s == pytest.approx(20)
    clock[0] += 60
    assert lately.per_s == 0
    call(lately, clock, 0.5)
    assert lately.per_s == pytest.approx(4)


def call(lately, clock, *lasting_s):
    for lasted_s in lasting_s:
        lately.begin()
        clock[0] += lasted_s
        lately.end()


@given(
    hands=st.integers(1, 4),
    calls=st.lists(st.tuples(st.floats(0.05, 1.0), st.floats(0, 2.0)), min_size=1, max_size=30),
)
def test_hands_that_wait_for_a_slow_database_do_not_slow_the_pace(hands, calls):
    clocks, paces = ([0.0], [0.0]), []
    for clock, is_slow in zip(clocks, (False, True), strict=True):
        lately = Lately(hands, clock=lambda clock=clock: clock[0])
        for lasted_s, waited_s in calls:
            call(lately, clock, lasted_s)
            clock[0] += waited_s / 100 if is_slow else 0.0
        paces.append(lately.per_s)
    worked_s = sum(lasted_s for lasted_s, _waited_s in calls)
    if clocks[1][0] < LATELY_S:
        assert paces == [pytest.approx(hands * len(calls) / worked_s)] * 2


def test_a_carrier_that_answers_no_more_has_no_pace_while_its_calls_last():
    clock = [0.0]
    lately = Lately(4, clock=lambda: clock[0])
    call(lately, clock, *[0.1] * 10)
    before = lately.per_s
    for _hand in range(4):
        lately.begin()
    clock[0] += 1
    assert 0 < lately.per_s < before / 3
    clock[0] += LATELY_S
    assert (lately.per_s, lately.busy) == (0, 4)


class Slow:
    """A carrier whose every call waits until it is let go, in the order of the calls."""

    def __init__(self):
        self.let_go = 0
        self.called = []
        self.took = []

    def open(self, _account):
        return self

    async def send(self, text):
        self.called.append(text.phone)
        turn = len(self.called)
        while self.let_go < turn:
            await asyncio.sleep(0.005)
        self.took.append(text.phone)
        return Accepted(f"SM{turn:032x}")

    async def close(self):
        pass


class Desk:
    """A dispatcher at work, held up by its carrier once it has found its pace and claimed ahead."""

    def __init__(self, runtime):
        self.carrier, self.asleep_s = Slow(), 0.0
        settings = replace(runtime.settings, sends_in_flight=HANDS, practice_together_per_s=10_000)
        self.runtime = replace(runtime, carriers=self.carrier, settings=settings)
        self.dispatcher = Dispatcher(self.runtime, awake=lambda: time.monotonic() + self.asleep_s)

    def write(self, *mailings_of, **words):
        now = utc_now()
        with self.runtime.database.transaction() as session:
            space = make_space(session, mode=Mode.PRACTICE, rate_per_s=10_000)
            made = [make_mailing(session, space, served_at=now, **words) for _ in mailings_of]
            for mailing, people in zip(made, mailings_of, strict=True):
                for _ in range(people):
                    make_message(session, mailing, not_before=now, not_after=now + timedelta(hours=1))
        return [mailing.id for mailing in made]

    @contextmanager
    def at_work(self, let_go):
        self.carrier.let_go = let_go
        worker = threading.Thread(target=self.dispatcher.run)
        worker.start()
        try:
            yield
        finally:
            self.dispatcher.stop()
            self.carrier.let_go = 10_000
            worker.join(30)
        assert len(set(self.carrier.took)) == len(self.carrier.took), "nobody is texted twice"

    def until(self, true):
        end = time.monotonic() + 30
        while not true():
            assert time.monotonic() < end, self.counts()
            time.sleep(0.01)

    def counts(self):
        with self.runtime.database.snapshot() as session:
            rows = session.execute(select(Message.status, func.count()).group_by(Message.status))
            return Counter(dict(rows.all()))

    def is_ahead(self):
        """Whether it holds more than its hands do, and they are all at work."""
        return len(self.carrier.called) == self.carrier.let_go + HANDS and len(self.dispatcher._ahead) >= HANDS


@pytest.fixture
def desk(runtime):
    return Desk(runtime)


def test_asked_to_stop_it_gives_back_what_is_ahead_and_waits_for_what_is_in_flight(desk):
    first, second = desk.write(60, 60)
    with desk.at_work(let_go=20):
        desk.until(desk.is_ahead)
        with desk.runtime.database.snapshot() as session:
            query = select(Message.mailing_id).where(Message.status == Status.SENDING)
            assert set(session.scalars(query)) <= {first, second}
        claimed = 120 - desk.counts()[Status.QUEUED]
        desk.dispatcher.stop()
        desk.until(lambda: desk.counts() == {Status.ACCEPTED: 20, Status.SENDING: HANDS, Status.QUEUED: 100 - HANDS})
        assert claimed > 20 + HANDS
    assert desk.counts() == {Status.ACCEPTED: 20 + HANDS, Status.QUEUED: 100 - HANDS}
    both = [progress(desk.runtime.database, one).counts for one in (first, second)]
    assert sum(one[Status.ACCEPTED] for one in both) == 20 + HANDS
    assert all(one[Status.ACCEPTED] for one in both), "each had its turn"


def test_paused_what_is_ahead_goes_back_within_the_second(desk):
    [mailing_id] = desk.write(60)
    with desk.at_work(let_go=20):
        desk.until(desk.is_ahead)
        with desk.runtime.database.transaction() as session:
            session.get_one(Mailing, mailing_id).state = MailingState.PAUSED
        desk.until(lambda: desk.counts() == {Status.ACCEPTED: 20, Status.SENDING: HANDS, Status.QUEUED: 40 - HANDS})
        desk.carrier.let_go = 10_000
        desk.until(lambda: desk.counts() == {Status.ACCEPTED: 20 + HANDS, Status.QUEUED: 40 - HANDS})


def test_all_stopped_what_is_ahead_goes_back_and_leaves_after_the_resume(desk):
    desk.write(40)
    desk.write(20)
    database = desk.runtime.database
    with desk.at_work(let_go=20):
        desk.until(desk.is_ahead)
        with database.transaction() as session:
            halt.stop(session, why="un essai", by=SOMEBODY, now=utc_now())
        desk.until(lambda: desk.counts() == {Status.ACCEPTED: 20, Status.SENDING: HANDS, Status.QUEUED: 40 - HANDS})
        desk.carrier.let_go = 10_000
        desk.until(lambda: desk.counts() == {Status.ACCEPTED: 20 + HANDS, Status.QUEUED: 40 - HANDS})
        with database.transaction() as session:
            halt.resume(session, by=SOMEBODY, now=utc_now())
        desk.until(lambda: desk.counts() == {Status.ACCEPTED: 60})


def test_a_question_that_took_longer_than_a_second_is_answered_too_late(desk):
    """Each look at the clock finds two seconds more: between the question and its answer a stop may have been told."""
    clock, desk.carrier.let_go = itertools.count(0.0, 2.0), 1
    desk.write(1)
    dispatcher = Dispatcher(desk.runtime, awake=lambda: next(clock))
    [claimed] = dispatcher._claim(1, practice=1)
    at = next(clock)
    asyncio.run(dispatcher._send(claimed, Moment(utc_now(), at, read_s=at)))
    assert (desk.carrier.called, dispatcher._answers) == ([], [(claimed, NotSent(0.0))])


def test_who_says_no_while_their_message_is_ahead_is_not_texted(desk):
    [mailing_id] = desk.write(60)
    with desk.at_work(let_go=20):
        desk.until(desk.is_ahead)
        refusing = max(desk.dispatcher._ahead._heap).message
        with desk.runtime.database.transaction() as session:
            message = session.get_one(Message, refusing.message_id)
            words = {"channel": Channel.SMS, "by": SOMEBODY, "now": utc_now()}
            consent.object_to(session, message.space_id, message.fingerprint, **words)
        desk.until(lambda: all(one.message != refusing for one in desk.dispatcher._ahead._heap))
        desk.carrier.let_go = 10_000
        desk.until(lambda: desk.counts() == {Status.ACCEPTED: 59, Status.WITHDRAWN: 1})
    assert refusing.text.phone not in desk.carrier.called
    assert progress(desk.runtime.database, mailing_id).counts == {Status.ACCEPTED: 59, Status.WITHDRAWN: 1}


def test_what_is_urgent_passes_what_is_ahead(desk):
    desk.write(120)
    with desk.at_work(let_go=20):
        desk.until(desk.is_ahead)
        [mailing_id] = desk.write(1, priority=0)
        with desk.runtime.database.snapshot() as session:
            code = session.scalar(select(Message.phone).where(Message.mailing_id == mailing_id))

        def is_claimed():
            desk.carrier.let_go += len(desk.carrier.called) == desk.carrier.let_go + HANDS
            return code in {*desk.carrier.called, *(one.message.text.phone for one in desk.dispatcher._ahead._heap)}

        desk.until(is_claimed)  # what was ahead falls by half until more is claimed
        before = len(desk.carrier.called)
        desk.carrier.let_go += HANDS
        desk.until(lambda: code in desk.carrier.called)
    assert desk.carrier.called.index(code) <= before + 1


def test_a_carrier_that_stands_still_has_what_is_ahead_given_back(desk):
    desk.write(60)
    with desk.at_work(let_go=20):
        desk.until(desk.is_ahead)
        desk.asleep_s = 10.0
        desk.until(lambda: desk.counts() == {Status.ACCEPTED: 20, Status.SENDING: HANDS, Status.QUEUED: 40 - HANDS})


@given(per_s=st.floats(0, 5000), hands=st.integers(1, 300), ahead=st.integers(0, 3000), claim_s=st.floats(0, 60))
def test_the_next_claim_is_made_before_hands_have_nothing_left_and_not_much_sooner(per_s, hands, ahead, claim_s):
    left = claim_at(per_s, hands=hands, ahead=ahead, claim_s=claim_s)
    assert 0 <= left <= ahead // 2
    assert left == ahead // 2 or left >= max(hands, int(per_s * claim_s))
    assert left <= max(hands, 2 * per_s * claim_s)
