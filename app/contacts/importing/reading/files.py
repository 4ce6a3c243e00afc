"""A contact list as it comes: CSV of any program, Excel, LibreOffice, or lines pasted from a table."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal

from app.contacts.importing.mapping import HEADER_ROWS, find_header
from app.contacts.importing.reading.csv_text import decode, parse
from app.contacts.importing.reading.reread import Reread
from app.contacts.importing.reading.workbook import Kind, read_workbook, workbook_kind
from app.errors import RuleBroken
from app.french.language import _

MAX_BYTES = 20_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 200
NAME_CHARACTERS = 200
"""Our limits (P): a list of 200,000 people takes under 20 MB, and no real list has 200 columns."""

Row = tuple[int, list[str]]
Cell = tuple[int, int]
"""Its row number, as Excel counts, and its column from 0."""

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list read to text. ``rows`` are (row number as Excel counts from 1, cells), empty rows left out.

    Every row is as wide as ``header``, whose names are « Colonne A »… where the file gives none.
    ``encoding`` and ``delimiter`` are "" for a workbook; ``name`` is the sheet read, among ``names``.
    """

    kind: Literal["csv", "pasted"] | Kind
    encoding: str
    delimiter: str
    header: list[str]
    rows: Sequence[Row]
    name: str = ""
    names: list[str] = field(default_factory=list)
    hidden_rows: int = 0
    """Hidden in the workbook, by a filter most of the time; read like the others."""
    bare_formulas: frozenset[Cell] = frozenset()
    """Cells whose formula has no result: they are read as empty."""


def read_rows(
    data: bytes, *, file_name: str, encoding: str | None = None, delimiter: str | None = None, sheet: str = ""
) -> Sheet:
    """The list that ``data`` holds, told by its bytes more than by its name; no name means pasted lines.

    ``encoding``, ``delimiter`` and ``sheet`` are the reader's choice against our guess. Raises RuleBroken:
    ``file_empty``, ``file_too_large``, ``file_too_many_rows``, ``file_too_many_columns``, ``file_is_picture``,
    ``file_is_pdf``, ``file_is_document``, ``file_is_address_book``, ``file_is_web_page``,
    ``file_encrypted``, ``file_has_macros``, ``file_cell_too_long``, ``file_quote_open``, ``file_unreadable``,
    ``encoding_unknown`` or ``delimiter_unknown``.
    """
    if len(data) > MAX_BYTES:
        raise RuleBroken(
            "file_too_large",
            _("Ce fichier dépasse %(most)s Mo. Coupez-le en plusieurs fichiers.", most=MAX_BYTES // 1_000_000),
        )
    kind = workbook_kind(data)
    if kind:
        book = read_workbook(data, kind, sheet=sheet)
        read = _sheet(kind, "", "", lambda: iter(book.rows))
        return replace(
            read,
            name=book.name,
            names=book.names,
            hidden_rows=book.hidden_rows,
            bare_formulas=book.bare_formulas,
        )
    _refuse_other_kinds(data)
    text, encoding = decode(data, encoding)
    text = text.replace("\0", "")  # PostgreSQL takes no NUL in a text
    delimiter = parse(text, delimiter)[0]
    return _sheet("csv" if file_name else "pasted", encoding, delimiter, lambda: parse(text, delimiter)[1])


def column_name(index: int) -> str:
    """« Colonne A » for 0, « Colonne AA » for 26: the letters that the spreadsheet shows."""
    return _("Colonne %(letters)s", letters=letters(index))


def letters(index: int) -> str:
    """« A » for 0, « AA » for 26."""
    found, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _sheet(
    kind: Literal["csv", "pasted"] | Kind, encoding: str, delimiter: str, found: Callable[[], Iterator[Row]]
) -> Sheet:
    """Read all once, for what it may refuse and for how many rows and columns there are."""
    head = list(islice(_filled(found()), HEADER_ROWS + 1))
    if not head:
        raise RuleBroken("file_empty", _("Ce fichier est vide : il faut au moins une ligne avec un numéro."))
    at = find_header(head)
    first, names = (0, []) if at is None else (at + 1, head[at][1])

    def below() -> Iterator[Row]:
        """The header said again, where two files were put end to end, is nobody."""
        return (row for row in islice(_filled(found()), first, None) if row[1] != names)

    width, count = len(names), 0
    for __, cells in below():
        width, count = max(width, len(cells)), count + 1
    if not count:
        raise RuleBroken("file_empty", _("Ce fichier n'a qu'une ligne de titres : ajoutez une ligne par personne."))
    header = [" ".join(name.split())[:NAME_CHARACTERS] or column_name(index) for index, name in enumerate(names)]
    header.extend(column_name(index) for index in range(len(names), width))

    def padded() -> Iterator[Row]:
        for row in below():
            if (lacking := width - len(row[1])) > 0:
                row[1].extend([""] * lacking)
            yield row

    return Sheet(kind, encoding, delimiter, header, Reread(padded, count))


def _filled(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows that hold something, cut after their last filled cell, within our limits."""
    count = 0
    for number, cells in rows:
        while cells and (not cells[-1] or cells[-1].isspace()):
            cells.pop()
        if not cells:
            continue
        count += 1
        if count > MAX_ROWS + 1:
            raise RuleBroken(
                "file_too_many_rows",
                _("Ce fichier a plus de 200 000 lignes. Coupez-le en plusieurs fichiers."),
            )
        if len(cells) > MAX_COLUMNS:
            raise RuleBroken(
                "file_too_many_columns",
                _(
                    "Ligne %(number)s : plus de %(most)s colonnes. Gardez les colonnes utiles seulement.",
                    number=number,
                    most=MAX_COLUMNS,
                ),
            )
        yield number, cells


def _refuse_other_kinds(data: bytes) -> None:
    start = data[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ")
    if not start:
        raise RuleBroken("file_empty", _("Ce fichier est vide."))
    if (data.startswith(_PICTURES) and b"\0" in data[:1024]) or data[4:8] == b"ftyp":
        raise RuleBroken(
            "file_is_picture",
            _("Ce fichier est une image. Il nous faut la liste elle-même, au format Excel ou CSV."),
        )
    if start.startswith(b"%PDF"):
        raise RuleBroken(
            "file_is_pdf",
            _("Ce fichier est un PDF. Il nous faut la liste elle-même, au format Excel ou CSV."),
        )
    if start[:11].lower() == b"begin:vcard":
        raise RuleBroken(
            "file_is_address_book",
            _("Ce fichier est un carnet d'adresses (vCard). Dans votre carnet, exportez-le plutôt au format CSV."),
        )
    if start[:15].lower().startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"{\\rtf")):
        raise RuleBroken(
            "file_is_web_page",
            _(
                "Ce fichier n'est pas un vrai fichier de tableur. Ouvrez-le dans votre tableur, enregistrez-le au "
                "format Excel."
            ),
        )
