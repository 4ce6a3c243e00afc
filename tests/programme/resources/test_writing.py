"""Where the staff write: a draft, a look, publication, versions, files; nothing that was typed is lost."""

import io
import re
from functools import partial
from html import unescape

import pytest
from sqlalchemy import select

from app.accounts.models import Activity
from app.clock import utc_now
from app.programme.resources import service
from app.programme.resources.models import Resource, ResourceFile, ResourceVersion
from tests.factories import SOMEBODY
from tests.programme.cohorts.test_cohorts import told
from tests.programme.resources.conftest import FIREFOX, content, write
from tests.together import together

PDF = b"%PDF-1.7 %%EOF"
HOME = "/programme/ressources"
TYPED = {
    "title": "Tenir une assemblée",
    "kind": "guide",
    "summary": "Un\r\nDeux\r\nTrois",
    "body": "## Avant\r\n\r\nLire les statuts.",
    "topics": ["govern", "mobilise"],
    "author": "Inès Carlier",
    "reuse": "cc_by",
    "checked_on": "2026-01-05",
    "seen": "0",
}


def save(desk, address="nouvelle", then="draft", **words):
    return desk.post(f"{HOME}/{address}", data={**TYPED, **words, "then": then})


def only(database):
    with database.snapshot() as session:
        return session.scalars(select(Resource)).one()


def texts(database):
    """The body of each version, the oldest first."""
    with database.snapshot() as session:
        return list(session.scalars(select(ResourceVersion.body).order_by(ResourceVersion.number)))


def test_a_draft_is_seen_by_nobody_and_changes_nothing_of_what_is_read(desk, client, database):
    kept = save(desk)
    resource = only(database)
    assert kept.location == f"{HOME}/{resource.id}"
    page = "/ressources/tenir-une-assemblee"
    assert client.get(page, headers=FIREFOX).status_code == 404
    assert save(desk, resource.id, "publish", seen=1, title="Tenir l'assemblée").status_code == 303
    assert client.get(page).status_code == 404
    page = "/ressources/tenir-l-assemblee"
    assert "Lire les statuts" in client.get(page).text, "until it is published, its address follows its title"
    assert save(desk, resource.id, seen=2, body="## Autre", title="Autrement").status_code == 303
    assert "Lire les statuts" in client.get(page).text
    assert "Les lecteurs voient la version 2, pas ce brouillon" in told(desk.get(f"{HOME}/{resource.id}").text)
    assert save(desk, resource.id, "publish", seen=3, body="## Autre", title="Autrement").status_code == 303
    assert "Autrement" in told(client.get(page).text), "once it is published, its address stays"
    assert texts(database) == ["## Avant\n\nLire les statuts."] * 2 + ["## Autre"]
    assert "1 réponse à « autrement »" in told(client.get("/ressources?q=autrement").text)
    assert "Rien sur « statuts »" in told(client.get("/ressources?q=statuts").text), "the old text is found no more"
    with database.snapshot() as session:
        verbs = list(session.scalars(select(Activity.verb).order_by(Activity.id)))
    assert [verb for verb in verbs if verb.startswith("resource")] == [
        "resource.saved", "resource.published", "resource.saved", "resource.published",
    ]  # fmt: skip


def test_a_look_keeps_nothing_and_gives_the_text_back(desk, database):
    body = "## Un <script>alert(1)</script>\n\n[x](javascript:alert(1))"
    page = save(desk, then="preview", body=body, title="")
    assert page.status_code == 200
    assert "Ce que les lecteurs verront" in page.text
    assert "<script>alert" not in page.text
    assert 'href="javascript' not in page.text
    assert body in unescape(page.text)
    with database.snapshot() as session:
        assert session.scalars(select(Resource)).all() == []


