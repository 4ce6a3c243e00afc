"""The rooms of the volunteers as a référente walks through them."""

import io
import re

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Role
from app.consent import service as consent
from app.contacts.models import Contact, Import
from jobs.importing import run_imports
from tests.contacts.noted import noted
from tests.contacts.sheets import CONSENT, french_excel, sheet
from tests.contacts.test_workbook import PEOPLE, book, saved
from tests.factories import make_contact, make_list, make_space, make_user, sign_in


class Walker:
    """Somebody signed in, in one space, who fills in forms."""

    def __init__(self, client, space):
        self.client, self.home = client, f"/e/{space.slug}"

    def get(self, path, **words):
        answer = self.client.get(self.home + path, **words)
        answer.words = plain(answer.text) if answer.mimetype == "text/html" else ""
        return answer

    def post(self, path, _from="/benevoles", **fields):
        page = self.client.get(self.home + _from).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        answer = self.client.post(self.home + path, data={"csrf_token": token, **fields}, follow_redirects=True)
        answer.words = plain(answer.text)
        return answer


def plain(html):
    """The words of a page, spaces of one kind, tags aside."""
    text = re.sub(r"<[^>]*>", " ", html).replace("&#39;", "'").replace("’", "'")
    return " ".join(text.split())


@pytest.fixture
def space(database):
    with database.transaction() as session:
        return make_space(session)


@pytest.fixture
def walker(database, client, space):
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space)


@pytest.fixture
def reader(database, app, space):
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.LECTRICE))
    return Walker(client, space)


def only(database, kind):
    with database.snapshot() as session:
        return session.scalars(select(kind)).one()


def test_empty_rooms_say_what_to_do_next(walker):
    assert "Importer un fichier" in walker.get("/benevoles").words
    assert "Aucune liste pour l'instant" in walker.get("/listes").words
    assert "Votre fichier" in walker.get("/imports").words


def test_somebody_is_added_found_changed_and_removed(walker, database):
    answer = walker.post(
        "/benevoles/ajouter", phone="06 39 98 00 01", first_name="Zoë", last_name="Lévêque", tags="permis B"
    )
    assert "Zoë Lévêque est dans vos bénévoles." in answer.words
    zoe = only(database, Contact)
    for words in ("leveque", "06.39.98", "permis"):
        found = walker.get("/benevoles", query_string={"q": words}).words
        assert ("Zoë Lévêque" in found) == (words != "permis")
    changed = walker.post(
        f"/benevoles/{zoe.id}/modifier",
        phone="06 39 98 00 01",
        first_name="Zoë",
        birth_year="1985",
        extra_name="Taille",
        extra_value="L",
    )
    assert "C'est enregistré." in changed.words
    assert noted(database, only(database, Contact)) == {"Taille": "L"}
    assert "Taille L" in changed.words
    assert "La fiche de Zoë est supprimée." in walker.post(f"/benevoles/{zoe.id}/retirer").words
    with database.snapshot() as session:
        assert session.scalars(select(Contact)).all() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"phone": "01 99 00 12 34"}, "numéro fixe"),
        ({"phone": ""}, "Écrivez un numéro de mobile."),
        ({"phone": "0639980002", "birth_year": "85"}, "quatre chiffres"),
        ({"phone": "0639980002", "birth_year": "2020"}, "numéro d'un parent"),
        ({"phone": "0639980002", "email": "zoe"}, "il manque peut-être"),
        ({"phone": "0639980001", "first_name": "zoe"}, "est déjà là avec ce numéro"),
        ({"phone": "0639980002", "tags": "x" * 41}, "est trop long"),
    ],
)
def test_a_form_comes_back_with_what_was_typed_and_what_to_mend(walker, database, space, fields, sentence):
    with database.transaction() as session:
        make_contact(session, space, phone="+33639980001", first_name="Zoë")
    answer = walker.post("/benevoles/ajouter", **{"last_name": "Lévêque-Dubois", **fields})
    assert answer.status_code in (409, 422)
    assert sentence in answer.words
    assert 'aria-invalid="true"' in answer.text
    assert "Lévêque-Dubois" in answer.text


