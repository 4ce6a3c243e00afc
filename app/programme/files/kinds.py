"""What a file is, by its content alone, and what is against it: never by its name. Pure."""

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping
from enum import StrEnum

from app.errors import RuleBroken
from app.french.folding import without_accents
from app.french.language import _
from app.french.typography import show_number

MAX_MB = 10
MAX_BYTES = MAX_MB * 1024 * 1024
LABEL_MAX = 80
_ENTRIES_MAX = 5_000
_EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"
"""The text by which every virus scanner is tried."""
_ACTS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_STREAM = re.compile(rb">>\s*stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
"""A name of a PDF may write any letter so."""
_HEADER = 400
"""Bytes before a stream in which its own dictionary is looked for."""
_UNFOLDED_MAX = 2_000_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."


class FileKind(StrEnum):
    """What is known. Its word is the end of the name that we give."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"

    @property
    def mimetype(self) -> str:
        return _MIMETYPES.get(self, f"image/{self.value}")


_MIMETYPES: Mapping[FileKind, str] = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.ODT: f"{_OPEN}text",
    FileKind.ODS: f"{_OPEN}spreadsheet",
    FileKind.ODP: f"{_OPEN}presentation",
    FileKind.DOCX: f"{_OFFICE}wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}spreadsheetml.sheet",
    FileKind.PPTX: f"{_OFFICE}presentationml.presentation",
}
_BY_MIMETYPE = {mimetype: kind for kind, mimetype in _MIMETYPES.items() if mimetype.startswith(_OPEN)}
_BY_ENTRY = {
    "word/document.xml": FileKind.DOCX,
    "xl/workbook.xml": FileKind.XLSX,
    "ppt/presentation.xml": FileKind.PPTX,
}
PIECES = frozenset({FileKind.PDF, FileKind.PNG, FileKind.JPEG, FileKind.WEBP})
"""What is asked of whoever applies: a paper, or its photo."""
DOCUMENTS = frozenset(FileKind)
"""What the programme gives to people: to read, to fill in, to show."""
ACCEPT = ",".join(f".{kind.value}" for kind in FileKind) + ",.jpeg"
"""For the browser's own choice of documents, which decides nothing."""


def kind_of(content: bytes, among: Collection[FileKind]) -> FileKind:
    """Its kind, whatever its name says. Raises RuleBroken, in a sentence tied to « file », for all else."""
    if not content:
        raise _refused("file_empty", _("Ce fichier est vide : choisissez-en un autre."))
    if len(content) > MAX_BYTES:
        raise _refused("file_too_big", too_big(len(content)))
    found = _told(content)
    if found is FileKind.PDF and b"%%EOF" not in content[-2048:]:
        raise _refused("file_cut", _("Ce PDF est arrivé coupé : envoyez-le de nouveau."))
    if found in among and found is not None:
        return found
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        sentence = _("Cette photo est au format HEIC d'un iPhone : enregistrez-la en JPEG, ou envoyez un PDF.")
        raise _refused("file_heic", sentence)
    if DOCUMENTS.issubset(among):
        sentence = _(
            "Ce fichier n'est ni un PDF, ni une image (PNG, JPEG, WEBP), ni un document de bureautique "
            "(ODT, ODS, ODP, DOCX, XLSX, PPTX) : il est resté chez vous."
        )
    else:
        sentence = _("Ce fichier n'est pas un PDF ni une image (PNG, JPEG, WEBP) : le fichier est resté chez vous.")
    raise _refused("file_kind", sentence)


def too_big(size: int) -> str:
    """« 25 Mo, c'est trop : 10 Mo au plus. »"""
    return _(
        "%(n)s Mo, c'est trop : %(max)s Mo au plus.",
        n=show_number(max(MAX_MB + 1, round(size / (1024 * 1024)))),
        max=MAX_MB,
    )


def fault_of(content: bytes) -> str:
    """What a closer look finds against one of a kind that is known; empty for a file that may be opened."""
    if _EICAR in content:
        return _("Ce fichier contient un virus d'essai : nous l'avons effacé.")
    if content.startswith(b"%PDF-") and _runs(content):
        return _("Ce PDF contient un programme ou un fichier caché : enregistrez-le par « Imprimer en PDF ».")
    names, _first = _entries(content)
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
        return _("Ce document contient des macros, que personne ne devrait ouvrir : enregistrez-le sans.")
    return ""


def _runs(pdf: bytes) -> bool:
    """Whether it says, outside the pictures that it carries, that something is to be run or unfolded.

    The bytes of a picture say anything by chance: of scans of one megabyte one in fifteen holds « /JS ». Lists of
    objects are unfolded, and names read with their escapes.
    """
    said = [_STREAM.sub(b" ", pdf)]
    said += [
        _unfolded(one[1])
        for one in _STREAM.finditer(pdf)
        if b"/ObjStm" in pdf[max(0, one.start() - _HEADER) : one.start()]
    ]
    return any(_ACTS.search(_ESCAPED.sub(lambda one: bytes([int(one[1], 16)]), words)) for words in said)


def _unfolded(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, _UNFOLDED_MAX)
    except zlib.error:
        return stream


def checked(content: bytes, among: Collection[FileKind]) -> FileKind:
    """Both at once, for what people may take away a moment later. Raises RuleBroken, tied to « file »."""
    kind = kind_of(content, among)
    fault = fault_of(content)
    if fault:
        raise _refused("file_unsafe", fault)
    return kind


def name_of(label: str, kind: FileKind) -> str:
    """What it is called on the reader's machine: our letters and our ending, whatever it was called before."""
    words = re.findall(r"[a-z0-9]+", without_accents(label.lower()))
    return f"{'-'.join(words)[:60].strip('-') or 'fichier'}.{kind.value}"


def label_of(file_name: str) -> str:
    """A first label for a file that nobody gave one: its name as people read it, without folder nor ending."""
    last = re.split(r"[/\\]", file_name)[-1]
    bare = last.rpartition(".")[0] or last
    return " ".join(re.sub(r"[_\s\0]+", " ", bare).split())[:LABEL_MAX] or _("Fichier")


def show_size(size: int) -> str:
    """« 48 ko », « 1,2 Mo »."""
    if size < 1_000_000:
        return f"{show_number(max(1, round(size / 1000)))}\u00a0ko"
    return f"{show_number(round(size / 1_000_000, 1))}\u00a0Mo"


def _told(content: bytes) -> FileKind | None:
    """What its first bytes say; of an archive, what its list of entries says."""
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileKind.WEBP
    names, first = _entries(content)
    found = _BY_MIMETYPE.get(first)
    if found is None and "[Content_Types].xml" in names:
        found = next((kind for entry, kind in _BY_ENTRY.items() if entry in names), None)
    return found


def _entries(content: bytes) -> tuple[Collection[str], str]:
    """The names inside an archive, and the type that it says it has; nothing of what is none, or is broken."""
    if not content.startswith(b"PK\x03\x04"):
        return (), ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist()[:_ENTRIES_MAX])
            first = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return (), ""
    return names, first.decode("ascii", "replace").strip()


def _refused(code: str, sentence: str) -> RuleBroken:
    return RuleBroken(code, sentence, fields={"file": sentence})
