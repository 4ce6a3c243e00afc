"""A form that changes: drafts are marked and lose nothing, what was filed is read as it was filed. Trap 5, by pages."""

import csv
import io

import pytest
from sqlalchemy import select

from app.programme.applications import funnel
from app.programme.applications.models import Application, ApplicationFiling
from tests.programme.applications.stage import (
    ANSWERS,
    applications,
    attach,
    begin,
    close,
    filed,
    open_cohort,
    save,
    told,
    write,
)
from tests.together import together

PILE = "/programme/candidatures"
FORM = f"{PILE}/formulaire"
ASKED = "Combien de bénévoles cherchez-vous ?"
NEED = "Ce qui devrait changer chez vous"


@pytest.fixture
def cohort(database, programme):
    return open_cohort(database, capacity=8)


def publish(desk):
    """Version 2: « Ce que vous attendez » reworded, one question added, « Ce que fait l'association » asked no more."""
    draft = desk.post(FORM).location
    assert desk.post(FORM).location == draft, "one at a time"
    assert desk.post(f"{draft}/publier").status_code == 422, "nothing changed"
    assert desk.post(f"{draft}/questions/need", data={"label": NEED, "hint": ""}).status_code == 302
    new = {"section": "does", "kind": "line", "label": ASKED, "hint": "À peu près.", "is_required": "1"}
    assert desk.post(f"{draft}/questions", data=new).status_code == 302
    assert desk.post(f"{draft}/questions/activity/retirer").status_code == 302
    page = told(desk.get(draft).text)
    assert "1 question reformulée, 1 nouvelle question, 1 question qui n'est plus posée." in page.replace("’", "'")
    assert desk.post(f"{draft}/publier").status_code == 302
    assert desk.post(f"{draft}/questions/need", data={"label": "Trop tard", "hint": ""}).status_code == 409
    return draft


def fill_in(client, base, name):
    """Every section of a draft that was just begun, without looking at its pages before."""
    for section, fields in ANSWERS.items():
        page = "association" if section in ("who", "does") else "conditions"
        seen = {f"v-{key}": "1" if key in ("association", "contact_name") else "0" for key in fields}
        words = {**fields, "association": name} if "association" in fields else fields
        assert client.post(f"{base}/{page}", data={"section": section, **words, **seen}).status_code == 303
    assert attach(client, base).status_code == 303


def drafts_and_filed(client):
    """Five drafts, one of them whole and one hardly begun, and three that were filed: the addresses of their pages."""
    names = "ABCDEFGH"
    every = [
        begin(client, registration=f"W80100000{at}", association=f"Association {name}", phone=f"06 12 34 56 {at}2")
        for at, name in enumerate(names)
    ]
    bases, done = every[:5], every[5:]
    fill_in(client, bases[0], "Association A")
    for base in bases[1:4]:
        assert write(client, base, "activity", "Des repas chauds.", "0").status_code == 200
        assert write(client, base, "need", "Prévenir sans téléphoner.", "0").status_code == 200
    for base, name in zip(done, names[5:], strict=True):
        fill_in(client, base, f"Association {name}")
        assert client.post(f"{base}/deposer").status_code == 303
    return bases, done


def last_filing(database, application_id):
    with database.snapshot() as session:
        found = select(ApplicationFiling).where(ApplicationFiling.application_id == application_id)
        return session.scalars(found.order_by(ApplicationFiling.id.desc())).first()


def as_it_is_read(desk, database):
    """What the staff read of each that was filed, and the table and figures of them all."""
    pages = {one.id: told(desk.get(f"{PILE}/{one.id}").text) for one in applications(database) if one.rank}
    lines = list(csv.reader(io.StringIO(desk.get(f"{PILE}/candidatures.csv").text), delimiter=";"))
    with database.snapshot() as session:
        counted = funnel.read(session, [one.cohort_id for one in applications(database)][:1])
    return pages, lines, counted


def without_notice(pages):
    return {key: page.replace("Déposé sur la version 1 du formulaire. ", "") for key, page in pages.items()}


def test_what_was_filed_stays_and_drafts_are_marked_and_lose_nothing(client, desk, database, cohort):
    drafts, done = drafts_and_filed(client)
    pages, lines, counted = as_it_is_read(desk, database)
    own = told(client.get(f"{done[0]}/deposer").text)
    publish(desk)
    after, lines_after, counted_after = as_it_is_read(desk, database)
    assert all("Déposé sur la version 1 du formulaire." in page for page in after.values())
    assert (without_notice(after), lines_after, counted_after) == (pages, lines, counted), "nothing of them moved"
    assert told(client.get(f"{done[0]}/deposer").text) == own

    for base in drafts:
        page = told(client.get(f"{base}/association").text).replace("’", "'")
        assert "1 question reformulée, 1 nouvelle question, 1 question qui n'est plus posée" in page
        assert f"Question reformulée Avant : « Ce que vous attendez du programme » {NEED}" in page
        assert f"Nouvelle question {ASKED}" in page
        assert ("Des repas chauds." in page) == (base in drafts[1:4]), "the old answer is read"
        assert ("N'est plus posée Ce que fait l'association" in page) == (base != drafts[4]), "where there is one"
        assert 'name="activity"' not in client.get(f"{base}/association").text
    assert "Prévenir sans téléphoner." in client.get(f"{drafts[1]}/association").text, "kept by its key"

    whole = drafts[0]
    refused = client.post(f"{whole}/deposer", data={"form": "1"})
    assert refused.status_code == 409
    assert "Le formulaire a changé pendant que vous relisiez" in told(refused.text)
    assert client.post(f"{whole}/deposer").status_code == 422
    assert f"Il manque 1 réponse {ASKED}" in told(client.get(f"{whole}/deposer").text)
    assert write(client, whole, "q1", "Une vingtaine").status_code == 200
    assert client.post(f"{whole}/deposer", data={"form": "2"}).status_code == 303
    one = applications(database)[0]
    last = last_filing(database, one.id)
    assert (one.form_version, last.form_version, last.answers["q1"]) == (2, 2, "Une vingtaine")
    assert "activity" not in last.answers, "what is asked no more is not filed"
    read = told(desk.get(f"{PILE}/{one.id}").text)
    assert f"{NEED} Prévenir 60 bénévoles" in read
    assert f"{ASKED} Une vingtaine" in read
    assert "Ce que fait l’association" not in read.replace("'", "’")
    mine = told(client.get(f"{whole}/association").text)
    assert "Nouvelle question" not in mine
    assert "Accueil de jour et repas." in mine, "theirs to read still"