def test_lists_are_made_filled_renamed_and_forgotten(walker, database, space):
    with database.transaction() as session:
        contact = make_contact(session, space)
    assert "Personne sur cette liste" in walker.post("/listes", name="Conducteurs").words
    assert "Une liste s'appelle déjà" in walker.post("/listes", name="Conducteurs").words
    assert "1 personne ajoutée." in walker.post("/listes/1/ajouter", contact=str(contact.id)).words
    assert "1 personne" in walker.get("/listes").words
    assert "Conductrices" in walker.post("/listes/1/nom", name="Conductrices").words
    assert "n'est plus sur la liste" in walker.post(f"/listes/1/enlever/{contact.id}").words
    assert "est supprimée" in walker.post("/listes/1/supprimer").words
    assert only(database, Contact).id == contact.id


def test_who_was_ticked_for_a_list_is_kept_by_the_next_search(walker, database, space):
    with database.transaction() as session:
        here = make_list(session, space)
        names = ("Zoé", "Karim", "Inès")
        zoe, karim, _ines = (make_contact(session, space, first_name=one, last_name="Petit") for one in names)
        on = make_contact(session, space, on=here, first_name="Karima")
        stranger = make_contact(session, make_space(session))
    path = f"/listes/{here.id}/ajouter"
    page = walker.get(path, query_string={"q": "Karim", "contact": [zoe.id, on.id, stranger.id]})
    boxes = re.findall(r'name="contact" value="(\d+)"( checked)?( disabled)?', page.text)
    assert boxes == [(str(zoe.id), " checked", ""), (str(on.id), " checked", " disabled"), (str(karim.id), "", "")]
    assert ("1 personne déjà cochée" in page.words, "déjà sur la liste" in page.words) == (True, True)
    assert "csrf_token" not in re.sub(r"<button.*?</button>", "", page.text, flags=re.DOTALL).partition("<main")[2]
    nobody = walker.post(path, _from=path, q="Karim")
    assert ("Cochez au moins une personne" in nobody.words, "Inès" in nobody.words) == (True, False)
    assert "2 personnes ajoutées" in walker.post(path, _from=path, contact=[zoe.id, karim.id]).words


def test_a_file_is_sent_checked_imported_and_mended(walker, runtime, database):
    sent = walker.post("/imports", file=(io.BytesIO(french_excel(500, bad=20)), "Bénévoles 2026.csv"))
    assert "Vérifier avant d'importer" in sent.words
    assert "Les accents s'affichent bien ?" in sent.words
    assert "500 lignes" in sent.words
    one = only(database, Import)
    waiting = walker.post(
        f"/imports/{one.id}/confirmer",
        **{f"column-{at}": field for at, field in one.mapping.items()},
        list_name="Bénévoles 2026",
    )
    assert "data-poll" in waiting.text
    assert "Actualiser" in waiting.words
    run_imports(runtime, **CONSENT)
    part = walker.get(f"/imports/{one.id}/suivi")
    assert "data-poll" not in part.text
    assert 'role="status"' in part.text
    assert "480 bénévoles ajoutés. 20 lignes à corriger, rien n'est perdu." in part.words
    assert "Voir la liste" in walker.get(f"/imports/{one.id}").words
    refused = walker.get(f"/imports/{one.id}/refus.csv")
    assert refused.data.startswith(b"\xef\xbb\xbfNom;")
    assert len(refused.data.splitlines()) == 21
    assert "déjà parti" in walker.post(f"/imports/{one.id}/confirmer", **{"column-2": "phone"}).words


def test_another_way_of_reading_shows_at_once(walker, database):
    content = sheet(["Lévy;Zoé;0639980001;;", "Hébé;André;0639980002;;"], encoding="mac_roman")
    walker.post("/imports", file=(io.BytesIO(content), "liste.csv"))
    one = only(database, Import)
    again = walker.post(f"/imports/{one.id}/relire", encoding="cp1252", delimiter=";")
    assert "LŽv" in again.text
    assert "ne se lit pas ainsi" in walker.post(f"/imports/{one.id}/relire", encoding="utf-8", delimiter=";").words
    assert "Le fichier est oublié" in walker.post(f"/imports/{one.id}/abandonner").words


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "liste.csv", "est une image"),
        (b"", "liste.csv", "est vide"),
        ("Prénom\nZoë\n".encode(), "liste.csv", "Aucune colonne ne contient de numéros"),
        (b"PK\x03\x04 no workbook", "liste.xlsx", "abîmé"),
    ],
)
def test_a_file_that_is_no_list_is_refused_on_its_form(walker, database, content, name, sentence):
    answer = walker.post("/imports", file=(io.BytesIO(content), name))
    assert answer.status_code == 422
    assert sentence in answer.words
    assert 'aria-invalid="true"' in answer.text
    with database.snapshot() as session:
        assert session.scalars(select(Import)).all() == []


