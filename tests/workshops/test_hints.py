"""Who is stuck, why, and the hint that a trainer sends to their page."""

from datetime import timedelta

import pytest

from app.workshops.room.stuck import Trouble, why
from tests.factories import make_campaign

HINT = "Dans le ruban, touchez « Prendre un téléphone », puis un nom."


def plain(page):
    return page.text.replace("\xa0", " ").replace("\u202f", " ").replace("’", "'")


@pytest.mark.parametrize(
    ("trouble", "minutes", "said"),
    [
        (Trouble(), 6, ""),
        (Trouble(), 7, "plus rien depuis 7 min"),
        (Trouble(refused=1, parts=2), 0, ""),
        (Trouble(refused=2), 0, "2 saisies refusées"),
        (Trouble(parts=3), 0, "3 SMS au compteur"),
    ],
)
def test_somebody_is_stuck_by_time_by_refusals_or_by_a_text_too_long(trouble, minutes, said):
    assert why(trouble, timedelta(minutes=minutes)) == said


def test_a_trainer_sends_a_hint_to_who_is_stuck_and_to_nobody_else(opened, room, sit):
    (amina, sitting), (paul, _other) = sit(opened, "Amina"), sit(opened, "Paul")
    here, place = f"/e/{sitting.space.slug}", f"/ateliers/{opened.id}/places/{sitting.seat.id}/souffler"
    screen = f"/ateliers/{opened.id}/salle"
    assert amina.post(f"{here}/dates/nouvelle", data={}).status_code == 422
    amina.post(f"{here}/dates/nouvelle", data={}, headers={"HX-Request": "true"})
    assert "Souffler l'indice" not in plain(room.get(screen))
    amina.post(f"{here}/dates/nouvelle", data={})
    shown = plain(room.get(screen))
    assert "2 personnes, 1 bloquée" in shown
    assert "Prendre un téléphone : 2 saisies refusées" in shown
    assert shown.count("Souffler l'indice") == 1
    strip = amina.get("/atelier/chemin")
    assert "On vous souffle" not in plain(strip)
    shown = plain(room.post(place, follow_redirects=True))
    assert "Soufflé à Amina." in shown
    assert "Indice soufflé" in shown
    assert "Souffler l'indice" not in shown
    polled = amina.get("/atelier/chemin", headers={"If-None-Match": strip.headers.get("ETag", "")})
    assert f"On vous souffle : {HINT}" in plain(polled).replace("</span>", "")
    assert "On vous souffle" not in plain(paul.get("/atelier/chemin"))
    phone = amina.get(f"{here}/telephones/tenir").text.partition('name="phone" value="')[2].partition('"')[0]
    amina.post(f"{here}/telephones/tenir", data={"phone": phone})
    assert "On vous souffle" not in plain(amina.get("/atelier/chemin"))
    assert "bloquée" not in plain(room.get(screen))  # a step done is a new start
    assert room.post(place.replace(str(sitting.seat.id), "999999")).status_code == 404


def test_a_text_of_three_sms_is_seen_until_it_is_mended(database, opened, room, sit):
    amina, sitting = sit(opened, "Amina")
    with database.transaction() as session:
        draft = make_campaign(session, sitting.space)
    here = f"/e/{sitting.space.slug}/envoyer/{draft.id}"
    keep = f"{here}/brouillon"
    amina.get(f"{here}/ecrire")
    amina.post(keep, data={"body": "x" * 350, "family": "charitable"})
    shown = plain(room.get(f"/ateliers/{opened.id}/salle"))
    assert "3 SMS au compteur" in shown
    assert '<td data-label="Où">Écrire</td>' in shown  # a text that keeps itself opens no page
    amina.post(keep, data={"body": "x" * 80, "family": "charitable"})
    assert "au compteur" not in plain(room.get(f"/ateliers/{opened.id}/salle"))
