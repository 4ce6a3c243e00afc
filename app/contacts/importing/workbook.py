"""Rows of a spreadsheet file: Excel (new and old) and LibreOffice."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Literal

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    load_workbook,
)

from app.errors import RuleBroken
from app.french.language import _

Kind = Literal["xlsx", "xls", "ods"]
Value = int | float | str | bool | time | date | datetime | timedelta

MAX_UNPACKED_BYTES = 400_000_000
"""A workbook is a zip: a small one can hide gigabytes. 200,000 rows of 20 columns unpack to about 150 MB (P)."""

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


def workbook_kind(data: bytes) -> Kind | None:
    """Which spreadsheet ``data`` is, None when it is none. Raises RuleBroken for another document in a zip."""
    if data.startswith(_OLD_EXCEL):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _encrypted()
        return "xls"
    if not data.startswith(_ZIP):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {entry.filename: entry.file_size for entry in archive.infolist()}
            head = archive.read("mimetype")[:100] if entries.get("mimetype", 1000) < 1000 else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise _broken() from error
    if sum(entries.values()) > MAX_UNPACKED_BYTES:
        raise RuleBroken("file_too_large", _("Ce classeur est trop gros. Coupez-le en plusieurs fichiers."))
    if "xl/workbook.xml" in entries or "xl/workbook.bin" in entries:
        return "xlsx"
    if b"opendocument.spreadsheet" in head:
        return "ods"
    raise RuleBroken(
        "file_is_document",
        _("Ce fichier n'est pas un tableau. Copiez la liste dans un tableur, puis enregistrez au format Excel ou CSV."),
    )


def workbook_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first visible sheet that has any, numbered as on the screen."""
    try:
        with load_workbook(io.BytesIO(data)) as book:
            sheet = _first_filled(book)
            if sheet is None or sheet.start is None:
                return
            margin = [""] * sheet.start[1]  # empty rows above are given, empty columns before are not
            for number, values in enumerate(sheet.iter_rows(), 1):
                yield number, margin + [_text(value) for value in values]
    except PasswordError as error:
        raise _encrypted() from error
    except CalamineError as error:
        raise _broken() from error


def _first_filled(book: CalamineWorkbook) -> CalamineSheet | None:
    visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    hidden = [name for name in book.sheet_names if name not in visible]
    sheets = (book.get_sheet_by_name(name) for name in visible + hidden)
    return next((sheet for sheet in sheets if sheet.height), None)


def _text(value: Value) -> str:
    """A cell as a person would type it: whole numbers without a decimal point, dates as ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _encrypted() -> RuleBroken:
    return RuleBroken(
        "file_encrypted",
        _("Ce classeur est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis recommencez."),
    )


def _broken() -> RuleBroken:
    return RuleBroken(
        "file_unreadable",
        _("Ce classeur est abîmé. Ouvrez-le dans votre tableur et enregistrez-le de nouveau."),
    )
