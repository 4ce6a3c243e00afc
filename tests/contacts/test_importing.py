"""Spreadsheets come in once, whole, whatever stops them."""

from threading import Thread

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.activity import trail
from app.accounts.models import Mode
from app.contacts import lists, retention, service, tags
from app.contacts.importing import refusals, uploads
from app.contacts.importing import service as importing
from app.contacts.models import Contact, Import, ImportFile, ImportRow, ImportStatus
from app.errors import Conflict, RuleBroken
from jobs.importing import run_imports
from tests.contacts.noted import noted
from tests.contacts.sheets import CONSENT, counts, french_excel, import_file, nobody_objects, reread, sheet, start
from tests.factories import FINGERPRINT_KEY, NOON, SOMEBODY, make_contact, make_space


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session)


def people(database):
    with database.snapshot() as session:
        return session.scalars(select(Contact).order_by(Contact.id)).all()


def test_a_file_of_french_excel_comes_in_but_for_its_bad_rows(runtime, database, space):
    one = import_file(runtime, space, french_excel(500, bad=20), list_name="Bénévoles")
    assert (one.status, one.encoding, one.delimiter) == (ImportStatus.FINISHED, "cp1252", ";")
    assert counts(one) == (480, 0, 0, 0, 20)
    assert one.rows_total == one.rows_done == 500
    with database.snapshot() as session:
        assert [(found.name, found.people) for found in lists.counted(session, space.id)] == [("Bénévoles", 480)]
        finished = trail(session, space.id, before_id=None, limit=1)[0]
        assert (finished.verb, finished.detail["created"]) == ("import.finished", 480)
        refused = refusals.page(session, one, limit=3)
        assert [row.number for row in refused.rows] == [9, 34, 59]
        assert "Lévêque 7" in refused.rows[0].cells
        assert "numéro" in refused.rows[0].reason
        assert refused.next == 59


def test_the_same_file_twice_changes_nothing(runtime, database, space):
    content = french_excel(60, bad=5)
    import_file(runtime, space, content)
    before = [(person.id, person.updated_at) for person in people(database)]
    assert counts(import_file(runtime, space, content)) == (0, 0, 55, 0, 5)
    assert [(person.id, person.updated_at) for person in people(database)] == before


def test_mended_refused_rows_come_in_and_the_reason_is_not_read(runtime, database, space):
    one = import_file(runtime, space, sheet(["=SOMME(A1);Zoë;06 39 98;;", "Martin;Paul;01 99 00 12 34;;"]))
    with database.snapshot() as session:
        content = refusals.refused_csv(session, one).decode("utf-8-sig")
    assert content.splitlines()[0].endswith(";raison")
    assert "'=SOMME(A1)" in content
    mended = content.replace("06 39 98;", "06 39 98 00 01;").encode("utf-8-sig")
    again = import_file(runtime, space, mended)
    assert counts(again) == (1, 0, 0, 0, 1)
    assert [(person.last_name, noted(database, person)) for person in people(database)] == [("=SOMME(A1)", {})]


def test_two_people_of_one_phone_are_both_kept(runtime, database, space):
    lines = ["Martin;Jeanne;0639980001;;", "Martin;Paul;06 39 98 00 01;;", "MARTIN;JEANNE;+33639980001;;75001"]
    assert counts(import_file(runtime, space, sheet(lines))) == (2, 0, 0, 1, 0)
    assert [person.first_name for person in people(database)] == ["Jeanne", "Paul"]
    with database.snapshot() as session:
        assert session.scalars(select(ImportRow.reason)).one().startswith("Déjà à la ligne 2")


def test_a_row_without_first_name_is_whoever_has_the_number(runtime, database, space):
    lines = [";;0639980001;;80000", "Martin;Jeanne;0639980001;;75001"]
    assert counts(import_file(runtime, space, sheet(lines))) == (1, 0, 0, 1, 0)
    assert counts(import_file(runtime, space, sheet([";;0639980001;;75002"]))) == (0, 1, 0, 0, 0)
    (jeanne,) = people(database)
    assert (jeanne.first_name, jeanne.postcode) == ("Jeanne", "75002")


def test_a_nameless_contact_is_made_whole_by_a_file(runtime, database, space):
    with database.transaction() as session:
        make_contact(session, space, phone="+33639980001", first_name="", last_name="")
    lines = ["Martin;Jeanne;0639980001;;", "Martin;Paul;0639980001;;"]
    assert counts(import_file(runtime, space, sheet(lines))) == (1, 1, 0, 0, 0)
    assert counts(import_file(runtime, space, sheet(lines))) == (0, 0, 2, 0, 0)


