"""The pages around a space: the ways in, the settings, the keys, the journal, the public ones."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import activity, journal, keys
from app.accounts.activity import Act
from app.accounts.models import Activity, ApiKey, Membership, Mode, Role, Space, Staff, User
from app.accounts.web.pages import browser_name
from app.assembly import ACTS
from app.database.engine import Database
from tests.accounts.conftest import Browser, give_password
from tests.factories import NOON, SOMEBODY, make_space, make_user

SETTINGS = {"sender": "Emmaus80", "contact_name": "Odile", "contact_phone": "03 53 01 12 34", "budget": "120,50"}


@pytest.fixture
def live(database: Database) -> Space:
    with database.transaction() as session:
        return make_space(session, slug="emmaus", name="Emmaüs Amiens")


def member(database: Database, space: Space, role: Role = Role.REFERENTE) -> User:
    with database.transaction() as session:
        user = make_user(session, space=space, role=role)
    give_password(database, user)
    return user


def reread(database: Database, space: Space) -> Space:
    with database.snapshot() as session:
        return session.get_one(Space, space.id)


def test_the_root_leads_to_the_sign_in_the_one_space_or_the_choice(
    browser: Browser, live: Space, database: Database
) -> None:
    assert browser.get("/").location == "/connexion"
    user = member(database, live)
    browser.sign_in(user)
    assert browser.get("/").location == "/e/emmaus/"
    with database.transaction() as session:
        practice = make_space(session, name="Atelier", mode=Mode.PRACTICE)
        session.add(Membership(space_id=practice.id, user_id=user.id, role=Role.LECTRICE, created_at=NOON))
    assert browser.get("/").location == "/espaces"
    page = browser.get("/espaces").text
    assert "Espace réel" in page
    assert "Aucun vrai SMS" in page


def test_without_a_space_one_is_told_what_to_do(browser: Browser, database: Database) -> None:
    with database.transaction() as session:
        user = make_user(session)
    give_password(database, user)
    browser.sign_in(user)
    assert browser.get("/").location == "/espaces"
    assert "inviter" in browser.get("/espaces").text


@pytest.mark.parametrize("path", ["equipe", "equipe/1", "ouvertures", "reglages", "cles", "journal"])
@pytest.mark.parametrize("role", [*Role, None])
def test_each_page_opens_to_its_role(
    browser: Browser, live: Space, database: Database, path: str, role: Role | None
) -> None:
    with database.transaction() as session:
        make_user(session, space=live)
        elsewhere = make_space(session)
    browser.sign_in(member(database, live if role else elsewhere, role or Role.REFERENTE))
    status = browser.get(f"/e/emmaus/{path}").status_code
    if role is None:
        assert status == 404
    elif role is Role.REFERENTE or path == "equipe":
        assert status == 200
    else:
        assert status == 403


@pytest.mark.parametrize(
    "path", ["equipe", "equipe/1/role", "equipe/1/retirer", "equipe/1/lien", "ouvertures", "reglages", "cles"]
)
def test_a_lectrice_changes_nothing(browser: Browser, live: Space, database: Database, path: str) -> None:
    with database.transaction() as session:
        make_user(session, space=live)
    browser.sign_in(member(database, live, Role.EQUIPIERE))
    assert browser.post(f"/e/emmaus/{path}", role="referente").status_code == 403


def test_a_lectrice_reads_names_and_no_address(browser: Browser, live: Space, database: Database) -> None:
    odile = member(database, live)
    browser.sign_in(member(database, live, Role.LECTRICE))
    page = browser.get("/e/emmaus/equipe").text
    assert odile.name in page
    assert odile.email not in page
    assert "Inviter" not in page


def test_settings_are_kept_in_millionths(browser: Browser, live: Space, database: Database) -> None:
    browser.sign_in(member(database, live))
    assert browser.post("/e/emmaus/reglages", **SETTINGS).status_code == 302
    space = reread(database, live)
    assert (space.contact_name, space.contact_phone, space.budget_micros) == ("Odile", "03 53 01 12 34", 120_500_000)
    assert 'value="120,50"' in browser.get("/e/emmaus/reglages").text
    browser.post("/e/emmaus/reglages", **{**SETTINGS, "budget": "900 000 €"})
    assert reread(database, live).budget_micros == 900_000_000_000
    browser.post("/e/emmaus/reglages", **{**SETTINGS, "budget": ""})
    assert reread(database, live).budget_micros is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("sender", "Emmaüs"),
        ("sender", "SMS"),
        ("sender", "0612345678"),
        ("sender", "38200"),
        ("budget", "beaucoup"),
        ("budget", "-5"),
        ("budget", "1,234"),
        ("contact_phone", "chez Odile"),
    ],
)
def test_a_refused_setting_is_named_and_kept_on_the_page(
    browser: Browser, live: Space, database: Database, field: str, typed: str
) -> None:
    browser.sign_in(member(database, live))
    answer = browser.post("/e/emmaus/reglages", **{**SETTINGS, "contact_name": "Jeanne", field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert 'value="Jeanne"' in answer.text
    assert reread(database, live).contact_name == ""


def test_an_association_of_la_reunion_says_where_it_is(browser: Browser, live: Space, database: Database) -> None:
    browser.sign_in(member(database, live))
    browser.post("/e/emmaus/reglages", **SETTINGS, zone="Indian/Reunion")
    assert reread(database, live).zone == "Indian/Reunion"
    assert '<option value="Indian/Reunion" selected>' in browser.get("/e/emmaus/reglages").text
    assert browser.post("/e/emmaus/reglages", **SETTINGS, zone="Lune/Tranquillite").status_code == 422
    browser.post("/e/emmaus/reglages", **SETTINGS)
    assert reread(database, live).zone == "Indian/Reunion", "a form of before this choice changes nothing of it"


def test_the_hours_always_hold_in_a_live_space(browser: Browser, live: Space, database: Database) -> None:
    browser.sign_in(member(database, live))
    browser.post("/e/emmaus/reglages", **SETTINGS)
    assert reread(database, live).hours_hold


def test_in_practice_the_hours_hold_when_asked_and_a_number_is_free_to_try(
    browser: Browser, database: Database
) -> None:
    with database.transaction() as session:
        practice = make_space(session, slug="atelier", mode=Mode.PRACTICE)
    browser.sign_in(member(database, practice))
    browser.post("/e/atelier/reglages", **{**SETTINGS, "sender": "38200", "hours_hold": "1"})
    space = reread(database, practice)
    assert (space.hours_hold, space.two_way) == (True, True)
    browser.post("/e/atelier/reglages", **SETTINGS)
    space = reread(database, practice)
    assert (space.hours_hold, space.two_way) == (False, False)


def test_a_key_is_shown_once_and_revoked(browser: Browser, live: Space, database: Database) -> None:
    browser.sign_in(member(database, live))
    shown = browser.post("/e/emmaus/cles", name="Le site", role="equipiere").text
    token = re.search(r"tbr_[\w-]{43}", shown)
    assert token
    page = browser.get("/e/emmaus/cles").text
    assert "Le site" in page
    assert "tbr_" not in page
    with database.snapshot() as session:
        key = keys.find(session, token[0])
        assert key
        assert (key.role, token[0] in vars(key).values()) == (Role.EQUIPIERE, False)
    assert browser.post(f"/e/emmaus/cles/{key.id}/revoquer").status_code == 302
    with database.snapshot() as session:
        assert keys.find(session, token[0]) is None


def test_a_key_of_another_space_is_not_found(browser: Browser, live: Space, database: Database) -> None:
    with database.transaction() as session:
        keys.make(session, make_space(session), name="x", role=Role.LECTRICE, by=SOMEBODY, now=NOON)
        key_id = session.scalars(select(ApiKey.id)).one()
    browser.sign_in(member(database, live))
    assert browser.post(f"/e/emmaus/cles/{key_id}/revoquer").status_code == 404


def test_the_journal_says_who_did_what_and_pages(browser: Browser, live: Space, database: Database) -> None:
    with database.transaction() as session:
        for _line in range(60):
            activity.record(session, live.id, ACTS["list.made"], by=SOMEBODY, now=NOON)
        activity.record(session, live.id, Act("moon.landed", "a aluni", "une lune"), by=SOMEBODY, now=NOON)
        activity.record(session, make_space(session).id, ACTS["key.made"], by=SOMEBODY, now=NOON)
    browser.sign_in(member(database, live))
    page = browser.get("/e/emmaus/journal").text
    assert page.count("a créé une liste") == 49
    assert "moon.landed" not in page, "no code, even of an act that only another version knows"
    assert journal.UNKNOWN in page
    assert "clé d" not in page.split("<main")[1].split("Journal</h1>")[1].split("</header>")[1].split("</nav>")[1]
    older = re.search(r"/e/emmaus/journal\?avant=\d+", page)
    assert older
    assert browser.get(older[0]).text.count("a créé une liste") == 11
    assert browser.get("/e/emmaus/journal?avant=" + "9" * 40).status_code == 200


def test_a_role_is_named_in_the_journal() -> None:
    row = Activity(
        at=NOON, principal_name="Odile", verb="member.role_changed", note="Jeanne", detail={"role": "equipiere"}
    )
    assert journal.line(row, ACTS).about == "Jeanne, équipière"


@pytest.mark.parametrize("path", ["/aide", "/accessibilite", "/confidentialite", "/connexion", "/mot-de-passe-oublie"])
def test_public_pages_open_to_anybody(browser: Browser, path: str) -> None:
    page = browser.get(path)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1


def test_no_id_is_there_twice_and_nothing_is_inline(browser: Browser, live: Space, database: Database) -> None:
    user = member(database, live)
    with database.transaction() as session:
        make_user(session, staff=Staff.TRAINER)
    browser.sign_in(user)
    paths = ["/espaces", "/profil", "/profil/telephone", "/profil/telephone/retirer", "/profil/mot-de-passe"]
    paths += [
        f"/e/emmaus/{page}" for page in ("equipe", f"equipe/{user.id}", "ouvertures", "reglages", "cles", "journal")
    ]
    for path in paths:
        page = browser.get(path)
        assert page.status_code == 200, path
        ids = re.findall(r'\bid="([^"]+)"', page.text)
        assert len(ids) == len(set(ids)), path
        assert not re.search(r'\sstyle="|\son\w+="|<script>', page.text), path
        assert re.search(r"<title>\s*\S", page.text), path


def test_passwords_are_labelled_for_password_managers(browser: Browser) -> None:
    page = browser.get("/connexion").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_whether_it_is_alive_and_ready(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"alive": True}
    assert client.get("/readyz").json == {"ready": True, "reason": ""}


def test_it_is_not_ready_with_another_schema(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'other'")
    try:
        answer = app.test_client().get("/readyz")
        assert (answer.status_code, answer.json) == (503, {"ready": False, "reason": "schema"})
    finally:
        newest = max(Path("migrations/versions").glob("[0-9]*.py")).name[:4]
        with database.transaction() as session:
            session.connection().exec_driver_sql(f"UPDATE alembic_version SET version_num = '{newest}'")


def test_measures_need_their_token(app: Flask) -> None:
    client = app.test_client()
    token = "a token for the metrics"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", query_string={"token": "another"}).status_code == 401
    assert client.get("/metrics", query_string={"token": token}).status_code == 200
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert 'tambour_people{status="queued"} 0.0' in answer.text


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox sur Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/128.0 Mobile Safari/537.36", "Chrome sur Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1",
            "Safari sur iPhone",
        ),
        ("", "Un navigateur"),
    ],
)
def test_a_browser_is_named_as_people_know_it(sent: str, known: str) -> None:
    assert browser_name(sent) == known
