"""How fast a sender goes, however many dispatchers share it."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Space
from app.carrier.protocol import NotSent, Refused
from app.messaging import rates
from app.messaging.models import SenderRate
from tests.factories import NOON, make_mailing, make_message, make_space
from tests.messaging.desk import claim, settle
from tests.together import together


@given(
    st.integers(1, 100),
    st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 120)), min_size=1, max_size=40),
)
@settings(max_examples=100)
def test_never_more_than_a_second_s_worth_at_once_nor_more_than_the_rate_over_time(per_s, asked):
    space, rate, now = Space(rate_per_s=per_s), SenderRate(free_at=NOON), NOON
    taken = []
    for wait_ms, wanted in asked:
        now += timedelta(milliseconds=wait_ms)
        free = min(wanted, rates.slots(rate, space, now=now))
        assert free <= per_s
        if free:
            rates.take(rate, space, free, now=now)
            taken.append((now, free))
    for start, (since, _first) in enumerate(taken):
        for until, _count in taken[start:]:
            sent = sum(count for at, count in taken[start:] if at <= until)
            assert sent <= per_s * ((until - since).total_seconds() + 1) + 1e-3


@given(st.integers(1, 100))
@settings(max_examples=30)
def test_a_sender_that_goes_steadily_reaches_its_rate(per_s):
    space, rate, taken = Space(rate_per_s=per_s), SenderRate(free_at=NOON - timedelta(hours=1)), 0
    for step in range(501):
        now = NOON + timedelta(milliseconds=20 * step)
        free = rates.slots(rate, space, now=now)
        rates.take(rate, space, free, now=now) if free else None
        taken += free
    assert per_s * 11 - 1 <= taken <= per_s * 11 + 1


def test_a_sender_keeps_the_longest_wait_and_its_reason_and_then_its_usual_rate():
    space, rate = Space(rate_per_s=10), SenderRate(free_at=NOON)
    assert rates.slots(rate, space, now=NOON) == 1
    rates.hold(rate, rates.Wait(60, 20429), now=NOON)
    for shorter in (rates.Wait(30), rates.Wait(60, 63038)):
        rates.hold(rate, shorter, now=NOON)
    assert (rate.free_at, rate.held_code) == (NOON + timedelta(seconds=60), 20429)
    free = [rates.slots(rate, space, now=NOON + timedelta(seconds=after)) for after in (59.9, 60, 60.4, 3600)]
    assert free == [0, 1, 5, 10]


def test_five_minutes_without_a_reason_are_the_longest_wait():
    space, longest = Space(rate_per_s=10), NOON + timedelta(minutes=5)
    later = longest + timedelta(microseconds=1)
    rows = [SenderRate(free_at=longest), SenderRate(free_at=later), SenderRate(free_at=later, held_code=20429)]
    assert [rates.slots(rate, space, now=NOON) for rate in rows] == [0, 1, 0]


def test_two_dispatchers_share_one_sender_s_second(database, settings):
    with database.transaction() as session:
        space = make_space(session, rate_per_s=10)
        for _ in range(3):
            mailing = make_mailing(session, space)
            for _ in range(30):
                make_message(session, mailing)
    answers = together(*[lambda: [len(claim(database, settings)) for _ in range(5)]] * 4)
    assert sum(map(sum, answers)) == 10
    assert len(claim(database, settings, now=NOON + timedelta(milliseconds=99))) == 0
    assert len(claim(database, settings, now=NOON + timedelta(milliseconds=500))) == 5
    assert len(claim(database, settings, now=NOON + timedelta(hours=1))) == 10, "rest is not saved up"


def test_a_sender_told_to_wait_holds_up_no_other(database, settings):
    with database.transaction() as session:
        busy = make_space(session)
        for _ in range(12):
            make_message(session, make_mailing(session, busy, priority=0))
        other = make_message(session, make_mailing(session))
    [first] = claim(database, settings, limit=1)
    settle(database, first, NotSent(60))
    assert [one.message_id for one in claim(database, settings)] == [other.id]
    assert claim(database, settings, now=NOON + timedelta(seconds=59)) == []
    assert claim(database, settings, now=NOON + timedelta(seconds=60)) != []


def test_a_sender_left_in_the_future_by_a_clock_that_was_ahead_goes_on(database, settings):
    with database.transaction() as session:
        mailing = make_mailing(session)
        for _ in range(3):
            make_message(session, mailing, not_after=NOON + timedelta(days=2))
    assert claim(database, settings, now=NOON + timedelta(hours=3), limit=1)
    assert len(claim(database, settings, now=NOON + timedelta(seconds=1), limit=1)) == 1
    with database.snapshot() as session:
        rate = session.scalars(select(SenderRate)).one()
    assert rate.free_at <= NOON + timedelta(seconds=2)


def test_a_sender_told_to_wait_with_a_reason_waits_however_long(database, settings):
    with database.transaction() as session:
        mailing = make_mailing(session)
        for _ in range(2):
            make_message(session, mailing, not_after=NOON + timedelta(days=2))
    [held] = claim(database, settings, limit=1)
    settle(database, held, Refused(63038))
    assert claim(database, settings, now=NOON + timedelta(hours=5)) == []
    assert claim(database, settings, now=NOON + timedelta(hours=6))
