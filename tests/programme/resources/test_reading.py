"""The resource centre as anybody reads it: found by words, by topic, by what is read most."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from app.clock import utc_now
from app.programme.resources import files, service, todo
from app.programme.resources.models import ResourceMonth
from app.programme.resources.rules import TOOLS, Topic
from app.programme.resources.showing_pages import months_shown
from app.programme.tools.words import Purpose
from tests.factories import SOMEBODY
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort
from tests.programme.resources.conftest import write


@pytest.fixture
def shelf(database):
    """Four that everybody reads, a draft, and one that was withdrawn; the second was read most."""
    with database.transaction() as session:
        some = [
            write(session, "Tenir une assemblée générale en ligne"),
            write(session, "Écrire un bon SMS", topics=(Topic.MOBILISE,), body="Rappeler l'assemblée d'un mot."),
            write(session, "Former par webinaire", topics=(Topic.TRAIN, Topic.MOBILISE)),
            write(session, "<b>Gras</b> & co", topics=(Topic.TRAIN,), summary="<i>\nun\ndeux", author="<u>"),
        ]
        write(session, "Assemblée secrète", publishes=False)
        gone = write(session, "Assemblée ancienne")
        service.withdraw(session, gone.id, space_id=None, by=SOMEBODY, now=utc_now())
        for resource, views in zip(some, (3, 40, 7, 0), strict=True):
            session.add(ResourceMonth(resource_id=resource.id, month=date(2026, 1, 1), views=views))
    return some


def titles(client, query):
    """What is found, in order; the most read that stand below are left out."""
    page = client.get(f"/ressources{query}")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    return re.findall(r"<h3><a [^>]*>([^<]+)</a>", page.text)


def test_what_is_found_has_the_word_in_its_title_first(client, shelf):
    assert titles(client, "?q=les+assemblees") == ["Tenir une assemblée générale en ligne", "Écrire un bon SMS"]
    assert titles(client, "?q=ASSEMBLÉE+Generales") == ["Tenir une assemblée générale en ligne"]
    assert titles(client, "?q=assemblee&sujet=mobilise") == ["Écrire un bon SMS"]
    assert titles(client, "?sujet=train") == ["Former par webinaire", "&lt;b&gt;Gras&lt;/b&gt; &amp; co"]
    assert titles(client, "?sujet=rien") == titles(client, "") != []
    assert titles(client, "")[0] == "Écrire un bon SMS", "the most read first"


def test_where_nothing_is_found_the_most_read_are_offered(client, shelf):
    for question in ("zebre", "%25", "les+des", "%00", "x" * 3000):
        page = client.get(f"/ressources?q={question}")
        assert page.status_code == 200
        words = told(page.text)
        assert "Rien sur" in words
        assert "Les plus lues Écrire un bon SMS 40 vues" in words
        assert "secrète" not in page.text
        assert "ancienne" not in page.text


def test_facts_that_were_read_more_than_a_year_ago_are_marked(client, database):
    today = utc_now().date()
    with database.transaction() as session:
        write(session, "Ancien", checked_on=today - timedelta(days=367))
        write(session, "Neuf", checked_on=today - timedelta(days=300))
    assert "à revérifier" in told(client.get("/ressources/ancien").text)
    assert "à revérifier" not in told(client.get("/ressources/neuf").text)


def test_a_draft_is_nowhere_and_one_that_was_withdrawn_says_so(client, shelf):
    assert client.get("/ressources/assemblee-secrete").status_code == 404
    assert client.get("/ressources/%00").status_code == 404
    gone = client.get("/ressources/assemblee-ancienne")
    assert gone.status_code == 410
    assert "a été retirée le" in told(gone.text)
    assert "Lire les statuts" not in gone.text
    assert "Lire les statuts" in client.get("/ressources/tenir-une-assemblee-generale-en-ligne").text


def test_what_was_typed_stays_text_on_every_page(client, shelf):
    for address in ("", "/b-gras-b-co"):
        page = client.get(f"/ressources{address}").text
        assert "<b>Gras" not in page
        assert "<i>" not in page
        assert "<u>" not in page


def test_a_file_is_taken_away_and_never_opened_here(client, database, shelf):
    with database.transaction() as session:
        file = files.add(
            session, shelf[0].id, label="Feuille des pouvoirs", typed_name="x.html", content=b"%PDF-1.7 %%EOF",
            space_id=None, by=SOMEBODY, now=utc_now(),
        )  # fmt: skip
    page = client.get(f"/ressources/{shelf[0].slug}")
    assert "Feuille des pouvoirs PDF, 1 ko" in told(page.text)
    taken = client.get(f"/ressources/fichiers/{file.id}")
    assert (taken.data, taken.mimetype) == (b"%PDF-1.7 %%EOF", "application/pdf")
    assert taken.headers["Content-Disposition"] == "attachment; filename=feuille-des-pouvoirs.pdf"
    assert taken.headers["X-Content-Type-Options"] == "nosniff"
    with database.transaction() as session:
        service.withdraw(session, shelf[0].id, space_id=None, by=SOMEBODY, now=utc_now())
    assert client.get(f"/ressources/fichiers/{file.id}").status_code == 404
    assert client.get("/ressources/fichiers/999999999").status_code == 404


def test_what_is_not_there_is_named_with_a_search_and_the_ways_on(client, database):
    for page, sentence in (("/ressources/nope", "Ce guide n’existe pas"), ("/outils/nope", "n’est pas au catalogue")):
        answer = client.get(page)
        assert answer.status_code == 404
        assert sentence in told(answer.text)
        assert "le lien tel que vous l’avez reçu" not in answer.text
        assert 'role="search"' in answer.text
        assert {'href="/outils"', 'href="/ressources"'} <= set(answer.text.replace(">", " ").split())
    assert client.get("/outils/nope/signaler").status_code == 404


def test_an_empty_centre_says_so(client, database):
    assert "Les premiers guides arrivent" in told(client.get("/ressources").text)
    assert "Rien sur" in told(client.get("/ressources?q=sms").text)


def test_the_months_are_drawn_from_the_second_on() -> None:
    now = utc_now().replace(year=2026, month=2, day=3)
    first = months_shown({date(2026, 2, 1): 4}, now=now)
    assert (first.rows, first.now.views, first.record, first.total) == ([], 4, None, 4)
    known = {date(2025, 8, 1): 9, date(2025, 11, 1): 2, date(2026, 1, 1): 5}
    later = months_shown(known, now=now)
    assert [(row.on.month, row.views) for row in later.rows] == [(9, 0), (10, 0), (11, 2), (12, 0), (1, 5), (2, 0)]
    assert (later.highest, later.total) == (5, 16)
    assert later.before == 9, "the drawing and what came before it make the total"
    assert first.before == 0
    assert later.record is not None
    assert later.record.name == "août 2025"
    assert months_shown({}, now=now).total == 0


def test_a_page_whose_facts_are_a_year_old_is_to_be_read_again_this_week(desk, database, programme):
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with database.transaction() as session:
        write(session, checked_on=date(2025, 3, 1))
        assert todo.lines(session, now=at) == [], "365 days are not more than a year"
        old = write(session, "Tenir un registre", checked_on=date(2024, 11, 1))
        write(session, "Un brouillon", publishes=False, checked_on=date(2020, 1, 1))
        [line] = todo.lines(session, now=at)
        assert ("Tenir un registre" in line.title, line.on, line.is_late) == (True, date(2025, 11, 1), True)
        [line] = todo.lines(session, now=at + timedelta(days=1))
        assert line.title == "Relire 2 pages du centre de ressources"
        service.withdraw(session, old.id, space_id=None, by=SOMEBODY, now=utc_now())
        [line] = todo.lines(session, now=at + timedelta(days=1))
        assert ("Tenir une assemblée" in line.title, line.is_late) == (True, False)
        make_cohort(session)
    assert "Relire" in desk.get("/programme").text


def test_a_guide_leads_to_the_tools_of_what_it_is_about(client, shelf):
    page = client.get("/ressources/former-par-webinaire").text
    for purpose in (Purpose.TRAIN, Purpose.MOBILISE):
        assert f'href="/outils?pour={purpose.value}">Les outils pour {purpose.value}</a>' in page
    assert {one.name: word for one, (word, _words) in TOOLS.items()} == {one.name: one.value for one in Purpose}
