"""Steps ticked under one's eyes, on the pages where they are done, and the room's switch for answers by SMS."""

from app.assembly import STEP_KINDS
from app.clock import utc_now
from app.consent import service as consent
from app.contacts.importing import service as importing
from app.contacts.importing import uploads
from app.database.ids import ImportId
from app.messaging.body.parts import part_count
from app.messaging.status import Status
from app.workshops.models import Scenario
from app.workshops.path import steps as path
from app.workshops.practice import past
from app.workshops.practice import service as practice
from app.workshops.practice.contents import NAME, SENDER
from tests.factories import make_campaign, make_mailing, make_message


def done(database, workshop, space):
    with database.snapshot() as session:
        steps = path.steps_of(session.get_one(Scenario, workshop.scenario_id), STEP_KINDS)
        return set(path.done_in(session, [space.id], steps)[space.id])


def let_in(database, settings, space, import_id):
    """What the importing tick does."""
    with database.transaction() as session:
        steps = importing.plan_of(session, import_id)
        while importing.claim(session, import_id) is not None:
            one = uploads.get(session, space.id, import_id)
            importing.run_batch(
                session, one, steps, key=settings.fingerprint_key, opted_out=consent.opted_out,
                object_to=consent.object_by_file, now=utc_now(),
            )  # fmt: skip
            session.flush()


def test_an_import_that_ends_under_one_s_eyes_shows_its_bad_rows(database, settings, opened, sit):
    client, sitting = sit(opened, "Amina")
    assert done(database, opened, sitting.space) == {"welcome"}
    here = client.post(f"/e/{sitting.space.slug}/imports/fichier-de-l-atelier").location
    import_id = ImportId(int(here.rpartition("/")[2]))
    with database.snapshot() as session:
        mapping = uploads.get(session, sitting.space.id, import_id).mapping
    form = {f"column-{at}": name for at, name in mapping.items()}
    client.post(f"{here}/confirmer", data={**form, "list_name": "Les nouveaux"})
    let_in(database, settings, sitting.space, import_id)
    assert done(database, opened, sitting.space) == {"welcome", "import_list"}
    assert "3 lignes" in client.get(f"{here}/suivi").text.replace("\xa0", " ")
    assert done(database, opened, sitting.space) == {"welcome", "import_list", "spot_bad_numbers"}


def test_the_text_is_counted_with_its_link_and_who_did_not_get_it_must_be_looked_at(database, opened, sit):
    client, sitting = sit(opened, "Amina")
    space = sitting.space
    with database.transaction() as session:
        draft = make_campaign(session, space)
        mailing = make_mailing(session, space)
        make_message(session, mailing, status=Status.UNDELIVERED)
        sent = make_campaign(session, space, mailing_id=mailing.id, stage="sending", send_at=utc_now())
    here = f"/e/{space.slug}/envoyer"
    client.post(f"{here}/{draft.id}/brouillon", data={"body": "x" * 150, "family": "charitable"})
    assert done(database, opened, space) == {"welcome"}
    client.post(f"{here}/{draft.id}/brouillon", data={"body": "x" * 80, "family": "charitable"})
    assert done(database, opened, space) == {"welcome", "write_one_sms"}
    client.get(f"{here}/{sent.id}")
    assert done(database, opened, space) == {"welcome", "write_one_sms"}
    client.get(f"{here}/{sent.id}?etat=pas-arrives")
    assert done(database, opened, space) == {"welcome", "write_one_sms", "follow"}


def test_a_room_starts_as_in_reality_and_its_trainer_may_let_people_answer(database, opened, room, sit):
    sit(opened, "Amina")

    def senders():
        with database.snapshot() as session:
            return {(space.sender, space.two_way) for space in practice.copies(session, opened)}

    switch = f"/ateliers/{opened.id}/reponses"
    assert senders() == {(NAME, False)}
    assert "Autoriser les réponses par SMS" in room.get(f"/ateliers/{opened.id}/salle").text
    assert "Faire comme pour de bon" in room.post(switch, data={"two_way": "1"}, follow_redirects=True).text
    assert senders() == {(SENDER, True)}
    _client, late = sit(opened, "Paul")
    assert (late.space.sender, late.space.two_way) == (SENDER, True)
    room.post(switch)
    assert senders() == {(NAME, False)}


def test_the_ready_text_costs_one_sms_and_asks_no_answer():
    text = past.BODY.replace("{prénom}", "Marguerite") + "\nPlus de SMS : https://tambour.example.org/r/xxxxxxxxxxxxxx"
    assert part_count(text) == 1
    assert not {"OUI", "NON"} & set(past.BODY.split())


def test_a_seat_given_a_fresh_start_is_still_sat_in(database, opened, room, sit):
    _client, sitting = sit(opened, "Amina")
    room.post(f"/ateliers/{opened.id}/refaire")
    with database.snapshot() as session:
        fresh = practice.copies(session, opened)[-1]
    assert fresh.id != sitting.space.id
    assert done(database, opened, fresh) == {"welcome"}
