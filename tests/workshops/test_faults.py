"""The weather of a room, over a real simulator."""

import pytest
from sqlalchemy import select

from app.accounts.models import Space
from app.clock import utc_now
from app.contacts.models import Contact, ContactList, ListMember
from app.messaging.models import Mailing
from app.messaging.status import Status
from app.simulator.listener import Listener
from app.simulator.server import Simulator
from app.workshops import service
from app.workshops.phones import faults
from app.workshops.phones.client import Handsets
from app.workshops.practice import service as practice
from app.workshops.room import incidents
from app.workshops.room import service as room_service
from tests.conftest import with_settings
from tests.factories import SOMEBODY, make_message
from tests.simulator.ears import Ears


@pytest.fixture
def ears():
    with Ears() as ears:
        yield ears


@pytest.fixture
def runtime(runtime, tmp_path, ears):
    with Simulator(data_path=tmp_path / "simulator.sqlite3", inbound_url=ears.url("in")) as simulator:
        listener = Listener(simulator.wsgi)
        yield with_settings(runtime, simulator_url=f"http://127.0.0.1:{listener.start()}")
        listener.stop()


def words_of(runtime, space) -> dict:
    with Handsets(space, runtime.settings) as handsets:
        return {name: value for name, value in handsets._ask("GET", "/weather").items() if value}


def test_the_weather_reaches_every_copy_and_who_comes_later(app, runtime, database, settings, opened, room, sit):
    _client, sitting = sit(opened, "Amina")
    page = f"/ateliers/{opened.id}/temps"
    assert "demande de ralentir" in room.post(page, data={"weather": "limit"}, follow_redirects=True).text
    assert words_of(runtime, sitting.space) == {"busy_rate": 0.6}
    late = app.test_client()
    late.post("/rejoindre", data={"code": opened.code, "nickname": "Paul"})
    with database.snapshot() as session:
        spaces = practice.copies(session, opened)
        assert faults.current(service.get(session, opened.id)).key == "limit"
    assert words_of(runtime, spaces[-1]) == {"busy_rate": 0.6}
    assert 'value="limit" aria-pressed="true"' in room.get(f"/ateliers/{opened.id}/salle").text
    with database.transaction() as session:
        found = service.get(session, opened.id, lock=True)
        room_service.reset(session, found, settings=settings, by=SOMEBODY, now=utc_now())
        assert faults.current(found) is faults.FINE
    assert room.post(page, data={"weather": "grêle"}).status_code == 422


def test_a_storm_of_replies_comes_from_phones_that_were_reached(runtime, database, opened, room, ears):
    page = f"/ateliers/{opened.id}/temps/reponses"
    with database.transaction() as session:
        model = session.get_one(Space, opened.model_space_id)
        mailing = session.scalars(select(Mailing).where(Mailing.space_id == model.id)).first()
        for at in range(12):
            phone = f"+3363998{7010 + at}"
            make_message(session, mailing, phone=phone, status=Status.DELIVERED, settled_at=utc_now())
    assert "autorisez d’abord les réponses" in room.post(page, follow_redirects=True).text
    room.post(f"/ateliers/{opened.id}/reponses", data={"two_way": "1"})
    assert "8 réponses arrivent" in room.post(page, follow_redirects=True).text
    with Handsets(model, runtime.settings) as handsets:
        said = [handsets.conversation(f"+3363998{7010 + at}", limit=5).texts for at in range(12)]
    assert [text.body for texts in said for text in texts] == list(incidents.REPLIES)


def test_bad_numbers_come_onto_every_list(database, opened, room, sit):
    _client, sitting = sit(opened, "Amina")
    assert "8 personnes" in room.post(f"/ateliers/{opened.id}/temps/mauvais-numeros", follow_redirects=True).text
    with database.snapshot() as session:
        for space_id in (opened.model_space_id, sitting.space.id):
            came = session.scalars(
                select(Contact).where(Contact.space_id == space_id, Contact.last_name == incidents.LAST_NAME)
            ).all()
            assert {one.phone[-2:] for one in came} == {"00", "01", "02", "04"}
            lists = session.scalars(select(ContactList.id).where(ContactList.space_id == space_id)).all()
            rows = session.scalars(select(ListMember).where(ListMember.contact_id.in_([one.id for one in came]))).all()
            assert len(rows) == len(lists) * len(came)
