"""From /candidature to the receipt, as people of an association do it: traps 1 to 4."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.clock import utc_now
from app.messaging.models import Message
from app.programme.applications.models import Application, ApplicationAlert, ApplicationAnswer, ApplicationFiling
from app.programme.applications.states import State
from jobs.programme.applying import tell_of_applications
from tests.factories import NOON
from tests.programme.applications.stage import (
    LINK,
    PHONE,
    SIREN,
    applications,
    attach,
    begin,
    close,
    fill,
    open_cohort,
    save,
    stamp,
    start,
    texts,
    told,
    versions,
    write,
)
from tests.programme.conftest import make_cohort
from tests.together import together


@pytest.fixture
def cohort(database, programme):
    return open_cohort(database)


def test_the_entry_says_whether_applications_are_open(client, database, programme):
    assert "Aucune candidature n’est ouverte" in told(client.get("/candidature").text)
    now = utc_now()
    with database.transaction() as session:
        make_cohort(session, name="Cohorte 2028", applications_open_at=now + timedelta(days=30))
    page = client.get("/candidature")
    assert "pas encore ouvertes" in told(page.text)
    assert start(client).status_code == 422, "nothing is begun before"
    cohort = open_cohort(database)
    page = client.get("/candidature")
    assert "Cohorte 2027" in told(page.text)
    assert "3 associations seront retenues" in told(page.text)
    assert "Set-Cookie" not in page.headers
    close(database, cohort)
    with database.transaction() as session:
        session.delete(session.scalars(select(type(cohort)).where(type(cohort).name == "Cohorte 2028")).one())
    assert "Les candidatures sont closes" in told(client.get("/candidature").text)


def test_four_clicks_and_a_colleague_make_one_draft_whose_link_goes_to_the_number_on_file(client, database, cohort):
    answers = together(*[lambda: start(client.application.test_client()) for _click in range(3)])
    assert sorted(answer.status_code for answer in answers) == [200, 200, 303]
    karim = start(client, name="Karim Benali", phone="06 98 76 54 32", registration="784257164 00016", association="X")
    words = told(karim.text)
    assert "Votre association a déjà un dossier" in words
    assert "Odile C. y a écrit en dernier" in words
    assert "06 •• •• •• 12" in words
    assert "Set-Cookie" not in karim.headers
    assert not LINK.search(karim.text), "a second asker gets no link on the page"
    assert [one.association_name for one in applications(database)] == ["Les Amis de la Baie"]
    assert len(texts(database)) == 1
    asked = client.post(
        "/candidature/reprendre", data={"registration": SIREN, "name": "Karim Benali", "stamp": stamp()}
    )
    assert "06 •• •• •• 12" in told(asked.text)
    with database.snapshot() as session:
        phones = set(session.scalars(select(Message.phone)))
    assert phones == {"+33612345612"}, "never to the number that somebody typed later"
    taken_up = "/candidature/" + LINK.search(texts(database)[-1])[1]
    assert write(client, taken_up, "town", "Saint-Valery").status_code == 200
    assert "Dernière modification : Karim Benali" in told(client.get(f"{taken_up}/conditions").text)
    for _click in range(4):
        assert client.get("/candidature").status_code == 200
        assert "Karim B. y a écrit en dernier" in told(start(client, name="Solange Petit", phone="06 11 22 33 44").text)
        assert client.get(taken_up, follow_redirects=True).status_code == 200, "refreshed, it begins nothing"
    assert len(applications(database)) == 1
    assert len(texts(database)) == 2, "and no SMS leaves for a page that is opened again"


def test_the_link_is_sent_so_many_times_a_day_and_a_wrong_start_says_why(client, database, cohort):
    base = begin(client)
    statuses = [client.post(f"{base}/lien").status_code for _press in range(6)]
    assert statuses == [303, 303, 303, 303, 429, 429]
    for words, sentence in (
        ({"registration": "784257165"}, "Ce SIREN n’existe pas"),
        ({"registration": ""}, "Écrivez le numéro SIREN"),
        ({"registration": "W12"}, "Un numéro RNA s’écrit W et 9 chiffres"),
        ({"phone": "03 22 00 00 00"}, "est un numéro fixe"),
        ({"name": ""}, "Écrivez votre prénom et votre nom"),
        ({"stamp": stamp(0)}, "Relisez, puis appuyez encore une fois"),
        ({"website": "http://x"}, "Relisez, puis appuyez encore une fois"),
    ):
        answer = start(client, association="Passerelle & Cie", **words)
        assert (answer.status_code, sentence in told(answer.text)) == (422, True), sentence
        assert "Passerelle &amp; Cie" in answer.text, "what was typed stays"
    assert client.get("/candidature/22222222222222/deposer").status_code == 404
    assert len(applications(database)) == 1


def test_without_a_sender_the_draft_begins_and_its_page_says_to_keep_the_address(client, database, cohort, programme):
    with database.transaction() as session:
        session.merge(programme).sender = ""
    answer = start(client)
    assert answer.status_code == 303
    assert "gardez cette adresse" in told(client.get(answer.location).text)
    asked = client.post("/candidature/reprendre", data={"registration": SIREN, "stamp": stamp()})
    assert "Le SMS n’est pas parti" in told(asked.text)
    assert not LINK.search(asked.text)


def test_of_two_writers_the_later_is_refused_with_both_texts_and_chooses(client, database, cohort):
    base = begin(client)
    seen = versions(client.get(f"{base}/association").text)["need"]
    assert write(client, base, "need", "Écrit dans le premier onglet", seen).status_code == 200
    late = write(client, base, "need", "Écrit dans le second", seen)
    assert late.status_code == 409
    both = told("<main" + late.json["note"])
    assert "Odile Carpentier a écrit autre chose à" in both
    assert "Écrit dans le premier onglet" in both
    assert "Écrit dans le second" in both
    without_script = client.post(
        f"{base}/association",
        data={
            "section": "does",
            "activity": "Repas",
            "v-activity": "0",
            "need": "Écrit dans le second",
            "v-need": seen,
        },
    )
    assert without_script.status_code == 409
    assert re.search(r'name="need"[^>]*>\s*Écrit dans le second</textarea>', without_script.text), "nothing is lost"
    now = versions(without_script.text)
    form = {"section": "does", "need": "Écrit dans le second"}
    taken = client.post(f"{base}/association", data={**form, "v-need": now["need"], "take": "need"})
    assert taken.status_code == 303
    page = client.get(f"{base}/association").text
    assert "Écrit dans le premier onglet" in page
    assert "Repas" in page, "the other field of the section was saved"
    kept = client.post(f"{base}/association", data={**form, "v-need": now["need"]})
    assert kept.status_code == 303
    assert "Écrit dans le second" in client.get(f"{base}/association").text


def test_a_field_is_saved_as_it_is_left_and_the_verdicts_come_with_it(client, database, cohort):
    base = begin(client)
    saved = write(client, base, "employees", "4")
    assert saved.status_code == 200
    assert "Enregistré à" in told("<main" + saved.json["note"])
    assert "vous en avez 4" in told("<main" + saved.json["verdicts"]["employees"])
    assert saved.json["asked"] == {"field_why": False, "employees_why": True, "time_why": False}
    future = write(client, base, "board_on", "2999-01-01")
    assert (future.status_code, "n’est pas encore passé" in told("<main" + future.json["note"])) == (422, True)
    for field, value, sentence in (
        ("employees", "quatre", "Écrivez un nombre entier"),
        ("contact_email", "odile", "Cette adresse n’est pas complète"),
        ("association", "  ", "c’est à ce nom que le dossier se retrouve"),
        ("ailleurs", "x", "n’est pas dans le formulaire"),
        ("need", "x" * 1501, "1500 signes au plus"),
    ):
        refused = write(client, base, field, value, "1")
        assert (refused.status_code, sentence in told("<main" + refused.json["note"])) == (422, True), field
    again = save(client, base, "board", {"board_on": "2999-01-01"})
    assert again.status_code == 422
    assert 'value="2999-01-01"' in again.text
    assert "Set-Cookie" not in again.headers
    with database.transaction() as session:
        session.execute(update(ApplicationAnswer).values(written_at=NOON))
    assert "Enregistré le mardi 3 mars 2026 à 13 h" in told(client.get(f"{base}/conditions").text)


def test_filing_names_all_that_is_missing_and_a_condition_missed_is_filed_off_criteria(client, database, cohort):
    base = begin(client)
    fill(client, base, employees="4", need=None, who=None)
    refused = client.post(f"{base}/deposer")
    assert refused.status_code == 422
    words = told(refused.text)
    assert "Il manque 3 réponses" in words
    for field, page in (("need", "association"), ("employees_why", "conditions"), ("who", "conditions")):
        assert f'href="{base}/{page}#{field}"' in refused.text
    assert applications(database)[0].state is State.DRAFT
    write(client, base, "need", "Prévenir vite")
    write(client, base, "who", "Odile")
    write(client, base, "employees_why", "Une cinquième personne arrive le 4 janvier.")
    assert "Tout est rempli, mais rien n’est déposé" in told(client.get(f"{base}/conditions").text)
    assert client.post(f"{base}/deposer").status_code == 303
    with database.snapshot() as session:
        [filing] = session.scalars(select(ApplicationFiling))
    assert filing.is_off_criteria
    assert filing.verdicts == {"field": "met", "employees": "missed", "board": "open", "time": "met"}


def test_a_double_press_files_once_and_reading_files_nothing(client, database, cohort):
    base = begin(client)
    fill(client, base)
    attach(client, base)
    for address in (base, f"{base}/association", f"{base}/conditions", f"{base}/deposer"):
        assert client.get(address).status_code in (200, 303)
    assert applications(database)[0].number == "", "GET files nothing"
    press = lambda: client.application.test_client().post(f"{base}/deposer").status_code  # noqa: E731 - a press
    assert together(press, press) == [303, 303]
    assert client.post(f"{base}/deposer").status_code == 303
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(ApplicationFiling)) == 1
        one = session.scalars(select(Application)).one()
    assert one.number.endswith("-001")
    receipts = [body for body in texts(database) if "déposée" in body]
    assert len(receipts) == 1
    read_by_scanner = client.get(LINK.search(receipts[0])[0], follow_redirects=True)
    assert f"n° {one.number}" in told(read_by_scanner.text)
    assert begin(client, registration="552100554", phone=PHONE)
    other = start(client)
    assert "a déjà un dossier" in told(other.text)
    assert one.number not in other.text, "what was filed is told to whoever has its link"


def test_an_association_withdraws_takes_up_again_and_after_the_date_no_more(client, database, cohort):
    base = begin(client)
    fill(client, base)
    assert client.post(f"{base}/desister", data={"reason": " "}).status_code == 422
    assert client.post(f"{base}/desister", data={"reason": "La directrice part"}).status_code == 303
    assert "La directrice part" in told(client.get(f"{base}/deposer").text)
    assert write(client, base, "need", "encore").status_code == 409
    assert client.post(f"{base}/reprendre").status_code == 303
    assert applications(database)[0].state is State.DRAFT
    close(database, cohort)
    late = client.post(f"{base}/deposer")
    assert (late.status_code, "Les candidatures sont closes" in told(late.text)) == (409, True)
    assert client.post(f"{base}/desister", data={"reason": "Trop tard"}).status_code == 303
    assert client.post(f"{base}/reprendre").status_code == 409


def test_whoever_asks_to_be_told_of_the_next_cohort_is_told_once_and_forgotten(client, runtime, database, programme):
    now = utc_now()
    old = open_cohort(database)
    close(database, old)
    ask = lambda phone: client.post("/candidature/prevenir", data={"phone": phone, "stamp": stamp()})  # noqa: E731 - a press
    assert "est un numéro fixe" in told(ask("03 22 00 00 00").text)
    for _twice in range(2):
        assert "06 •• •• •• 12" in told(ask(PHONE).text)
    tell_of_applications(runtime)
    assert texts(database) == []
    with database.transaction() as session:
        make_cohort(session, name="Cohorte 2028", applications_open_at=now)
        session.execute(update(ApplicationAlert).values(asked_at=now - timedelta(days=90)))
    for _tick in range(2):
        tell_of_applications(runtime)
    assert texts(database) == [
        "Les candidatures au programme Numérique et bénévolat sont ouvertes : http://tambour.test/candidature"
    ]
    with database.snapshot() as session:
        assert session.scalars(select(ApplicationAlert)).all() == []
