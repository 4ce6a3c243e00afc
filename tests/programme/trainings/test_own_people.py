"""Who is of an association: the staff say so; an association names its own, and reaches nobody else's."""

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.clock import utc_now
from app.contacts import archiving
from app.contacts.models import Contact
from app.programme.cohorts import people
from app.programme.cohorts.models import AssociationPerson, PersonRequest
from tests.factories import SOMEBODY
from tests.programme.cohorts.test_cohorts import told
from tests.programme.trainings.conftest import plan, standing

QUAI = "Les Amis du Quai"


def named(home, database, year, who, training):
    """« Les Amis du Quai » names somebody by their number and first name."""
    with database.snapshot() as session:
        phone = session.get_one(Contact, year.who[who]).phone.replace("+33", "0")
    form = {"first_name": who, "last_name": "X", "phone": phone, "function": "volunteer"}
    return home.post(f"/e/{year.space.slug}/formations/{training}/personnes", data=form, follow_redirects=True)


def homes(database, contact_id):
    with database.snapshot() as session:
        return {association.name for row, association in people.homes_of(session, contact_id) if row.left_at is None}


def set_aside(database, contact_id):
    with database.transaction() as session:
        archiving.archive(session, session.get_one(Contact, contact_id), by=SOMEBODY, now=utc_now())


@pytest.mark.parametrize("is_archived", [False, True])
def test_an_association_reaches_nobody_whom_the_programme_knows_otherwise(desk, home, database, year, is_archived):
    one, chloe = plan(desk, year.cohort), year.who["Chloé"]
    if is_archived:
        set_aside(database, chloe)
    answer = told(named(home, database, year, "Chloé", one).text)
    assert "L’équipe du programme confirme d’abord cette personne" in answer
    assert "Chloé Petit" not in told(home.get(f"/e/{year.space.slug}/formations").text), "her last name was not given"
    assert standing(database, one) == {}
    assert homes(database, chloe) == {"Épicerie"}
    with database.snapshot() as session:
        assert (session.get_one(Contact, chloe).archived_at is not None) is is_archived
        [asked] = session.scalars(select(PersonRequest.id)).all()
    assert "Dire si une personne est de « Les Amis du Quai »" in told(desk.get("/programme").text)
    page = f"/programme/associations/{year.of[QUAI]}/personnes"
    assert "Chloé Petit" in told(desk.get(page).text)
    said = told(desk.post(f"{page}/demandes/{asked}", data={"theirs": "1"}, follow_redirects=True).text)
    assert "Chloé Petit est de cette association" in said
    assert homes(database, chloe) == {"Épicerie", QUAI}
    assert desk.post(f"{page}/demandes/{asked}", data={"theirs": "1"}).status_code == 404
    with database.snapshot() as session:
        assert session.get_one(Contact, chloe).archived_at is None


def test_a_refusal_changes_nothing_and_its_own_people_need_no_word(desk, home, database, year):
    one = plan(desk, year.cohort)
    named(home, database, year, "Chloé", one)
    with database.snapshot() as session:
        [asked] = session.scalars(select(PersonRequest.id)).all()
    page = f"/programme/associations/{year.of[QUAI]}/personnes"
    desk.post(f"{page}/demandes/{asked}", data={"theirs": "0"})
    assert homes(database, year.who["Chloé"]) == {"Épicerie"}
    assert "Dire si une personne est de" not in told(desk.get("/programme").text)
    named(home, database, year, "Amina", one)
    assert standing(database, one) == {"Amina": "coming"}


def test_the_staff_see_change_add_and_take_off_the_people_of_an_association(desk, home, database, programme, year):
    page = f"/programme/associations/{year.of[QUAI]}/personnes"
    assert "Les personnes de l’association" in told(
        desk.get(f"/programme/cohortes/{year.cohort}/associations/{year.of[QUAI]}").text
    )
    one = plan(desk, year.cohort)
    desk.post(f"/programme/formations/{one}/inscriptions", data={"contact_id": year.who["Amina"]})
    with database.snapshot() as session:
        rows = {contact.first_name: row.id for row, contact in people.of_association(session, year.of[QUAI])}
    assert desk.post(f"{page}/{rows['Bruno']}/fonction", data={"function": "director"}).status_code == 302
    assert "direction" in told(desk.get(page).text)
    assert desk.post(f"{page}/{rows['Bruno']}/fonction", data={"function": "roi"}).status_code == 422
    new = {"first_name": "Nadège", "phone": "12", "function": "board"}
    refused = desk.post(page, data=new)
    assert (refused.status_code, "Nadège" in refused.text) == (422, True)
    assert desk.post(page, data={**new, "phone": "06 12 34 56 78"}).status_code == 302
    assert "Nadège" in told(desk.get(page).text)
    off = told(desk.post(f"{page}/{rows['Amina']}/retirer", follow_redirects=True).text)
    assert "1 inscription à venir est annulée" in off
    assert standing(database, one) == {"Amina": "not_coming"}
    desk.post(f"{page}/{rows['Bruno']}/retirer", data={"never": "1"})
    with database.snapshot() as session:
        left = session.scalars(select(AssociationPerson).where(AssociationPerson.association_id == year.of[QUAI])).all()
        assert [one.left_at is None for one in left if one.contact_id == year.who["Bruno"]] == []
        assert session.get(Contact, year.who["Amina"]) is not None
        assert session.get(Space, programme.id) is not None
    assert "confirme d’abord" in told(named(home, database, year, "Amina", one).text), "the staff took her off"
    assert desk.post(f"{page}/{rows['Bruno']}/retirer").status_code == 404
    assert desk.get("/programme/associations/987654/personnes").status_code == 404
