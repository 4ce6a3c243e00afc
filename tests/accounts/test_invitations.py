"""Invitations: a link opened by its person, and nobody taken over on the way."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import invitations, team
from app.accounts.models import Membership, Mode, Role, Space, Staff, User
from app.accounts.signing import one_times, signing_in, users
from app.clock import utc_now
from app.database.engine import Database
from app.errors import NotFound, RuleBroken
from tests.accounts.conftest import PASSWORD, Browser, give_password
from tests.factories import SOMEBODY, make_space, make_user


@pytest.fixture
def space(database: Database) -> Space:
    with database.transaction() as session:
        return make_space(session, slug="emmaus", name="Emmaüs Amiens")


def invite(database: Database, space: Space, email: str, role: Role = Role.EQUIPIERE) -> str:
    with database.transaction() as session:
        token = invitations.invite(session, space, email=email, name="Jeanne", role=role, by=SOMEBODY, now=utc_now())
    return f"/bienvenue/{token}"


def roles_of(database: Database, email: str) -> dict[int, Role]:
    with database.snapshot() as session:
        found = session.scalars(select(Membership).join(Membership.user).where(User.email == email))
        return {each.space_id: each.role for each in found}


def test_whoever_is_invited_chooses_a_password_and_enters(browser: Browser, space: Space, database: Database) -> None:
    link = invite(database, space, "jeanne@exemple.fr")
    assert roles_of(database, "jeanne@exemple.fr") == {}
    shown = browser.get(link)
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in shown.headers["Cache-Control"]
    assert roles_of(database, "jeanne@exemple.fr") == {}
    refused = browser.post(link, password="court")
    assert refused.status_code == 422
    assert 'id="password-error"' in refused.text
    answer = browser.post(link, password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/e/emmaus/")
    assert roles_of(database, "jeanne@exemple.fr") == {space.id: Role.EQUIPIERE}
    assert browser.is_signed_in()


def test_the_link_opens_once(browser: Browser, other_browser: Browser, space: Space, database: Database) -> None:
    link = invite(database, space, "jeanne@exemple.fr")
    browser.post(link, password=PASSWORD)
    assert other_browser.post(link, password="une phrase volée").status_code == 404
    spent, unknown = other_browser.get(link), other_browser.get("/bienvenue/nobodys")
    assert spent.status_code == unknown.status_code == 404
    assert spent.text == unknown.text


def test_wrong_links_are_slowed(browser: Browser, database: Database) -> None:
    statuses = [browser.get(f"/bienvenue/wrong-{number}").status_code for number in range(23)]
    assert statuses[:20] == [404] * 20
    assert 429 in statuses


def test_an_existing_account_must_sign_in_before_it_enters(
    browser: Browser, other_browser: Browser, space: Space, database: Database
) -> None:
    """Whoever holds the link but not the account gets neither."""
    with database.transaction() as session:
        jeanne = make_user(session, space=make_space(session))
    give_password(database, jeanne)
    link = invite(database, space, jeanne.email)
    assert 'name="password"' not in browser.get(link).text
    assert browser.post(link, password="une phrase volée").location == f"/connexion?suite={link}"
    assert space.id not in roles_of(database, jeanne.email)
    assert browser.sign_in(jeanne).status_code == 302
    assert browser.post(link).status_code == 302
    assert roles_of(database, jeanne.email)[space.id] is Role.EQUIPIERE


def test_an_account_that_already_has_a_space_is_not_taken_by_an_invitation(
    browser: Browser, space: Space, database: Database
) -> None:
    """It may have no password yet: its own link is still on its way."""
    with database.transaction() as session:
        jeanne = make_user(session, space=make_space(session))
    link = invite(database, space, jeanne.email)
    browser.post(link, password="une phrase volée")
    with database.snapshot() as session:
        assert session.get_one(User, jeanne.id).password_hash is None


def test_the_other_invitation_of_a_squatted_email_lets_nobody_in(
    browser: Browser, other_browser: Browser, space: Space, database: Database
) -> None:
    """A référente who opened an account in somebody's name does not enter where that person is invited next."""
    with database.transaction() as session:
        squatters = make_space(session)
    browser.post(invite(database, squatters, "jeanne@exemple.fr"), password=PASSWORD)
    link = invite(database, space, "jeanne@exemple.fr")
    assert space.id not in roles_of(database, "jeanne@exemple.fr")
    assert browser.get("/e/emmaus/equipe").status_code == 404
    assert "déjà un compte" in other_browser.get(link).text


