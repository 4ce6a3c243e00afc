"""The second factor: set up with a phone, asked at the door, once each, slowed down, taken off and told."""

import copy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Activity, Staff, User
from app.accounts.signing import second_factor, signing_in, totp, users
from app.clock import utc_now
from app.errors import TooMany
from app.web import seams
from tests.accounts.conftest import PASSWORD, Browser, give_password
from tests.factories import NOON, SOMEBODY, make_space, make_user

PROFILE = "/profil/double-verification"


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session)


@pytest.fixture
def odile(database, space):
    with database.transaction() as session:
        user = make_user(session, space=space)
    give_password(database, user)
    return user


@pytest.fixture
def clock():
    """Noon of an ordinary day, moved by hand: a number lives half a minute."""
    with time_machine.travel(datetime(2026, 11, 26, 12, tzinfo=UTC), tick=False) as clock:
        yield clock


def number(secret, *, steps=0):
    return pyotp.TOTP(secret).at(utc_now(), counter_offset=steps)


def secret_on(page):
    return re.search(r">\s*([A-Z2-7]{32})\s*</textarea>", page)[1]


def set_up(browser):
    """The secret and the recovery codes."""
    secret = secret_on(browser.post(PROFILE, current=PASSWORD).text)
    codes = codes_on(browser.post(f"{PROFILE}/confirmer", code=number(secret)).text)
    assert len(codes) == second_factor.RECOVERY_CODES
    return secret, codes


def codes_on(page):
    return re.findall(r"<code>([a-z0-9-]+)</code>", page)


def test_a_confirmation_pressed_twice_shows_codes_that_are_good(browser, other_browser, clock, odile, database):
    """The browser shows the second answer alone: « Rien n'a changé », and the codes of the first were lost."""
    browser.sign_in(odile)
    secret = secret_on(browser.post(PROFILE, current=PASSWORD).text)
    before = copy.deepcopy(browser.client._cookies)
    browser.post(f"{PROFILE}/confirmer", code=number(secret))
    after, browser.client._cookies = browser.client._cookies, before
    assert "pas le bon" in browser.post(f"{PROFILE}/confirmer", code="000000").text
    codes = codes_on(browser.post(f"{PROFILE}/confirmer", code=number(secret)).text)
    assert len(codes) == second_factor.RECOVERY_CODES
    browser.client._cookies = after
    again = browser.post(f"{PROFILE}/confirmer", code=number(secret))
    assert again.status_code == 302
    page = browser.get(PROFILE).text
    assert ("Rien n" in page, "déjà en place" in page) == (False, True)
    with database.snapshot() as session:
        assert session.scalars(select(Activity.verb)).all().count("user.factor_set") == 1
    other_browser.sign_in(odile)
    other_browser.post("/connexion/code", code=codes[0])
    assert other_browser.is_signed_in()
    browser.client._cookies = before
    clock.shift(61)
    assert browser.post(f"{PROFILE}/confirmer", code=number(secret)).status_code == 302, "the codes stay as they are"


def asks_for_code(answer):
    return (answer.status_code, answer.headers["Location"]) == (302, "/connexion/code")


def test_a_password_alone_no_longer_opens(browser, other_browser, clock, odile):
    browser.sign_in(odile)
    secret, _codes = set_up(browser)
    assert browser.is_signed_in()
    assert asks_for_code(other_browser.sign_in(odile, suite="/profil"))
    assert not other_browser.is_signed_in()
    assert "pas le bon" in other_browser.post("/connexion/code", code="000000").text
    assert other_browser.post("/connexion/code", code=number(secret)).status_code == 422, "it set this up: used once"
    clock.shift(30)
    entered = other_browser.post("/connexion/code", code=number(secret))
    assert (entered.status_code, entered.headers["Location"]) == (302, "/profil")
    assert other_browser.is_signed_in()


def test_a_recovery_code_opens_once(browser, other_browser, clock, odile, database):
    browser.sign_in(odile)
    _secret, codes = set_up(browser)
    other_browser.sign_in(odile)
    other_browser.post("/connexion/code", code=f" {codes[3].upper()} ")
    assert other_browser.is_signed_in()
    again = Browser(browser.client.application)
    again.sign_in(odile)
    assert again.post("/connexion/code", code=codes[3]).status_code == 422
    with database.snapshot() as session:
        assert second_factor.codes_left(session, odile.id) == 9
        assert "user.factor_code_used" in session.scalars(select(Activity.verb)).all()
        kept = str([session.execute(select(*one.__table__.c)).all() for one in (User, second_factor.RecoveryCode)])
    assert [code for code in codes if code.replace("-", "") in kept] == []


def test_half_a_way_in_ends_by_itself_and_with_the_password(browser, other_browser, clock, odile, database):
    browser.sign_in(odile)
    secret, _codes = set_up(browser)
    clock.shift(60)
    other_browser.sign_in(odile)
    with database.transaction() as session:
        signing_in.choose_password(session, users.get(session, odile.id), "trois autres mots", now=utc_now())
    answer = other_browser.post("/connexion/code", code=number(secret))
    assert answer.headers["Location"] == "/connexion"
    other_browser.sign_in(odile, password="trois autres mots")
    clock.shift(601)
    assert other_browser.post("/connexion/code", code=number(secret)).headers["Location"] == "/connexion"
    assert not other_browser.is_signed_in()


