"""Links and codes: once, for a time, and unknown ones look like spent ones."""

from datetime import timedelta

import pytest

from app.accounts.models import OneTime, User
from app.accounts.signing import one_times
from app.database.engine import Database
from app.errors import NotFound, RuleBroken
from tests.factories import NOON, make_user

PHONE = "+33639980001"


@pytest.fixture
def user(database: Database) -> User:
    with database.transaction() as session:
        return make_user(session)


def link(database: Database, user: User, purpose: str = one_times.PASSWORD) -> str:
    with database.transaction() as session:
        return one_times.make_link(session, user, purpose, now=NOON)


def code(database: Database, user: User) -> str:
    with database.transaction() as session:
        return one_times.make_code(session, user, one_times.PHONE, phone=PHONE, now=NOON)


def try_code(database: Database, user: User, typed: str, *, after: timedelta = timedelta(minutes=1)) -> OneTime:
    now = NOON + after
    with database.transaction() as session:
        tried = one_times.take_try(session, user.id, one_times.PHONE, now=now)
    with database.transaction() as session:
        return one_times.use_code(session, tried, typed, now=now)


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06d}"


def refusal(database: Database, token: str, *, after: timedelta = timedelta()) -> str:
    with pytest.raises(NotFound) as refused, database.snapshot() as session:
        one_times.get_link(session, token, now=NOON + after)
    return refused.value.sentence


def test_unknown_used_expired_and_replaced_links_get_one_answer(database: Database, user: User) -> None:
    unknown = refusal(database, "nobody's")
    token = link(database, user)
    assert refusal(database, token, after=one_times.LINK_LASTS) == unknown
    newer = link(database, user)
    assert refusal(database, token) == unknown
    with database.transaction() as session:
        one_times.get_link(session, newer, now=NOON, lock=True).used_at = NOON
    assert refusal(database, newer) == unknown


def test_the_link_of_a_closed_account_is_spent(database: Database, user: User) -> None:
    token = link(database, user)
    with database.transaction() as session:
        session.get_one(User, user.id).disabled_at = NOON
    assert refusal(database, token) == refusal(database, "nobody's")


def test_a_token_has_256_bits_and_is_kept_by_digest(database: Database, user: User) -> None:
    token = link(database, user)
    assert len(token) == 43
    with database.snapshot() as session:
        assert one_times.get_link(session, token, now=NOON).digest != token


def test_a_code_is_not_a_link(database: Database, user: User) -> None:
    code(database, user)
    with database.snapshot() as session:
        kept = session.query(OneTime).one()
    assert kept.phone == PHONE
    assert refusal(database, kept.digest)


def test_a_code_works_once_however_it_is_typed(database: Database, user: User) -> None:
    digits = code(database, user)
    assert try_code(database, user, f" {digits[:3]} {digits[3:]} ").phone == PHONE
    with pytest.raises(RuleBroken, match="code"):
        try_code(database, user, digits)


def test_a_code_dies_after_fifteen_minutes_or_five_wrong_tries(database: Database, user: User) -> None:
    digits = code(database, user)
    with pytest.raises(RuleBroken):
        try_code(database, user, digits, after=one_times.CODE_LASTS)
    for _attempt in range(one_times.CODE_TRIES):
        with pytest.raises(RuleBroken):
            try_code(database, user, wrong(digits))
    with pytest.raises(RuleBroken):
        try_code(database, user, digits)


def test_a_try_counts_before_its_outcome(database: Database, user: User) -> None:
    """Guesses sent at once must not share one try."""
    digits = code(database, user)
    taken = []
    for _guess in range(10):
        with database.transaction() as session:
            taken.append(one_times.take_try(session, user.id, one_times.PHONE, now=NOON))
    assert [bool(each) for each in taken] == [True] * 5 + [False] * 5
    with pytest.raises(RuleBroken), database.transaction() as session:
        one_times.use_code(session, taken[-1], digits, now=NOON)


def test_another_code_replaces_the_first(database: Database, user: User) -> None:
    first = code(database, user)
    second = code(database, user)
    if first != second:
        with pytest.raises(RuleBroken):
            try_code(database, user, first)
    assert try_code(database, user, second).used_at


def test_the_code_of_one_person_is_nothing_to_another(database: Database, user: User) -> None:
    digits = code(database, user)
    with database.transaction() as session:
        stranger = make_user(session)
    with pytest.raises(RuleBroken):
        try_code(database, stranger, digits)
