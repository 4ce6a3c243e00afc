"""A file that says who wants no SMS."""

from functools import partial

import pytest
from sqlalchemy import select

from app.consent import service as consent
from app.consent.models import Channel, ConsentEntry, OptOut
from app.contacts import lists
from app.contacts.importing import uploads
from app.contacts.models import Contact
from app.messaging.models import Message
from jobs.importing import run_imports
from tests.contacts.sheets import counts, reread, sheet, start
from tests.factories import NOON, SOMEBODY, make_space

run = partial(run_imports, opted_out=consent.opted_out, object_to=consent.object_by_file)
HEADER = "Prénom;Portable;Ne pas envoyer de SMS"


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session)


def bring(runtime, database, space, lines, header=HEADER):
    with database.transaction() as session:
        started = start(session, space, sheet(lines, header))
    run(runtime)
    return reread(database, started)


def silent(database, space):
    """The first names of those who get no SMS."""
    with database.snapshot() as session:
        query = select(Contact.first_name).join(OptOut, OptOut.fingerprint == Contact.fingerprint)
        return sorted(session.scalars(query.where(OptOut.space_id == space.id, Contact.space_id == space.id)))


def test_an_objection_in_a_file_is_kept_with_the_file_it_came_from(runtime, database, space):
    one = bring(runtime, database, space, ["Zoé;0639980000;Oui", "Luc;0639980001;", "Ana;0639980002;non"])
    assert (counts(one), one.objected, one.opted_out) == ((3, 0, 0, 0, 0), 1, 0)
    assert silent(database, space) == ["Zoé"]
    with database.snapshot() as session:
        entry = session.scalars(select(ConsentEntry)).one()
        assert entry.channel is Channel.IMPORT
        assert entry.wording == "Fichier « bénévoles.csv », colonne « Ne pas envoyer de SMS »"
        assert entry.contact_id == session.scalars(select(Contact.id).where(Contact.first_name == "Zoé")).one()
        assert session.scalars(select(Message)).all() == []


def test_a_no_to_sms_allowed_is_an_objection(runtime, database, space):
    lines = ["Zoé;0639980000;Oui", "Luc;0639980001;NON", "Ana;0639980002;"]
    bring(runtime, database, space, lines, "Prénom;Portable;SMS autorisés")
    assert silent(database, space) == ["Luc"]


def test_it_holds_for_somebody_known_and_is_written_once(runtime, database, space):
    bring(runtime, database, space, ["Zoé;0639980000;"])
    assert bring(runtime, database, space, ["Zoé;0639980000;x"]).objected == 1
    again = bring(runtime, database, space, ["Zoé;0639980000;x"])
    assert (again.objected, again.opted_out) == (0, 1)
    assert bring(runtime, database, space, ["Zoé;0639980000;non"]).objected == 0
    assert silent(database, space) == ["Zoé"]
    with database.snapshot() as session:
        assert len(session.scalars(select(ConsentEntry)).all()) == 1


def test_a_row_that_does_not_come_in_objects_all_the_same(runtime, database, space):
    lines = ["Zoé;0639980000;", "zoe;0639980000;oui", f"{'é' * 90};0639980001;oui"]
    one = bring(runtime, database, space, lines)
    assert (counts(one), one.objected) == ((1, 0, 0, 1, 1), 2)
    assert silent(database, space) == ["Zoé"]


def test_a_list_of_objections_adds_nobody_and_outlives_whoever_comes_later(runtime, database, space):
    bring(runtime, database, space, ["Zoé;0639980000;", "Luc;0639980001;"])
    lines = ["Zoé;0639980000;", "Ana;0639980009;", "X;0639980009;", f"{'é' * 90};0639980001;", "Léo;06 39;"]
    with database.transaction() as session:
        one = start(session, space, sheet(lines, HEADER), confirmed=False)
        words = {"mapping": uploads.mapping_of(one), "list_name": "Refus", "by": SOMEBODY, "now": NOON}
        uploads.confirm(session, one, **words, is_objections=True)
    run(runtime)
    done = reread(database, one)
    assert (counts(done), done.objected) == ((0, 0, 3, 1, 1), 3)
    assert silent(database, space) == ["Luc", "Zoé"]
    with database.snapshot() as session:
        assert lists.counted(session, space.id) == []
    assert bring(runtime, database, space, ["Ana;0639980009;"]).opted_out == 1
    assert silent(database, space) == ["Ana", "Luc", "Zoé"]


def test_who_wants_their_missions_alone_is_kept_so_once_and_widens_no_refusal(runtime, database, space):
    header = "Prénom;Portable;Ne veut plus de SMS;Seulement ses missions"
    lines = ["Zoé;0639980000;;oui", "Luc;0639980001;oui;oui", "Ana;0639980002;;non", f"{'é' * 90};0639980003;;oui"]
    one = bring(runtime, database, space, lines, header)
    assert (one.refused, one.objected, silent(database, space)) == (1, 1, ["Luc", "Zoé"])
    assert "3 personnes ne veulent que les SMS de leurs missions" in " ".join(one.warnings)
    bring(runtime, database, space, [*lines, "Luc;0639980001;;oui"], header)
    with database.snapshot() as session:
        said = session.execute(
            select(OptOut.only_missions, ConsentEntry.wording).join(
                ConsentEntry, ConsentEntry.fingerprint == OptOut.fingerprint
            )
        ).all()
    missions = (True, "Fichier « bénévoles.csv », colonne « Seulement ses missions »")
    full = (False, "Fichier « bénévoles.csv », colonne « Ne veut plus de SMS »")
    assert sorted(map(tuple, said)) == [full, missions, missions]


def test_an_answer_that_is_neither_yes_nor_no_is_asked_again(runtime, database, space):
    with database.transaction() as session:
        mapping = {"Prénom": "first_name", "Portable": "phone", "Ne pas envoyer de SMS": "sms_refused"}
        started = start(session, space, sheet(["Zoé;0639980000;peut-être"], HEADER), mapping=mapping)
    run(runtime)
    assert counts(reread(database, started)) == (0, 0, 0, 0, 1)
