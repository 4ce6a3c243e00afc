"""The next file of a space: its columns read as last time, the same file said, and who had left a list."""

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.contacts import lists, service
from app.contacts.importing import uploads
from app.contacts.models import Contact, ListMember
from jobs.importing import run_imports
from tests.contacts.sheets import CONSENT, import_file, reread, sheet, start
from tests.contacts.test_pages import Walker
from tests.factories import NOON, SOMEBODY, make_space, make_user, sign_in

ANA, BEN = "Blanc;Ana;06 39 98 71 01;;", "Noir;Ben;06 39 98 71 02;;"
HEADER = "Nom;Prénom;Portable;Taille;Groupe"
HEADER_OF_ANA = "Nom;Prénom;Portable;E-mail;Code postal"


@pytest.fixture
def space(runtime):
    with runtime.database.transaction() as session:
        return make_space(session)


def on_list(runtime, space, name="Samedi"):
    with runtime.database.snapshot() as session:
        found = lists.find(session, space.id, name)
        query = select(Contact.first_name).join(ListMember, ListMember.contact_id == Contact.id)
        return sorted(session.scalars(query.where(ListMember.list_id == found.id)))


def take_off(runtime, space, first_name, name="Samedi"):
    with runtime.database.transaction() as session:
        person = session.scalar(select(Contact).where(Contact.space_id == space.id, Contact.first_name == first_name))
        lists.take_off(session, lists.find(session, space.id, name), person, by=SOMEBODY, now=NOON)
        return person.id


def test_the_columns_of_the_next_file_are_what_somebody_said_of_the_last(runtime, space):
    mapping = {"Nom": "last_name", "Prénom": "first_name", "Portable": "phone", "Taille": "custom", "Groupe": "ignore"}
    import_file(runtime, space, sheet([ANA], HEADER), mapping=mapping)
    with runtime.database.transaction() as session:
        one = start(
            session, space, sheet(["Ben;M;;Noir;06 39 98 71 02"], "Prénom;TAILLE;Groupe;Nom;portable"), confirmed=False
        )
        assert uploads.mapping_of(one) == dict(enumerate(["first_name", "custom", "ignore", "last_name", "phone"]))
        assert [sentence for sentence in one.warnings if "dernier fichier" in sentence] == [
            "Comme dans votre dernier fichier : « TAILLE », « Groupe »."
        ]


def test_a_memory_that_leaves_no_phone_changes_nothing_and_no_other_space_has_it(runtime, space):
    mapping = {"Nom": "ignore", "Prénom": "first_name", "Portable": "ignore", "Mobile": "phone"}
    import_file(runtime, space, sheet(["Blanc;Ana;;06 39 98 71 01"], "Nom;Prénom;Portable;Mobile"), mapping=mapping)
    with runtime.database.transaction() as session:
        alone = start(session, space, sheet([ANA]), confirmed=False)
        assert "phone" in uploads.mapping_of(alone).values()
        other = start(session, make_space(session), sheet([ANA]), confirmed=False)
        assert uploads.mapping_of(other)[0] == "last_name"


def test_the_same_file_is_recognised_whatever_its_name(runtime, space):
    import_file(runtime, space, sheet([ANA]))
    with runtime.database.transaction() as session:
        again = start(session, space, sheet([ANA]), confirmed=False)
        other = start(session, space, sheet([BEN]), confirmed=False)
        assert "déjà été importé le mardi 3 mars 2026 par Odile" in again.warnings[0]
        assert not any("déjà été importé" in sentence for sentence in other.warnings)


def test_who_was_taken_off_the_list_stays_off_and_is_named(runtime, space):
    import_file(runtime, space, sheet([ANA, BEN]), list_name="Samedi")
    ana = take_off(runtime, space, "Ana")
    again = import_file(runtime, space, sheet([ANA, BEN]), list_name="samedi")
    assert (again.unchanged, again.kept_off) == (2, [ana])
    assert on_list(runtime, space) == ["Ben"]


def test_somebody_put_back_by_hand_stays_on_through_the_next_file(runtime, space):
    import_file(runtime, space, sheet([ANA, BEN]), list_name="Samedi")
    ana = take_off(runtime, space, "Ana")
    with runtime.database.transaction() as session:
        target = lists.find(session, space.id, "Samedi")
        lists.put_on(session, target, [service.get(session, space.id, ana)], by=SOMEBODY, now=NOON)
    again = import_file(runtime, space, sheet([ANA, BEN]), list_name="Samedi")
    assert (again.kept_off, on_list(runtime, space)) == ([], ["Ana", "Ben"])


