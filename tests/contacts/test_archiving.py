"""Somebody archived is chosen by nobody, keeps their story, and is brought back by hand or by a file."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.activity import trail
from app.accounts.models import Role
from app.audiences import people as audiences
from app.clock import utc_now
from app.consent.families import Family
from app.contacts import archiving, lists, service, tags
from app.contacts.models import Contact
from app.errors import Conflict
from app.events import inviting, reminders, telling, whom
from app.events import service as events
from app.events.models import Answer
from app.messaging.models import Message
from app.messaging.singles import service as singles
from tests.api.conftest import make_program
from tests.contacts.sheets import counts, import_file
from tests.contacts.test_pages import Walker
from tests.events.stage import make_event
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in

WRITE = {"body": "Bonjour", "family": Family.SERVICE, "by": SOMEBODY}


def archive(session, contact):
    archiving.archive(session, contact, by=SOMEBODY, now=NOON)


def test_whoever_chooses_people_leaves_out_the_archived(database, settings):
    now = utc_now()
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        drivers = make_list(session, space, name="Conducteurs")
        stays, goes = (make_contact(session, space, on=drivers) for _ in "12")
        event = make_event(session, space, starts_at=now + timedelta(days=3))
        for one in (stays, goes):
            tags.put(session, one, ["permis B"], by=SOMEBODY, now=NOON)
        events.invite(session, event, [stays, goes], by=SOMEBODY, now=NOON)
        events.answer(session, event.id, goes.id, Answer.COMING, by=SOMEBODY, now=NOON)
        reminder = reminders.make(
            session, space, event, before=timedelta(days=1), body="À demain", list_id=None, by=SOMEBODY, now=now
        )
        archive(session, goes)
        everyone = {"lists": [drivers.id], "contacts": [goes.id], "except": []}
        assert [one.id for one in service.search(session, space.id).items] == [stays.id]
        assert [one.id for one in service.search(session, space.id, archived=True).items] == [goes.id]
        assert service.count(session, space.id, list_id=drivers.id) == lists.counted(session, space.id)[0].people == 1
        assert tags.counted(session, space.id) == [("permis B", 1)]
        [batch] = audiences.everyone(session, space, everyone, Family.SERVICE, now=now)
        assert [one.contact_id for one in batch.recipients] == [stays.id]
        assert audiences.still_there(session, space.id, everyone) == ({**everyone, "contacts": []}, 1)
        assert [one.id for _registration, one in inviting.untold(session, event)] == [stays.id]
        assert telling.informed(session, event) == []
        events.answer(session, event.id, stays.id, Answer.COMING, by=SOMEBODY, now=NOON)
        assert session.scalars(whom.people(session, space, reminder, now=now)).all() == [stays]
        other = make_event(session, space)
        assert events.invite_list(session, other, drivers.id, by=SOMEBODY, now=NOON) == [stays.id]
        with pytest.raises(Conflict, match="archivée"):
            events.invite_chosen(session, other, [goes.id], by=SOMEBODY, now=NOON)
        with pytest.raises(Conflict, match="archivée"):
            singles.send(session, space, goes, **WRITE, settings=settings, now=now)
        assert [one.id for _registration, one in events.people(session, event.id)].count(goes.id) == 1


def test_a_file_that_meets_somebody_archived_brings_them_back_and_says_so(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
        gone = make_contact(session, space, phone="+33639980001", first_name="Léa", last_name="")
        make_contact(session, space, phone="+33639980001", first_name="Paul", last_name="")
        archive(session, gone)
    nobody = import_file(runtime, space, b"Portable\r\n0639980001\r\n")  # a row without name is the one who is there
    assert (counts(nobody), nobody.brought_back) == ((0, 0, 1, 0, 0), 0)
    one = import_file(runtime, space, "Portable;Prénom\r\n0639980001;LEA\r\n".encode())
    assert (counts(one), one.brought_back) == ((0, 1, 0, 0, 0), 1)
    with database.snapshot() as session:
        assert session.get_one(Contact, gone.id).archived_at is None
        assert "contact.brought_back" in [act.verb for act in trail(session, space.id, before_id=None, limit=5)]


def test_what_comes_for_somebody_merged_into_another_is_the_other_s(runtime, database):
    """The other keeps their own first name; the one stays archived."""
    with database.transaction() as session:
        space = make_space(session)
        other = make_contact(session, space, phone="+33639980002", first_name="Jeanne", last_name="")
        between = make_contact(session, space, phone="+33639980003", first_name="Jeannette", merged_into_id=other.id)
        one = make_contact(session, space, phone="+33639980001", first_name="Jenane", merged_into_id=between.id)
        for husk in (between, one):
            archive(session, husk)
        assert service.find(session, space.id, "06 39 98 00 01", "Jenane") == other
        with pytest.raises(Conflict, match="réunie"):
            archiving.bring_back(session, one, by=SOMEBODY, now=NOON)
    done = import_file(runtime, space, "Portable;Prénom;CP\r\n0639980001;Jenane;80000\r\n".encode())
    assert (counts(done), done.brought_back) == ((0, 1, 0, 0, 0), 0)
    with database.snapshot() as session:
        kept = session.get_one(Contact, other.id)
        assert (kept.first_name, kept.postcode, kept.phone) == ("Jeanne", "80000", "+33639980002")
        assert len(session.scalars(select(Contact).where(Contact.archived_at.is_not(None))).all()) == 2


def test_archiving_on_the_card_takes_back_what_waits_and_adding_brings_back(database, client, settings):
    with database.transaction() as session:
        space = make_space(session, hours_hold=False)
        lea = make_contact(session, space, phone="+33639980001", first_name="Léa", last_name="", email="lea@exemple.fr")
        singles.send(session, space, lea, **WRITE, settings=settings, now=utc_now())
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker, card = Walker(client, space), f"/benevoles/{lea.id}"
    assert "Léa est dans les archives" in walker.post(f"{card}/archiver").words
    with database.snapshot() as session:
        assert session.scalars(select(Message.reason)).all() == ["removed"]
    page = walker.get("/benevoles").words
    assert "1 archivée" in page
    assert "06 39 98 00 01" not in page.replace("\u202f", " ")
    assert "Léa" in walker.get("/benevoles?archivees=1").words
    assert "Cette personne est dans les archives" in walker.get(card).words
    assert "parmi vos bénévoles" in walker.post(f"{card}/remettre", _from=card).words
    walker.post(f"{card}/archiver")
    again = walker.post("/benevoles/ajouter", phone="06 39 98 00 01", first_name="Lea", postcode="80000")
    assert "Lea avait déjà une fiche : elle est complétée" in again.words
    with database.snapshot() as session:
        [kept] = session.scalars(select(Contact)).all()
        assert (kept.id, kept.archived_at, kept.email, kept.postcode) == (lea.id, None, "lea@exemple.fr", "80000")


def test_a_program_archives_and_brings_back(database, app):
    program = make_program(app, database)
    made = program.post("/contacts", {"phone": "06 39 98 12 34"})
    address = f"/contacts/{made['id']}"
    assert program.ask("PATCH", address, {"archived": True}).json["archived_at"]
    assert program.get("/contacts")["items"] == []
    assert [one["id"] for one in program.get("/contacts?archived=true")["items"]] == [made["id"]]
    assert program.ask("PATCH", address, {"archived": False}).json["archived_at"] is None