def test_pasted_rows_come_in_and_stay_when_refused(walker, database):
    assert "Choisissez un fichier" in walker.post("/imports", rows="").words
    refused = walker.post("/imports", rows="Prénom\tNom\nZoë\tLévêque")
    assert "Zoë\tLévêque" in refused.text
    assert "les lignes collées" in walker.post("/imports", rows="Prénom\tPortable\nZoë\t0639980001").words


def test_a_file_far_too_large_gets_a_page(walker):
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="liste.csv"\r\n\r\n' + b"x" * 23_000_000
    answer = walker.client.post(f"{walker.home}/imports", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "20 Mo au plus" in plain(answer.text)


def test_columns_that_will_not_do_are_said_beside_them(walker, database):
    walker.post("/imports", file=(io.BytesIO(sheet(["A;Zoë;0639980001;;"])), "liste.csv"))
    one = only(database, Import)
    answer = walker.post(
        f"/imports/{one.id}/confirmer", **{"column-0": "phone", "column-2": "phone"}, list_name="À moi"
    )
    assert "Deux colonnes disent" in answer.words
    assert 'id="column-2-error"' in answer.text
    assert 'value="À moi"' in answer.text


def test_a_reader_looks_and_changes_nothing(reader, database, space):
    with database.transaction() as session:
        contact, one = make_contact(session, space), make_list(session, space)
    for path in ("/benevoles", f"/benevoles/{contact.id}", "/listes", f"/listes/{one.id}", "/imports"):
        assert reader.get(path).status_code == 200
    assert reader.get("/benevoles/ajouter").status_code == 403
    assert reader.post(f"/benevoles/{contact.id}/retirer").status_code == 403
    assert reader.post("/listes", name="x").status_code == 403


def test_practice_refuses_real_numbers_kindly(database, client):
    with database.transaction() as session:
        practice = make_space(session, mode=Mode.PRACTICE)
        sign_in(client, session, make_user(session, space=practice))
    answer = Walker(client, practice).post("/benevoles/ajouter", phone="06 12 34 56 78")
    assert "prenez un numéro inventé" in answer.words


def test_another_spaces_people_are_not_found(walker, database):
    with database.transaction() as session:
        there = make_space(session)
        contact, one = make_contact(session, there), make_list(session, there)
    for path in (f"/benevoles/{contact.id}", f"/benevoles/{contact.id}/modifier", f"/listes/{one.id}", "/imports/1"):
        assert walker.get(path).status_code == 404


def test_a_list_of_objections_is_ticked_on_the_page(walker, runtime, database):
    walker.post("/imports", file=(io.BytesIO(sheet(["A;Zoé;0639980000;;"])), "refus.csv"))
    one = only(database, Import)
    chosen = {f"column-{at}": field for at, field in one.mapping.items()}
    walker.post(f"/imports/{one.id}/confirmer", **chosen, list_name="Refus", objections="1")
    run_imports(runtime, opted_out=consent.opted_out, object_to=consent.object_by_file)
    words = walker.get(f"/imports/{one.id}").words
    assert "1 personne de plus ne recevra plus de SMS." in words
    assert "numéro lu" in words
    assert "ajouté" not in words
    with database.snapshot() as session:
        assert session.scalars(select(Contact)).all() == []


def test_another_sheet_of_a_workbook_is_chosen_on_the_page(walker, database):
    content = saved(book(Samedi=[*PEOPLE, ["Ana", "0639980003"]], Été=PEOPLE))
    sent = walker.post("/imports", file=(io.BytesIO(content), "liste.xlsx"))
    assert "seule « Samedi » est lue" in sent.words
    one = only(database, Import)
    again = walker.post(f"/imports/{one.id}/relire", sheet="Été")
    assert "2 lignes dans" in again.words
    assert "seule « Été » est lue" in again.words
    assert only(database, Import).header == ["Prénom", "Mobile"]
