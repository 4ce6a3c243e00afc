"""Trainings: planned by the staff, filled by associations, moved, noted, and counted once a person."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Role, Space
from app.clock import PARIS, utc_now
from app.events.acts import About
from app.events.models import Event, EventMailing, Reminder
from app.events.seats import freed
from app.messaging.body.parts import part_count
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.cohorts.models import Cohort
from app.programme.impact import reading
from app.programme.trainings import registering, service
from app.programme.trainings.models import Training
from app.programme.trainings.rules import Prepares
from app.workshops.models import Kind
from app.workshops.results.told import WORKSHOPS
from tests.factories import make_space
from tests.programme.cohorts.test_cohorts import told
from tests.programme.conftest import make_cohort, put_in
from tests.programme.trainings.conftest import add_people, browser_of, form, link_of, over, plan, standing


def go(home, year, training_id, name, *, off=False):
    """One of the association's people registered, or taken off."""
    address = f"/e/{year.space.slug}/formations/{training_id}/inscriptions" + ("/annuler" if off else "")
    return home.post(address, data={"contact_id": year.who[name]}, follow_redirects=True)


def came_in(database, *cohort_ids):
    """(trainings, people each once, hours) that the impact page counts of these cohorts, before it hides the few."""
    with database.snapshot() as session:
        cohorts = [session.get_one(Cohort, one) for one in cohort_ids]
        came = reading.came(session, reading.read(session, cohorts, WORKSHOPS, now=utc_now()))
    people = {who for one in came for who in one.people}
    return sum(one.is_training for one in came), len(people), sum(one.hours * len(one.people) for one in came)


def by_staff(desk, year, training_id, name):
    address = f"/programme/formations/{training_id}/inscriptions"
    return desk.post(address, data={"contact_id": year.who[name]}, follow_redirects=True)


def test_the_words_of_workshops_are_those_of_their_room():
    assert {one.value for one in Prepares if one} == {one.value for one in Kind}


def test_registered_cancelled_and_registered_again_is_one_seat_everywhere(desk, home, client, database, settings, year):
    """Trap 10, through the pages of the staff, of the association and of the person."""
    one = plan(desk, year.cohort)
    page = f"/programme/formations/{one}"
    for _time in range(2):
        assert "Inscription notée." in told(go(home, year, one, "Amina").text)
        assert "la place est rendue" in told(go(home, year, one, "Amina", off=True).text)
    go(home, year, one, "Amina")
    go(home, year, one, "Amina")
    by_staff(desk, year, one, "Chloé")
    assert standing(database, one) == {"Amina": "coming", "Chloé": "coming"}
    words = told(desk.get(page).text)
    assert "2 places , complet" in words
    assert "Épicerie : 1, Les Amis du Quai : 1." in words
    assert "n° 1 sur la liste d’attente" in told(go(home, year, one, "Bruno").text)
    words = told(home.get(f"/e/{year.space.slug}/formations").text)
    assert "Complet : la prochaine personne" in words
    assert "Bruno Petit en attente, n° 1" in words
    assert "Chloé" not in words, "somebody of another association"
    with database.snapshot() as session:
        on_list = registering.participants(session, *service.get(session, one))
        assert registering.by_association(on_list) == [("Épicerie", 1), ("Les Amis du Quai", 1)]
        waiting = select(Message).where(Message.status == Status.QUEUED, Message.contact_id == year.who["Amina"])
        [text] = session.scalars(waiting).all()
        assert "votre place est réservée" in text.body, "those of seats given back were taken back"
        assert part_count(text.body) == 1
    person = client.post(link_of(database, settings, one, year.who["Chloé"]), data={"choice": "not_coming"})
    assert "vous ne venez pas" in told(person.text)
    assert standing(database, one) == {"Amina": "coming", "Chloé": "not_coming", "Bruno": "coming"}
    with database.transaction() as session:
        event = freed.claim_due(session, now=utc_now())
        assert freed.write(session, event, limit=9, settings=settings, now=utc_now()) == 1
    over(database, one)
    noted = desk.post(f"{page}/presences", data={"all": "came"}, follow_redirects=True)
    assert "2 venus" in told(noted.text)
    with database.snapshot() as session:
        assert service.attended(session, year.cohort) == {year.of["Les Amis du Quai"]: 2}
        assert service.hours(session, year.cohort) == {year.of["Les Amis du Quai"]: 4.0}
    assert came_in(database, year.cohort) == (1, 2, 4.0), "once each, on the impact page too"
    assert "1 séance , moins de 5 personnes" in told(desk.get("/programme/impact").text)
    behind = told(desk.get("/programme/impact/associations?chiffre=seances-formations").text)
    assert "1 séance" in behind
    assert "Les Amis du Quai" not in behind, "a date, and nobody of it"
    lines = list(csv.DictReader(io.StringIO(desk.get(f"{page}/inscrits.csv").data.decode("utf-8-sig")), delimiter=";"))
    assert [(one["Prénom"], one["Réponse"], one["Présence"]) for one in lines] == [
        ("Amina", "inscrit", "venu"),
        ("Bruno", "inscrit", "venu"),
        ("Chloé", "désinscrit", "non noté"),
    ]


