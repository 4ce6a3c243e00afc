"""Lists as volunteers send them: from Excel, LibreOffice, an old Mac, a mailbox."""

import csv
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contacts.importing.reading import files
from app.contacts.importing.reading.files import column_name, read_rows
from app.errors import RuleBroken

TEXTS = [
    "Nom;Prénom;Tél\nDupont;Hélène;0639980000\n",
    "Nom;Prénom;Tél\nDUPONT;FRANÇOIS;0639980000\n",
    "Nom;Prenom;Mobile\nPetit;Zoé;0639980000\nLe Gall;Noël;0639980001\n",
    "Nom;Prenom;Mobile\nPetit;Élodie;0639980000\n",
    "nom;note\nAnaïs;l’été à l’hôpital général\n",
    "nom;ville;note\nBenoît;Orléans;« déjà venue » – reçu 5 €\n",
    "NOM;PRENOM;MOBILE\nLEFÈVRE;JÉRÔME;0639980000\n",
    "Prénom;N° de téléphone\nJoëlle;0639980000\n",
    "Prenom;Mobile;Tache\nLoïc;0639980000;gâteaux\nGaëlle;0639980001;où ça ?\n",
]


def code_of(data, **words):
    with pytest.raises(RuleBroken) as refusal:
        read_rows(data, file_name=words.pop("file_name", "liste.csv"), **words)
    assert refusal.value.sentence.endswith(".")
    return refusal.value.code


def workbook(*rows, before=None):
    book = openpyxl.Workbook()
    if before:
        book.create_sheet(before, 0)
    sheet = book["Sheet"]
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman", "utf-16-le", "utf-16-be"])
def test_accents_come_out_right_whatever_program_wrote_them(text, encoding):
    sheet = read_rows(text.encode(encoding), file_name="liste.csv")
    expected = list(csv.reader(text.splitlines(), delimiter=";"))
    assert sheet.encoding == encoding
    assert [sheet.header, *(cells for _, cells in sheet.rows)] == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_obeyed_and_dropped(encoding):
    assert read_rows(TEXTS[0].encode(encoding), file_name="a.csv").header == ["Nom", "Prénom", "Tél"]


def test_the_readers_choice_wins_over_our_guess():
    assert read_rows(TEXTS[0].encode("cp1252"), file_name="a.csv", encoding="mac_roman").header[1] == "PrÈnom"
    assert read_rows(b"Nom,Tel;a\nA,06;b\n", file_name="a.csv", delimiter=",").header == ["Nom", "Tel;a"]
    assert code_of(b"a", encoding="klingon") == "encoding_unknown"
    assert code_of(b"a", delimiter="x") == "delimiter_unknown"
    assert code_of("Zoé".encode("cp1252"), encoding="utf-8") == "file_unreadable"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    rows = [
        ["Nom", "Prénom", "Téléphone"],
        ["Le Gall, Marie", "Marie", "06 39 98 00 00"],
        ["Petit", "Luc; fils", "0639980001"],
    ]
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    sheet = read_rows(stream.getvalue().encode(), file_name="a.csv")
    assert (sheet.delimiter, sheet.header, [cells for _, cells in sheet.rows]) == (delimiter, rows[0], rows[1:])


def test_rows_are_numbered_as_excel_counts_them():
    text = 'Nom;Tél\r\n\r\n"Dupont\r\nJeanne";0639980000\r\n;;\r\nPetit;0639980001'
    sheet = read_rows(text.encode(), file_name="a.csv")
    assert sheet.rows == [(3, ["Dupont\r\nJeanne", "0639980000"]), (5, ["Petit", "0639980001"])]


def test_a_list_without_header_is_named_by_letters():
    sheet = read_rows(b"Petit;Luc;0639980000\nLe Gall;Anne;0639980001\n", file_name="a.csv")
    assert sheet.header == ["Colonne A", "Colonne B", "Colonne C"]
    assert sheet.rows[0] == (1, ["Petit", "Luc", "0639980000"])
    assert [column_name(at) for at in (0, 25, 26, 701, 702)] == [
        f"Colonne {messages}" for messages in ("A", "Z", "AA", "ZZ", "AAA")
    ]


