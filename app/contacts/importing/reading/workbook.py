"""Rows of a spreadsheet file: Excel (new and old) and LibreOffice."""

import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import Literal

from app.contacts.importing.reading import workbook_program as program
from app.contacts.importing.reading.csv_text import cell_too_long
from app.errors import RuleBroken
from app.french.language import _

Kind = Literal["xlsx", "xls", "ods"]

MAX_UNPACKED_BYTES = 400_000_000
"""A workbook is a zip: a small one can hide gigabytes. 200,000 rows of 20 columns unpack to about 150 MB (P)."""
WAIT_S = 120
AT_ONCE = BoundedSemaphore(2)
"""Workbooks opened together by one process: each may take ``program.MEMORY_BYTES``."""

_ROOT = Path(program.__file__).parents[4]
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_MACRO = re.compile(r"xl/vbaProject\.bin|(Basic/[^/]+/(?!script-lb\.xml|dialog-lb\.xml)|Scripts/).+")
"""Where Excel and LibreOffice keep the programs of a workbook."""
_MANIFEST, _MANIFEST_BYTES = "META-INF/manifest.xml", 1_000_000


@dataclass(frozen=True, slots=True)
class Workbook:
    """One sheet of a workbook. ``names`` are its visible sheets; ``hidden_rows`` are those that a filter hides."""

    name: str
    names: list[str]
    rows: list[tuple[int, list[str]]] = field(repr=False)
    hidden_rows: int = 0
    bare_formulas: frozenset[tuple[int, int]] = frozenset()
    """(row number, column from 0) of each cell whose formula has no result: it reads as if it were empty."""


def workbook_kind(data: bytes) -> Kind | None:
    """Which spreadsheet ``data`` is, None when it is none. Raises RuleBroken for another document in a zip."""
    if data.startswith(_OLD_EXCEL):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _encrypted()
        if "_VBA_PROJECT_CUR".encode("utf-16-le") in data:
            raise _macros()
        return "xls"
    if not data.startswith(_ZIP):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {entry.filename: entry.file_size for entry in archive.infolist()}
            head = archive.read("mimetype")[:100] if entries.get("mimetype", 1000) < 1000 else b""
            is_listed = entries.get(_MANIFEST, _MANIFEST_BYTES) < _MANIFEST_BYTES
            is_locked = is_listed and b"encryption-data" in archive.read(_MANIFEST)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise _broken() from error
    if sum(entries.values()) > MAX_UNPACKED_BYTES:
        raise RuleBroken("file_too_large", _("Ce classeur est trop gros. Coupez-le en plusieurs fichiers."))
    if is_locked:  # LibreOffice's own way, which the library takes for an unknown kind
        raise _encrypted()
    if any(map(_MACRO.fullmatch, entries)):
        raise _macros()
    if "xl/workbook.xml" in entries or "xl/workbook.bin" in entries:
        return "xlsx"
    if b"opendocument.spreadsheet" in head:
        return "ods"
    raise RuleBroken(
        "file_is_document",
        _("Ce fichier n'est pas un tableau. Copiez la liste dans un tableur, puis enregistrez au format Excel ou CSV."),
    )


def read_workbook(data: bytes, kind: Kind, *, sheet: str = "") -> Workbook:
    """The rows of ``sheet``, or of the visible sheet with most phones in its first rows, numbered as on the screen.

    Raises RuleBroken ``file_encrypted``, ``file_unreadable``, ``file_too_large`` or ``file_cell_too_long``.
    """
    command = [sys.executable, "-E", "-s", "-m", program.__name__, kind, sheet.replace("\0", "")]
    try:
        with AT_ONCE:
            ended = subprocess.run(  # noqa: S603 - our own program, by its name
                command, input=data, capture_output=True, timeout=WAIT_S, check=False, env={}, cwd=_ROOT
            )
    except subprocess.TimeoutExpired as error:
        raise _too_wide() from error
    if ended.returncode in (program.BROKEN, 1):  # 1: the library stumbled on what no spreadsheet writes
        raise _broken()
    if ended.returncode == program.ENCRYPTED:
        raise _encrypted()
    if ended.returncode == program.CELL_TOO_LONG:
        raise cell_too_long(int(ended.stderr.split()[-1]))
    if ended.returncode:
        raise _too_wide()
    first, *lines = ended.stdout.split(b"\n")
    told = json.loads(first)
    rows = [(number, cells) for line in lines for number, cells in json.loads(line)]
    bare = frozenset((number, at) for number, at in told["bare_formulas"])
    return Workbook(told["name"], told["names"], rows, told["hidden_rows"], bare)


def _encrypted() -> RuleBroken:
    return RuleBroken(
        "file_encrypted",
        _("Ce classeur est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis recommencez."),
    )


def _macros() -> RuleBroken:
    return RuleBroken(
        "file_has_macros",
        _(
            "Ce classeur contient des macros, de petits programmes que nous n'ouvrons pas. "
            "Enregistrez-le au format Excel (.xlsx), puis recommencez."
        ),
    )


def _broken() -> RuleBroken:
    return RuleBroken(
        "file_unreadable",
        _("Ce classeur est abîmé. Ouvrez-le dans votre tableur et enregistrez-le de nouveau."),
    )


def _too_wide() -> RuleBroken:
    return RuleBroken(
        "file_too_large",
        _(
            "Ce classeur demande trop de place : une case est peut-être remplie très loin à droite ou en bas. "
            "Copiez la liste seule dans un nouveau classeur."
        ),
    )