def test_the_table_has_a_column_for_each_question_that_was_added_by_its_number_as_it_is_worded_last(
    client, desk, cohort
):
    def table():
        return list(csv.reader(io.StringIO(desk.get(f"{PILE}/candidatures.csv").text), delimiter=";"))

    filed(client, 0)
    before = table()
    publish(desk)
    later = begin(client, registration="552100554", association="Passerelle")
    for words in ({}, {"q1": "=1+1"}):
        for section, fields in ANSWERS.items():
            asked = {key: value for key, value in fields.items() if key != "activity"}
            save(client, later, section, {**asked, **(words if section == "does" else {})})
    attach(client, later)
    assert client.post(f"{later}/deposer").status_code == 303
    header, first, second = table()
    assert header == [*before[0], f"Q1 : {ASKED}"]
    assert (first, second[-1]) == ([*before[1], ""], "'=1+1"), "empty where it was not asked, and no formula"
    draft = desk.post(FORM).location
    desk.post(f"{draft}/questions/q1", data={"label": "Combien de bénévoles ?", "hint": ""})
    new = {"section": "who", "kind": "text", "label": "Depuis quand ?", "hint": ""}
    desk.post(f"{draft}/questions", data=new)
    assert desk.post(f"{draft}/publier").status_code == 302
    assert table() == [[*before[0], "Q1 : Combien de bénévoles ?"], first, second], (
        "nobody was asked the second one yet"
    )


def test_a_correction_is_made_on_the_version_that_was_filed_and_shown_beside_it(client, desk, database, cohort):
    base = filed(client, 0)
    publish(desk)
    [one] = applications(database)
    page = desk.get(f"{PILE}/{one.id}").text
    assert 'name="fields" value="activity"' in page
    assert 'name="fields" value="q1"' not in page
    form = {"fields": ["activity", "q1"], "until": "2999-01-01", "words": "Pour qui ?"}
    assert desk.post(f"{PILE}/{one.id}/correction", data=form).status_code == 302
    close(database, cohort)
    assert "Nouvelle question" not in told(client.get(f"{base}/association").text)
    assert write(client, base, "activity", "Accueil de jour, pour les familles.").status_code == 200
    assert client.post(f"{base}/deposer").status_code == 303
    assert last_filing(database, one.id).form_version == 1
    read = told(desk.get(f"{PILE}/{one.id}").text)
    assert "Avant : Accueil de jour et repas. Maintenant : Accueil de jour, pour les familles." in read
    assert ASKED not in read
    assert desk.post(f"{PILE}/{one.id}/etat", data={"to": "draft", "reason": "La page 2"}).status_code == 302
    assert client.post(f"{base}/deposer").status_code == 303, "given back, it is asked what it was asked"
    assert last_filing(database, one.id).form_version == 1


def test_whoever_has_the_old_page_open_loses_no_word(client, desk, database, cohort):
    base = begin(client)
    publish(desk)
    alone = client.post(f"{base}/champ", data={"field": "activity", "activity": "Des repas.", "v-activity": "0"})
    assert alone.status_code == 409
    assert "Cette question n’est plus posée" in alone.json["note"].replace("'", "’").replace("&#39;", "’")
    assert save(client, base, "does", {"activity": "Des repas, le midi.", "need": "Prévenir"}).status_code == 409
    with database.snapshot() as session:
        version = session.scalars(select(Application)).one().form_version
    assert version == 1, "begun with the first"
    page = told(client.get(f"{base}/association").text)
    assert "Des repas." in page


def test_what_rules_and_lists_read_stays_and_one_draft_is_prepared_at_a_time(client, desk, database, programme):
    draft = desk.post(FORM).location
    for key in ("employees", "contact_email", "town"):
        assert desk.post(f"{draft}/questions/{key}/retirer").status_code == 422
    assert desk.post(f"{draft}/questions/time_why", data={"label": "Pourquoi ?"}).status_code == 422
    assert desk.post(f"{draft}/questions/inconnue", data={"label": "Quoi ?"}).status_code == 404
    wrong = desk.post(f"{draft}/questions", data={"section": "does", "kind": "file", "label": "Le budget"})
    assert wrong.status_code == 422
    assert 'value="Le budget"' in wrong.text
    empty = desk.post(f"{draft}/questions/need", data={"label": " ", "hint": "gardé"})
    assert empty.status_code == 422
    assert "gardé" in empty.text
    assert desk.post(f"{draft}/abandonner").status_code == 302
    assert "Version 2" not in told(desk.get(FORM).text)
    assert desk.get(f"{FORM}/1").status_code == 200
    assert [desk.get(f"{FORM}/{wrong}").status_code for wrong in (0, 2)] == [404, 404]
    assert sorted(together(lambda: desk.post(FORM).status_code, lambda: desk.post(FORM).status_code)) == [302, 302]
    assert told(desk.get(FORM).text).count("en préparation") == 1