def test_one_column_of_phones_is_a_list():
    sheet = read_rows(b"06 39 98 00 00\n06 39 98 00 01", file_name="")
    assert (sheet.kind, sheet.header) == ("pasted", ["Colonne A"])
    assert [cells for _, cells in sheet.rows] == [["06 39 98 00 00"], ["06 39 98 00 01"]]


def test_a_title_above_the_header_is_passed_over():
    text = "Liste des bénévoles au 01/02/2020\n\nNom;Mobile\nPetit;0639980000\n"
    sheet = read_rows(text.encode(), file_name="a.csv")
    assert (sheet.header, sheet.rows) == (["Nom", "Mobile"], [(4, ["Petit", "0639980000"])])


def test_ragged_rows_are_made_even():
    sheet = read_rows(b"Nom;Mobile\nPetit\nLe Gall;0639980000;x\n", file_name="a.csv")
    assert sheet.header == ["Nom", "Mobile", "Colonne C"]
    assert sheet.rows == [(2, ["Petit", "", ""]), (3, ["Le Gall", "0639980000", "x"])]


def test_excels_own_first_line_is_obeyed():
    sheet = read_rows(b"sep=,\r\nNom,Mobile\r\nPetit;x,0639980000\r\n", file_name="a.csv")
    assert (sheet.delimiter, sheet.rows) == (",", [(2, ["Petit;x", "0639980000"])])


def test_a_workbook_gives_what_its_screen_shows():
    data = workbook(
        ["Nom", "Tél", "Né le", "Vu", "Accord", "Prix"],
        [],
        ["Zoé", 639980000, date(1980, 5, 1), datetime(2020, 2, 3, 18, 30), True, 1.5],
        before="Vide",
    )
    sheet = read_rows(data, file_name="liste.xlsx")
    assert (sheet.kind, sheet.encoding, sheet.delimiter) == ("xlsx", "", "")
    assert sheet.header == ["Nom", "Tél", "Né le", "Vu", "Accord", "Prix"]
    assert sheet.rows == [(3, ["Zoé", "639980000", "1980-05-01", "2020-02-03 18:30", "oui", "1.5"])]


def test_a_workbook_that_starts_low_and_right_keeps_its_row_numbers():
    data = workbook([], [], ["", "", "Nom", "Mobile"], [None, None, "Zoé", 639980000])
    sheet = read_rows(data, file_name="liste.xlsx")
    assert sheet.header == ["Colonne A", "Colonne B", "Nom", "Mobile"]
    assert sheet.rows == [(4, ["", "", "Zoé", "639980000"])]


def ods():
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    number = '<table:table-cell office:value-type="float" office:value="639980000"/>'
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="A"><table:table-row>{cell.format("Nom")}{cell.format("Mobile")}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f"<table:table-row>{cell.format('Zoé')}{number}</table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()


def test_a_libreoffice_sheet_reads_the_same():
    sheet = read_rows(ods(), file_name="liste.ods")
    assert (sheet.kind, sheet.header, sheet.rows) == ("ods", ["Nom", "Mobile"], [(5, ["Zoé", "639980000"])])


def zipped(**entries):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def swollen(archive):
    """The same zip, its directory saying that the file inside unpacks to 500 MB."""
    at = archive.index(b"PK\x01\x02") + 24
    return archive[:at] + (500_000_000).to_bytes(4, "little") + archive[at + 4 :]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf\r\n \n", "file_empty"),
        (b";;\n;;\n", "file_empty"),
        ("Nom;Téléphone\n".encode(), "file_empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "file_is_picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "file_is_picture"),
        (b"GIF89a\1\0\1\0", "file_is_picture"),
        (b"\0\0\0\x18ftypheic", "file_is_picture"),
        (b"%PDF-1.7\n", "file_is_pdf"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zo\r\nTEL:0639980000\r\nEND:VCARD\r\n", "file_is_address_book"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jeanne\r\nTEL:0639980001\r\nEND:VCARD\r\n", "file_is_address_book"),
        ("\ufeffbegin:vcard\nTEL;TYPE=CELL:0639980001\nend:vcard\n".encode(), "file_is_address_book"),
        (b"<html><table><tr><td>06</td></tr></table>", "file_is_web_page"),
        (zipped(**{"word/document.xml": "<w/>"}), "file_is_document"),
        (b"PK\x03\x04broken", "file_unreadable"),
        (b"\xd0\xcf\x11\xe0broken", "file_unreadable"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        (zipped(**{"xl/workbook.xml": "<broken"}), "file_unreadable"),
        (bytes(range(256)) * 20, "file_unreadable"),
        (b'Nom;Tel\n"Le Gall;0639980000\nPetit;0639980001\n', "file_quote_open"),
        (b"a" * (files.MAX_BYTES + 1), "file_too_large"),
        (swollen(zipped(**{"xl/workbook.xml": "<w/>"})), "file_too_large"),
        (b"0639980000\n" * 200_002, "file_too_many_rows"),
        (b"0639980000" + b";x" * 200, "file_too_many_columns"),
    ],
    ids=range(24),
)
def test_what_is_no_list_is_refused_with_what_to_do(data, code):
    assert code_of(data) == code


