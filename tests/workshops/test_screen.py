"""The screen of the room: how to get in, then the phones that rang last, whoever wrote."""

from collections import Counter

import pytest

from app.clock import utc_now
from app.messaging.body.parts import part_count
from app.messaging.models import Reply
from app.messaging.status import Status
from app.workshops.phones import points, showing
from app.workshops.room import paper
from tests.factories import make_contact, make_mailing, make_message

LINK = "https://sms.example/r/abcdefghijkl"
"""As long as a personal link is."""
SHEETS = {
    "affiche": "on commence à",
    "deroule": "min en tout",
    "bon-sms": "Cinq exemples",
    "presences": "Signature",
    "attestations": "Attestation de présence",
    "preparer": "Une heure avant",
    "sans-reseau": "Dix téléphones de papier",
    "sept-points": "7. Le compte chez l’opérateur",
    "deux-questions": "Je saurais le refaire sans aide",
}
SHARED = "+33639987001"


def land(session, space, phone, *, status=Status.DELIVERED, body="Besoin de bras samedi", **words):
    now = utc_now()
    mailing = make_mailing(session, space, created_at=now)
    make_message(session, mailing, phone=phone, body=body, status=status, settled_at=now, created_at=now, **words)


def test_the_screen_shows_the_whole_room_by_itself(database, opened, room, sit):
    page = f"/ateliers/{opened.id}/mur"
    welcome = room.get(page).text
    assert "Bienvenue, on commence à" in welcome
    assert opened.code in welcome
    assert "/rejoindre</strong>" in welcome
    assert "Personne pour l’instant" in welcome
    assert "screen-phone" not in welcome
    _client, paul = sit(opened, "Paul")
    assert '<li class="new">Paul</li>' in room.get(page).text
    with database.transaction() as session:
        for name in ("Chantal", "Léo"):
            make_contact(session, paul.space, first_name=name, last_name="Petit", phone=SHARED)
        land(session, paul.space, SHARED)
        land(session, paul.space, "+33639987002", status=Status.UNDELIVERED, error_code=30003)
        land(session, paul.space, "+33639987003", status=Status.SENT)
        words = {"space_id": paul.space.id, "account_sid": "AC1", "carrier_sid": "SM1"}
        session.add(Reply(phone=SHARED, body="c'est qui ?", at=utc_now(), **words))
    live = room.get(page).text
    assert "Chantal et Léo" in live
    assert "Besoin de bras samedi" in live
    assert "Pas arrivé" in live
    assert "<strong>Chantal et Léo</strong> répond" in live
    assert "<strong>Paul</strong> arrive" in live
    assert opened.code in live
    for said in ("<strong>1</strong> a répondu", "<strong>1</strong> en route", "<strong>1</strong> pas arrivé"):
        assert said in live
    assert "Bienvenue" in room.get(f"{page}?vue=accueil").text


@pytest.mark.parametrize(
    ("counts", "each", "size"),
    [
        ({}, 1, (10, 10)),
        ({"arrived": 3}, 1, (30, 10)),
        ({"answered": 27, "arrived": 214, "moving": 31, "lost": 9}, 1, (710, 40)),
        ({"arrived": 4000, "silent": 1}, 10, (670, 60)),
    ],
)
def test_there_is_one_point_for_each_phone_and_one_for_ten_in_a_crowd(counts, each, size):
    drawn = points.draw(Counter(counts))
    assert (drawn.each, (drawn.width, drawn.height)) == (each, size)
    dots = "".join(drawn.paths.values()).count("h0") + drawn.paths["lost"].count("m0-6")
    assert dots == sum(-(-count // each) for count in counts.values())


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Samedi 9h ?\nStop : https://t.example/r/abc", "Samedi 9h ?"),
        ("Venez : https://t.example/r/abc merci", "Venez :  merci"),
        ("Samedi 9h ?", "Samedi 9h ?"),
    ],
)
def test_a_screen_nobody_can_press_shows_no_link(body, shown):
    assert showing.without_links(body) == shown


def test_each_sheet_is_ready_to_print(opened, room, sit):
    sit(opened, "Amina")
    sheets = {name: room.get(f"/ateliers/{opened.id}/imprimer/{name}").text for name in SHEETS}
    assert {name for name, said in SHEETS.items() if said not in sheets[name]} == set()
    assert opened.code in sheets["affiche"]
    assert "<dt>Dire</dt>" in sheets["deroule"]
    assert ">Amina<" in sheets["attestations"]
    assert all("paper.css" in sheet for sheet in sheets.values())


@pytest.mark.parametrize("example", paper.EXAMPLES)
def test_each_example_of_a_good_sms_is_one_sms_with_its_way_out(example):
    assert part_count(f"{example}\nStop : {LINK}") == 1
