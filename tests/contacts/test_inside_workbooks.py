"""What a workbook says besides its values: rows that are hidden, and formulas kept without their result."""

import io
import re
import tracemalloc
import zipfile

import pytest

from app.accounts.models import Mode
from app.contacts.importing.columns import guess
from app.contacts.importing.entries import Entry
from app.contacts.importing.plan import plan
from app.contacts.importing.reading.files import read_rows
from app.contacts.importing.reading.inside import look_inside
from app.contacts.importing.reading.old_excel import hidden_rows
from app.contacts.importing.reading.workbook import read_workbook
from app.contacts.importing.warnings import warnings_of
from tests.contacts.old_excel import xls
from tests.contacts.test_workbook import PEOPLE, book, ods, saved
from tests.factories import NOON

CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def row(*cells, words=""):
    inner = "".join(one if one.startswith("<") else CELL.format(one) for one in cells)
    return f"<table:table-row {words}>{inner}</table:table-row>"


def told(data, name):
    sheet = read_rows(data, file_name=name)
    mapping = guess(sheet.header, sheet.rows)
    steps = plan(sheet, mapping, mode=Mode.LIVE, now=NOON)
    return warnings_of(sheet, mapping), [one.phone if isinstance(one, Entry) else one.reason for one in steps]


def test_rows_hidden_in_a_libreoffice_file_are_counted_where_they_hold_something():
    hidden, filtered = 'table:visibility="collapse"', 'table:visibility="filter"'
    data = ods(
        row("Prénom", "Mobile"),
        row("Zoé", "06 39 98 00 00", words=filtered),
        row("Luc", "06 39 98 00 01", words=hidden),
        row("Ana", "06 39 98 00 02"),
        row("<table:table-cell/>", words=f'{hidden} table:number-rows-repeated="500"'),
    )
    assert read_rows(data, file_name="a.ods").hidden_rows == 2
    (warning,), phones = told(data, "a.ods")
    assert "2 lignes sont masquées" in warning and len(phones) == 3
    assert read_rows(ods(row("Mobile"), row("06 39 98 00 00")), file_name="a.ods").hidden_rows == 0


def test_rows_hidden_in_an_old_excel_file_are_counted_in_the_sheet_that_is_read():
    data = xls({"Été": (PEOPLE, {3}), "Liste": ([*PEOPLE, ["Ana", "06 39 98 00 02"]], {2, 3})})
    sheet = read_rows(data, file_name="a.xls")
    assert (sheet.name, sheet.hidden_rows, sheet.rows[0][1]) == ("Liste", 2, ["Zoé", "06 39 98 00 00"])
    assert read_rows(data, file_name="a.xls", sheet="Été").hidden_rows == 1
    twice = data[:80] + data[76:80] + data[84:]  # the table of sectors names one part of itself two times
    for broken in (twice, data[:100], data[:700], data[:512] + bytes(512) + data[1024:], b"\xd0\xcf\x11\xe0" * 300):
        assert hidden_rows(broken, "Liste") == 0


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_formula_without_its_result_says_so_instead_of_a_missing_number(kind):
    if kind == "xlsx":
        made = book(Liste=[*PEOPLE, ["Ana", '=CONCATENATE("06 39 98 ", "00 02")'], ["Léo", ""]])
        data = saved(made)  # written by a program: no cell knows its result
    else:
        bare = '<table:table-cell table:formula="of:=[.A1]"/>'
        known = CELL.replace("office:", 'table:formula="of:=[.B9]" office:').format("06 39 98 00 01")
        data = ods(
            row("Prénom", "Mobile"), row("Zoé", "06 39 98 00 00"), row("Luc", known), row("Ana", bare), row("Léo")
        )
    warnings, steps = told(data, f"a.{kind}")
    assert steps[:2] == ["+33639980000", "+33639980001"]
    assert steps[2].startswith("La cellule B4 contient une formule dont le résultat n'est pas enregistré")
    assert steps[3] == "Le numéro manque."
    assert [one for one in warnings if "1 cellule (B4) contient une formule" in one]


def test_a_formula_whose_result_is_an_empty_text_has_one_and_another_number_serves():
    assert look_inside(b"no workbook", "xlsx", "Liste").hidden_rows == 0
    made = book(Liste=[["Prénom", "Mobile", "Tél mobile 2"], ["Ana", "=A1", "06 39 98 00 02"]])
    _warnings, steps = told(saved(made), "a.xlsx")
    assert steps == ["+33639980002"]
    assert [read_rows(one, file_name="a.xlsx").bare_formulas for one in (saved(made), with_texts(saved(made)))] == [
        frozenset({(2, 1)}),
        frozenset(),
    ]


def test_a_comment_of_unfinished_rows_is_no_row_however_long():
    data = changed(
        saved(book(Liste=PEOPLE)),
        "sheet1.xml",
        b"<sheetData",
        b"<!--%b<x hidden='1'>--><sheetData" % (b"<row " * 50_000),
    )
    assert read_workbook(data, "xlsx").hidden_rows == 0


def test_whoever_reads_a_workbook_holds_none_of_what_it_unfolds_into():
    data = changed(saved(book(Liste=PEOPLE)), "xl/workbook.xml", b"<sheets>", b"<!--%b--><sheets>" % (b" " * 8_000_000))
    tracemalloc.start()
    try:
        assert len(read_workbook(data, "xlsx").rows) == 3
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def changed(data, part, before, after):
    """The workbook with other words in the file whose name ends so."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, re.sub(before, lambda _found: after, text) if name.endswith(part) else text)
    return stream.getvalue()


def with_texts(data):
    """The workbook as Excel keeps a formula that gave an empty text."""
    return changed(data, "sheet1.xml", rb'<c r="B2" ?', b'<c r="B2" t="str" ')
