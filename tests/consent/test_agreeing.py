"""Who agreed to be told of sales: noted on a card or by a column of a file, with its evidence, in the ledger."""

from functools import partial

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.consent import agreeing
from app.consent import service as consent
from app.consent.families import Family
from app.consent.models import Act, Channel, ConsentEntry
from app.contacts.importing.uploads import read_upload
from app.contacts.importing.warnings import warnings_of
from app.contacts.merging import service as merging
from app.contacts.models import Contact
from app.contacts.phone import show_phone
from app.dashboard.merges import MOVES
from jobs.importing import run_imports
from tests.contacts.sheets import reread, sheet, start
from tests.contacts.test_pages import Walker
from tests.factories import NOON, SOMEBODY, make_contact, make_space, make_user, sign_in

HEADER = "Prénom;Portable;Accord pour les ventes"
WORDING = "J'accepte de recevoir les offres de la boutique."
run = partial(run_imports, opted_out=consent.opted_out, object_to=consent.object_by_file, agree=agreeing.agree_by_file)


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session)


def ledger(database):
    with database.snapshot() as session:
        return session.scalars(select(ConsentEntry).order_by(ConsentEntry.id)).all()


def test_on_a_card_an_equipiere_notes_it_with_its_words_and_evidence_and_takes_it_back(database, client, space):
    with database.transaction() as session:
        zoe = make_contact(session, space, first_name="Zoé")
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    walker, page = Walker(client, space), f"/benevoles/{zoe.id}/accord-ventes"
    assert "Noter son accord" in walker.get(f"/benevoles/{zoe.id}").words
    refused = walker.post(page, _from=page, given="1", wording=WORDING, channel="paper")
    assert "Dites où est la preuve" in refused.words and WORDING in refused.words, "what was typed stays"
    assert ledger(database) == []
    proof = "bulletin signé le 12 mars 2026"
    noted = walker.post(page, _from=page, given="1", wording=WORDING, channel="paper", evidence=proof)
    assert WORDING in noted.words and proof in noted.words
    (entry,) = ledger(database)
    assert (entry.act, entry.family, entry.channel) == (Act.GIVEN, Family.COMMERCIAL, Channel.PAPER)
    assert (entry.wording, entry.evidence, entry.contact_id) == (WORDING, proof, zoe.id)
    with database.snapshot() as session:
        assert consent.blocked(session, space.id, Family.COMMERCIAL, [zoe.fingerprint]) == {}
    walker.post(page, _from=page, given="0")
    assert ledger(database)[-1].act is Act.WITHDRAWN
    with database.snapshot() as session:
        assert consent.blocked(session, space.id, Family.COMMERCIAL, [zoe.fingerprint])


def test_a_column_gives_its_cells_as_evidence_and_says_a_no(database, runtime, space):
    header = "Prénom;Portable;Accord pour les ventes"
    first = ["Zoé;0639980000;bulletin du 12 mars 2026", "Luc;0639980001;oui", "Ana;0639980002;non", "Bob;0639980003;"]
    for lines in (first, first, ["Zoé;0639980000;non"]):
        with database.transaction() as session:
            start(session, space, sheet(lines, header))
        run(runtime)
    given, withdrawn = ledger(database)
    assert (given.act, given.evidence, given.channel) == (Act.GIVEN, "bulletin du 12 mars 2026", Channel.IMPORT)
    assert given.wording == "Fichier « bénévoles.csv », colonne « Accord pour les ventes »"
    assert (withdrawn.act, withdrawn.fingerprint) == (Act.WITHDRAWN, given.fingerprint)


def bring(database, runtime, space, *lines, header=HEADER):
    with database.transaction() as session:
        one = start(session, space, sheet(lines, header))
    run(runtime)
    return reread(database, one)


def sold_to(database, space):
    """The last digits of the phones that may be told of sales."""
    with database.snapshot() as session:
        people = session.scalars(select(Contact).where(Contact.space_id == space.id)).all()
        known = {one.fingerprint: one.phone[-2:] for one in people}
        return sorted(known[one] for one in consent.consenting(session, space.id, known))


def test_one_no_of_a_phone_holds_for_all_its_rows_whatever_becomes_of_them(database, runtime, space):
    header = f"{HEADER};Étiquettes"
    lines = [
        "Léa;0639980000;bulletin du 12 mars;", "Léa;0639980000;non;",  # a double
        "Ana;0639980001;non;", "Paul;0639980001;mars 2026;",  # a shared phone
        "Zoé;0639980002;;", "Zoé;0639980002;oui, bulletin 12;",  # the double alone says it
    ]  # fmt: skip
    bring(database, runtime, space, *lines, header=header)
    assert sold_to(database, space) == ["02"]
    one = bring(database, runtime, space, f"Zoé;0639980002;Non;{'x' * 50}", header=header)
    assert (one.refused, sold_to(database, space)) == (1, []), "a refused row says no all the same"


def test_a_no_at_the_phone_of_a_merged_card_is_the_survivor_s_too(database, runtime, space):
    with database.transaction() as session:
        lea, other, third = (make_contact(session, space, first_name="Léa", last_name="Petit") for _ in "123")
        for one in (other, third):
            merging.merge(session, space, survivor_id=lea.id, loser_id=one.id, moves=MOVES, by=SOMEBODY, now=NOON)
    mine, theirs, thirds = (show_phone(one.phone) for one in (lea, other, third))
    bring(database, runtime, space, f"Léa;{thirds};non", f"Léa;{mine};mars 2026")
    assert ledger(database) == [], "nothing was agreed, and nothing is"
    bring(database, runtime, space, f"Léa;{mine};mars 2026")
    assert sold_to(database, space) == [lea.phone[-2:]]
    bring(database, runtime, space, f"Léa;{theirs};non")
    assert sold_to(database, space) == []
    assert (ledger(database)[-1].fingerprint, ledger(database)[-1].contact_id) == (lea.fingerprint, lea.id)


def test_a_file_gives_back_to_nobody_the_consent_they_took_back_and_says_of_which_rows(
    database, client, runtime, space
):
    lines = ["Zoé;0639980000;bulletin du 12 mars 2026", "Luc;0639980001;mars 2026"]
    assert bring(database, runtime, space, *lines).warnings == []
    with database.transaction() as session:
        zoe = session.scalars(select(Contact).where(Contact.first_name == "Zoé")).one()
        consent.agree(
            session, space.id, zoe.fingerprint, family=Family.COMMERCIAL, given=False, channel=Channel.SPOKEN,
            wording="", by=SOMEBODY, now=NOON, contact_id=zoe.id,
        )  # fmt: skip
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    one = bring(database, runtime, space, *lines)
    assert sold_to(database, space) == ["01"]
    told = one.warnings[-1]
    assert "la personne de la ligne 2 avait retiré son accord" in told
    assert told in Walker(client, space).get(f"/imports/{one.id}").words


def test_a_yes_without_evidence_is_told_before_the_import():
    upload = read_upload(
        sheet(["Zoé;0639980000;oui", "Luc;0639980001;mars 2026"], "Prénom;Portable;Accord pour les ventes"),
        file_name="liste.csv",
    )
    (told,) = warnings_of(upload.sheet, upload.mapping)
    assert "1 « oui » n'a ni date ni preuve" in told
