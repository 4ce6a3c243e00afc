"""A phone of the room in somebody's hand."""

from sqlalchemy import select

from app.clock import utc_now
from app.contacts.models import Contact
from app.messaging.status import Status
from app.workshops.practice import fates
from tests.factories import make_mailing, make_message


def first_phones(database, sitting) -> list[str]:
    with database.snapshot() as session:
        people = select(Contact.phone).where(Contact.space_id == sitting.space.id).order_by(Contact.id).limit(9)
        return [phone for phone in session.scalars(people) if not phone.endswith(fates.NEVER_RING)]


def land(database, sitting, phone, body):
    """A text of this seat's copy arrives on a phone."""
    now = utc_now()
    with database.transaction() as session:
        mailing = make_mailing(session, sitting.space, created_at=now)
        words = {"status": Status.DELIVERED, "settled_at": now, "created_at": now}
        make_message(session, mailing, phone=phone, body=body, **words)


def test_a_neighbour_s_sms_rings_in_the_hand_and_on_the_screen(database, opened, room, sit):
    client, sitting = sit(opened, "Amina")
    _paul, neighbour = sit(opened, "Paul")
    phone = first_phones(database, sitting)[0]
    here, screen = f"/e/{sitting.space.slug}/telephones", f"/ateliers/{opened.id}/mur?vue=direct"
    assert phone in client.get(f"{here}/tenir").text
    assert client.get(f"{here}/en-main").location.endswith("/tenir")
    held = client.post(f"{here}/tenir", data={"phone": phone})
    assert held.location == f"{here}/en-main"
    assert "Rendre ce téléphone" in client.get(held.location).text
    assert f'href="{held.location}"' in client.get("/atelier/chemin").text  # where whoever of the room writes rings
    before = room.get(screen).text
    assert "sonne chez" not in before
    land(database, neighbour, phone, "Besoin de bras samedi")
    shown = client.get(held.location).text
    assert "Besoin de bras samedi" in shown
    assert "Paul, " in shown
    assert "sonne chez Amina" in room.get(screen).text
    answer = client.post(held.location, data={"body": "OUI"})
    assert answer.status_code == 422
    assert "Il n’y a personne à qui répondre" in answer.text, "as in reality: it came from a name"
    room.post(f"/ateliers/{opened.id}/reponses", data={"two_way": "1"})
    answer = client.post(held.location, data={"body": "OUI"})
    assert answer.status_code == 422  # no simulator in this test: nothing is lost, it is said
    assert "Le simulateur ne répond pas" in answer.text
    assert 'value="OUI"' in answer.text
    chosen = client.get(f"{here}/tenir").text
    assert "Rendre ce téléphone" in chosen
    client.post(f"{here}/lacher")
    assert "chez Amina" not in room.get(screen).text


def test_no_phone_that_never_rings_is_offered(opened, sit):
    client, sitting = sit(opened, "Amina")
    page = client.get(f"/e/{sitting.space.slug}/telephones/tenir").text
    assert [f'value="+3363998{at:04d}"' in page for at in (0, 13)] == [False, True]


def test_one_phone_is_in_one_hand_of_the_room(database, opened, sit):
    client, sitting = sit(opened, "Amina")
    other_client, elsewhere = sit(opened, "Paul")
    phone, other = first_phones(database, sitting)[:2]
    client.post(f"/e/{sitting.space.slug}/telephones/tenir", data={"phone": phone})
    theirs = f"/e/{elsewhere.space.slug}/telephones/tenir"
    refused = other_client.post(theirs, data={"phone": phone}, follow_redirects=True)
    assert "déjà pris par Amina" in refused.text
    assert other_client.post(theirs, data={"phone": other}).status_code == 302


def test_nobody_holds_a_strangers_phone(database, opened, room, sit):
    client, sitting = sit(opened, "Amina")
    here = f"/e/{sitting.space.slug}/telephones/tenir"
    assert client.post(here, data={"phone": "+33612345678"}).status_code == 422
    assert client.post(here, data={"phone": "+33639989999"}).status_code == 404
    assert room.get(here).status_code == 404


def test_another_space_does_not_exist_for_a_participant(opened, sit):
    client, mine = sit(opened, "Amina")
    _paul, his = sit(opened, "Paul")
    pages = ("", "telephones", "telephones/tenir", "imports", "envoyer")
    assert {client.get(f"/e/{mine.space.slug}/{page}").status_code for page in pages} <= {200, 308}
    assert {client.get(f"/e/{his.space.slug}/{page}").status_code for page in pages} == {404}
