"""Where each lands, what a refusal says and to whom, and the pages that the law asks for."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import roles
from app.accounts.models import Mode, Role, Staff
from app.accounts.signing import throttle
from app.accounts.spaces import Fold
from app.accounts.web.guards import FOLDS
from app.cli.run import ready
from app.database.engine import Database
from app.errors import TooMany
from app.runtime import Runtime
from app.web import seams
from app.web.problems import Problem, refuse
from tests.accounts.conftest import Browser
from tests.applications import lent_app
from tests.conftest import with_settings
from tests.factories import NOON, make_space, make_user, sign_in


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def test_a_refusal_names_the_role_and_those_who_have_it(client: FlaskClient, database: Database) -> None:
    with database.transaction() as session:
        space = make_space(session)
        make_user(session, space=space, role=Role.REFERENTE, name="Odile")
        make_user(session, space=space, role=Role.EQUIPIERE, name="Karim")
        sign_in(client, session, make_user(session, space=space, role=Role.LECTRICE, name="Zoé"))
    refused = client.get(f"/e/{space.slug}/reglages")
    assert refused.status_code == 403
    said = main(refused.text)
    assert roles.name(Role.REFERENTE) in said
    assert "Odile" in said
    assert "Karim" not in said, "who has not the role either is not asked"
    team = main(client.get(f"/e/{space.slug}/equipe").text)
    assert "Odile" in team
    assert "<form" not in team
    home = main(client.get(f"/e/{space.slug}/").text)
    assert "Karim ou Odile" in home, "the least able of those who may is asked first"


def test_names_are_few() -> None:
    assert roles.named([]) == ""
    assert roles.named(["A", "B"]) == "A ou B"
    assert roles.named(list("ABCDEF")) == "A, B, C ou 3 autres"


@pytest.mark.parametrize(
    ("seconds", "said"), [(30, "30 secondes"), (60, "1 minute."), (840, "14 minutes."), (841, "15")]
)
def test_a_wait_is_said_in_minutes(seconds: int, said: str, database: Database) -> None:
    with database.transaction() as session:
        for _try in range(20):
            throttle.count(session, "k", now=NOON)
        now = NOON + timedelta(seconds=throttle.LONGEST_WAIT_S - seconds)
        with pytest.raises(TooMany) as told:
            throttle.check(session, "k", now=now)
    assert said in told.value.sentence
    assert told.value.retry_after_s == seconds


@pytest.mark.parametrize("path", ["/r/nothing/such/page", "/rejoindre/nothing/such", "/r/unknown-token"])
def test_a_volunteer_s_error_page_never_leads_to_the_sign_in(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert not re.search(r'href="(/|/connexion[^"]*)"', page)
    assert "<p" in main(page)


def test_an_error_page_says_each_sentence_once_and_what_to_do(app: Flask) -> None:
    missing = app.test_client().get("/nothing-here")
    assert missing.status_code == 404
    assert 'class="lead"' in missing.text
    assert 'href="/"' in main(missing.text)
    with app.test_request_context("/profil", method="POST"):
        page = refuse(Problem(422, "name_empty", "Donnez un nom.", {"name": "Donnez un nom."})).get_data(as_text=True)
    assert main(page).count("Donnez un nom.") == 1
    assert 'class="lead"' in page
    assert 'href="/profil"' in main(page), "the page that the form came from"


def test_whoever_runs_workshops_lands_on_them(client: FlaskClient, database: Database) -> None:
    with database.transaction() as session:
        sign_in(client, session, make_user(session, staff=Staff.TRAINER))
    assert client.get("/").location == "/ateliers"


def test_practice_spaces_are_folded_under_their_workshop(app: Flask, client: FlaskClient, database: Database) -> None:
    with database.transaction() as session:
        copies = [make_space(session, mode=Mode.PRACTICE, name=name) for name in ("Amina", "Gérard")]
        alone = make_space(session, mode=Mode.PRACTICE, name="Seul")
        sign_in(client, session, make_user(session, staff=Staff.PROGRAMME))
    fold = Fold("Quai, lundi", "/ateliers/7/salle", is_over=True, space_ids=[one.id for one in copies])
    seams.fill(app, FOLDS.filled_by(lambda _session, ids: [fold] if copies[0].id in ids else []))
    page = main(client.get("/espaces").text)
    cards, folded = page.partition("<details")[0], page.partition("<details")[2]
    assert alone.slug in cards
    assert copies[0].slug not in cards
    assert all(one.slug in folded for one in copies)
    assert 'href="/ateliers/7/salle"' in folded


def test_the_legal_page_shows_what_is_set_and_says_what_is_missing(runtime: Runtime) -> None:
    with lent_app(with_settings(runtime, legal_publisher="Le programme, 1 rue du Quai")) as app:
        page = app.test_client().get("/mentions-legales").text
        assert "Le programme, 1 rue du Quai" in page
        assert "TAMBOUR_LEGAL_HOST" in page
        assert "TAMBOUR_LEGAL_PUBLISHER" not in page
        assert 'href="/mentions-legales"' in app.test_client().get("/r/unknown-token").text


def test_a_page_sent_back_says_so_before_its_title(browser: Browser, database: Database) -> None:
    with database.transaction() as session:
        space = make_space(session)
        sign_in(browser.client, session, make_user(session, space=space))
    page = browser.post(f"/e/{space.slug}/cles", name="").text
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert title
    assert title[1].startswith("Erreur")
    assert not re.search(r"<title>Erreur", browser.get(f"/e/{space.slug}/cles").text)


def test_the_room_s_address_is_printed_for_the_phones_beside_the_machine() -> None:
    assert "http://192.0.2.7:8000/rejoindre" in ready("http://127.0.0.1:8000", "http://192.0.2.7:8000")
    assert "rejoindre" not in ready("http://127.0.0.1:8000", "")
