"""Two questions by the personal link after a training, and words quoted while their author agrees."""

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.clock import utc_now
from app.contacts import archiving
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.dashboard.merges import MOVES
from app.events.acts import About
from app.events.models import Event, EventMailing
from app.messaging.body.parts import part_count
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.trainings import opinions
from app.programme.trainings.models import Training, TrainingOpinion
from app.programme.trainings.rules import read_materials
from tests.factories import SOMEBODY
from tests.programme.cohorts.test_cohorts import told
from tests.programme.trainings.conftest import form, link_of, over, plan

SAID = {"choice": "opinion", "gained": "4", "ready": "3", "comment": "Très clair", "may_quote": "1"}


@pytest.fixture
def held(desk, database, year):
    """A training of yesterday to which Amina and Bruno came; Chloé was noted absent."""
    one = plan(desk, year.cohort, seats="")
    for name in ("Amina", "Bruno", "Chloé"):
        desk.post(f"/programme/formations/{one}/inscriptions", data={"contact_id": year.who[name]})
    with database.transaction() as session:
        for message in session.scalars(select(Message)):
            message.status = Status.DELIVERED
    over(database, one)
    noted = {f"presence-{year.who['Chloé']}": "absent", "all": "came"}
    desk.post(f"/programme/formations/{one}/presences", data=noted)
    return one


def quoted(database, cohort_id):
    with database.snapshot() as session:
        return [(one.comment, one.first_name, one.association) for one in opinions.quotes(session, [cohort_id], most=9)]


def test_the_author_s_words_are_quoted_while_they_agree(desk, client, database, settings, year, held):
    mine = link_of(database, settings, held, year.who["Amina"])
    page = told(client.get(mine).text)
    assert "J’ai appris ce qu’il me fallait" in page
    assert "Je viens" not in page
    refused = client.post(mine, data={**SAID, "ready": "9"})
    assert refused.status_code == 422
    assert "Très clair" in refused.text, "what was typed stays"
    assert "C’est noté, merci" in told(client.post(mine, data=SAID).text)
    assert quoted(database, year.cohort) == [("Très clair", "Amina", "Les Amis du Quai")]
    client.post(link_of(database, settings, held, year.who["Bruno"]), data={**SAID, "comment": "Trop long"})
    desk_page = told(desk.get(f"/programme/formations/{held}").text)
    assert "2 oui sur 2 avis" in desk_page
    for number in ("06 12 34 56 78", "+33 (0)6.12.34.56.78", "zoe@exemple.fr"):
        client.post(mine, data={**SAID, "comment": f"Appelez Zoé : {number}"})
        assert quoted(database, year.cohort) == [("Trop long", "Bruno", "Les Amis du Quai")], "she agreed to nothing"
    client.post(mine, data={**SAID, "comment": "En 2026, 12 missions"})
    assert [one[0] for one in quoted(database, year.cohort)] == ["En 2026, 12 missions", "Trop long"], (
        "the latest first"
    )
    client.post(mine, data={name: value for name, value in SAID.items() if name != "may_quote"})
    assert [one[0] for one in quoted(database, year.cohort)] == ["Trop long"], "taken back, it is gone at once"
    assert "à ne pas citer" in told(desk.get(f"/programme/formations/{held}").text)
    absent = client.get(link_of(database, settings, held, year.who["Chloé"]))
    assert "J’ai appris" not in told(absent.text)
    client.post(link_of(database, settings, held, year.who["Chloé"]), data=SAID)
    with database.snapshot() as session:
        assert len(session.scalars(select(TrainingOpinion)).all()) == 2


def test_the_staff_take_words_off_the_page_of_figures_and_those_of_whom_they_set_aside(
    desk, client, database, settings, year, held
):
    for name in ("Amina", "Bruno"):
        words = {**SAID, "comment": f"{name} : appelez Zoé"}
        client.post(link_of(database, settings, held, year.who[name]), data=words)
    page, off = f"/programme/formations/{held}", f"avis/{year.who['Amina']}/ne-plus-citer"
    assert "Amina : appelez Zoé" in told(desk.get("/programme/impact").text)
    assert f"{page}/{off}" in desk.get(page).text
    assert "n’est plus cité" in told(desk.post(f"{page}/{off}", follow_redirects=True).text)
    assert desk.post(f"{page}/{off}").status_code == 404
    assert [one[1] for one in quoted(database, year.cohort)] == ["Bruno"]
    assert "2 oui sur 2 avis" in told(desk.get(page).text), "it counts as before"
    with database.transaction() as session:
        archiving.archive(session, session.get_one(Contact, year.who["Bruno"]), by=SOMEBODY, now=utc_now())
    assert quoted(database, year.cohort) == []
    assert "appelez Zoé" not in told(desk.get("/programme/impact").text)


def test_an_edit_after_the_end_takes_back_no_form_and_the_asked_are_asked_once(
    desk, client, database, settings, year, held
):
    page = f"/programme/formations/{held}"
    asked = desk.post(f"{page}/avis", follow_redirects=True)
    assert "2 SMS partent dans 30 secondes" in told(asked.text)
    assert "Chacun a déjà reçu la demande" in told(desk.post(f"{page}/avis").text)
    client.post(link_of(database, settings, held, year.who["Amina"]), data=SAID)
    with database.snapshot() as session:
        event = session.get_one(Event, session.get_one(Training, held).event_id)
        day = event.starts_at
    changed = {**form(title="Un autre titre", place="Ailleurs"), "day": f"{day:%Y-%m-%d}", "hour": "06:00", "tell": "1"}
    assert desk.post(f"{page}/modifier", data=changed).status_code == 302
    with database.snapshot() as session:
        of = select(EventMailing.mailing_id).where(EventMailing.about == About.OPINION)
        texts = session.scalars(select(Message).where(Message.mailing_id.in_(of)).order_by(Message.contact_id)).all()
        assert [one.status for one in texts] == [Status.QUEUED] * 2
        assert all(one.not_after > utc_now() and part_count(one.body) == 1 for one in texts)
        assert "Un autre titre" in texts[1].body
    again = client.get(link_of(database, settings, held, year.who["Bruno"]))
    assert "Donner mon avis" in told(again.text)
    assert quoted(database, year.cohort) == [("Très clair", "Amina", "Les Amis du Quai")]


def test_two_cards_of_one_person_keep_one_opinion(client, database, settings, programme, year, held):
    for name in ("Amina", "Bruno"):
        client.post(link_of(database, settings, held, year.who[name]), data={**SAID, "comment": name})
    with database.transaction() as session:
        here = session.get_one(Space, programme.id)
        merging.merge(
            session, here, survivor_id=year.who["Amina"], loser_id=year.who["Bruno"], moves=MOVES, by=SOMEBODY,
            now=utc_now(),
        )  # fmt: skip
    assert [one[0] for one in quoted(database, year.cohort)] == ["Amina"]


def test_materials_are_read_a_line_each():
    found = read_materials("Le diaporama : https://a.fr/d\n\nhttps://b.fr\nLe guide - https://c.fr/x?y=1")
    assert [(one.title, one.link) for one in found] == [
        ("Le diaporama", "https://a.fr/d"),
        ("https://b.fr", "https://b.fr"),
        ("Le guide", "https://c.fr/x?y=1"),
    ]
