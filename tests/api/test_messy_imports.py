"""A messy file by the page and by the API: the same counts and reasons, and its refused rows mended go in."""

import io

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Role
from app.consent import service as consent
from app.contacts.importing import uploads
from app.contacts.models import Import
from jobs.importing import run_imports
from tests.api.conftest import refusal
from tests.contacts.sheets import reread
from tests.contacts.test_messy import LONG, changed
from tests.contacts.test_pages import Walker, plain
from tests.contacts.test_workbook import PEOPLE, book, saved
from tests.factories import make_space, make_user, sign_in

HEADER = "Nom;Prénom;Portable;Code postal;Étiquettes;En cas d'accident"
OURS = [
    "Bénévoles du Quai",
    "",
    HEADER,
    "Petit;Zoé;06 39 98 00 01;1000;samedi;06 39 98 09 99",
    "Petit;Zoé;+33639980001;;dimanche;",
    "=cmd|'/c calc'!A0;Luc;06 39 98 00 02;--;--;",
    HEADER,
    "Lév\0êque;Noël;06 39 98 00 03;80000;;",
    "Noir;Ben;01 99 00 12 34;80000;;",
    "Noir;Ida;6,39981E+08;80000;;",
    "Noir;Tom;;;;",
]
THEIRS = ["Hélène;Zoë;06 39 98 00 04;;;"]
FILE = "\n".join([*OURS, ""]).encode() + "\n".join(THEIRS).encode("cp1252")
COUNTS = {"created": 4, "updated": 0, "unchanged": 0, "duplicates": 1, "refused": 3}
REASONS = ("fixe", "chiffres", "manque")


@pytest.fixture
def walker(app, database):
    """Somebody of another space."""
    client = app.test_client()
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space)


def come_in(runtime):
    run_imports(runtime, opted_out=consent.opted_out, object_to=consent.object_by_file)


def by_api(program, runtime, content):
    answer = program.ask("POST", "/imports", data={"file": (io.BytesIO(content), "liste.csv"), "list": "Samedi"})
    assert answer.status_code == 202, answer.text
    come_in(runtime)
    return program.get(f"/imports/{answer.json['id']}")


def by_page(walker, runtime, content):
    """The import once it is over, and its path."""
    assert "Vérifier avant" in walker.post("/imports", "/imports", file=(io.BytesIO(content), "liste.csv")).words
    with runtime.database.snapshot() as session:
        one = session.scalars(select(Import).order_by(Import.id.desc()).limit(1)).one()
    columns = {f"column-{at}": field for at, field in uploads.mapping_of(one).items()}
    here = f"/imports/{one.id}"
    walker.post(f"{here}/confirmer", here, **columns, list_name="Samedi")
    come_in(runtime)
    return reread(runtime.database, one), here


def mended(refused):
    text = refused.decode("utf-8-sig").replace("01 99 00 12 34", "06 39 98 00 05").replace("6,39981E+08", "0639980006")
    return text.replace("Noir;Tom;;", "Noir;Tom;0639980007;").encode("utf-8-sig")


def test_a_messy_file_comes_in_the_same_by_both_doors(program, walker, runtime):
    told = by_api(program, runtime, FILE)
    done, here = by_page(walker, runtime, FILE)
    assert {name: told[name] for name in COUNTS} == {name: getattr(done, name) for name in COUNTS} == COUNTS
    assert told["warnings"] == done.warnings
    assert ["« En cas d'accident »" in each for each in done.warnings] == [True]
    refused = program.ask("GET", f"/imports/{told['id']}/refused.csv").data
    assert walker.get(f"{here}/refus.csv").data == refused
    lines = refused.decode("utf-8-sig").splitlines()[1:]
    assert [word in line for word, line in zip(REASONS, lines, strict=True)] == [True] * 3
    people = {one["first_name"]: one for one in program.get("/contacts")["items"]}
    assert (people["Zoé"]["tags"], people["Zoé"]["postcode"]) == (["dimanche", "samedi"], "01000")
    names = [people[name]["last_name"] for name in ("Luc", "Noël", "Zoë")]
    assert names == ["=cmd|'/c calc'!A0", "Lévêque", "Hélène"]
    again = by_api(program, runtime, mended(refused))
    assert (again["created"], again["refused"]) == (3, 0)
    assert by_page(walker, runtime, mended(refused))[0].created == 3


def test_a_file_that_cannot_be_read_is_the_same_sentence_by_both_doors(program, walker):
    lines = [HEADER, OURS[3]]
    files = {
        "file_has_macros": changed(saved(book(Liste=PEOPLE)), **{"xl/vbaProject.bin": "x"}),
        "file_cell_too_long": "\n".join([*lines, LONG[:200_000]]).encode(),
        "file_too_many_columns": "\n".join([*lines, ";x" * 20_000]).encode(),
    }
    for code, content in files.items():
        data = {"file": (io.BytesIO(content), "liste"), "list": "Samedi"}
        problem = refusal(program.ask("POST", "/imports", data=data), 422, code)
        page = walker.post("/imports", "/imports", file=(io.BytesIO(content), "liste"))
        assert plain(problem["detail"]) in page.words.replace("&#34;", '"')
