"""The team: roles change, a référente always stays, and her links open her space alone."""

import re
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from app.accounts import keys, team
from app.accounts.models import Activity, Membership, Mode, Role, Space, Staff, User
from app.accounts.principal import job
from app.accounts.signing import one_times, signing_in
from app.clock import utc_now
from app.database.engine import Database
from app.errors import NotFound, RuleBroken
from tests.accounts.conftest import PASSWORD, Browser, give_password
from tests.factories import NOON, SOMEBODY, make_space, make_user


@pytest.fixture
def space(database: Database) -> Space:
    with database.transaction() as session:
        return make_space(session, slug="emmaus", name="Emmaüs Amiens")


@pytest.fixture
def odile(database: Database, space: Space) -> User:
    with database.transaction() as session:
        user = make_user(session, space=space, name="Odile", email="odile@exemple.fr")
    give_password(database, user)
    return user


@pytest.fixture
def jeanne(database: Database, space: Space) -> User:
    with database.transaction() as session:
        return make_user(session, space=space, role=Role.EQUIPIERE, name="Jeanne", email="jeanne@exemple.fr")


def role_of(database: Database, user: User) -> Role | None:
    with database.snapshot() as session:
        return session.scalar(select(Membership.role).where(Membership.user_id == user.id))


def keys_in_use(database: Database, space: Space) -> list[str]:
    with database.snapshot() as session:
        return sorted(key.name for key in keys.of_space(session, space.id))


@pytest.fixture
def keyed(database: Database, space: Space, odile: User, jeanne: User) -> User:
    """Jeanne, a référente beside Odile, with two keys; Odile and a command have one each."""
    with database.transaction() as session:
        team.change_role(session, space, jeanne.id, role=Role.REFERENTE, by=SOMEBODY, now=NOON)
        for name, role, by in (
            ("site", Role.REFERENTE, signing_in.principal_of(jeanne)),
            ("lecture", Role.LECTRICE, signing_in.principal_of(jeanne)),
            ("compta", Role.REFERENTE, signing_in.principal_of(odile)),
            ("serveur", Role.REFERENTE, job("ligne de commande")),
        ):
            keys.make(session, space, name=name, role=role, by=by, now=NOON)
    return jeanne


def test_keys_are_listed_with_their_maker(browser: Browser, odile: User, keyed: User) -> None:
    browser.sign_in(odile)
    page = browser.get("/e/emmaus/cles").text
    assert page.count("Créée par Jeanne") == 2
    assert page.count("Créée par Odile") == 1
    assert "2 clés :" in browser.get(f"/e/emmaus/equipe/{keyed.id}").text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("words", "left"),
    [({}, ["compta", "serveur"]), ({"keeps_keys": "1"}, ["compta", "lecture", "serveur", "site"])],
)
def test_leaving_closes_ones_keys_unless_they_are_kept(
    words: dict[str, str], left: list[str], browser: Browser, odile: User, keyed: User, space: Space, database: Database
) -> None:
    browser.sign_in(odile)
    assert browser.post(f"/e/emmaus/equipe/{keyed.id}/retirer", **words).status_code == 302
    assert keys_in_use(database, space) == left


def test_a_lower_role_closes_the_keys_that_may_do_more(
    browser: Browser, odile: User, keyed: User, space: Space, database: Database
) -> None:
    browser.sign_in(odile)
    assert browser.post(f"/e/emmaus/equipe/{keyed.id}/role", role="equipiere").status_code == 302
    assert keys_in_use(database, space) == ["compta", "lecture", "serveur"]


def test_the_page_invites_and_shows_the_link_once(
    browser: Browser, other_browser: Browser, odile: User, database: Database
) -> None:
    browser.sign_in(odile)
    answer = browser.post("/e/emmaus/equipe", name="Paul", email="paul@exemple.fr", role="lectrice")
    link = re.search(r"http://tambour\.test(/bienvenue/[\w-]+)", answer.text)
    assert link
    page = browser.get("/e/emmaus/equipe").text
    assert "paul@exemple.fr" in page
    assert "/bienvenue/" not in page
    assert other_browser.post(link[1], password=PASSWORD).status_code == 302
    assert other_browser.get("/e/emmaus/equipe").status_code == 200


def test_a_refused_invitation_keeps_what_was_typed(browser: Browser, odile: User) -> None:
    browser.sign_in(odile)
    answer = browser.post("/e/emmaus/equipe", name="Paul", email="paul", role="lectrice")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'value="Paul"' in answer.text
    assert 'value="paul"' in answer.text
    assert re.search(r'value="lectrice" checked', answer.text)
    assert browser.post("/e/emmaus/equipe", name="Paul", email="p@x.fr", role="reine").status_code == 422


def test_a_role_changes_and_the_trail_says_so(browser: Browser, odile: User, jeanne: User, database: Database) -> None:
    browser.sign_in(odile)
    assert browser.post(f"/e/emmaus/equipe/{jeanne.id}/role", role="referente").status_code == 302
    assert role_of(database, jeanne) is Role.REFERENTE
    with database.snapshot() as session:
        row = session.scalars(select(Activity).where(Activity.verb == "member.role_changed")).one()
    assert (row.principal_name, row.note, row.detail) == ("Odile", "Jeanne", {"role": "referente"})