def test_joining_another_space_ends_the_links_of_the_first(space: Space, database: Database) -> None:
    now = utc_now()
    with database.transaction() as session:
        other = make_space(session)
        jeanne = make_user(session, space=space, role=Role.EQUIPIERE)
        token = team.password_link(session, space, jeanne.id, by=SOMEBODY, now=now)
        team.add(session, other, jeanne, role=Role.LECTRICE, by=SOMEBODY, now=now)
    with pytest.raises(NotFound), database.snapshot() as session:
        one_times.get_link(session, token, now=now)


def test_staff_are_not_invited_into_a_live_space(space: Space, database: Database) -> None:
    with database.transaction() as session:
        camille = make_user(session, staff=Staff.TRAINER)
        practice = make_space(session, mode=Mode.PRACTICE)
    with pytest.raises(RuleBroken, match="programme"):
        invite(database, space, camille.email)
    assert invite(database, practice, camille.email)


def test_a_member_is_not_invited_twice(space: Space, database: Database) -> None:
    with database.transaction() as session:
        jeanne = make_user(session, space=space)
    with pytest.raises(RuleBroken, match="déjà"):
        invite(database, space, jeanne.email)


def test_a_cancelled_invitation_no_longer_opens(browser: Browser, space: Space, database: Database) -> None:
    link = invite(database, space, "jeanne@exemple.fr")
    with database.transaction() as session:
        waiting = invitations.waiting(session, space.id, now=utc_now())
        invitations.cancel(session, space, waiting[0].id, by=SOMEBODY, now=utc_now())
    assert browser.get(link).status_code == 404
    with pytest.raises(NotFound), database.transaction() as session:
        invitations.cancel(session, space, waiting[0].id, by=SOMEBODY, now=utc_now())


def test_an_invitation_of_another_space_cannot_be_cancelled(space: Space, database: Database) -> None:
    invite(database, space, "jeanne@exemple.fr")
    with database.transaction() as session:
        other = make_space(session)
        waiting = invitations.waiting(session, space.id, now=utc_now())
    with pytest.raises(NotFound), database.transaction() as session:
        invitations.cancel(session, other, waiting[0].id, by=SOMEBODY, now=utc_now())


def test_an_invitation_waits_seven_days(space: Space, database: Database) -> None:
    invite(database, space, "jeanne@exemple.fr")
    with database.snapshot() as session:
        later = utc_now() + timedelta(days=7, minutes=1)
        assert invitations.waiting(session, space.id, now=later) == []


def test_joining_the_staff_starts_from_nothing(space: Space, database: Database) -> None:
    """Whoever held the account until now does not inherit the programme's work."""
    now = utc_now()
    with database.transaction() as session:
        camille = make_user(session, phone="+33639980009", phone_verified_at=now)
        session.flush()
    give_password(database, camille)
    with database.transaction() as session:
        cookie = signing_in.start(session, camille, browser="", now=now)
        users.join_staff(session, session.get_one(User, camille.id), kind=Staff.TRAINER, by=SOMEBODY, now=now)
    with database.snapshot() as session:
        found = session.get_one(User, camille.id)
        assert (found.password_hash, found.phone) == (None, None)
        assert signing_in.find(session, cookie, now=now) is None


def test_a_member_of_a_live_space_does_not_join_the_staff(space: Space, database: Database) -> None:
    with pytest.raises(RuleBroken, match="aucun espace réel"), database.transaction() as session:
        member = make_user(session, space=space)
        users.join_staff(session, member, kind=Staff.PROGRAMME, by=SOMEBODY, now=utc_now())
