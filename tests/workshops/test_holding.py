"""A phone of the wall in somebody's hand."""

from sqlalchemy import select

from app.contacts.models import Contact
from app.workshops.practice import fates


def first_phones(database, sitting) -> list[str]:
    with database.snapshot() as session:
        people = select(Contact.phone).where(Contact.space_id == sitting.space.id).order_by(Contact.id).limit(9)
        return [phone for phone in session.scalars(people) if not phone.endswith(fates.NEVER_RING)]


def test_a_participant_holds_a_phone_and_the_wall_says_whose_hand(database, opened, room, sit):
    client, sitting = sit(opened, "Amina")
    phone = first_phones(database, sitting)[0]
    here = f"/e/{sitting.space.slug}/telephones"
    wall = f"/ateliers/{opened.id}/mur"
    room.post(wall, data={"copy": sitting.space.id})
    before = room.get(wall).text
    assert "chez" not in before
    assert phone in client.get(f"{here}/tenir").text
    held = client.post(f"{here}/tenir", data={"phone": phone})
    assert held.location == client.get(f"{here}/{phone[1:]}").location
    assert phone[1:] not in held.location
    assert "Vous tenez le téléphone de" in client.get(held.location).text
    mark = before.partition("vu=")[2].partition('"')[0].replace("&amp;", "&")
    after = room.get(f"{wall}?part=1&vu={mark}")
    assert "chez Amina" in after.text
    assert "Rendre ce téléphone" in client.get(f"{here}/tenir").text
    client.post(f"{here}/lacher")
    assert "chez" not in room.get(wall).text


def test_no_phone_that_never_rings_is_offered(opened, sit):
    client, sitting = sit(opened, "Amina")
    page = client.get(f"/e/{sitting.space.slug}/telephones/tenir").text
    assert [f'value="+3363998{at:04d}"' in page for at in (0, 13)] == [False, True]


def test_one_phone_is_in_one_hand(database, opened, sit):
    client, sitting = sit(opened, "Amina")
    beside, _same = sit(opened, "Paul", with_seat=sitting.seat)
    phone, other = first_phones(database, sitting)[:2]
    here = f"/e/{sitting.space.slug}/telephones/tenir"
    client.post(here, data={"phone": phone})
    refused = beside.post(here, data={"phone": phone}, follow_redirects=True)
    assert "déjà pris par Amina" in refused.text
    assert beside.post(here, data={"phone": other}).status_code == 302


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
