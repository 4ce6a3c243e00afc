"""What a file is, told by what it holds and never by its name. Pure."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import RuleBroken
from app.french.folding import without_accents
from app.french.language import _

MAX_BYTES = 10 * 1024 * 1024
LABEL_MAX = 80
ENTRIES_MAX = 5_000
_UNKNOWN = _(
    "Ce fichier n'est ni un PDF, ni une image (PNG, JPEG), ni un document de bureautique "
    "(ODT, ODS, ODP, DOCX, XLSX, PPTX) : il est resté chez vous."
)
_MACROS = _("Ce document contient des macros, que personne ne devrait ouvrir : enregistrez-le sans, et recommencez.")


@dataclass(frozen=True)
class FileType:
    extension: str
    mimetype: str
    said: str


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
PDF = FileType("pdf", "application/pdf", "PDF")
PNG = FileType("png", "image/png", "PNG")
JPEG = FileType("jpg", "image/jpeg", "JPEG")
_BEGINNINGS = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_BY_MIMETYPE: Mapping[str, FileType] = {
    f"{_OPEN}text": FileType("odt", f"{_OPEN}text", "ODT"),
    f"{_OPEN}spreadsheet": FileType("ods", f"{_OPEN}spreadsheet", "ODS"),
    f"{_OPEN}presentation": FileType("odp", f"{_OPEN}presentation", "ODP"),
}
_BY_ENTRY: Mapping[str, FileType] = {
    "word/document.xml": FileType("docx", f"{_OFFICE}wordprocessingml.document", "DOCX"),
    "xl/workbook.xml": FileType("xlsx", f"{_OFFICE}spreadsheetml.sheet", "XLSX"),
    "ppt/presentation.xml": FileType("pptx", f"{_OFFICE}presentationml.presentation", "PPTX"),
}
ACCEPT = ".pdf,.png,.jpg,.jpeg,.odt,.ods,.odp,.docx,.xlsx,.pptx"
"""For the browser's own choice of files, which decides nothing."""


def read(content: bytes) -> FileType:
    """Its type. Raises RuleBroken for one that is empty, too heavy or of no type that we give to people."""
    if not content:
        raise _refused("file_empty", _("Choisissez un fichier qui contient quelque chose."))
    if len(content) > MAX_BYTES:
        weight = max(11, -(-len(content) // 1_000_000))
        raise _refused("file_heavy", _("%(n)s Mo, c'est trop : 10 Mo au plus.", n=weight))
    for beginning, found in _BEGINNINGS:
        if content.startswith(beginning):
            return found
    return _archived(content)


def _archived(content: bytes) -> FileType:
    """A document that is an archive: the list of its entries says which."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist()[:ENTRIES_MAX])
            first = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise _refused("file_unknown", _UNKNOWN) from None
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
        raise _refused("file_macros", _MACROS)
    found = _BY_MIMETYPE.get(first.decode("ascii", "replace").strip())
    if found is None and "[Content_Types].xml" in names:
        found = next((kind for entry, kind in _BY_ENTRY.items() if entry in names), None)
    if found is None:
        raise _refused("file_unknown", _UNKNOWN)
    return found


def _refused(code: str, sentence: str) -> RuleBroken:
    return RuleBroken(code, sentence, fields={"file": sentence})


def name_of(label: str, kind: FileType) -> str:
    """What it is called on the reader's machine: our letters and our ending, whatever it was called before."""
    words = re.findall(r"[a-z0-9]+", without_accents(label.lower()))
    return f"{'-'.join(words)[:60].strip('-') or 'fichier'}.{kind.extension}"


def label_of(file_name: str) -> str:
    """A first label for a file that nobody gave one: its name as people read it, without folder nor ending."""
    last = re.split(r"[/\\]", file_name)[-1]
    bare = last.rpartition(".")[0] or last
    return " ".join(re.sub(r"[_\s\0]+", " ", bare).split())[:LABEL_MAX] or _("Fichier")
