"""Files as they should not be: each comes in right, or is refused in a sentence that says how to mend it. Pure."""

import io
import re
import zipfile

import pytest

from app.accounts.models import Mode
from app.contacts.importing.entries import Entry
from app.contacts.importing.plan import plan
from app.contacts.importing.uploads import read_upload
from app.errors import RuleBroken
from tests.contacts.test_files import zipped
from tests.contacts.test_workbook import PEOPLE, book, saved
from tests.factories import NOON

HEADER = "Nom;Prénom;Portable;Note\n"
ZOE, LUC = "Petit;Zoé;0639980000;été\n", "Martin;Luc;0639980001;\n"


def steps(data, file_name="liste.csv"):
    upload = read_upload(data, file_name=file_name)
    return plan(upload.sheet, upload.mapping, mode=Mode.LIVE, now=NOON)


def people(data, file_name="liste.csv"):
    """[(first name, last name)], nobody refused."""
    read = steps(data, file_name)
    assert all(isinstance(step, Entry) for step in read), read
    return [(step.values.get("first_name", ""), step.values.get("last_name", "")) for step in read]


def refusal(data, file_name="liste.csv"):
    with pytest.raises(RuleBroken) as refused:
        read_upload(data, file_name=file_name)
    assert refused.value.sentence.endswith(".")
    return refused.value