@pytest.mark.parametrize(
    ("words", "then", "sentence"),
    [
        ({"title": " "}, "draft", "Donnez un titre"),
        ({"title": "x" * 121}, "draft", "120 caractères au plus"),
        ({"body": "x" * 60_001}, "draft", "60000 caractères au plus"),
        ({"summary": "x" * 241}, "draft", "240 caractères au plus"),
        ({"checked_on": "demain"}, "draft", "Écrivez un jour"),
        ({"checked_on": "2999-01-01"}, "draft", "Ce jour n’est pas encore venu"),
        ({"kind": "roman"}, "draft", "Choisissez dans la liste"),
        ({"summary": "Un\nDeux"}, "publish", "Il faut trois lignes à retenir, une par ligne : il y en a 2."),
        ({"body": ""}, "publish", "Écrivez le texte avant de publier"),
        ({"topics": ["rien"]}, "publish", "Cochez au moins un sujet"),
        ({"author": ""}, "publish", "Dites qui l’a écrite"),
        ({"checked_on": ""}, "publish", "Dites quand ses faits ont été relus"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(desk, database, words, then, sentence):
    page = save(desk, then=then, **words)
    assert page.status_code == 422
    assert sentence in told(page.text).replace("\u202f", "")
    for name, value in {**TYPED, **words}.items():
        if name in ("title", "body", "summary", "author") and len(value) < 300:
            assert value.replace("\r\n", "\n").strip() in unescape(page.text).replace("\r\n", "\n"), name
    with database.snapshot() as session:
        assert session.scalars(select(Resource)).all() == []


def test_of_two_who_write_at_once_both_texts_stay(desk, database):
    save(desk, then="publish")
    resource = only(database)
    save(desk, resource.id, "draft", seen=1, body="Le texte de la première")
    page = save(desk, resource.id, "publish", seen=1, body="Le texte de la seconde")
    assert page.status_code == 409
    assert "Inès Carlier a enregistré un autre texte pendant que vous écriviez" in told(page.text)
    assert "Le texte de la première" in page.text
    assert "Le texte de la seconde" in page.text
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    assert seen is not None
    assert save(desk, resource.id, "draft", seen=seen[1], body="Le texte de la seconde").status_code == 303
    assert texts(database)[1:] == ["Le texte de la première", "Le texte de la seconde"]


def test_an_older_version_is_read_and_taken_up_again(desk, database):
    save(desk)
    resource = only(database)
    save(desk, resource.id, seen=1, body="Moins bien")
    save(desk, resource.id, seen=2, body="Moins bien")
    assert texts(database)[1:] == ["Moins bien"], "the same text again is no version"
    assert "Lire les statuts" in desk.get(f"{HOME}/{resource.id}/versions/1").text
    form = desk.get(f"{HOME}/{resource.id}?version=1")
    assert "Lire les statuts" in form.text
    assert 'name="seen" value="2"' in form.text
    for address in (f"{resource.id}/versions/9", f"{resource.id}?version=9", "999"):
        assert desk.get(f"{HOME}/{address}").status_code == 404


def test_one_that_is_withdrawn_comes_back_by_publishing_it(desk, client, database):
    save(desk, then="publish")
    resource = only(database)
    first = resource.published_at
    assert desk.post(f"{HOME}/{resource.id}/retirer").status_code == 302
    assert client.get("/ressources/tenir-une-assemblee").status_code == 410
    assert save(desk, resource.id, seen=1).status_code == 303
    assert client.get("/ressources/tenir-une-assemblee").status_code == 410, "a draft brings nothing back"
    save(desk, resource.id, "publish", seen=1)
    assert client.get("/ressources/tenir-une-assemblee").status_code == 200
    assert only(database).published_at == first


def test_two_of_one_title_have_two_addresses(desk, database):
    for _each in range(3):
        save(desk)
    with database.snapshot() as session:
        found = [resource.slug for resource, _version in service.all_of_them(session)]
    assert found == ["tenir-une-assemblee", "tenir-une-assemblee-2", "tenir-une-assemblee-3"]


def test_two_of_one_title_at_once_have_two_addresses_too(database):
    def begin():
        with database.transaction() as session:
            return write(session, publishes=False).slug

    assert set(together(begin, begin)) == {"tenir-une-assemblee", "tenir-une-assemblee-2"}

    def rename(slug):
        with database.transaction() as session:
            one = session.scalars(select(Resource).where(Resource.slug == slug)).one()
            return service.save(
                session, one.id, content("Animer"), seen=1, publishes=False, space_id=None, by=SOMEBODY, now=utc_now()
            ).slug

    named = together(*(partial(rename, slug) for slug in ("tenir-une-assemblee", "tenir-une-assemblee-2")))
    assert set(named) == {"animer", "animer-2"}


def join(desk, resource, content, name="x.pdf", label=""):
    data = {"file": (io.BytesIO(content), name), "label": label}
    return desk.post(f"{HOME}/{resource.id}/fichiers", data=data, follow_redirects=True)


def test_a_file_is_joined_by_what_it_holds_and_taken_away(desk, client, database):
    save(desk)
    resource = only(database)
    refused = join(desk, resource, b"<html><script>alert(1)</script>", "pouvoir.pdf")
    assert "n’est ni un PDF, ni une image" in told(refused.text)
    kept = join(desk, resource, b"MZ", "x.exe", "Le pouvoir")
    assert 'value="Le pouvoir"' in kept.text, "what it was to be called is not typed twice"
    heavy = told(join(desk, resource, PDF + b"0" * 25_000_000, "gros.pdf").text)
    assert "24 Mo, c’est trop : 10 Mo au plus." in heavy
    assert "20 Mo" not in heavy
    assert "Ce fichier est vide" in told(desk.post(f"{HOME}/{resource.id}/fichiers", follow_redirects=True).text)
    assert "« Feuille » est joint." in told(join(desk, resource, PDF, "../x.html", " Feuille ").text)
    with database.snapshot() as session:
        file = session.scalars(select(ResourceFile)).one()
    assert (file.file_name, file.mimetype, file.size) == ("feuille.pdf", "application/pdf", len(PDF))
    assert client.get(f"/ressources/fichiers/{file.id}").status_code == 404, "of a draft"
    own = desk.get(f"{HOME}/{resource.id}/fichiers/{file.id}")
    assert (own.data, own.headers["Content-Disposition"]) == (PDF, "attachment; filename=feuille.pdf")
    save(desk)
    with database.snapshot() as session:
        other = session.scalars(select(Resource).order_by(Resource.id.desc())).first()
    assert desk.get(f"{HOME}/{other.id}/fichiers/{file.id}").status_code == 404, "another resource's"
    assert desk.post(f"{HOME}/{other.id}/fichiers/{file.id}/retirer").status_code == 404
    assert desk.post(f"{HOME}/{resource.id}/fichiers/{file.id}/retirer").status_code == 303
    assert desk.get(f"{HOME}/{resource.id}/fichiers/{file.id}").status_code == 404


def test_the_file_of_views_has_a_line_a_month_and_a_cell_that_is_no_formula(desk, client, database):
    save(desk, then="publish")
    save(desk, title="=1+1")
    client.get("/ressources/tenir-une-assemblee", headers=FIREFOX)
    answer = desk.get(f"{HOME}/vues.csv")
    assert answer.mimetype == "text/csv"
    head, *lines = answer.data.decode("utf-8-sig").splitlines()
    assert head == "Adresse;Titre;Type;Sujets;État;Publiée le;Relue le;Mois;Vues"
    assert lines[0].startswith("1-1;'=1+1;Guide;")
    assert lines[0].endswith(";brouillon;;05/01/2026;;0")
    assert re.search(r"publiée;\d\d/\d\d/\d{4};05/01/2026;\d{4}-\d\d;1$", lines[1])