def test_an_inch_mark_inside_a_cell_is_no_open_quote():
    assert read_rows(b'Nom;Tel;Note\nA;0639980000;tuyau 5"\n', file_name="a.csv").rows[0][1][2] == 'tuyau 5"'


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        sheet = read_rows(data, file_name="a.csv")
    except RuleBroken as refusal:
        assert refusal.code.startswith("file_")
    else:
        assert all(len(cells) == len(sheet.header) for _, cells in sheet.rows)


CELL = st.text(st.sampled_from('abé’ç;,"\n \t|0123'), max_size=8)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=12), st.sampled_from([";", ",", "\t", "|"]))
def test_no_cell_of_a_well_written_file_is_lost(pairs, delimiter):
    rows = [["Nom", "Téléphone"], *([a, b] for a, b in pairs)]
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)][1:]
    if filled:
        sheet = read_rows(stream.getvalue().encode(), file_name="a.csv", delimiter=delimiter)
        stripped = [(n, [c if c.strip() or at == 0 else "" for at, c in enumerate(row)]) for n, row in sheet.rows]
        assert stripped == [(n, [c if c.strip() or at == 0 else "" for at, c in enumerate(row)]) for n, row in filled]


def test_a_title_with_somebodys_number_is_no_header():
    text = "Collecte 2026 - référente Jeanne;06 39 98 91 50\n\nNom;Prénom;Tél\nPetit;Zoé;0639980000\n"
    sheet = read_rows(text.encode(), file_name="a.csv")
    assert sheet.header == ["Nom", "Prénom", "Tél"]
    assert [number for number, _ in sheet.rows] == [4]


def test_people_above_a_header_said_again_are_not_lost():
    text = "Petit;Zoé;0639980000\nNom;Prénom;Tél\nMartin;Luc;0639980001\n"
    sheet = read_rows(text.encode(), file_name="a.csv")
    assert sheet.header == ["Colonne A", "Colonne B", "Colonne C"]
    assert sheet.rows[0] == (1, ["Petit", "Zoé", "0639980000"])


def test_quotes_that_open_by_chance_do_not_swallow_the_people_between_them():
    lines = [f"Petit;Zoé;063998000{n};{note}" for n, note in enumerate(["", '"Le Petit', "", "", '"Chez Paul', ""])]
    with pytest.raises(RuleBroken, match="Ligne 3") as refusal:
        read_rows(("Nom;Prénom;Tél;Note\n" + "\n".join(lines)).encode(), file_name="a.csv")
    assert refusal.value.code == "file_quote_open"


def test_a_note_of_several_lines_is_one_cell():
    text = 'Nom;Tél;Note\nPetit;0639980000;"Appeler le soir,\npas avant 18 h.\nA deux enfants"\nMartin;0639980001;\n'
    assert [number for number, _ in read_rows(text.encode(), file_name="a.csv").rows] == [2, 3]


def test_one_line_of_another_program_leaves_the_other_accents_alone():
    text = "Nom;Prénom;Tél\nLévêque;Zoé;0639980000\n".encode() * 3 + "Hélène;Noël;0639980001\n".encode("cp1252")
    sheet = read_rows(text, file_name="a.csv")
    assert sheet.encoding == "utf-8"
    assert sheet.header == ["Nom", "Prénom", "Tél"]
    assert sheet.rows[-1][1] == ["Hélène", "Noël", "0639980001"]
