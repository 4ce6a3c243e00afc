"""A forgotten password, and the phone that gives the account back."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.accounts.models import OneTime, User
from app.accounts.signing import codes, recovery
from app.accounts.signing.callers import Caller
from app.accounts.web import recovery_pages
from app.accounts.web.phone_pages import CODE_SENDER
from app.clock import utc_now
from app.database.engine import Database
from app.errors import TooMany
from app.messaging.body.parts import part_count
from app.web.seams import fill
from tests.accounts.conftest import PASSWORD, Browser, Texts, give_password
from tests.factories import NOON, make_user

PHONE = "+33639980002"
ANOTHER = "une autre phrase 8"


@pytest.fixture
def odile(database: Database) -> User:
    with database.transaction() as session:
        user = make_user(session, name="Odile", phone=PHONE, phone_verified_at=utc_now())
    give_password(database, user)
    return user


def ask(browser: Browser, email: str) -> str:
    answer = browser.post("/mot-de-passe-oublie", email=email)
    assert (answer.status_code, answer.location) == (302, "/mot-de-passe-oublie/code")
    return without(email, browser.get(answer.location).text)


def without(email: str, page: str) -> str:
    """The page less what differs from one person to the next: the e-mail, the form's token."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page.replace(email, ""))


def finish(browser: Browser, code: str, password: str = ANOTHER) -> int:
    return browser.post("/mot-de-passe-oublie/code", code=code, password=password).status_code


def test_the_code_of_the_verified_phone_gives_the_account_back(
    browser: Browser, other_browser: Browser, odile: User, texts: Texts
) -> None:
    other_browser.sign_in(odile)
    ask(browser, odile.email)
    assert [phone for phone, _body in texts.sent] == [PHONE]
    assert finish(browser, texts.last_code()) == 302
    assert browser.is_signed_in()
    assert not other_browser.is_signed_in()
    assert other_browser.sign_in(odile).status_code == 422
    assert other_browser.sign_in(odile, ANOTHER).status_code == 302


def test_the_code_serves_once(browser: Browser, other_browser: Browser, odile: User, texts: Texts) -> None:
    codes = []
    for one in (browser, other_browser):
        ask(one, odile.email)
        codes.append(texts.last_code())
    assert finish(browser, codes[0]) == 302
    for code in codes:
        assert finish(other_browser, code, "encore une phrase") == 422
    assert other_browser.sign_in(odile, ANOTHER).status_code == 302


def test_an_unknown_email_gets_the_same_answer_at_each_step(
    browser: Browser, other_browser: Browser, odile: User, texts: Texts
) -> None:
    assert ask(browser, odile.email) == ask(other_browser, "personne@exemple.fr")
    assert len(texts.sent) == 1
    known = browser.post("/mot-de-passe-oublie/code", code="000000", password=ANOTHER)
    unknown = other_browser.post("/mot-de-passe-oublie/code", code="000000", password=ANOTHER)
    assert known.status_code == unknown.status_code == 422
    assert without(odile.email, known.text) == without("personne@exemple.fr", unknown.text)


def test_every_answer_takes_as_long(browser: Browser, odile: User, texts: Texts) -> None:
    started = utc_now()
    ask(browser, "personne@exemple.fr")
    assert (utc_now() - started).total_seconds() >= recovery_pages.ANSWER_S


def test_an_unverified_phone_gets_nothing(browser: Browser, texts: Texts, database: Database) -> None:
    with database.transaction() as session:
        user = make_user(session, phone=PHONE)
    ask(browser, user.email)
    assert texts.sent == []


def test_a_sender_that_fails_does_not_tell_who_exists(browser: Browser, odile: User) -> None:
    def broken(*_words: object) -> None:
        raise OSError("no network")

    fill(browser.client.application, CODE_SENDER.filled_by(broken))
    ask(browser, odile.email)


def test_a_short_password_does_not_spend_the_code(browser: Browser, odile: User, texts: Texts) -> None:
    ask(browser, odile.email)
    refused = browser.post("/mot-de-passe-oublie/code", code=texts.last_code(), password="court")
    assert refused.status_code == 422
    assert 'id="password-error"' in refused.text
    assert texts.last_code() in refused.text
    assert finish(browser, texts.last_code()) == 302


def test_codes_cost_money_so_they_are_counted(browser: Browser, odile: User, texts: Texts) -> None:
    for _request in range(3):
        browser.post("/mot-de-passe-oublie", email=odile.email)
    assert browser.post("/mot-de-passe-oublie", email=odile.email).status_code == 429
    assert len(texts.sent) == 3


