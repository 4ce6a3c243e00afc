"""A room and its seats: one for each browser, freed by the trainer, none once it is over."""

import pytest
from sqlalchemy import func, select

from app.clock import utc_now
from app.errors import NotFound
from app.workshops import service
from app.workshops.models import PracticeSpace, Seat
from app.workshops.practice import service as practice
from app.workshops.seats import service as seating
from tests.factories import make_space

JOIN = "/rejoindre"


@pytest.fixture
def phone(app):
    """A browser of the room that nobody knows yet."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client


@pytest.fixture
def crowd(database, opened):
    """As many copies as a room holds, without the people in them: ``crowd()``."""

    def come():
        with database.transaction() as session:
            for _copy in range(seating.MOST_COPIES):
                copy = make_space(session)
                session.add(PracticeSpace(space_id=copy.id, workshop_id=opened.id))

    return come


def taken(database, opened):
    with database.snapshot() as session:
        return [seat.nickname for seat in service.seats(session, opened)]


def test_one_browser_has_one_seat(database, opened, phone):
    browser = phone()
    words = {"code": opened.code, "nickname": "Amina"}
    first = browser.post(JOIN, data=words)
    again = browser.post(JOIN, data={**words, "nickname": "Paul"})
    assert (first.status_code, again.status_code) == (302, 302)
    assert again.location == first.location
    assert taken(database, opened) == ["Amina"]


def test_a_full_room_says_so_and_still_has_room_beside_somebody(database, opened, room, sit, phone, crowd):
    _client, amina = sit(opened, "Amina")
    for page in (f"/ateliers/{opened.id}/salle", f"/ateliers/{opened.id}/mur"):
        assert "La salle est pleine" not in room.get(page).text
    crowd()
    for page in (f"/ateliers/{opened.id}/salle", f"/ateliers/{opened.id}/mur"):
        assert "La salle est pleine" in room.get(page).text
    late = phone()
    assert "La salle est pleine" in late.get(f"{JOIN}/{opened.code}").text
    words = {"code": opened.code, "nickname": "Paul"}
    refused = late.post(JOIN, data=words)
    assert refused.status_code == 422
    assert "asseyez-vous à côté" in refused.text
    assert late.post(JOIN, data={**words, "beside": amina.seat.id}).location == f"/e/{amina.space.slug}/"


def test_the_trainer_frees_a_seat_and_whoever_had_it_may_sit_down_again(database, opened, room, sit):
    client, amina = sit(opened, "Amina")
    _other, paul = sit(opened, "Paul")
    free = f"/ateliers/{opened.id}/places/{amina.seat.id}/liberer"
    assert free in room.get(f"/ateliers/{opened.id}/salle?part=1").text
    assert room.post(free).status_code == 302
    assert room.post(free).status_code == 404
    assert taken(database, opened) == ["Paul"]
    with database.snapshot() as session:
        assert [copy.id for copy in practice.copies(session, opened)] == [opened.model_space_id, paul.space.id]
    for address in (f"/e/{amina.space.slug}/", "/atelier", "/atelier/chemin"):
        assert client.get(address).location == f"{JOIN}/{opened.code}"
    assert "L’atelier est terminé" not in client.get("/atelier/bilan").text
    assert client.post(JOIN, data={"code": opened.code, "nickname": "Amina"}).status_code == 302
    assert taken(database, opened) == ["Paul", "Amina"]


def test_a_freed_seat_leaves_the_copy_to_whoever_sits_beside(database, opened, room, sit):
    _client, amina = sit(opened, "Amina")
    beside, paul = sit(opened, "Paul", with_seat=amina.seat)
    room.post(f"/ateliers/{opened.id}/places/{amina.seat.id}/liberer")
    assert beside.get(f"/e/{paul.space.slug}/").status_code == 200


def test_a_freed_seat_is_nobody_in_the_results(database, opened, room, sit):
    _client, amina = sit(opened, "Amina")
    sit(opened, "Paul")
    room.post(f"/ateliers/{opened.id}/places/{amina.seat.id}/liberer")
    room.post(f"/ateliers/{opened.id}/terminer")
    assert "1 personne y était" in room.get(f"/ateliers/{opened.id}/salle").text
    with database.snapshot() as session:
        assert [seat.nickname for seat in service.seats(session, service.get(session, opened.id))] == ["Paul"]


def test_nobody_sits_down_in_another_room_s_seat_nor_frees_it(database, opened, room, sit):
    _client, amina = sit(opened, "Amina")
    assert room.post(f"/ateliers/{opened.id}/places/{amina.seat.id + 1}/liberer").status_code == 404
    assert room.post(f"/ateliers/{opened.id + 1}/places/{amina.seat.id}/liberer").status_code == 404


def test_nobody_sits_down_as_the_trainer_closes(database, settings, opened, room):
    """The code was read while the doors were open; the workshop was over before the seat was taken."""
    room.post(f"/ateliers/{opened.id}/terminer")
    with database.transaction() as session, pytest.raises(NotFound):
        workshop = service.get(session, opened.id, lock=True)
        seating.join(session, workshop, nickname="Amina", settings=settings, now=utc_now())
    with database.snapshot() as session:
        left = select(func.count()).where(PracticeSpace.archived_at.is_(None))
        assert session.scalar(left) == 0
        assert session.scalar(select(func.count()).select_from(Seat)) == 0