def test_a_person_in_two_cohorts_counts_in_each_and_once_over_all(desk, database, settings, programme, year):
    with database.transaction() as session:
        here = session.get_one(Space, programme.id)
        other = make_cohort(session, name="Cohorte 2027")
        second = put_in(session, other, "Les Voisins").id
        add_people(session, settings, here, second, "Zoé")
        put_in(session, other, "Épicerie")
        alone = make_cohort(session, name="Cohorte vide")
    first, then = plan(desk, year.cohort), plan(desk, other.id, title="Les missions")
    for one in (first, then):
        by_staff(desk, year, one, "Chloé")
        over(database, one)
        desk.post(f"/programme/formations/{one}/presences", data={"all": "came"})
    with database.snapshot() as session:
        assert service.attended(session, year.cohort) == {year.of["Épicerie"]: 1}
        assert service.attended(session, other.id) == {year.of["Épicerie"]: 1}
        assert service.attended(session, alone.id) == {}
    assert [came_in(database, one)[1] for one in (year.cohort, other.id, alone.id)] == [1, 1, 0]
    assert came_in(database, year.cohort, other.id) == (2, 1, 4.0), "one person, two dates"
    for cohort in (year.cohort, other.id, alone.id):
        assert desk.get(f"/programme/formations?cohorte={cohort}").status_code == 200
    refused = by_staff(desk, year, plan(desk, other.id, title="La gouvernance"), "Amina")
    assert "d’aucune association de la cohorte" in told(refused.text)


def test_a_training_that_moves_keeps_its_registrations_and_asks_again(desk, home, database, year):
    one = plan(desk, year.cohort, reminds="1")
    go(home, year, one, "Amina")
    page = f"/programme/formations/{one}"
    with database.transaction() as session:
        for message in session.scalars(select(Message)):
            message.status, message.claimed_at = Status.DELIVERED, utc_now()
    moved = desk.post(f"{page}/modifier", data=form(days=25, tell="1"), follow_redirects=True)
    assert "1 personne sera prévenue par SMS" in told(moved.text)
    assert standing(database, one) == {"Amina": "coming"}
    with database.snapshot() as session:
        text = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert "Vous venez ?" in text.body
        reminder, event = session.scalars(select(Reminder)).one(), session.scalars(select(Event)).one()
        assert reminder.due_at == event.starts_at.astimezone(PARIS) - timedelta(days=1), "it follows"
    off = desk.post(f"{page}/annuler", data={"tell": "1"}, follow_redirects=True)
    assert "Cette formation est annulée" in told(off.text)
    assert "Annulées" in told(home.get(f"/e/{year.space.slug}/formations").text)
    assert "ne s’y inscrit plus" in told(go(home, year, one, "Bruno").text)


def test_a_closed_cohort_and_a_missing_sender_are_said_and_lose_nothing(desk, home, database, year, programme):
    one = plan(desk, year.cohort)
    with database.transaction() as session:
        session.get_one(Space, programme.id).sender = ""
    answer = told(go(home, year, one, "Amina").text)
    assert "Le SMS n’est pas parti" in answer
    assert "/r/" in answer, "the link to give"
    assert standing(database, one) == {"Amina": "coming"}
    with database.transaction() as session:
        session.get_one(Cohort, year.cohort).closed_at = utc_now()
    assert home.get(f"/e/{year.space.slug}/formations").status_code == 200
    assert desk.get(f"/programme/formations/{one}").status_code == 200
    assert desk.post(f"/programme/formations/{one}/modifier", data=form(title="Autre")).status_code == 422


