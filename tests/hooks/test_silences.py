"""A receiver is judged on what it was asked: our own silences are none of its."""

from datetime import timedelta

import pytest

from app.hooks import delivering
from app.hooks.models import Delivery, DeliveryState, Hook
from app.hooks.wire import Answer, Problem
from tests.factories import NOON, make_delivery, make_hook, make_space

HOUR = timedelta(hours=1)


@pytest.fixture
def hook_id(database):
    with database.transaction() as session:
        return make_hook(session, make_space(session)).id


def event(database, hook_id, *, at):
    with database.transaction() as session:
        return make_delivery(session, session.get_one(Hook, hook_id), next_at=at, created_at=at).id


def attempt(database, *, at, answer):
    """What leaves at that instant, and is answered so."""
    with database.transaction() as session:
        claimed = delivering.claim(session, now=at)
    with database.transaction() as session:
        delivering.settle(session, [(one, answer) for one in claimed], now=at)
    return len(claimed)


def row(database, table, id):
    with database.snapshot() as session:
        return session.get_one(table, id)


def test_three_days_during_which_nobody_asked_stop_no_subscription(database, hook_id):
    """It failed for two hours, then no jobs ran for four days: the first attempt after is no third day of silence."""
    delivery_id = event(database, hook_id, at=NOON)
    now = NOON
    for _number in range(6):
        assert attempt(database, at=now, answer=Answer(503)) == 1
        now = max(row(database, Delivery, delivery_id).next_at, row(database, Hook, hook_id).next_at)
    now = NOON + timedelta(days=4)
    assert attempt(database, at=now, answer=Answer(problem=Problem.NO_NAME)) == 1
    hook, sent = row(database, Hook, hook_id), row(database, Delivery, delivery_id)
    assert (hook.is_on, hook.why_off, sent.state) == (True, "", DeliveryState.PENDING)


def test_an_event_of_a_quiet_month_is_tried_again_like_any_other(database, hook_id):
    """The one before was given up weeks ago, and there was nothing to say since."""
    old = event(database, hook_id, at=NOON)
    now = NOON
    while row(database, Delivery, old).state is DeliveryState.PENDING:
        attempt(database, at=now, answer=Answer(503))
        now = max(row(database, Delivery, old).next_at, row(database, Hook, hook_id).next_at)
    assert row(database, Hook, hook_id).is_on
    now += timedelta(days=20)
    new = event(database, hook_id, at=now)
    assert attempt(database, at=now, answer=Answer(502)) == 1
    assert (row(database, Hook, hook_id).is_on, row(database, Delivery, new).state) == (True, DeliveryState.PENDING)
    assert row(database, Hook, hook_id).failing_since == now
    now = row(database, Delivery, new).next_at + HOUR
    assert attempt(database, at=now, answer=Answer(204)) == 1
    assert row(database, Delivery, new).state is DeliveryState.DELIVERED


def test_what_was_written_as_its_subscription_ended_rings_no_alarm(database, hook_id):
    """Whoever wrote it saw it on; for a month the oldest of what waits would grow older, and nothing could be done."""
    with database.transaction() as session:
        space = make_space(session)
        for words in ({"is_on": False}, {"is_on": False, "removed_at": NOON}):
            make_delivery(session, make_hook(session, space, **words))
    with database.snapshot() as session:
        assert delivering.waiting(session) == delivering.Waiting(0, None, 1)
    event(database, hook_id, at=NOON)
    with database.snapshot() as session:
        assert delivering.waiting(session) == delivering.Waiting(1, NOON, 1)
