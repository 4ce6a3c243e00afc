"""Rows of one file that lead to one person, since their cards were merged: what each says adds up."""

from sqlalchemy import select

from app.contacts import lists, tags
from app.contacts.importing import service as importing
from app.contacts.importing import trial
from app.contacts.merging import service as merging
from app.contacts.models import Contact, ImportRow
from app.contacts.profile import values
from app.dashboard.merges import MOVES
from tests.contacts.sheets import counts, import_file, start
from tests.factories import NOON, SOMEBODY, make_contact, make_space

ACT = {"by": SOMEBODY, "now": NOON}
HEADER = "Prénom;Portable;E-mail;Étiquettes;Disponibilité;Compétences"
ROWS = [
    "Léa;06 39 98 00 02;;permis B;le soir;cuisine",
    "Paul;06 39 98 00 09;;;;",
    "Léa;06 39 98 00 01;lea@exemple.fr;remorque;week-end;accueil",
]


def test_what_two_rows_say_of_one_merged_person_adds_up_and_the_trial_says_the_same(database, runtime):
    with database.transaction() as session:
        space = make_space(session)
        lea, other = (make_contact(session, space, first_name="Léa", phone=f"+3363998000{n}") for n in "12")
        make_contact(session, space, first_name="Paul", phone="+33639980009")
        merging.merge(session, space, survivor_id=lea.id, loser_id=other.id, moves=MOVES, **ACT)
    content = "\r\n".join([HEADER, *ROWS]).encode()
    with database.transaction() as session:
        tried = start(session, space, content, confirmed=False)
        steps = importing.plan_of(session, tried.id)
        found = trial.rehearse(session, space.id, steps, list_name="", is_whole_list=False, now=NOON)
        assert (found.updated, found.unchanged, found.duplicates) == (1, 1, 1)
    done = import_file(runtime, space, content, list_name="Samedi")
    assert counts(done) == (0, 1, 1, 1, 0)
    with database.snapshot() as session:
        one = session.get_one(Contact, lea.id)
        assert (one.email, one.availability) == ("lea@exemple.fr", 6)
        assert tags.of_contacts(session, [lea.id])[lea.id] == ["permis B", "remorque"]
        [able] = values.of_contacts(session, space.id, [lea.id])[lea.id]
        assert {value.text for value in able.values} == {"cuisine", "accueil"}
        assert [one.name for one in lists.of_contacts(session, [lea.id])[lea.id]] == ["Samedi"]
        [double] = session.scalars(select(ImportRow))
        assert (double.number, double.is_duplicate) == (4, True)
        assert double.reason == (
            "Déjà à la ligne 2 : la même personne, dont les fiches sont réunies. Sa fiche en est complétée."
        )


def test_free_times_of_two_rows_of_one_person_hold_together(database, runtime):
    with database.transaction() as session:
        space = make_space(session)
    rows = ["Léa;06 39 98 00 01;;;le soir;", "Léa;06 39 98 00 01;;;week-end;"]
    import_file(runtime, space, "\r\n".join([HEADER, *rows]).encode())
    with database.snapshot() as session:
        assert session.scalars(select(Contact.availability)).all() == [6]