def test_an_association_adds_somebody_and_sees_no_other_s_trainings(app, desk, home, database, year):
    one = plan(desk, year.cohort)
    own = f"/e/{year.space.slug}/formations"
    new = {"first_name": "Nadège", "last_name": "", "phone": "06 12 34 56 78", "function": "employee"}
    for wrong in ({**new, "phone": "12"}, {**new, "phone": ""}, {**new, "first_name": " "}):
        refused = home.post(f"{own}/{one}/personnes", data=wrong)
        assert refused.status_code == 422
        assert "Nadège" in refused.text or not wrong["first_name"].strip(), "what was typed stays"
    assert "Inscription notée." in told(home.post(f"{own}/{one}/personnes", data=new, follow_redirects=True).text)
    assert standing(database, one) == {"Nadège": "coming"}
    assert go(home, year, one, "Chloé").status_code == 404, "somebody of another association"
    with database.transaction() as session:
        stranger = make_space(session)
    other = browser_of(app, database, stranger)
    assert "Aucune formation" in told(other.get(f"/e/{stranger.slug}/formations").text)
    assert other.post(f"/e/{stranger.slug}/formations/{one}/inscriptions", data={"contact_id": 1}).status_code == 404
    reader = browser_of(app, database, year.space, Role.LECTRICE)
    page = reader.get(own)
    assert "Nadège" in page.text
    assert "Désinscrire" not in page.text
    assert reader.post(f"{own}/{one}/inscriptions", data={"contact_id": 1}).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"seats": "beaucoup"}, "Écrivez un nombre de places"),
        ({"seats": "2", "min_seats": "3"}, "Le minimum ne peut pas dépasser"),
        ({"min_seats": "-1"}, "Écrivez un nombre de personnes"),
        ({"materials": "Le diaporama"}, "finissez la ligne par une adresse"),
        ({"title": " "}, "Donnez un titre"),
        ({"day": "demain"}, "Choisissez un jour"),
        ({"cohort_id": "x"}, "Choisissez une cohorte"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_stays_typed(desk, year, wrong, sentence):
    refused = desk.post("/programme/formations/nouvelle", data={"cohort_id": year.cohort, **form(), **wrong})
    assert refused.status_code == 422
    assert sentence in told(refused.text)
    assert "Recherches &amp; Solidarités" in refused.text


def test_the_week_says_what_is_unnoted_the_next_day_and_what_is_too_empty_ten_days_before(desk, home, database, year):
    near = plan(desk, year.cohort, days=9, title="Presque vide", min_seats="2")
    plan(desk, year.cohort, days=12, title="Encore loin", min_seats="2")
    past = plan(desk, year.cohort, title="La passée")
    go(home, year, past, "Amina")
    over(database, past)
    words = told(desk.get("/programme").text)
    assert "Remplir « Presque vide » 0 personne inscrite, il en faut 2." in words
    assert "dans 9 jours" in words
    assert "Encore loin" not in words.partition("Prochains rendez-vous")[0]
    assert "Noter qui est venu à « La passée »" in words
    assert "1 jour de retard" in words
    go(home, year, near, "Amina")
    go(home, year, near, "Bruno")
    desk.post(f"/programme/formations/{past}/presences", data={f"presence-{year.who['Amina']}": "absent"})
    words = told(desk.get("/programme").text)
    assert "Presque vide" not in words.partition("Prochains rendez-vous")[0]
    assert "Noter qui est venu" not in words


def test_the_calendar_of_a_cohort_holds_its_own_trainings_wherever_they_fall(desk, database, year):
    with database.transaction() as session:
        other = make_cohort(session, name="Cohorte 2027")
    late = plan(desk, year.cohort, days=400, title="Très tard")
    plan(desk, other.id, title="Celle de l’autre")
    page = desk.get(f"/programme/cohortes/{year.cohort}").text
    assert f"/programme/formations/{late}" in page
    assert "Celle de" not in told(page).partition("Calendrier")[2].partition("Ajouter")[0]
    table = desk.get(f"/programme/cohortes/{year.cohort}/formations.csv").data.decode("utf-8-sig")
    [line] = csv.DictReader(io.StringIO(table), delimiter=";")
    assert (line["Formation"], line["Places"], line["Inscrits"]) == ("Très tard", "2", "0")
    with database.snapshot() as session:
        assert session.scalars(select(Training.prepares)).all() == [Prepares.MASS_SMS] * 2
        assert session.scalars(select(EventMailing.about).where(EventMailing.about != About.SEAT)).all() == []