def test_wrong_codes_are_slowed_down(browser, other_browser, clock, odile):
    browser.sign_in(odile)
    secret, _codes = set_up(browser)
    clock.shift(60)
    other_browser.sign_in(odile)
    answers = [other_browser.post("/connexion/code", code="000000").status_code for _try in range(7)]
    assert answers == [422] * 6 + [429]
    assert other_browser.post("/connexion/code", code=number(secret)).status_code == 429
    clock.shift(60)
    other_browser.post("/connexion/code", code=number(secret))
    assert other_browser.is_signed_in()


def test_whoever_has_the_password_gets_a_hundred_guesses_a_day_and_the_owner_waits_a_quarter_of_an_hour(
    database, odile
):
    """Counted by the quarter of an hour they would be 1,200: one chance in two within half a year."""
    now, tries, waits = NOON, 0, []
    while now < NOON + timedelta(days=1):
        with database.transaction() as session:
            try:
                second_factor.take_try(session, odile.id, now=now)
                tries += 1
            except TooMany as refused:
                waits.append(refused.retry_after_s)
        now += timedelta(seconds=waits.pop() if waits else 0)
    assert 90 < tries < 120
    with database.transaction() as session:
        second_factor.take_try(session, odile.id, now=now + timedelta(minutes=15))


def test_a_browser_left_open_neither_sets_it_up_nor_takes_it_off(browser, other_browser, clock, odile, database):
    browser.sign_in(odile)
    other_browser.sign_in(odile)
    assert browser.post(PROFILE, current="autre chose").status_code == 422
    secret = secret_on(browser.post(PROFILE, current=PASSWORD).text)
    assert other_browser.post(f"{PROFILE}/confirmer", code=number(secret)).headers["Location"] == PROFILE
    browser.post(f"{PROFILE}/confirmer", code=number(secret))
    assert not other_browser.is_signed_in(), "whoever was in before had no second proof"
    clock.shift(60)
    assert browser.post(f"{PROFILE}/retirer", current=PASSWORD, code="000000").status_code == 422
    assert browser.post(f"{PROFILE}/codes", current="autre chose", code=number(secret)).status_code == 422
    new = re.findall(
        r"<code>([a-z0-9-]+)</code>", browser.post(f"{PROFILE}/codes", current=PASSWORD, code=number(secret)).text
    )
    assert len(new) == 10
    assert browser.post(PROFILE, current=PASSWORD).status_code == 409, "one is in place"
    assert browser.post(f"{PROFILE}/retirer", current=PASSWORD, code=new[0]).headers["Location"] == "/profil"
    with database.snapshot() as session:
        found = users.get(session, odile.id)
        assert (found.second_factor_at, found.factor_sealed) == (None, None)


def test_another_phone_takes_the_place_of_the_first_even_where_it_is_asked(
    app, browser, other_browser, clock, odile, space, runtime, database
):
    seams.hand(app, replace(runtime, settings=replace(runtime.settings, second_factor="all")))
    browser.sign_in(odile)
    secret, codes = set_up(browser)
    clock.shift(60)
    assert "Changer de téléphone" in browser.get(PROFILE).text
    assert browser.post(f"{PROFILE}/changer", current=PASSWORD, code="000000").status_code == 422
    page = browser.post(f"{PROFILE}/changer", current=PASSWORD, code=number(secret)).text
    another = secret_on(page)
    assert another != secret
    assert "servent encore" in page
    assert browser.get(f"/e/{space.slug}/equipe").status_code == 200, "the first one is in place until then"
    answer = browser.post(f"{PROFILE}/confirmer", code=number(another)).text
    assert not set(codes) & set(re.findall(r"<code>([a-z0-9-]+)</code>", answer)), "those of before are no more"
    assert browser.get(f"/e/{space.slug}/equipe").status_code == 200
    clock.shift(60)
    other_browser.sign_in(odile)
    assert other_browser.post("/connexion/code", code=number(secret)).status_code == 422
    other_browser.post("/connexion/code", code=number(another))
    assert other_browser.is_signed_in()


def test_a_change_of_phone_left_half_done_changes_nothing(browser, other_browser, clock, odile, database):
    """The password alone would let somebody in, who could put a phone of their own there."""
    browser.sign_in(odile)
    secret, codes = set_up(browser)
    clock.shift(60)
    another = secret_on(browser.post(f"{PROFILE}/changer", current=PASSWORD, code=number(secret)).text)
    clock.shift(60)
    assert asks_for_code(other_browser.sign_in(odile))
    assert other_browser.post("/connexion/code", code=number(another)).status_code == 422
    other_browser.post("/connexion/code", code=number(secret))
    assert other_browser.is_signed_in()
    assert other_browser.post(f"{PROFILE}/confirmer", code=number(another)).headers["Location"] == PROFILE
    assert browser.post(f"{PROFILE}/confirmer", code=number(secret)).status_code == 422, "a number of the new one"
    clock.shift(1860)
    late = browser.post(f"{PROFILE}/confirmer", code=number(another))
    assert late.headers["Location"] == PROFILE
    assert "Rien n'a changé" in browser.get(PROFILE).text.replace("\u2019", "'")
    with database.snapshot() as session:
        assert second_factor.codes_left(session, odile.id) == len(codes)


