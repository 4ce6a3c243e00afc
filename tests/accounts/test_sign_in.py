"""Signing in, slowed and counted; sessions seen and ended."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Failure, SignedIn, User
from app.accounts.signing import callers, signing_in, throttle
from app.accounts.signing.callers import Caller
from app.accounts.web.guards import COOKIE
from app.accounts.web.session_cookie import DEVICE, DEVICE_LASTS
from app.clock import utc_now
from app.database.engine import Database
from app.errors import TooMany
from tests.accounts.conftest import PASSWORD, Browser, give_password
from tests.factories import NOON, make_space, make_user


@pytest.fixture(autouse=True)
def no_time_passes() -> Iterator[None]:
    """What is slowed is so for seconds: on a busy machine a dozen tries outlast them."""
    with time_machine.travel(utc_now(), tick=False):
        yield


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
        signing_in.forget_tries(session, odile, caller=Caller("127.0.0.1"))
    assert other_browser.sign_in(odile).status_code == 302


def test_a_success_forgets_the_tries_before_it(browser: Browser, odile: User, database: Database) -> None:
    for _attempt in range(4):
        browser.sign_in(odile, "not the one at all")
    browser.sign_in(odile)
    with database.snapshot() as session:
        assert session.scalars(select(Failure.key).where(Failure.key.startswith("sign-in:"))).all() == []


def knock(browser: Browser, email: str, password: str, address: str) -> int:
    """A try from elsewhere on the network."""
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser.post("/connexion", email=email, password=password).status_code


def test_a_stranger_elsewhere_shuts_nobody_out(
    browser: Browser, other_browser: Browser, odile: User, app: Flask
) -> None:
    for host in range(12):
        knock(browser, odile.email, "not the one at all", f"198.51.100.{host}")
    assert knock(browser, odile.email, PASSWORD, "198.51.100.77") == 429
    assert knock(other_browser, odile.email, PASSWORD, "203.0.113.9") == 302


def test_a_browser_that_has_signed_in_is_not_slowed_by_strangers_beside_it(
    browser: Browser, other_browser: Browser, odile: User
) -> None:
    other_browser.sign_in(odile)
    other_browser.post("/deconnexion")
    for _attempt in range(12):
        browser.sign_in(odile, "not the one at all")
    assert browser.sign_in(odile).status_code == 429
    assert other_browser.sign_in(odile).status_code == 302


def test_a_browser_that_has_signed_in_is_counted_too(browser: Browser, odile: User) -> None:
    browser.sign_in(odile)
    browser.post("/deconnexion")
    answers = [browser.sign_in(odile, "not the one at all").status_code for _attempt in range(7)]
    assert answers == [422] * 6 + [429]


def test_the_cookie_of_a_browser_counts_for_its_own_people_and_cannot_be_written(
    browser: Browser, other_browser: Browser, odile: User, database: Database
) -> None:
    with database.transaction() as session:
        paul = make_user(session, email="paul@exemple.fr", name="Paul")
    give_password(database, paul)
    browser.sign_in(paul)
    browser.post("/deconnexion")
    cookie = browser.client.get_cookie(DEVICE)
    assert cookie
    for _attempt in range(6):
        other_browser.sign_in(odile, "not the one at all")
    assert browser.sign_in(odile).status_code == 429, "Paul's browser is a stranger to Odile"
    name, mark, signature = cookie.value.split(".")
    forged = f"{name}.{mark}.{callers.email_digest(odile.email)}.{signature}"
    other_browser.client.set_cookie(DEVICE, forged)
    assert other_browser.sign_in(odile).status_code == 429


def test_the_privacy_page_tells_of_the_browsers_cookie(browser: Browser) -> None:
    assert f"{DEVICE_LASTS.days} jours" in browser.get("/confidentialite").text.replace("\u00a0", " ")


def test_strangers_from_everywhere_wait_a_little_and_the_right_password_gets_in(
    database: Database, odile: User
) -> None:
    now = NOON
    for corner in range(60):
        with suppress(TooMany), database.transaction() as session:
            signing_in.take_try(session, odile.email, caller=Caller(f"10.0.{corner}.1"), now=now)
        now += timedelta(seconds=1)
    with pytest.raises(TooMany) as refused, database.transaction() as session:
        for corner in range(100, 110):
            signing_in.take_try(session, odile.email, caller=Caller(f"10.0.{corner}.1"), now=now)
    assert refused.value.retry_after_s <= signing_in.STRANGERS_WAIT_S


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
    ],
)
def test_a_corner_of_the_network(address: str, block: str) -> None:
    assert callers.block(address) == block


def test_a_stranger_does_not_shut_the_change_of_a_password(browser: Browser, app: Flask, odile: User) -> None:
    browser.sign_in(odile)
    browser.client.delete_cookie(DEVICE)  # signed in before this browser was given one
    stranger = Browser(app)
    for _attempt in range(12):
        stranger.sign_in(odile, "not the one at all")
    changed = browser.post("/profil/mot-de-passe", current=PASSWORD, password="une autre phrase 8")
    assert changed.status_code == 302


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
    page = other_browser.get("/profil").text
    assert page.count("/fermer") == 2
    assert re.search(r'sr-only">[^<]+, vu [^<]+ à\s\d', page), (
        "two of one browser are told apart by when they were seen"
    )
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
