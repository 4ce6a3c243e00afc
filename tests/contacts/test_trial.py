"""What an import would change is what it changes."""

import pytest

from app.accounts.models import Role
from app.contacts import lists, tags
from app.contacts.importing import service as importing
from app.contacts.importing import uploads
from app.contacts.importing.trial import rehearse
from app.contacts.models import Contact
from app.contacts.profile import values
from app.contacts.profile.models import FieldType
from jobs.importing import run_imports
from tests.contacts.sheets import CONSENT, counts, import_file, reread, sheet, start
from tests.contacts.test_pages import Walker
from tests.factories import NOON, SOMEBODY, make_contact, make_space, make_user, sign_in

HEADER = "Nom;Prénom;Portable;Code postal;Étiquettes;Taille;Pointure;Année de naissance"
COLUMNS = ["last_name", "first_name", "phone", "postcode", "tags", "custom", "custom", "birth_year"]
MAPPING = dict(zip(HEADER.split(";"), COLUMNS, strict=True))
KNOWN = [
    "Petit;Zoé;0639980001;80000;cuisine;M;;",
    "Petit;Luc;0639980002;80000;cuisine;M;;",
    "Noir;Ben;0639980003;;;;;",
    "Blanc;Ana;0639980004;;;;;",
    "Vert;Léa;0639980005;;;;;",
    "Roux;Max;0639980006;;;;;",
    "Bleu;Jenane;0639980008;;;;;",
]
FILE = [
    "Petit;Zoé;0639980001;80090;cuisine;L;;",  # three changes, one of them none
    "Petit;Luc;0639980002;80000;CUISINE, permis B;M;;",
    "Noir;Ben;0639980003;;--;;;",  # nothing to take away
    "Blanc;Ana;0639980004;;;;;",  # taken off the list
    "Vert;Léa;0639980005;;;;;",  # in the archives
    "Gris;Jeanne;0639980007;;;;;",  # whoever has no name there
    "Neuf;Eva;0639980010;80000;samedi;S;;",
    "Neuf;Eva;0639980010;80000;lundi;;38;",  # said twice
    "Neuf;Tom;0639980011;;;;trente-huit;",  # no number
    "Neuf;Lou;0639980012;;;;;2020",  # a child's own
    "Neuf;Sam;06 12;;;;;",
    "Autre;Numéro;0639980020;80100;;;;",  # merged into Max
    "Bleu;Jeanne;0639980008;;;;;",  # a mended first name
]
BATCH = 20
FILLER = [f"Rang;N{n};063999{n:04d};;;;;" for n in range(BATCH)]
LATER = [
    "Gris;Paul;0639980007;;;;;",  # Jeanne has her name by then
    "Roux;Max;0639980006;80100;;;;",  # as the merged row said, in the batch before
    "Rang;Nouveau;0639990001;;samedi;;;",
]


@pytest.fixture
def space(runtime):
    with runtime.database.transaction() as session:
        space = make_space(session)
        session.flush()
        values.named(session, space.id, ["Pointure"], now=NOON, kind=FieldType.NUMBER)
    import_file(runtime, space, sheet(KNOWN, HEADER), mapping=MAPPING, list_name="Samedi")
    with runtime.database.transaction() as session:
        by_name = {one.first_name: one for one in session.query(Contact).filter_by(space_id=space.id)}
        make_contact(session, space, phone="+33639980007", first_name="", last_name="")
        make_contact(
            session, space, phone="+33639980020", first_name="Numéro", last_name="Autre",
            archived_at=NOON, merged_into_id=by_name["Max"].id,
        )  # fmt: skip
        by_name["Léa"].archived_at = NOON
        target = lists.find(session, space.id, "Samedi")
        lists.take_off(session, target, by_name["Ana"], by=SOMEBODY, now=NOON)
    return space


def rehearsed(runtime, space, one, *, whole=False):
    with runtime.database.snapshot() as session:
        steps = importing.plan_of(session, one.id)
        return rehearse(session, space.id, steps, list_name="Samedi", is_whole_list=whole, now=NOON, size=BATCH)


@pytest.mark.parametrize("whole", [False, True])
def test_the_counts_before_are_the_counts_after(runtime, space, whole):
    with runtime.database.transaction() as session:
        one = start(session, space, sheet([*FILE, *FILLER, *LATER], HEADER), mapping=MAPPING, confirmed=False)
        uploads.confirm(
            session, one, mapping=uploads.mapping_of(one), list_name="Samedi", by=SOMEBODY, now=NOON,
            is_whole_list=whole,
        )  # fmt: skip
    trial = rehearsed(runtime, space, one, whole=whole)
    assert reread(runtime.database, one).rows_done == 0
    run_imports(runtime, **CONSENT, size=BATCH)
    done = reread(runtime.database, one)
    assert counts(done) == (trial.created, trial.updated, trial.unchanged, trial.duplicates, trial.refused)
    assert sum(counts(done)) == len(FILE) + BATCH + len(LATER)
    assert (trial.created, trial.updated, trial.refused) == (BATCH + 3, 7, 3)
    assert (done.brought_back, len(done.kept_off)) == (trial.brought_back, trial.kept_off) == (1, 0 if whole else 1)
    assert done.left == (len(trial.leavers.people) if trial.leavers else 0)


def test_what_changes_is_told_person_by_person(runtime, space):
    with runtime.database.transaction() as session:
        one = start(session, space, sheet(FILE, HEADER), mapping=MAPPING, confirmed=False)
    trial = rehearsed(runtime, space, one)
    assert trial.examples == [
        ("Zoé Petit", ["Code postal : 80000 → 80090", "Taille : M → L"]),
        ("Luc Petit", ["étiquettes : + permis B"]),
        ("Léa Vert", ["de retour des archives"]),
        ("Jeanne Gris", ["Prénom : vide → Jeanne", "Nom : vide → Gris"]),
        ("Max Roux", ["Nom : Roux → Autre", "Code postal : vide → 80100"]),
        ("Jenane Bleu", ["Prénom : Jenane → Jeanne"]),
    ]
    assert [step.number for step in trial.refusals] == [10, 11, 12]


def test_the_page_says_it_and_stores_nothing(runtime, space, client):
    with runtime.database.transaction() as session:
        one = start(session, space, sheet(FILE, HEADER), mapping=MAPPING, confirmed=False)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker, here = Walker(client, space), f"/imports/{one.id}"
    columns = {f"column-{at}": field for at, field in uploads.mapping_of(one).items()}
    page = walker.post(f"{here}/confirmer", here, **columns, list_name="Samedi", whole="1", trial="1")
    for words in (
        "Ce qui changerait",
        "Zoé Petit",
        "80000 → 80090",
        "Ligne 12",
        "Personne ne sort de « Samedi »",
        "1 ligne du fichier ne se lit pas",
    ):
        assert words in page.words
    assert reread(runtime.database, one).status == "uploaded"
    said = walker.post(f"{here}/confirmer", here, **columns, objections="1", trial="1").words
    assert "Personne n'est ajouté ni changé" in said
    assert "choix possible" in walker.post(f"{here}/confirmer", here, **{**columns, "column-0": "x"}, trial="1").words
    with runtime.database.snapshot() as session:
        assert tags.counted(session, space.id) == [("cuisine", 2)]
