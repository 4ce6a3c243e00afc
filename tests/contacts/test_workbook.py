"""Workbooks: their sheets, the rows a filter hides, and what they may cost to open."""

import io
import zipfile

import openpyxl
import pytest

from app.contacts.importing.reading.files import read_rows
from app.errors import RuleBroken

PEOPLE = [["Prénom", "Mobile"], ["Zoé", "06 39 98 00 00"], ["Luc", "06 39 98 00 01"]]


def book(**sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def saved(made):
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def ods(*rows):
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="A">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()


def stray_cell():
    made = book(Liste=PEOPLE)
    made["Liste"]["XFD1048576"] = "x"
    return saved(made)


def repeated_rows():
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="150"><text:p>a</text:p>'
    return ods(f'<table:table-row table:number-rows-repeated="300000">{cell}</table:table-cell></table:table-row>')


@pytest.mark.parametrize("data", [stray_cell(), repeated_rows()], ids=["a cell far away", "a row said 300,000 times"])
def test_a_small_workbook_that_unfolds_into_a_huge_one_is_refused(data):
    assert len(data) < 10_000
    with pytest.raises(RuleBroken, match="très loin") as refusal:
        read_rows(data, file_name="liste.xlsx")
    assert refusal.value.code == "file_too_large"


def test_a_cell_far_down_alone_is_nobody():
    made = book(Liste=PEOPLE)
    made["Liste"]["A1048576"] = " "
    assert len(read_rows(saved(made), file_name="liste.xlsx").rows) == 2


def test_the_sheet_with_phones_is_proposed_and_another_can_be_chosen():
    data = saved(book(Accueil=[["Association Le Quai"], ["Liste de 2026"]], Samedi=PEOPLE, Été=PEOPLE[:2]))
    sheet = read_rows(data, file_name="liste.xlsx")
    assert (sheet.name, sheet.names, len(sheet.rows)) == ("Samedi", ["Accueil", "Samedi", "Été"], 2)
    chosen = read_rows(data, file_name="liste.xlsx", sheet="Été")
    assert (chosen.name, len(chosen.rows)) == ("Été", 1)


def test_a_hidden_sheet_is_not_proposed():
    made = book(Ancien=PEOPLE, Actuel=PEOPLE[:2])
    made["Ancien"].sheet_state = "hidden"
    sheet = read_rows(saved(made), file_name="liste.xlsx")
    assert (sheet.name, sheet.names) == ("Actuel", ["Actuel"])


def test_rows_that_a_filter_hides_are_counted():
    made = book(Liste=PEOPLE, Autre=PEOPLE)
    made["Liste"].row_dimensions[3].hidden = True
    made["Autre"].row_dimensions[2].hidden = True
    made["Autre"].row_dimensions[3].hidden = True
    data = saved(made)
    assert [read_rows(data, file_name="a.xlsx", sheet=name).hidden_rows for name in ("Liste", "Autre")] == [1, 2]