def changed(data, **parts):
    """The same workbook, some of its parts other than they were, or added; None leaves one out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for name in dict.fromkeys([*before.namelist(), *parts]):
            content = parts.get(name, before.read(name) if name in before.namelist() else None)
            if content is not None:
                after.writestr(name, content)
    return stream.getvalue()


def merged(where, *rows):
    made = book(Liste=rows)
    made["Liste"].merge_cells(where)
    return saved(made)


@pytest.mark.parametrize(
    "data",
    [
        merged("A1:C1", ["Bénévoles 2026"], ["Nom", "Prénom", "Mobile"], ["Petit", "Zoé", "0639980000"]),
        merged("A1:B1", ["Identité", None, "Contact"], ["Nom", "Prénom", "Tél"], ["Petit", "Zoé", "0639980000"]),
        merged("A1:B1", ["Bénévole", None, "Mobile"], ["Petit", "Zoé", "0639980000"]),
    ],
    ids=["a title", "names over names", "one name over two columns"],
)
def test_a_cell_merged_above_the_columns_hides_no_name(data):
    assert people(data, "liste.xlsx") == [("Zoé", "Petit")]


@pytest.mark.parametrize(
    ("where", "rows", "expected"),
    [
        ("A2:A4", ["samedi;Zoé;0639980001", ";Luc;0639980002", ";Ana;0639980003"], ["samedi"] * 3),
        ("A2:A3", ["samedi;Zoé;0639980001", ";Luc;0639980002", ";Ana;0639980003"], ["samedi", "samedi", ""]),
        ("A2:A9", ["samedi;Zoé;0639980001", "", "", ";Luc;0639980002"], ["samedi", "samedi"]),
    ],
)
def test_a_cell_merged_beside_several_people_is_said_of_each(where, rows, expected):
    cells = [[cell or None for cell in row.split(";")] for row in rows]
    read = steps(merged(where, ["Groupe", "Prénom", "Mobile"], *cells), "liste.xlsx")
    assert [" ".join(step.tags or []) for step in read] == expected


def formula(text, shown, kind="str"):
    """A workbook whose second phone is a formula, with what the spreadsheet last showed."""
    data = saved(book(Liste=PEOPLE))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.read("xl/worksheets/sheet1.xml").decode()
    cell = f'<c r="B3" t="{kind}"><f>{text}</f><v>{shown}</v></c>'
    return changed(data, **{"xl/worksheets/sheet1.xml": re.sub(r'<c r="B3".*?</c>', cell, part)})


def test_a_formula_is_what_it_shows():
    assert steps(formula('"06"&amp;39980007', "0639980007"), "a.xlsx")[1].phone == "+33639980007"
    assert steps(formula("639980000+8", "639980008", "n"), "a.xlsx")[1].phone == "+33639980008"
    assert steps(formula("1/0", "#DIV/0!", "e"), "a.xlsx")[1].reason == "Le numéro manque."


def test_what_a_spreadsheet_would_run_is_text():
    lines = [
        f"{cell};{cell};063998000{at};\n" for at, cell in enumerate(["=cmd|'/c calc'!A0", "@SUM(1+1)", "+1+cmd|x"])
    ]
    assert people((HEADER + "".join(lines)).encode()) == [
        (cell, cell) for cell in ("=cmd|'/c calc'!A0", "@SUM(1+1)", "+1+cmd|x")
    ]


def old_excel(stream):
    return b"\xd0\xcf\x11\xe0" + stream.encode("utf-16-le")


def locked_ods():
    space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    data = '<manifest:encryption-data manifest:checksum="x"></manifest:encryption-data>'
    entry = f'<manifest:file-entry manifest:full-path="content.xml">{data}</manifest:file-entry>'
    manifest = f"<manifest:manifest {space}>{entry}</manifest:manifest>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(**{"mimetype": kind, "content.xml": "\0", "META-INF/manifest.xml": manifest})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (old_excel("EncryptedPackage"), "file_encrypted"),
        (locked_ods(), "file_encrypted"),
        (old_excel("_VBA_PROJECT_CUR"), "file_has_macros"),
        (changed(saved(book(Liste=PEOPLE)), **{"xl/vbaProject.bin": "x"}), "file_has_macros"),
        (zipped(**{"mimetype": "x", "Basic/Standard/Module1.xml": "x"}), "file_has_macros"),
    ],
    ids=["Excel's password", "LibreOffice's password", "old Excel's macros", "Excel's macros", "LibreOffice's macros"],
)
def test_a_locked_workbook_or_one_with_programs_is_refused(data, code):
    assert refusal(data, "liste.xlsx").code == code


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEADER[:-1] + ";c" * 20_000 + "\n" + ZOE, 1),
        (HEADER + ZOE + LUC[:-1] + ";x" * 20_000 + "\n", 3),
        (HEADER + ZOE + LUC[:-1] + ";" * 20_000 + "x\n", 3),
    ],
)
def test_twenty_thousand_columns_are_refused_with_their_line(text, line):
    assert refusal(text.encode()).sentence.startswith(f"Ligne {line} : plus de 200 colonnes")


def test_twenty_thousand_empty_columns_are_none():
    assert people("".join(line + ";" * 20_000 + "\n" for line in (HEADER[:-1], ZOE[:-1], LUC[:-1])).encode()) == [
        ("Zoé", "Petit"),
        ("Luc", "Martin"),
    ]


@pytest.mark.parametrize(
    "text",
    [HEADER + ZOE + HEADER + LUC, HEADER + ZOE + LUC + HEADER, HEADER + HEADER[:-1] + ";;\n" + ZOE + HEADER + LUC],
    ids=["between", "at the end", "at once"],
)
def test_a_header_said_again_is_nobody(text):
    assert people(text.encode()) == [("Zoé", "Petit"), ("Luc", "Martin")]


LONG = "a" * 1_000_000


@pytest.mark.parametrize(
    ("text", "line"),
    [(HEADER + ZOE[:-1] + LONG + "\n" + LUC, 2), (HEADER + ZOE + LONG + LUC, 3), (HEADER[:-1] + LONG + "\n" + ZOE, 1)],
)
def test_a_cell_of_a_million_signs_is_told_by_its_line(text, line):
    refused = refusal(text.encode())
    assert refused.code == "file_cell_too_long"
    assert refused.sentence.startswith(f"Ligne {line} : une case")


def test_a_workbook_that_hides_a_huge_cell_is_refused():
    data = saved(book(Liste=PEOPLE))
    row = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{LONG}</t></is></c></row>'
    part = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{row}</sheetData></worksheet>'
    refused = refusal(changed(data, **{"xl/worksheets/sheet1.xml": part}), "liste.xlsx")
    assert (refused.code, refused.sentence[:7]) == ("file_cell_too_long", "Ligne 1")


@pytest.mark.parametrize(
    "text",
    [HEADER + "Pe\0tit;Zoé\0;06\x0039980000;\0\n", HEADER + "\0" * 9 + ZOE, HEADER + ZOE + "\0\0\n"],
    ids=["inside", "before", "after"],
)
def test_a_sign_of_no_meaning_is_left_out(text):
    assert people(text.encode()) == [("Zoé", "Petit")]


ACCENTS = [("Noël", "Lévêque"), ("Zoé", "Hélène")]
NOEL, HELENE = "Lévêque;Noël;0639980000;l'école\n", "Hélène;Zoé;0639980001;\n"


@pytest.mark.parametrize("other", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("order", [1, -1])
def test_two_files_of_two_programs_end_to_end_keep_their_accents(order, other):
    first, then = ("utf-8", other)[::order]
    assert people((HEADER + NOEL).encode(first) + HELENE.encode(then)) == ACCENTS


def test_an_old_macs_apostrophe_is_no_other_program():
    text = HEADER + "Lévêque;Noël;0639980000;l’école\n" + "Hélène;Zoé;0639980001;l’été\n"
    assert people(text.encode("mac_roman")) == ACCENTS


@pytest.mark.parametrize("dashes", ["--", "–", "—"])
def test_dashes_forget_and_a_blank_keeps(dashes):
    (step,) = steps(
        f"Prénom;Portable;E-mail;Note;Étiquettes;Nom\nZoé;0639980000;{dashes};;{dashes};{dashes}\n".encode(), "a.csv"
    )
    assert (step.values["email"], step.tags, "note" in step.values) == ("", [], False)
