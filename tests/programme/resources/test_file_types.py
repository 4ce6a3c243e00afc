"""What a file is, by what it holds. Pure."""

import io
import zipfile

import pytest

from app.errors import RuleBroken
from app.programme.resources import file_types


def archive(**entries: str) -> bytes:
    """A document of these entries; « __ » stands for a slash and « _dot_ » for a dot."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return held.getvalue()


ODT = archive(mimetype="application/vnd.oasis.opendocument.text", content_dot_xml="<x/>")
TYPES = "<Types/>"
MACROS = "file_macros"


def named(value: bytes | str) -> str:
    """An archive holds the second it was made in: its bytes are another name for each process that runs the tests."""
    return value if isinstance(value, str) else "bytes"


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (b"%PDF-1.7 \n", "pdf"),
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\xff\xd8\xff\xe0...", "jpg"),
        (ODT, "odt"),
        (archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (archive(**{"[Content_Types].xml": TYPES, "word__document_dot_xml": "x"}), "docx"),
        (archive(**{"[Content_Types].xml": TYPES, "xl__workbook_dot_xml": "x"}), "xlsx"),
        (archive(**{"[Content_Types].xml": TYPES, "ppt__presentation_dot_xml": "x"}), "pptx"),
    ],
    ids=named,
)
def test_each_type_is_known_by_its_bytes(content: bytes, extension: str) -> None:
    assert file_types.read(content).extension == extension


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"<!doctype html><script>alert(1)</script>", "file_unknown"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "file_unknown"),
        (b" %PDF-1.7", "file_unknown"),
        (b"MZ\x90\x00", "file_unknown"),
        (b"PK\x03\x04 broken", "file_unknown"),
        (archive(readme="rien"), "file_unknown"),
        (archive(mimetype="text/html"), "file_unknown"),
        (archive(word__document_dot_xml="x"), "file_unknown"),
        (
            archive(**{"[Content_Types].xml": TYPES, "word__document_dot_xml": "x", "word__vbaProject_dot_bin": ""}),
            MACROS,
        ),
    ],
    ids=named,
)
def test_everything_else_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        file_types.read(content)
    assert refused.value.code == code
    assert "file" in refused.value.fields


def test_more_than_ten_megabytes_are_refused_with_their_weight() -> None:
    with pytest.raises(RuleBroken) as refused:
        file_types.read(b"%PDF-" + bytes(file_types.MAX_BYTES))
    assert refused.value.sentence == "11 Mo, c'est trop : 10 Mo au plus."


@pytest.mark.parametrize(
    ("typed", "label", "name"),
    [
        ("Feuille des pouvoirs.pdf", "Feuille des pouvoirs", "feuille-des-pouvoirs.pdf"),
        ("..\\..\\été\\x.html", "x", "x.pdf"),
        ("../../etc/passwd", "passwd", "passwd.pdf"),
        ("sans_fin.PDF\r\nX: y", "sans fin", "sans-fin.pdf"),
        ("\0", "Fichier", "fichier.pdf"),
        ("☃.pdf", "☃", "fichier.pdf"),
    ],
)
def test_its_name_is_ours_whatever_it_was_called(typed: str, label: str, name: str) -> None:
    assert file_types.label_of(typed) == label
    assert file_types.name_of(file_types.label_of(typed), file_types.PDF) == name