def test_the_last_referente_stays(browser: Browser, odile: User, jeanne: User, database: Database) -> None:
    browser.sign_in(odile)
    for path, fields in (("role", {"role": "lectrice"}), ("retirer", {})):
        refused = browser.post(f"/e/emmaus/equipe/{odile.id}/{path}", **fields)
        assert refused.status_code == 422
        assert "garde toujours une référente" in refused.text
    assert role_of(database, odile) is Role.REFERENTE
    browser.post(f"/e/emmaus/equipe/{jeanne.id}/role", role="referente")
    assert browser.post(f"/e/emmaus/equipe/{odile.id}/retirer").location == "/espaces"
    assert browser.get("/e/emmaus/equipe").status_code == 404


def test_a_referente_whose_account_is_closed_does_not_count(space: Space, odile: User, database: Database) -> None:
    with database.transaction() as session:
        make_user(session, space=space, disabled_at=NOON)
    with pytest.raises(RuleBroken, match="référente"), database.transaction() as session:
        team.remove(session, space, odile.id, by=SOMEBODY, now=NOON)


def test_two_referentes_stepping_down_at_once_leave_one(space: Space, odile: User, database: Database) -> None:
    with database.transaction() as session:
        other = make_user(session, space=space)
    both = Barrier(2)

    def step_down(user: User) -> None:
        both.wait()
        try:
            with database.transaction() as session:
                team.change_role(session, space, user.id, role=Role.LECTRICE, by=SOMEBODY, now=NOON)
        except RuleBroken:
            pass

    threads = [Thread(target=step_down, args=(user,)) for user in (odile, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).where(Membership.role == Role.REFERENTE)) == 1


def test_a_removed_member_is_out_at_once(
    browser: Browser, other_browser: Browser, odile: User, jeanne: User, database: Database
) -> None:
    give_password(database, jeanne)
    other_browser.sign_in(jeanne)
    assert other_browser.get("/e/emmaus/equipe").status_code == 200
    browser.sign_in(odile)
    browser.post(f"/e/emmaus/equipe/{jeanne.id}/retirer")
    assert other_browser.get("/e/emmaus/equipe").status_code == 404


def test_a_lost_password_is_mended_by_a_link(
    browser: Browser, other_browser: Browser, odile: User, jeanne: User, database: Database
) -> None:
    browser.sign_in(odile)
    answer = browser.post(f"/e/emmaus/equipe/{jeanne.id}/lien")
    link = re.search(r"http://tambour\.test(/bienvenue/[\w-]+)", answer.text)
    assert link
    assert other_browser.post(link[1], password=PASSWORD).location == "/"
    assert other_browser.get("/profil").status_code == 200
    assert role_of(database, jeanne) is Role.EQUIPIERE


def test_a_link_never_opens_more_than_the_space_it_was_made_in(
    browser: Browser, odile: User, jeanne: User, space: Space, database: Database
) -> None:
    """Whoever belongs elsewhere, in practice too, and staff are mended by the programme or by their phone."""
    with database.transaction() as session:
        practice = make_space(session, mode=Mode.PRACTICE)
        session.add(Membership(space_id=practice.id, user_id=jeanne.id, role=Role.LECTRICE, created_at=NOON))
        camille = make_user(session, space=space, staff=Staff.TRAINER)
    browser.sign_in(odile)
    for user in (jeanne, camille):
        refused = browser.post(f"/e/emmaus/equipe/{user.id}/lien")
        assert refused.status_code == 422
        assert "programme" in refused.text
        assert "/bienvenue/" not in refused.text


def test_nobody_makes_a_link_for_herself_or_for_a_stranger(browser: Browser, odile: User, database: Database) -> None:
    with database.transaction() as session:
        stranger = make_user(session, space=make_space(session))
    browser.sign_in(odile)
    assert browser.post(f"/e/emmaus/equipe/{odile.id}/lien").status_code == 422
    assert browser.post(f"/e/emmaus/equipe/{stranger.id}/lien").status_code == 404
    assert browser.get(f"/e/emmaus/equipe/{stranger.id}").status_code == 404


def test_a_number_too_long_for_the_database_is_not_found(browser: Browser, odile: User) -> None:
    browser.sign_in(odile)
    assert browser.get(f"/e/emmaus/equipe/{'9' * 30}").status_code == 404
    assert browser.get("/e/emm%00aus/equipe").status_code == 404


def test_the_operator_s_link_leaves_a_row_in_each_space(jeanne: User, space: Space, database: Database) -> None:
    with database.transaction() as session:
        token = team.operator_link(session, jeanne, by=SOMEBODY, now=utc_now())
    with database.snapshot() as session:
        assert one_times.get_link(session, token, now=utc_now()).user_id == jeanne.id
        assert session.scalar(select(Activity.space_id).where(Activity.verb == "member.link_made")) == space.id


def test_a_member_of_another_space_is_not_found(space: Space, database: Database) -> None:
    with database.transaction() as session:
        stranger = make_user(session, space=make_space(session))
    for act in (
        lambda session: team.remove(session, space, stranger.id, by=SOMEBODY, now=NOON),
        lambda session: team.change_role(session, space, stranger.id, role=Role.LECTRICE, by=SOMEBODY, now=NOON),
        lambda session: team.password_link(session, space, stranger.id, by=SOMEBODY, now=NOON),
    ):
        with pytest.raises(NotFound), database.transaction() as session:
            act(session)


def test_choosing_a_password_ends_the_links_that_could_set_another(jeanne: User, database: Database) -> None:
    with database.transaction() as session:
        token = one_times.make_link(session, jeanne, one_times.PASSWORD, now=NOON)
        signing_in.choose_password(session, session.get_one(User, jeanne.id), PASSWORD, now=NOON)
    with pytest.raises(NotFound), database.snapshot() as session:
        one_times.get_link(session, token, now=NOON)
