"""What the verdict of `make crash` says of people, out of our rows and the simulator's ledger."""

from datetime import timedelta

import pytest

from app.accounts.models import Mode
from app.messaging.status import Status
from bench import verdict
from tests.factories import NOON, make_contact, make_list, make_mailing, make_message, make_space

OFF = {"status": Status.UNDELIVERED, "error_code": 30003, "settled_at": NOON}
LATER = {"status": Status.DELIVERED, "settled_at": NOON + timedelta(minutes=2), "created_at": NOON}
PHONE = "+33639980100"


def texted_twice(database, *tries, unseen=()):
    """How many people the verdict counts: one, whose attempts are these rows, accepted but for those ``unseen``."""
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        make_contact(session, space, on=make_list(session, space), phone=PHONE)
        mailing = make_mailing(session, space)
        made = [
            make_message(session, mailing, phone=PHONE, **{"attempt": at, "is_latest": at == len(tries), **row})
            for at, row in enumerate(tries, 1)
        ]
        ledger = [
            {"callback_url": f"http://tambour.test/webhooks/twilio/status/{one.public_id}", "count": 1}
            for one in made
            if one.attempt not in unseen
        ]
        found = verdict.judge(session, {space.id: ledger})
        assert (found.people, found.lost, found.doubled, found.strays) == (1, 0, 0, 0)
        return found.texted_twice


def test_the_one_later_try_of_a_phone_that_was_off_is_meant(database):
    assert texted_twice(database, OFF, LATER) == 0
    assert texted_twice(database, OFF, {**LATER, **OFF}) == 0, "it is still off"
    never_left = {"status": Status.FAILED, "reason": "never_left", "created_at": NOON}
    assert texted_twice(database, OFF, never_left, LATER, unseen=[2]) == 0


@pytest.mark.parametrize(
    "first",
    [
        *({**OFF, "status": status, "error_code": None} for status in Status if status is not Status.UNDELIVERED),
        {**OFF, "error_code": None},
        {**OFF, "error_code": 30005},
        {**OFF, "status": Status.DELIVERED},
        {**OFF, "settled_at": NOON + timedelta(minutes=1)},
    ],
    ids=lambda first: f"{first['status']} {first['error_code']} {first['settled_at']:%H:%M}",
)
def test_a_second_text_after_anything_else_counts(database, first):
    assert texted_twice(database, first, LATER) == 1


def test_a_third_text_and_a_later_try_of_a_later_try_count(database):
    assert texted_twice(database, OFF, {**LATER, **OFF}, LATER) == 1
    never_left = {"status": Status.FAILED, "reason": "never_left"}
    assert texted_twice(database, never_left, OFF, LATER, unseen=[1]) == 1
