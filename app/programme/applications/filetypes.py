"""What a file is, by its content alone: PDF, PNG, JPEG or WEBP, and nothing that would act when opened. Pure."""

import re
from enum import StrEnum

from app.errors import RuleBroken
from app.french.language import _
from app.french.typography import show_number

MAX_MB = 10
MAX_BYTES = MAX_MB * 1024 * 1024
_EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"
"""The text by which every virus scanner is tried."""
_ACTS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_PROGRAMS = (b"MZ", b"\x7fELF", b"PK\x03\x04")


class FileKind(StrEnum):
    """What is taken. Its word is the end of the name that we give."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"

    @property
    def mimetype(self) -> str:
        return {"pdf": "application/pdf", "jpg": "image/jpeg"}.get(self.value, f"image/{self.value}")


def kind_of(content: bytes) -> FileKind:
    """Its kind, whatever its name says. Raises RuleBroken, in a sentence, for all else."""
    if not content:
        raise RuleBroken("file_empty", _("Ce fichier est vide : choisissez-en un autre."))
    if len(content) > MAX_BYTES:
        raise RuleBroken("file_too_big", too_big(len(content)))
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise RuleBroken("file_cut", _("Ce PDF est arrivé coupé : envoyez-le de nouveau."))
        return FileKind.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileKind.WEBP
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        sentence = _("Cette photo est au format HEIC d'un iPhone : enregistrez-la en JPEG, ou envoyez un PDF.")
        raise RuleBroken("file_heic", sentence)
    sentence = _("Ce fichier n'est pas un PDF ni une image (PNG, JPEG, WEBP) : le fichier est resté chez vous.")
    raise RuleBroken("file_kind", sentence)


def too_big(size: int) -> str:
    """« 25 Mo, c'est trop : 10 Mo au plus. »"""
    return _(
        "%(n)s Mo, c'est trop : %(max)s Mo au plus.",
        n=show_number(max(MAX_MB + 1, round(size / (1024 * 1024)))),
        max=MAX_MB,
    )


def fault_of(content: bytes) -> str:
    """What a closer look finds against it, in a sentence; empty for a file that may be opened."""
    if _EICAR in content:
        return _("Ce fichier contient un virus d'essai : nous l'avons effacé.")
    if content.startswith(b"%PDF-") and _ACTS.search(content):
        return _("Ce PDF contient un programme ou un fichier caché : enregistrez-le par « Imprimer en PDF ».")
    if any(content.startswith(one) for one in _PROGRAMS):
        return _("Ce fichier est un programme : nous l'avons effacé.")
    return ""


def show_size(size: int) -> str:
    """« 240 ko », « 2,4 Mo »."""
    if size < 1024 * 1024:
        return _("%(n)s ko", n=show_number(max(1, round(size / 1024))))
    return _("%(n)s Mo", n=show_number(round(size / (1024 * 1024), 1)))
