"""What a file is, by what it holds, and what is against it. Pure."""

import io
import zipfile

import pytest

from app.errors import RuleBroken
from app.programme.files import kinds
from app.programme.files.kinds import DOCUMENTS, PIECES


def archive(**entries: str) -> bytes:
    """A document of these entries; « __ » stands for a slash and « _dot_ » for a dot."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return held.getvalue()


ODT = archive(mimetype="application/vnd.oasis.opendocument.text", content_dot_xml="<x/>")
TYPES = "<Types/>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
UNSAFE = "file_unsafe"


def named(value: bytes | str) -> str:
    """An archive holds the second it was made in: its bytes are another name for each process that runs the tests."""
    return value if isinstance(value, str) else "bytes"


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (b"%PDF-1.7 \n%%EOF", "pdf"),
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\xff\xd8\xff\xe0...", "jpg"),
        (b"RIFF....WEBPVP8 ", "webp"),
        (ODT, "odt"),
        (archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (archive(**{"[Content_Types].xml": TYPES, "word__document_dot_xml": "x"}), "docx"),
        (archive(**{"[Content_Types].xml": TYPES, "xl__workbook_dot_xml": "x"}), "xlsx"),
        (archive(**{"[Content_Types].xml": TYPES, "ppt__presentation_dot_xml": "x"}), "pptx"),
    ],
    ids=named,
)
def test_each_type_is_known_by_its_bytes(content: bytes, extension: str) -> None:
    kind = kinds.checked(content, DOCUMENTS)
    assert (kind.value, kind in PIECES) == (extension, extension in ("pdf", "png", "jpg", "webp"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"<!doctype html><script>alert(1)</script>", "file_kind"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "file_kind"),
        (b" %PDF-1.7", "file_kind"),
        (b"MZ\x90\x00", "file_kind"),
        (EICAR, "file_kind"),
        (b"\0\0\0\x18ftypheic", "file_heic"),
        (b"%PDF-1.7 cut", "file_cut"),
        (b"%PDF-1.7 " + EICAR + b"%%EOF", UNSAFE),
        (b"%PDF-1.7 <</OpenAction<</S/JavaScript>>>>%%EOF", UNSAFE),
        (b"PK\x03\x04 broken", "file_kind"),
        (archive(readme="rien"), "file_kind"),
        (archive(mimetype="text/html"), "file_kind"),
        (archive(word__document_dot_xml="x"), "file_kind"),
        (
            archive(**{"[Content_Types].xml": TYPES, "word__document_dot_xml": "x", "word__vbaProject_dot_bin": ""}),
            UNSAFE,
        ),
    ],
    ids=named,
)
def test_everything_else_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        kinds.checked(content, DOCUMENTS)
    assert refused.value.code == code
    assert "file" in refused.value.fields


def test_more_than_ten_megabytes_are_refused_with_their_weight() -> None:
    with pytest.raises(RuleBroken) as refused:
        kinds.kind_of(b"%PDF-" + bytes(kinds.MAX_BYTES), DOCUMENTS)
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
    assert kinds.label_of(typed) == label
    assert kinds.name_of(kinds.label_of(typed), kinds.FileKind.PDF) == name


def test_whoever_applies_sends_a_paper_or_its_photo() -> None:
    with pytest.raises(RuleBroken, match=r"n’est pas un PDF ni une image|n'est pas un PDF ni une image"):
        kinds.kind_of(ODT, PIECES)


def test_a_weight_is_said_as_people_say_it() -> None:
    said = [kinds.show_size(size) for size in (1, 48_000, 1_240_000)]
    assert said == ["1\u00a0ko", "48\u00a0ko", "1,2\u00a0Mo"]