def test_blank_keeps_and_two_dashes_clear(runtime, database, space):
    import_file(runtime, space, sheet(["Martin;Jeanne;0639980001;j@exemple.fr;80000"]))
    assert counts(import_file(runtime, space, sheet([";Jeanne;0639980001;--;"]))) == (0, 1, 0, 0, 0)
    (jeanne,) = people(database)
    assert (jeanne.last_name, jeanne.email, jeanne.postcode) == ("Martin", "", "80000")


def test_other_columns_are_kept_under_their_name_and_tags_added(runtime, database, space):
    content = sheet(["0639980001;Zoë;permis B, cuisine;L"], header="Portable;Prénom;Étiquettes;Taille de T-shirt")
    mapping = {"Portable": "phone", "Prénom": "first_name", "Étiquettes": "tags", "taille de t-shirt": "custom"}
    assert counts(import_file(runtime, space, content, mapping=mapping)) == (1, 0, 0, 0, 0)
    assert counts(import_file(runtime, space, content, mapping=mapping)) == (0, 0, 1, 0, 0)
    (zoe,) = people(database)
    assert noted(database, zoe) == {"Taille de T-shirt": "L"}
    with database.snapshot() as session:
        assert tags.of_contacts(session, [zoe.id])[zoe.id] == ["cuisine", "permis B"]


def test_a_column_of_skills_adds_to_those_known_and_two_dashes_forget_them(runtime, database, space):
    header = "Portable;Prénom;Compétences;Groupes"
    first = sheet(["0639980001;Zoë;permis B / cuisine;samedi", "0639980002;Paul;;", "0639980003;Léa;bois;"], header)
    assert counts(import_file(runtime, space, first)) == (3, 0, 0, 0, 0)
    zoe, paul, lea = people(database)
    assert (noted(database, zoe), noted(database, paul)) == ({"Compétences": "permis B, cuisine"}, {})
    with database.snapshot() as session:
        assert tags.of_contacts(session, [zoe.id])[zoe.id] == ["samedi"]
    again = sheet(["0639980001;Zoë;Cuisine, accueil;", "0639980002;Paul;PERMIS B;", "0639980003;Léa;--;"], header)
    assert counts(import_file(runtime, space, again)) == (0, 3, 0, 0, 0)
    assert noted(database, zoe) == {"Compétences": "permis B, cuisine, accueil"}
    assert (noted(database, paul), noted(database, lea)) == ({"Compétences": "permis B"}, {})
    same = sheet(["0639980001;Zoë;accueil;", "0639980002;Paul;;", f"0639980003;Léa;{'x' * 61};"], header)
    one = import_file(runtime, space, same)
    assert counts(one) == (0, 0, 2, 0, 1)
    with database.snapshot() as session:
        assert "trop long pour une compétence" in refusals.page(session, one, limit=1).rows[0].reason


def test_a_child_comes_in_with_a_parents_number_only(runtime, database, space):
    header = "Portable;Prénom;Date de naissance;Parent"
    mapping = {"Portable": "phone", "Prénom": "first_name", "Date de naissance": "birth_year"}
    lines = ["0639980001;Léo;12/05/2015;oui", "0639980002;Zoë;1985-02-03;"]
    assert counts(import_file(runtime, space, sheet(lines, header), mapping=mapping)) == (1, 0, 0, 0, 1)
    with_parent = {**mapping, "Parent": "phone_is_parents"}
    assert counts(import_file(runtime, space, sheet(lines, header), mapping=with_parent)) == (1, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["0639980001;;", "0639980001;Léo;2021", "0639980001;Léo;1985"], (1, 0, 0, 1, 1)),
        (["0639980001;Léo;2021", "0639980001;Léo;"], (1, 0, 0, 0, 1)),
        (["0639980001;Léo;", "0639980001;Léo;2021"], (1, 0, 0, 0, 1)),
        (["0639980001;;2021", "0639980001;Léo;2021"], (0, 0, 0, 0, 2)),
    ],
)
def test_a_childs_refused_row_takes_nobody_with_it(runtime, database, space, lines, expected):
    content = sheet(lines, "Portable;Prénom;Année de naissance")
    assert counts(import_file(runtime, space, content)) == expected


def test_a_person_on_two_rows_has_what_both_say(runtime, database, space):
    lines = ["0639980001;Zoé;samedi;", "0639980001;Zoé;dimanche;zoe@exemple.fr"]
    content = sheet(lines, "Portable;Prénom;Étiquettes;E-mail")
    assert counts(import_file(runtime, space, content)) == (1, 0, 0, 1, 0)
    assert counts(import_file(runtime, space, content)) == (0, 0, 1, 1, 0)
    (zoe,) = people(database)
    assert zoe.email == "zoe@exemple.fr"
    with database.snapshot() as session:
        assert tags.of_contacts(session, [zoe.id])[zoe.id] == ["dimanche", "samedi"]


