"""Codes by SMS: how many may leave, to whom, at whose cost, and what the journal says."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import quotas, retention
from app.accounts.models import Activity, Space, User
from app.accounts.quota_models import Quota
from app.accounts.signing import codes, phones
from app.clock import utc_now
from app.database.engine import Database
from app.errors import TooMany
from app.messaging.models import Message
from app.runtime import Runtime
from tests.accounts.conftest import PASSWORD, Browser, Texts, give_password
from tests.applications import lent_app
from tests.conftest import with_settings
from tests.factories import NOON, make_space, make_user

PHONES = [f"06 39 98 00 {n:02d}" for n in range(10, 40)]


@pytest.fixture
def odile(database: Database) -> User:
    with database.transaction() as session:
        user = make_user(session, name="Odile")
    give_password(database, user)
    return user


@pytest.fixture
def programme(database: Database) -> Space:
    with database.transaction() as session:
        return make_space(session, slug="programme", sender="Programme")


def ask(browser: Browser, phone: str) -> int:
    return browser.post("/profil/telephone", phone=phone, current=PASSWORD).status_code


def queued(database: Database) -> int:
    with database.snapshot() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def test_confirming_ones_phone_gives_no_code_back(browser: Browser, odile: User, texts: Texts) -> None:
    browser.sign_in(odile)
    answers = []
    for phone in PHONES[:6]:
        answers.append(ask(browser, phone))
        if answers[-1] == 302:
            browser.post("/profil/telephone/code", code=texts.last_code())
    assert answers == [302, 302, 302, 302, 429, 429]


def test_a_person_has_so_many_codes_a_day_and_a_month(database: Database, odile: User) -> None:
    now, taken = NOON, 0
    for _day in range(6):
        for turn in range(codes.A_DAY + 2):
            at = now + timedelta(minutes=20 * turn)
            try:
                with database.transaction() as session:
                    phones.take_turn(session, odile, now=at)
            except TooMany:
                continue
            taken += 1
        now += timedelta(days=1)
    assert taken == codes.A_MONTH
    with database.transaction() as session:
        phones.take_turn(session, odile, now=NOON + timedelta(days=31))


def test_many_people_cannot_text_one_number(database: Database) -> None:
    def send(*_words: object) -> None: ...

    sent = 0
    for _person in range(codes.NUMBER_A_DAY + 3):
        with database.transaction() as session:
            user = make_user(session)
        try:
            with database.transaction() as session:
                phones.ask(session, user, phone="+33639980011", send=send, per_day=100, now=NOON)
        except TooMany:
            continue
        sent += 1
    assert sent == codes.NUMBER_A_DAY


@pytest.fixture
def two_a_day(runtime: Runtime) -> Iterator[Flask]:
    with lent_app(with_settings(runtime, codes_per_day=2)) as app:
        yield app


def test_the_days_codes_run_out_and_say_so(two_a_day: Flask, programme: Space, database: Database) -> None:
    answers = []
    for number in range(3):
        browser = Browser(two_a_day)
        with database.transaction() as session:
            user = make_user(session, name=f"Personne {number}")
        give_password(database, user)
        browser.sign_in(user)
        answers.append(browser.post("/profil/telephone", phone=PHONES[number], current=PASSWORD))
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Tous les codes du jour sont partis" in answers[-1].text
    assert "Tous les codes du jour" in Browser(two_a_day).post("/mot-de-passe-oublie", email="qui@exemple.fr").text
    assert queued(database) == 2
    with database.snapshot() as session:
        rows = session.execute(
            select(Activity.verb, Activity.principal_name)
            .where(Activity.space_id == programme.id, Activity.subject == "code")
            .order_by(Activity.id)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("code.sent", "Personne 0"),
        ("code.sent", "Personne 1"),
        ("code.day_used_up", "Tambour"),
    ]


@pytest.mark.parametrize("phone", ["+53 5 1234567", "+881 6 123 45678", "+44 7400 123456", "+32 470 12 34 56"])
def test_a_number_abroad_gets_no_code(
    phone: str, browser: Browser, odile: User, programme: Space, database: Database
) -> None:
    browser.sign_in(odile)
    refused = browser.post("/profil/telephone", phone=phone, current=PASSWORD)
    assert refused.status_code == 422
    assert 'id="phone-error"' in refused.text
    assert queued(database) == 0


@pytest.mark.parametrize("phone", ["0692 12 34 56", "0694 20 12 34", "+687 75 12 34"])
def test_overseas_is_france(phone: str, browser: Browser, odile: User, programme: Space) -> None:
    browser.sign_in(odile)
    assert ask(browser, phone) == 302


def test_a_country_that_the_programme_lists_gets_codes(
    runtime: Runtime, odile: User, programme: Space, database: Database
) -> None:
    with lent_app(with_settings(runtime, foreign_countries="LU, BE")) as app:
        browser = Browser(app)
        browser.sign_in(odile)
        assert [ask(browser, phone) for phone in ("+32 470 12 34 56", "+44 7400 123456")] == [302, 422]


def test_an_old_phone_abroad_gets_no_code_for_a_lost_password(
    browser: Browser, programme: Space, database: Database
) -> None:
    with database.transaction() as session:
        user = make_user(session, phone="+5351234567", phone_verified_at=NOON)
    assert browser.post("/mot-de-passe-oublie", email=user.email).status_code == 302
    assert queued(database) == 0


@pytest.mark.parametrize(("budget", "answers"), [(0, [422, 422]), (75_000, [302, 422])])
def test_codes_count_in_the_programmes_budget(
    budget: int, answers: list[int], browser: Browser, odile: User, programme: Space, database: Database
) -> None:
    with database.transaction() as session:
        session.get_one(Space, programme.id).budget_micros = budget
    browser.sign_in(odile)
    assert [ask(browser, phone) for phone in PHONES[:2]] == answers
    assert queued(database) == answers.count(302)


def test_a_code_that_could_not_leave_is_not_counted(browser: Browser, odile: User, database: Database) -> None:
    browser.sign_in(odile)
    assert ask(browser, PHONES[0]) == 422  # no programme space
    with database.snapshot() as session:
        assert not quotas.is_used_up(session, codes.ALL, a_day=1, now=utc_now())


def test_a_turn_is_had_once(database: Database) -> None:
    with database.transaction() as first:
        assert quotas.take(first, "door", a_day=2, now=NOON) == 1
    with database.transaction() as second:
        assert quotas.take(second, "door", a_day=2, now=NOON) == 2
    with pytest.raises(TooMany) as refused, database.transaction() as third:
        quotas.take(third, "door", a_day=2, now=NOON)
    assert refused.value.retry_after_s == 11 * 3600  # until midnight in Paris


def test_a_day_is_that_of_paris(database: Database) -> None:
    for at in (NOON + timedelta(hours=10, minutes=59), NOON + timedelta(hours=11)):
        with database.transaction() as session:
            assert quotas.take(session, "door", a_day=1, now=at) == 1


def test_turns_are_forgotten_once_their_month_is_over(database: Database) -> None:
    with database.transaction() as session:
        quotas.take(session, "door", a_day=1, a_month=1, now=NOON)
    with database.transaction() as session:
        retention.forget_ended(session, now=NOON + timedelta(days=20))
        assert session.scalar(select(func.count()).select_from(Quota)) == 2
        retention.forget_ended(session, now=NOON + timedelta(days=45))
        assert session.scalar(select(func.count()).select_from(Quota)) == 0
