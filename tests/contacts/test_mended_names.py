"""A mended first name mends the person; a household stays as many people as it is."""

from sqlalchemy import select

from app.contacts import service
from app.contacts.models import Contact
from tests.contacts.sheets import counts, import_file, sheet
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_space

ADD = {"key": FINGERPRINT_KEY, "by": SOMEBODY, "now": NOON}
PHONE = "+33639980001"


def named(database):
    with database.snapshot() as session:
        return [person.first_name for person in session.scalars(select(Contact).order_by(Contact.id))]


def test_a_mended_sheet_mends_the_person_and_an_old_one_does_not_spoil_them(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space, phone=PHONE, first_name="Jenane", last_name="Blanc")
    assert counts(import_file(runtime, space, sheet(["BLANC;Jeanne;0639980001;;"]))) == (0, 1, 0, 0, 0)
    assert named(database) == ["Jeanne"]
    old = import_file(runtime, space, sheet(["Blanc;Jenane;0639980001;;80000"]))
    assert counts(old) == (0, 1, 0, 0, 0), "her postcode"
    assert named(database) == ["Jeanne"]
    assert old.warnings == []


def test_two_spellings_in_one_file_are_one_person_by_the_better(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
    lines = ["Blanc;Jenane;0639980001;;", "Blanc;Jeanne;0639980001;;80000", "Blanc;Jeanne;0639980001;j@exemple.fr;"]
    assert counts(import_file(runtime, space, sheet(lines))) == (1, 0, 0, 2, 0)
    with database.snapshot() as session:
        [jeanne] = session.scalars(select(Contact))
        assert (jeanne.first_name, jeanne.postcode, jeanne.email) == ("Jeanne", "80000", "j@exemple.fr")


def test_a_household_stays_two_and_where_nobody_is_asked_it_is_told(runtime, database):
    with database.transaction() as session:
        space = make_space(session)
        make_contact(session, space, phone=PHONE, first_name="Louis", last_name="Blanc")
    done = import_file(runtime, space, sheet(["Blanc;Louise;0639980001;;", "Petit;Ana;0639980002;;"]))
    assert counts(done) == (2, 0, 0, 0, 0)
    assert named(database) == ["Louis", "Louise", "Ana"]
    assert ["même numéro" in warning for warning in done.warnings] == [True]


def test_a_form_mends_too(database):
    with database.transaction() as session:
        space = make_space(session)
        typo = make_contact(session, space, phone=PHONE, first_name="Jenane", last_name="Blanc", note="le mardi")
        card = {"phone": "06 39 98 00 01", "first_name": "Jeanne", "last_name": "Blanc", "note": ""}
        assert service.add(session, space, card, **ADD) == typo
        assert (typo.first_name, typo.name_key, typo.note) == ("Jeanne", "jeanne", "le mardi")
        louis = service.add(session, space, {**card, "first_name": "Louis"}, **ADD)
        assert louis.id != typo.id
        assert service.add(session, space, {**card, "first_name": "Jenane"}, **ADD) == typo
        assert typo.first_name == "Jeanne"