def test_practice_spaces_refuse_real_numbers_row_by_row(runtime, database):
    with database.transaction() as session:
        practice = make_space(session, mode=Mode.PRACTICE)
    assert counts(import_file(runtime, practice, sheet(["A;B;0612345678;;", "C;D;0639980001;;"]))) == (1, 0, 0, 0, 1)


def test_killed_after_any_batch_it_goes_on_where_it_was(runtime, database, space):
    content = french_excel(120, bad=2)
    with database.transaction() as session:
        started = start(session, space, content)
    for _ in range(2):
        with database.snapshot() as session:
            steps = importing.plan_of(session, started.id)
        with database.transaction() as session:
            one = importing.claim(session, started.id)
            importing.run_batch(session, one, steps, key=FINGERPRINT_KEY, **CONSENT, now=NOON, size=50)
        with pytest.raises(RuntimeError), database.transaction() as session:
            one = importing.claim(session, started.id)
            importing.run_batch(session, one, steps, key=FINGERPRINT_KEY, **CONSENT, now=NOON, size=50)
            raise RuntimeError("killed before its commit")
        assert reread(database, started).rows_done in (50, 100)
    run_imports(runtime, **CONSENT)
    done = reread(database, started)
    assert (done.status, counts(done)) == (ImportStatus.FINISHED, (118, 0, 0, 0, 2))
    assert len(people(database)) == 118


def test_two_importers_store_each_row_once(runtime, database, space):
    with database.transaction() as session:
        started = [start(session, space, french_excel(150, bad=2)) for _ in range(3)]
    words = {**CONSENT, "size": 50}
    workers = [Thread(target=run_imports, args=(runtime,), kwargs=words) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run_imports(runtime, **CONSENT)
    done = [reread(database, one) for one in started]
    assert {one.status for one in done} == {ImportStatus.FINISHED}
    assert sum(one.created for one in done) == 148
    assert all(one.created + one.unchanged == 148 and one.refused == 2 for one in done)
    assert len(people(database)) == 148


def test_an_import_counts_those_who_said_no_and_leaves_them_so(runtime, database, space):
    with database.transaction() as session:
        started = start(session, space, french_excel(20, bad=1))
    run_imports(
        runtime,
        object_to=nobody_objects,
        opted_out=lambda session, space_id, fingerprints: set(sorted(fingerprints)[:3]),
    )
    assert reread(database, started).opted_out == 3


def test_a_file_that_no_longer_reads_is_refused_with_its_reason(runtime, database, space):
    with database.transaction() as session:
        started = start(session, space, sheet(["A;Zoë;0639980001;;"]))
        started.encoding = "utf-16-le"
        good = start(session, space, sheet(["A;Zoë;0639980001;;"]))
    run_imports(runtime, **CONSENT)
    refused = reread(database, started)
    assert refused.status is ImportStatus.REFUSED
    assert refused.reason
    assert reread(database, good).status is ImportStatus.FINISHED


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "file_is_picture"),
        ("Nom;Prénom\r\nMartin;Jeanne".encode(), "no_phone_column"),
        ("Prénom\r\nJeanne".encode(), "no_phone_column"),
    ],
)
def test_a_file_without_a_list_of_phones_is_refused_whole(content, code):
    with pytest.raises(RuleBroken) as refusal:
        uploads.read_upload(content, file_name="liste.csv")
    assert refusal.value.code == code


def test_an_import_is_confirmed_once(database, space):
    with database.transaction() as session:
        one = start(session, space, sheet(["A;Zoë;0639980001;;"]), confirmed=False)
        words = {"mapping": uploads.mapping_of(one), "list_name": "", "by": SOMEBODY, "now": NOON}
        with pytest.raises(RuleBroken, match="Aucune colonne"):
            uploads.confirm(session, one, **{**words, "mapping": {0: "last_name"}})
        with pytest.raises(RuleBroken, match="Deux colonnes"):
            uploads.confirm(session, one, **{**words, "mapping": {0: "phone", 2: "phone"}})
        uploads.confirm(session, one, **words)
        with pytest.raises(Conflict):
            uploads.confirm(session, one, **words)


def test_old_files_go_and_their_counts_stay(runtime, database, space):
    one = import_file(runtime, space, french_excel(20, bad=2))
    with database.transaction() as session:
        start(session, space, sheet(["A;Zoë;0639980001;;"]), confirmed=False)
        assert retention.forget_files(session, now=NOON + 2 * retention.KEPT) == 2
    with database.snapshot() as session:
        assert [found.id for found in uploads.latest(session, space.id)] == [one.id]
        assert b"raison" in refusals.refused_csv(session, one)