def whole(runtime, space, content, **words):
    with runtime.database.transaction() as session:
        one = start(session, space, content, confirmed=False)
        uploads.confirm(
            session, one, mapping=uploads.mapping_of(one), list_name="Samedi", by=SOMEBODY, now=NOON, is_whole_list=True
        )
    run_imports(runtime, **CONSENT)
    return reread(runtime.database, one)


def test_a_list_made_like_the_file_loses_those_who_are_not_in_it_and_they_stay_contacts(runtime, space):
    import_file(runtime, space, sheet([ANA, BEN]), list_name="Samedi")
    import_file(runtime, space, sheet([ANA]), list_name="Dimanche")
    take_off(runtime, space, "Ben")
    done = whole(runtime, space, sheet([BEN, "Vert;Cléo;06 39 98 71 03;;"]))
    assert (done.left, done.kept_off, on_list(runtime, space)) == (1, [], ["Ben", "Cléo"])
    assert on_list(runtime, space, "Dimanche") == ["Ana"]
    with runtime.database.snapshot() as session:
        assert service.count(session, space.id) == 3


def test_two_people_of_one_phone_stay_on_a_list_made_like_the_file(runtime, space):
    import_file(runtime, space, sheet([ANA, "Blanc;Ali;06 39 98 71 01;;"]), list_name="Samedi")
    assert whole(runtime, space, sheet([ANA])).left == 0
    assert on_list(runtime, space) == ["Ali", "Ana"]


def test_whoever_a_row_names_stays_on_the_list_though_another_of_its_cells_is_refused(runtime, space):
    import_file(runtime, space, sheet([ANA, BEN]), list_name="Samedi")
    done = whole(runtime, space, sheet([f"{'é' * 90};Ben;06 39 98 71 02;;"]))
    assert (done.refused, done.left, on_list(runtime, space)) == (1, 1, ["Ben"])


def test_the_page_names_who_would_leave_before_anything_is_done(runtime, space, client):
    import_file(runtime, space, sheet([ANA, BEN]), list_name="Samedi")
    with runtime.database.transaction() as session:
        one = start(session, space, sheet([BEN, "Vert;Cléo;illisible;;"]), confirmed=False)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker, here = Walker(client, space), f"/imports/{one.id}"
    columns = {f"column-{at}": field for at, field in uploads.mapping_of(one).items()}
    page = walker.post(f"{here}/confirmer", here, **columns, list_name="Samedi", whole="1")
    assert "1 personne sortira de « Samedi »" in page.words
    assert "Ana Blanc" in page.words
    assert "1 ligne du fichier ne se lit pas" in page.words
    assert reread(runtime.database, one).status == "uploaded"
    walker.post(f"{here}/confirmer", here, **columns, list_name="Samedi", whole="1", sure="1")
    started = reread(runtime.database, one)
    assert (started.status, started.is_whole_list) == ("pending", True)


def test_the_page_keeps_the_other_columns_by_one_press_and_puts_back_who_had_left(runtime, space, client):
    import_file(runtime, space, sheet([ANA]), list_name="Samedi")
    take_off(runtime, space, "Ana")
    with runtime.database.transaction() as session:
        one = start(session, space, sheet([f"{ANA};M"], f"{HEADER_OF_ANA};Taille"), confirmed=False)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker, here = Walker(client, space), f"/imports/{one.id}"
    columns = {f"column-{at}": field for at, field in uploads.mapping_of(one).items()}
    walker.post(f"{here}/confirmer", here, **columns, list_name="Samedi", keep="1")
    kept = reread(runtime.database, one)
    assert (kept.status, kept.list_name, kept.mapping["5"]) == ("uploaded", "Samedi", "custom")
    columns = {f"column-{at}": field for at, field in kept.mapping.items()}
    walker.post(f"{here}/confirmer", here, **columns, list_name="Samedi")
    run_imports(runtime, **CONSENT)
    assert "1 personne du fichier était sortie de cette liste" in walker.get(here).words
    assert "1 personne remise sur la liste" in walker.post(f"{here}/remettre", here).words
    assert on_list(runtime, space) == ["Ana"]