def test_guessing_ends_after_five_tries(browser: Browser, odile: User, texts: Texts) -> None:
    ask(browser, odile.email)
    for _guess in range(5):
        finish(browser, f"{(int(texts.last_code()) + 1) % 100_000_000:08d}")
    assert finish(browser, texts.last_code()) == 422


def test_a_stranger_who_asks_and_guesses_leaves_the_owner_her_code(
    browser: Browser, other_browser: Browser, odile: User, texts: Texts
) -> None:
    ask(browser, odile.email)
    code = texts.last_code()
    ask(other_browser, odile.email)
    for guess in range(6):
        finish(other_browser, f"{guess:08d}")
    assert finish(other_browser, code) == 422, "a code seen over a shoulder is no use elsewhere"
    assert finish(browser, code) == 302


def test_the_owner_hears_of_it_at_the_third_code(app: Flask, odile: User, texts: Texts) -> None:
    for _request in range(3):
        ask(Browser(app), odile.email)
    bodies = [body for _phone, body in texts.sent]
    assert ["appelez le programme" in body for body in bodies] == [False, False, True]
    assert all(part_count(body) == 1 for body in bodies)


def test_a_month_of_strangers_gets_few_codes_and_the_owner_still_has_hers(database: Database, odile: User) -> None:
    sent = 0

    def send(*_words: object) -> None:
        nonlocal sent
        sent += 1

    def try_once(caller: Caller, now: datetime) -> bool:
        try:
            with database.transaction() as session:
                recovery.take_turn(session, odile.email, caller=caller, per_day=1000, now=now)
        except TooMany:
            return False
        with database.transaction() as session:
            recovery.ask(session, odile.email, asked_by="x", send=send, per_day=1000, now=now)
        return True

    for hour in (*range(0, 24 * 7, 6), *range(24 * 7, 24 * 28, 24)):
        for corner in range(2):
            try_once(Caller(f"203.0.{corner}.{hour % 256}"), NOON + timedelta(hours=hour))
    assert sent == codes.A_MONTH
    assert try_once(Caller("203.0.0.1", "a browser that signed in"), NOON + timedelta(days=27))


def test_the_phone_of_the_profile_is_verified_by_its_code(browser: Browser, texts: Texts, database: Database) -> None:
    with database.transaction() as session:
        user = make_user(session)
    give_password(database, user)
    browser.sign_in(user)
    assert browser.post("/profil/telephone", phone="06 39 98 00 03", current=PASSWORD).status_code == 302
    with database.snapshot() as session:
        assert session.get_one(User, user.id).phone is None
    assert browser.post("/profil/telephone/code", code="abc").status_code == 422
    assert browser.post("/profil/telephone/code", code=texts.last_code()).status_code == 302
    with database.snapshot() as session:
        mine = session.get_one(User, user.id)
        assert (mine.phone, bool(mine.phone_verified_at)) == ("+33639980003", True)
    assert "06 39 98 00 03" in browser.get("/profil").text
    assert browser.post("/profil/telephone/retirer", current="not the one at all").status_code == 422
    with database.snapshot() as session:
        assert session.get_one(User, user.id).phone == "+33639980003", "a browser left open removes nothing"
    assert browser.post("/profil/telephone/retirer", current=PASSWORD).status_code == 302
    with database.snapshot() as session:
        assert session.get_one(User, user.id).phone is None


def test_a_browser_left_open_does_not_change_the_phone(
    browser: Browser, odile: User, texts: Texts, database: Database
) -> None:
    browser.sign_in(odile)
    refused = browser.post("/profil/telephone", phone="0639980004", current="not the one at all")
    assert refused.status_code == 422
    assert 'id="current-error"' in refused.text
    assert 'value="0639980004"' in refused.text
    assert "not the one" not in refused.text
    with database.snapshot() as session:
        assert session.query(OneTime).count() == 0


def test_a_landline_is_refused_at_its_field(browser: Browser, odile: User, texts: Texts) -> None:
    browser.sign_in(odile)
    refused = browser.post("/profil/telephone", phone="01 99 00 12 34", current=PASSWORD)
    assert refused.status_code == 422
    assert 'id="phone-error"' in refused.text
    assert texts.sent == []


def test_changing_the_password_closes_the_other_sessions(browser: Browser, other_browser: Browser, odile: User) -> None:
    browser.sign_in(odile)
    other_browser.sign_in(odile)
    assert browser.post("/profil/mot-de-passe", current="wrong wrong wrong", password=ANOTHER).status_code == 422
    assert browser.post("/profil/mot-de-passe", current=PASSWORD, password="aaaaaaaaaaaa").status_code == 422
    assert browser.post("/profil/mot-de-passe", current=PASSWORD, password=ANOTHER).status_code == 302
    assert browser.is_signed_in()
    assert not other_browser.is_signed_in()