CELLS = st.sampled_from(
    ["", " ", "--", "Zoë", "zoe", "Paul", "0639980001", "06 39 98 00 02", "+33639980001", "0199001234", "é" * 90, "'=1"]
)


@tuned(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[CELLS] * 5), min_size=1, max_size=12))
def test_the_counts_of_any_file_add_up_and_twice_is_once(runtime, database, rows):
    with database.transaction() as session:
        space = make_space(session)
    content = sheet([";".join(row) for row in [("Martin", "Odile", "0639980009", "", ""), *rows]])
    mapping = {
        "Nom": "last_name",
        "Prénom": "first_name",
        "Portable": "phone",
        "E-mail": "email",
        "Code postal": "custom",
    }
    first = import_file(runtime, space, content, mapping=mapping)
    assert first.rows_total == sum(counts(first)) == first.rows_done
    with database.snapshot() as session:
        assert service.count(session, space.id) == first.created
    second = import_file(runtime, space, content, mapping=mapping)
    assert counts(second)[:2] == (0, 0)
    assert counts(second)[2:] == (first.created, first.duplicates, first.refused)


def test_a_sign_that_no_database_keeps_stops_nothing(runtime, database, space):
    content = "Nom;Prénom;Portable\r\nPetit\0;Luc;06 39 98 00 01\r\nZ\0o;Ana;12\0 3\r\n".encode("utf-16")
    one = import_file(runtime, space, content)
    assert (one.status, counts(one)) == (ImportStatus.FINISHED, (1, 0, 0, 0, 1))
    with database.snapshot() as session:
        assert session.scalars(select(ImportRow.cells)).one() == ["Zo", "Ana", "12 3"]


def test_an_import_that_fails_again_and_again_is_given_up_with_its_reason(runtime, database, space):
    def broken(session, space_id, fingerprints):
        raise ValueError("the row that no code foresaw")

    with database.transaction() as session:
        started = start(session, space, sheet(["A;Zoë;0639980001;;"]))
    for _ in range(importing.MAX_TRIES):
        assert reread(database, started).status is ImportStatus.PENDING
        run_imports(runtime, **{**CONSENT, "opted_out": broken})
    given_up = reread(database, started)
    assert given_up.status is ImportStatus.REFUSED
    assert "format CSV" in given_up.reason
    assert people(database) == []


def test_an_import_that_goes_on_after_an_error_is_not_given_up(runtime, database, space):
    left = [ValueError("once"), ValueError("twice")]

    def shaky(session, space_id, fingerprints):
        if left:
            raise left.pop()
        return set()

    with database.transaction() as session:
        started = start(session, space, sheet(["A;Zoë;0639980001;;"]))
    for _ in range(3):
        run_imports(runtime, **{**CONSENT, "opted_out": shaky})
    done = reread(database, started)
    assert (done.status, done.tries) == (ImportStatus.FINISHED, 0)


def test_a_space_keeps_so_many_bytes_and_forgets_the_oldest_imported_first(runtime, database):
    with database.transaction() as session:
        practice = make_space(session, mode=Mode.PRACTICE)
    lines = [f"A;Zoë;06399800{at};;{'x' * 120_000}" for at in range(10, 99)] * 2
    heavy = sheet(lines[:150], "Nom;Prénom;Portable;E-mail;Divers")
    mapping = {"Prénom": "first_name", "Portable": "phone"}
    first, second = (import_file(runtime, practice, heavy, mapping=mapping) for _ in range(2))
    with database.transaction() as session:
        waiting = start(session, practice, heavy, mapping=mapping, confirmed=False)
        kept = session.scalars(select(ImportFile.import_id).order_by(ImportFile.import_id)).all()
        assert kept == [second.id, waiting.id]
        assert refusals.header(session, session.get_one(Import, first.id))[0] == "Nom"
        start(session, practice, heavy, mapping=mapping, confirmed=False)
    with pytest.raises(RuleBroken, match="attendent"), database.transaction() as session:
        start(session, practice, heavy, mapping=mapping, confirmed=False)


def test_a_small_file_passes_before_the_rest_of_large_ones(runtime, database, space):
    with database.transaction() as session:
        large = [start(session, space, french_excel(40, bad=1)).id for _ in range(4)]
        small = start(session, make_space(session), sheet(["A;Zoë;0639980001;;"])).id
        own = start(session, space, sheet(["A;Zoë;0639980001;;"])).id
    with database.snapshot() as session:
        turns = importing.waiting(session, limit=3)
    assert large[0] in turns  # the oldest is never put off
    assert small in turns
    assert own in turns
    assert turns.index(small) < turns.index(large[0])
