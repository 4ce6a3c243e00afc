"""Staff see no live space, unless its référente opens it to one of them, for a time."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.accounts import access_grants, spaces
from app.accounts.models import AccessGrant, Activity, Mode, Role, Space, Staff, User
from app.clock import utc_now
from app.database.engine import Database
from app.errors import NotFound, RuleBroken
from app.workshops.service import led_by
from tests.accounts.conftest import Browser, give_password
from tests.factories import NOON, SOMEBODY, make_space, make_user

HOUR = timedelta(hours=1)


@pytest.fixture
def live(database: Database) -> Space:
    with database.transaction() as session:
        return make_space(session, slug="emmaus", name="Emmaüs Amiens")


@pytest.fixture
def odile(database: Database, live: Space) -> User:
    with database.transaction() as session:
        user = make_user(session, space=live, name="Odile")
    give_password(database, user)
    return user


@pytest.fixture
def camille(database: Database) -> User:
    with database.transaction() as session:
        user = make_user(session, name="Camille", staff=Staff.TRAINER)
    give_password(database, user)
    return user


def open_to(database: Database, space: Space, user: User) -> AccessGrant:
    with database.transaction() as session:
        return access_grants.open_to(session, space, user.id, lasts=HOUR, reason="un import", by=SOMEBODY, now=NOON)


def role_at(database: Database, user: User, space: Space, after: timedelta) -> Role | None:
    with database.snapshot() as session:
        return spaces.role_in(session, user, space, led=led_by(user), now=NOON + after)


def test_the_programme_acts_in_practice_spaces_and_finds_no_live_one(
    browser: Browser, live: Space, camille: User, database: Database
) -> None:
    with database.transaction() as session:
        session.get_one(User, camille.id).staff = Staff.PROGRAMME
        make_space(session, slug="atelier", name="Atelier du mardi", mode=Mode.PRACTICE)
    browser.sign_in(camille)
    page = browser.get("/espaces").text
    assert "Atelier du mardi" in page
    assert "Emmaüs Amiens" not in page
    assert browser.get("/e/atelier/reglages").status_code == 200
    assert browser.get("/e/emmaus/equipe").status_code == 404


def test_an_opening_lets_one_person_read_for_its_time_alone(live: Space, camille: User, database: Database) -> None:
    with database.transaction() as session:
        other = make_user(session, staff=Staff.PROGRAMME)
    assert role_at(database, camille, live, timedelta()) is None
    open_to(database, live, camille)
    assert role_at(database, camille, live, HOUR - timedelta(seconds=1)) is Role.LECTRICE
    assert role_at(database, camille, live, HOUR) is None
    assert role_at(database, other, live, timedelta()) is None


def test_the_page_opens_and_closes(
    browser: Browser, other_browser: Browser, odile: User, camille: User, database: Database
) -> None:
    browser.sign_in(odile)
    other_browser.sign_in(camille)
    asked = {"user_id": str(camille.id), "lasts": "day", "reason": "comprendre un import"}
    assert browser.post("/e/emmaus/ouvertures", **asked).status_code == 302
    assert "comprendre un import" in browser.get("/e/emmaus/ouvertures").text
    read = other_browser.get("/e/emmaus/equipe").text
    assert "Lecture seule, jusqu" in read
    assert "Odile vous a ouvert cet espace : « comprendre un import »" in " ".join(read.split())
    assert "Lecture seule" not in browser.get("/e/emmaus/equipe").text
    assert other_browser.get("/e/emmaus/journal").status_code == 403
    assert other_browser.post("/e/emmaus/equipe", name="x", email="x@x.fr", role="lectrice").status_code == 403
    with database.snapshot() as session:
        opening = session.scalars(select(AccessGrant)).one()
    assert browser.post(f"/e/emmaus/ouvertures/{opening.id}/fermer").status_code == 302
    assert other_browser.get("/e/emmaus/equipe").status_code == 404


def test_it_closes_by_itself(
    other_browser: Browser, odile: User, camille: User, live: Space, database: Database
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        open_to(database, live, camille)
        other_browser.sign_in(camille)
        assert other_browser.get("/e/emmaus/equipe").status_code == 200
        clock.shift(HOUR)
        assert other_browser.get("/e/emmaus/equipe").status_code == 404


def test_a_visit_is_noted_once_an_hour(other_browser: Browser, live: Space, camille: User, database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        with database.transaction() as session:
            access_grants.open_to(session, live, camille.id, lasts=3 * HOUR, reason="x", by=SOMEBODY, now=NOON)
        other_browser.sign_in(camille)
        for minutes in (0, 20, 50):
            clock.shift(timedelta(minutes=minutes))
            assert other_browser.get("/e/emmaus/equipe").status_code == 200
    with database.snapshot() as session:
        visits = session.scalars(select(Activity).where(Activity.verb == "space.entered")).all()
    assert [(each.principal_id, each.space_id) for each in visits] == [(camille.id, live.id)] * 2


def test_opening_and_closing_leave_rows_with_their_reason(live: Space, camille: User, database: Database) -> None:
    opening = open_to(database, live, camille)
    with database.transaction() as session:
        access_grants.close(session, live.id, opening.id, by=SOMEBODY, now=NOON + HOUR / 2)
    with database.snapshot() as session:
        rows = session.scalars(select(Activity).where(Activity.space_id == live.id).order_by(Activity.id)).all()
    assert [(row.verb, row.note) for row in rows] == [
        ("space.opened", "Camille : un import"),
        ("space.closed", "Camille"),
    ]
    assert rows[0].detail == {"hours": 1}


def test_an_opening_is_closed_once_and_by_its_own_space(live: Space, camille: User, database: Database) -> None:
    opening = open_to(database, live, camille)
    with database.transaction() as session:
        other = make_space(session)
    with pytest.raises(NotFound), database.transaction() as session:
        access_grants.close(session, other.id, opening.id, by=SOMEBODY, now=NOON)
    with database.transaction() as session:
        access_grants.close(session, live.id, opening.id, by=SOMEBODY, now=NOON)
    with pytest.raises(NotFound), database.transaction() as session:
        access_grants.close(session, live.id, opening.id, by=SOMEBODY, now=NOON)


def test_a_space_opens_to_staff_alone(live: Space, odile: User, camille: User, database: Database) -> None:
    with pytest.raises(RuleBroken, match="programme"):
        open_to(database, live, odile)
    with database.transaction() as session:
        practice = make_space(session, mode=Mode.PRACTICE)
        session.get_one(User, camille.id)
    with pytest.raises(RuleBroken, match="entraînement"):
        open_to(database, practice, camille)


def test_opening_again_replaces_what_was_open(live: Space, camille: User, database: Database) -> None:
    open_to(database, live, camille)
    open_to(database, live, camille)
    with database.snapshot() as session:
        assert len(access_grants.current(session, live.id, now=NOON)) == 1


def test_a_membership_left_behind_gives_staff_nothing(live: Space, database: Database) -> None:
    with database.transaction() as session:
        left = make_user(session, space=live, staff=Staff.PROGRAMME)
    assert role_at(database, left, live, timedelta()) is None
    with database.snapshot() as session:
        assert spaces.of_user(session, left, led=led_by(left), now=utc_now()) == []


def test_a_choice_left_out_is_named(browser: Browser, odile: User, camille: User) -> None:
    browser.sign_in(odile)
    answer = browser.post("/e/emmaus/ouvertures", user_id="", lasts="week", reason="")
    assert answer.status_code == 422
    assert 'id="user_id-error"' in answer.text
    assert 'id="reason-error"' in answer.text
    assert 'value="week" checked' in answer.text
