"""Signing in, slowed and counted; sessions seen and ended."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import signing_in, throttle
from app.accounts.guards import COOKIE
from app.accounts.models import Failure, SignedIn, User
from app.clock import utc_now
from app.db import Database
from app.errors import TooMany
from tests.accounts.conftest import PASSWORD, Browser, give_password
from tests.factories import NOON, make_space, make_user


@pytest.fixture
def odile(database: Database) -> User:
    with database.transaction() as session:
        user = make_user(session, email="odile@exemple.fr", name="Odile")
        make_space(session)
    give_password(database, user)
    return user


def test_signing_in_gives_a_cookie_that_scripts_cannot_read(browser: Browser, odile: User) -> None:
    answer = browser.sign_in(odile)
    assert (answer.status_code, answer.location) == (302, "/")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.is_signed_in()


def test_the_email_is_read_whatever_its_case(browser: Browser, odile: User) -> None:
    assert browser.post("/connexion", email="  Odile@Exemple.FR ", password=PASSWORD).status_code == 302


def test_a_wrong_password_and_an_unknown_email_look_the_same_and_lose_nothing(browser: Browser, odile: User) -> None:
    wrong = browser.post("/connexion", email=odile.email, password="not the one at all")
    unknown = browser.post("/connexion", email="personne@exemple.fr", password="not the one at all")
    for answer, email in ((wrong, odile.email), (unknown, "personne@exemple.fr")):
        assert answer.status_code == 422
        assert "bon." in answer.text
        assert f'value="{email}"' in answer.text
        assert "not the one" not in answer.text
    assert not browser.is_signed_in()


def test_empty_fields_are_named(browser: Browser, database: Database) -> None:
    answer = browser.post("/connexion", email="", password="")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'id="password-error"' in answer.text


def test_a_wrong_password_is_slowed_even_for_the_right_one(
    browser: Browser, other_browser: Browser, odile: User, database: Database
) -> None:
    for _attempt in range(6):
        browser.sign_in(odile, "not the one at all")
    slowed = other_browser.sign_in(odile)
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    assert "Attendez" in slowed.text
    with database.transaction() as session:
        signing_in.forget_tries(session, odile)
    assert other_browser.sign_in(odile).status_code == 302


def test_a_success_forgets_the_tries_before_it(browser: Browser, odile: User, database: Database) -> None:
    for _attempt in range(4):
        browser.sign_in(odile, "not the one at all")
    browser.sign_in(odile)
    with database.snapshot() as session:
        assert session.get(Failure, signing_in.throttle_keys(odile.email, "")[0]) is None


def test_the_wait_doubles_and_ends(database: Database) -> None:
    now = NOON
    for _attempt in range(throttle.FREE + 2):
        with database.transaction() as session:
            throttle.take(session, "door", now=now)
        now += timedelta(seconds=5)
    with database.transaction() as session:
        throttle.take(session, "door", now=now)
    with pytest.raises(TooMany) as refused, database.transaction() as session:
        throttle.take(session, "door", now=now + timedelta(seconds=1))
    assert refused.value.retry_after_s == 7
    with database.transaction() as session:
        throttle.take(session, "door", now=now + throttle.WINDOW * 2)


def test_one_goes_on_where_one_came_from_but_not_to_another_site(browser: Browser, odile: User) -> None:
    asked = browser.get("/espaces")
    assert asked.location == "/connexion?suite=/espaces"
    assert 'name="suite" value="/espaces"' in browser.get(asked.location).text
    assert browser.sign_in(odile, suite="/espaces").location == "/espaces"
    for elsewhere in ("https://ailleurs.fr/", "//ailleurs.fr", "/\\ailleurs.fr", "/\t/ailleurs.fr"):
        assert browser.sign_in(odile, suite=elsewhere).location == "/"


def test_a_form_without_its_token_is_refused(app: Flask, odile: User) -> None:
    client = app.test_client()
    answer = client.post("/connexion", data={"email": odile.email, "password": PASSWORD})
    assert answer.status_code == 400
    assert "rechargez" in answer.text
    assert client.get("/profil").status_code == 302


def test_leaving_ends_the_session_even_for_a_kept_cookie(browser: Browser, odile: User) -> None:
    browser.sign_in(odile)
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie
    browser.post("/deconnexion")
    browser.client.set_cookie(COOKIE, cookie.value)
    assert not browser.is_signed_in()


def test_a_session_closed_elsewhere_no_longer_opens(
    browser: Browser, other_browser: Browser, odile: User, database: Database
) -> None:
    browser.sign_in(odile)
    other_browser.sign_in(odile)
    with database.snapshot() as session:
        first = session.scalars(select(SignedIn.id).order_by(SignedIn.id)).first()
    assert other_browser.get("/profil").text.count("/fermer") == 2
    other_browser.post(f"/profil/sessions/{first}/fermer")
    assert not browser.is_signed_in()
    assert other_browser.is_signed_in()


def test_nobody_closes_the_session_of_another(browser: Browser, odile: User, database: Database) -> None:
    with database.transaction() as session:
        stranger = make_user(session)
        signing_in.start(session, stranger, browser="", now=utc_now())
        theirs = session.scalars(select(SignedIn.id)).one()
    browser.sign_in(odile)
    assert browser.post(f"/profil/sessions/{theirs}/fermer").status_code == 404
    with database.snapshot() as session:
        assert session.get_one(SignedIn, theirs).revoked_at is None


def test_signing_in_again_replaces_the_session_of_the_browser(
    browser: Browser, odile: User, database: Database
) -> None:
    browser.sign_in(odile)
    browser.sign_in(odile)
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).where(SignedIn.revoked_at.is_(None))) == 1


def test_a_closed_account_is_out_at_once(browser: Browser, odile: User, database: Database) -> None:
    browser.sign_in(odile)
    with database.transaction() as session:
        session.get_one(User, odile.id).disabled_at = utc_now()
    assert not browser.is_signed_in()
    assert browser.sign_in(odile).status_code == 422


def test_a_refreshed_part_of_a_page_is_told_that_the_session_ended(app: Flask, database: Database) -> None:
    assert app.test_client().get("/profil", headers={"HX-Request": "true"}).status_code == 401


def test_secrets_are_kept_by_digest_alone(browser: Browser, odile: User, database: Database) -> None:
    browser.sign_in(odile)
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie
    with database.snapshot() as session:
        kept = session.scalars(select(SignedIn)).one()
        user = session.get_one(User, odile.id)
    assert cookie.value not in vars(kept).values()
    assert user.password_hash
    assert user.password_hash.startswith("$argon2id$")
