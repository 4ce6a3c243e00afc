"""Participants chosen among those whom the programme's own space knows, and nobody else's."""

import pytest
from sqlalchemy import select

from app.accounts.models import Space, Staff
from app.events.models import Registration
from app.workshops.models import Kind, Workshop
from tests.factories import make_contact, make_list, make_space, make_user, sign_in


@pytest.fixture
def programme(database, planned):
    with database.snapshot() as session:
        return session.get_one(Space, planned.space_id)


@pytest.fixture
def address(planned):
    return f"/ateliers/{planned.id}/participants"


def make_people(database, space, *names, on=None):
    with database.transaction() as session:
        return [make_contact(session, space, first_name=name, last_name="Diallo", on=on).id for name in names]


def on_the_list(database):
    with database.snapshot() as session:
        return set(session.scalars(select(Registration.contact_id)))


def test_a_list_of_the_programme_comes_with_everybody_once(room, database, programme, address):
    with database.transaction() as session:
        cohort = make_list(session, programme, name="Cohorte")
    people = make_people(database, programme, "Amina", "Paul", on=cohort)
    make_people(database, programme, "Zoé")
    assert "Cohorte (2)" in room.get(address).text
    for words in ("2 personnes ajoutées", "étaient déjà sur la liste"):
        assert words in room.post(f"{address}/liste", data={"people_list": cohort.id}, follow_redirects=True).text
    assert on_the_list(database) == set(people)


def test_nobody_is_shown_before_they_are_looked_for(room, database, programme, address):
    amina, zoe = make_people(database, programme, "Amina", "Zoé")
    for page in (room.get(f"{address}/choisir"), room.get(f"{address}/choisir?q=d")):
        assert page.status_code == 200
        assert "Diallo" not in page.text
    found = room.get(f"{address}/choisir?q=amina").text
    assert "Amina Diallo" in found
    assert "Zoé Diallo" not in found
    assert "finit par" in found
    assert "06 39 98" not in found, "a number is whole only once its owner is on the list"
    assert room.post(f"{address}/choisir", data={"contact": [amina, "x", ""]}).status_code == 302
    assert on_the_list(database) == {amina}
    assert "déjà là" in room.get(f"{address}/choisir?q=amina").text
    assert room.post(f"{address}/choisir", data={"contact": zoe}).status_code == 302
    assert on_the_list(database) == {amina, zoe}


def test_an_associations_people_are_nobody_here(room, database, planned, programme, address):
    with database.transaction() as session:
        association = make_space(session, name="Les Amis du Quai")
        session.get_one(Workshop, planned.id).association_space_id = association.id
        theirs = make_list(session, association, name="Conducteurs")
    (jeanne,) = make_people(database, association, "Jeanne", on=theirs)
    assert "Conducteurs" not in room.get(address).text
    assert "Jeanne" not in room.get(f"{address}/choisir?q=jeanne").text
    assert room.post(f"{address}/liste", data={"people_list": theirs.id}).status_code == 404
    assert room.post(f"{address}/choisir", data={"contact": jeanne}).status_code == 404
    assert on_the_list(database) == set()


def test_a_list_too_long_for_a_room_is_refused_whole(room, database, planned, programme, address):
    with database.transaction() as session:
        everybody = make_list(session, programme, name="Tous")
        for _ in range(61):
            make_contact(session, programme, on=everybody)
    refused = room.post(f"{address}/liste", data={"people_list": everybody.id})
    assert refused.status_code == 422
    assert "une salle n’en tient pas davantage" in refused.text
    assert on_the_list(database) == set()
    with database.transaction() as session:
        session.get_one(Workshop, planned.id).kind = Kind.WEBINAR
    assert room.post(f"{address}/liste", data={"people_list": everybody.id}).status_code == 302
    assert len(on_the_list(database)) == 61, "a webinar has no walls"


def test_another_trainer_chooses_nobody_there(app, room, database, programme, address):
    (amina,) = make_people(database, programme, "Amina")
    other = app.test_client()
    with database.transaction() as session:
        sign_in(other, session, make_user(session, staff=Staff.TRAINER))
    assert other.get(f"{address}/choisir?q=amina").status_code == 404
    for word, data in (
        ("choisir", {"contact": amina}),
        ("liste", {"people_list": 1}),
        ("presence", {"present": amina}),
    ):
        assert other.post(f"{address}/{word}", data=data).status_code == 404
    assert on_the_list(database) == set()
