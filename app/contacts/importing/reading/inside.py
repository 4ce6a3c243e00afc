"""What the files inside a workbook say that its rows do not: rows hidden, formulas kept without their result.

The library gives the values alone. A file whose insides cannot be told apart says nothing of them: its rows still read.
A tag is looked at up to its first ``_TAG`` characters and never past the next « < »: whatever the file holds, the time
grows as its size. Run by ``workbook_program`` alone, within its limits.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from app.contacts.importing.reading.old_excel import hidden_rows

_TAG = b"[^<>]{0,400}"
"""What a tag says: of those looked for, a row's is the longest that spreadsheets write, some 250 characters (P)."""
_ROW = re.compile(rb"<(?:\w{1,20}:)?row\b%b\shidden=[\"'](?:1|true)[\"']" % _TAG)
_BARE_FORMULA = re.compile(
    rb"<(?:\w{1,20}:)?c\b%b?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']%b>\s{0,200}"
    rb"<(?:\w{1,20}:)?f\b(?:%b/>|%b>[^<]*</(?:\w{1,20}:)?f>)\s{0,200}"
    rb"(?:<(?:\w{1,20}:)?v\s*/>|<(?:\w{1,20}:)?v></(?:\w{1,20}:)?v>)?\s{0,200}</(?:\w{1,20}:)?c>" % ((_TAG,) * 4)
)
_IS_TEXT = re.compile(rb"^[^>]*\st=[\"']str[\"']")
"""Of a cell whose result is a text, which may well be empty."""
_FORMULA_MARK, _HIDDEN_MARK = re.compile(rb"[<:]f\b"), b"hidden="
_ODS_MARK = re.compile(rb"table:(?:visibility=\"(?:collapse|filter)\"|formula=)")
_CHUNK_BYTES, _KEPT_BYTES = 1_000_000, 40_000
MAX_FORMULAS = 200_000
_INDEX_BYTES = 1_000_000
"""Of the parts that name the sheets and their files: what comes after is names of ranges and styles."""


@dataclass(slots=True)
class Inside:
    """``hidden_rows``: how many a filter or somebody hides. ``bare_formulas``: (row from 1, column from 0) of each cell
    whose formula has no result."""

    hidden_rows: int = 0
    bare_formulas: set[tuple[int, int]] = field(default_factory=set)


def look_inside(data: bytes, kind: str, sheet: str) -> Inside:
    """What a sheet of the workbook ``data`` says besides its values; nothing where it cannot be told."""
    if kind == "xls":
        return Inside(hidden_rows(data, sheet))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if kind == "ods":
                return _of_ods(archive, sheet)
            with archive.open(_part_of(archive, sheet)) as stream:
                return _of_xlsx(stream)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, KeyError, UnicodeDecodeError, expat.ExpatError):
        return Inside()


def _of_xlsx(stream: IO[bytes]) -> Inside:
    found = Inside()
    for text, since in _pieces(stream):
        if _HIDDEN_MARK in text:  # in few workbooks, and much the quicker question
            found.hidden_rows += sum(match.end() > since for match in _ROW.finditer(text))
        if len(found.bare_formulas) < MAX_FORMULAS and _FORMULA_MARK.search(text):
            found.bare_formulas |= {
                (int(match[2]), _column(match[1]))
                for match in _BARE_FORMULA.finditer(text)
                if match.end() > since and not _IS_TEXT.match(match[0])
            }
    return found


def _pieces(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """The file in pieces that overlap, and how much of each was seen before: what ends there was told already."""
    rest = b""
    while chunk := stream.read(_CHUNK_BYTES):
        yield rest + chunk, len(rest)
        rest = (rest + chunk)[-_KEPT_BYTES:]


def _column(letters: bytes) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + letter - ord("A") + 1
    return at - 1


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The file of a sheet inside an Excel workbook. Raises KeyError."""
    wanted = re.escape(_escaped(sheet))
    index = _beginning(archive, "xl/workbook.xml")
    tag = re.search(rf'<(?:\w{{1,20}}:)?sheet\b[^<>]{{0,400}}\bname="{wanted}"[^<>]{{0,400}}>', index)
    key = re.search(r'\br?:?id="([^"]+)"', tag[0]) if tag else None
    for link in re.findall(r"<Relationship\b[^<>]{0,2000}>", _beginning(archive, "xl/_rels/workbook.xml.rels")):
        target = re.search(r'\bTarget="/?(?:xl/)?([^"]+)"', link)
        if key and target and f'Id="{key[1]}"' in link:
            return f"xl/{target[1]}"
    raise KeyError(sheet)


def _beginning(archive: zipfile.ZipFile, name: str) -> str:
    """The first megabyte of a file of the workbook. Raises KeyError."""
    with archive.open(name) as stream:
        return stream.read(_INDEX_BYTES).decode(errors="replace")


def _escaped(name: str) -> str:
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _of_ods(archive: zipfile.ZipFile, sheet: str) -> Inside:
    """Read whole only where a first look finds what to look for: most files have neither."""
    with archive.open("content.xml") as stream:
        if not any(_ODS_MARK.search(text) for text, _since in _pieces(stream)):
            return Inside()
    reader = _OdsReader(sheet)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    with archive.open("content.xml") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            parser.Parse(chunk, False)
    return reader.found


class _OdsReader:
    """Goes through ``content.xml``: tables, rows and cells, each said once for as many as it is repeated."""

    def __init__(self, sheet: str) -> None:
        self._sheet, self._is_in = sheet, False
        self._row = self._column = 0
        self._is_hidden = self._is_filled = False
        self._repeated = 1
        self.found = Inside()

    def begin(self, name: str, words: dict[str, Any]) -> None:
        if name == "table:table":
            self._is_in, self._row = words.get("table:name") == self._sheet, 0
        elif not self._is_in:
            return
        elif name == "table:table-row":
            self._repeated = _times(words, "table:number-rows-repeated")
            self._is_hidden = words.get("table:visibility") in ("collapse", "filter")
            self._is_filled, self._column = False, 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            is_valued = "office:value-type" in words
            self._is_filled = self._is_filled or is_valued
            if "table:formula" in words and not is_valued and len(self.found.bare_formulas) < MAX_FORMULAS:
                self.found.bare_formulas.add((self._row + 1, self._column))
            self._column += _times(words, "table:number-columns-repeated")
        elif name == "text:p":
            self._is_filled = True

    def end(self, name: str) -> None:
        if name == "table:table":
            self._is_in = False
        elif name == "table:table-row" and self._is_in:
            if self._is_hidden and self._is_filled:
                self.found.hidden_rows += self._repeated
            self._row += self._repeated


def _times(words: dict[str, Any], name: str) -> int:
    said = words.get(name, "1")
    return int(said) if said.isdecimal() and len(said) < 8 else 1
