"""What is said of a seat that somebody gives back, and of trainings that are over."""

from app.accounts.models import Space
from tests.programme.cohorts.test_cohorts import told
from tests.programme.trainings.conftest import over, plan


def test_whoever_is_taken_off_is_told_from_whoever_only_waited(desk, home, database, programme, year):
    with database.transaction() as session:
        session.get_one(Space, programme.id).sender = "Programme"
    one = plan(desk, year.cohort, seats="1")
    page = f"/programme/formations/{one}/inscriptions"
    for name in ("Amina", "Chloé", "Djibril", "Bruno"):
        desk.post(page, data={"contact_id": year.who[name]})

    def off(name):
        return told(desk.post(f"{page}/{year.who[name]}/annuler", follow_redirects=True).text)

    assert "Djibril Petit n’attend plus." in off("Djibril")
    assert "la place passe à Chloé Petit, que le programme prévient par SMS" in off("Amina")
    desk.post(page, data={"contact_id": year.who["Amina"]})
    own = f"/e/{year.space.slug}/formations/{one}/inscriptions/annuler"

    def own_off(name):
        return told(home.post(own, data={"contact_id": year.who[name]}, follow_redirects=True).text)

    assert "Amina Petit n’attend plus." in own_off("Amina")
    words = off("Chloé")
    assert "la place passe à Bruno Petit" in words
    desk.post(page, data={"contact_id": year.who["Djibril"]})
    words = own_off("Bruno")
    assert "la place passe à la première personne qui attendait" in words
    assert "Djibril" not in words, "another association's"
    assert "la place est libre" in off("Djibril")


def test_a_past_training_says_who_came_and_one_to_come_who_waits(desk, database, year):
    one, ahead = plan(desk, year.cohort, title="La tenue"), plan(desk, year.cohort, title="L’autre", seats="1")
    for name in ("Amina", "Bruno"):
        for training in (one, ahead):
            desk.post(f"/programme/formations/{training}/inscriptions", data={"contact_id": year.who[name]})
    over(database, one)
    page = told(desk.get(f"/programme/formations?cohorte={year.cohort}").text).partition("Passées")
    assert "1 sur 1 1" in page[0]
    assert "2 sur 2 à noter" in page[2]
    desk.post(f"/programme/formations/{one}/presences", data={"all": "came"})
    past = told(desk.get(f"/programme/formations?cohorte={year.cohort}").text).partition("Passées")[2]
    assert "Venus La tenue" in past
    assert "2 sur 2 2 venus" in past