def test_under_another_key_of_the_service_a_recovery_code_lets_in_and_the_page_says_so(
    app, browser, other_browser, clock, odile, runtime
):
    """After a leak the key is changed: what applications show is then worth nothing, and nobody would guess why."""
    browser.sign_in(odile)
    secret, codes = set_up(browser)
    clock.shift(60)
    seams.hand(app, replace(runtime, settings=replace(runtime.settings, secret_key="k" * 40)))
    assert browser.is_signed_in(), "a session is a row, of no key"
    other_browser.sign_in(odile)
    refused = other_browser.post("/connexion/code", code=number(secret))
    assert (refused.status_code, "La clé du service a changé" in refused.text) == (422, True)
    other_browser.post("/connexion/code", code=codes[0])
    assert other_browser.is_signed_in()
    another = secret_on(other_browser.post(f"{PROFILE}/changer", current=PASSWORD, code=codes[1]).text)
    other_browser.post(f"{PROFILE}/confirmer", code=number(another))
    clock.shift(60)
    third = Browser(browser.client.application)
    third.sign_in(odile)
    third.post("/connexion/code", code=number(another))
    assert third.is_signed_in()


def test_the_operator_asks_it_before_a_space_opens(app, browser, clock, odile, space, runtime, database):
    seams.hand(app, replace(runtime, settings=replace(runtime.settings, second_factor="staff")))
    browser.sign_in(odile)
    assert browser.get(f"/e/{space.slug}/equipe").status_code == 200, "asked of the programme's people alone"
    seams.hand(app, replace(runtime, settings=replace(runtime.settings, second_factor="all")))
    assert browser.get(f"/e/{space.slug}/equipe").headers["Location"] == PROFILE
    assert "Le service vous la demande" in browser.get(PROFILE).text
    secret, _codes = set_up(browser)
    assert browser.get(f"/e/{space.slug}/equipe").status_code == 200
    clock.shift(60)
    assert browser.post(f"{PROFILE}/retirer", current=PASSWORD, code=number(secret)).status_code == 409


def test_the_programme_takes_it_off_and_the_journals_tell(app, browser, other_browser, clock, odile, space, database):
    with database.transaction() as session:
        staff = make_user(session, staff=Staff.PROGRAMME, name="Amina")
        trainer = make_user(session, staff=Staff.TRAINER)
    for one in (staff, trainer):
        give_password(database, one)
    browser.sign_in(odile)
    set_up(browser)
    assert browser.get(f"{PROFILE}/lever").status_code == 404
    other_browser.sign_in(staff)
    words = {"email": odile.email, "current": PASSWORD}
    assert other_browser.post(f"{PROFILE}/lever", **{**words, "email": "x@exemple.fr"}).status_code == 422
    assert other_browser.post(f"{PROFILE}/lever", **{**words, "email": staff.email}).status_code == 409
    assert other_browser.post(f"{PROFILE}/lever", **words).headers["Location"] == "/profil"
    assert not browser.is_signed_in()
    browser.sign_in(odile)
    told = browser.get(f"/e/{space.slug}/journal").text
    assert "Amina" in told
    assert "a levé la double vérification" in told


def test_who_joins_the_programme_brings_no_factor_of_before(database):
    with database.transaction() as session:
        user = make_user(session, second_factor_at=NOON, factor_sealed="x")
        users.join_staff(session, user, kind=Staff.TRAINER, by=SOMEBODY, now=NOON)
        assert (user.second_factor_at, user.factor_sealed) == (None, None)


# Below: the numbers alone.

KEY = "k" * 32


@given(secret=st.binary(min_size=20, max_size=20), nonce=st.binary(min_size=16, max_size=16))
def test_a_sealed_secret_is_read_with_its_key_and_for_its_user_alone(secret, nonce):
    sealed = totp.seal(secret, nonce, key=KEY, user_id=7)
    assert totp.unseal(sealed, key=KEY, user_id=7) == totp.in_base_32(secret)
    assert totp.unseal(sealed, key="j" * 32, user_id=7) is None
    assert totp.unseal(sealed, key=KEY, user_id=8) is None
    assert len(sealed) <= 120


@given(early=st.integers(-3, 3), after=st.integers(-3, 3))
def test_a_number_is_good_for_a_clock_half_a_minute_off_and_never_again(early, after):
    secret, at = "A" * 32, int(NOON.timestamp()) // 30
    typed = pyotp.TOTP(secret).at(NOON + timedelta(seconds=30 * early))
    found = totp.step_of(secret, f"{typed[:3]} {typed[3:]}", after=at + after, now=NOON)
    assert found == (at + early if abs(early) <= 1 and early > after else None)
    for wrong in ("", "12345", "１２３４５６", typed + "0"):
        assert totp.step_of(secret, wrong, after=0, now=NOON) is None
