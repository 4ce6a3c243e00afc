"""Bytes of a text file to rows, whatever program wrote it.

A byte order mark speaks first, then UTF-8; what is left is Windows (cp1252) or an old Mac (Mac Roman), told
apart by where French messages would stand. General detectors guess a third of such files right.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from app.errors import RuleBroken
from app.french.language import _

ENCODINGS = ("utf-8", "cp1252", "mac_roman", "utf-16-le", "utf-16-be")
DELIMITERS = (";", "\t", ",", "|")

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ODD = re.compile(r"(?s)(?:(?<=(.))|^)([^\x00-\x7f])(?=(.)?)")
_LOWER, _UPPER = frozenset("àâäçéèêëîïôöùûüœæ"), frozenset("ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒ")
_CHARACTERS = frozenset("“”«»…–—°€\u00a0")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_LONG_NUMBER = re.compile(r"(?:\d\D{0,2}){9}")
_SAMPLE_CHARACTERS, _SAMPLE_ROWS, _SAMPLE_MESSAGES = 65_536, 50, 5_000
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
"""What no list holds, where a NUL may be a slip of the program that wrote it."""


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text and the name of its encoding, chosen by the reader or else guessed.

    Raises RuleBroken ``encoding_unknown`` or ``file_unreadable``.
    """
    if encoding is not None and encoding not in ENCODINGS:
        raise RuleBroken("encoding_unknown", _("Cette façon d'écrire les accents n'est pas connue."))
    mark, marked = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", None))
    chosen = encoding or marked or _guess_encoding(data)
    try:
        data = data[len(mark) if chosen == marked else 0 :]
        return (read_utf8(data) if chosen == "utf-8" else data.decode(chosen)), chosen
    except UnicodeDecodeError as error:
        raise RuleBroken(
            "file_unreadable",
            _("Le fichier ne se lit pas ainsi. Choisissez une autre façon de lire les accents."),
        ) from error


def read_utf8(data: bytes) -> str:
    """UTF-8, where some lines may be another program's, as two files put end to end: each is read as it was written.

    Raises UnicodeDecodeError when no line looks like French in UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        lines = data.splitlines(keepends=True)
        read = [_utf8_or_none(line) for line in lines]
        foreign = _foreign(b"".join(line for line, text in zip(lines, read, strict=True) if text is None))
        ours = [text is not None and not text.isascii() and _is_utf8(text, foreign) for text in read]
        if not any(ours):
            raise error
        return "".join(
            text if text is not None and (text.isascii() or is_ours) else line.decode(foreign, "replace")
            for line, text, is_ours in zip(lines, read, ours, strict=True)
        )


def _is_utf8(text: str, foreign: str) -> bool:
    """Whether a line that reads as UTF-8 was written so: « l’école » of an old Mac reads so too, by chance."""
    return _frenchness(text) > _frenchness(text.encode().decode(foreign, "replace"))


def _utf8_or_none(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def guess_delimiter(text: str) -> str:
    """What separates the columns: the candidate that cuts the first rows most evenly; « ; » for a single column."""
    scores = {delimiter: _evenness(text[:_SAMPLE_CHARACTERS], delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=scores.__getitem__)


def parse(text: str, delimiter: str | None = None) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The delimiter, and the rows numbered as Excel counts them: a line break inside quotes stays in its row.

    Excel's own first line « sep=; » is obeyed and not counted. The rows raise RuleBroken ``file_quote_open``.
    """
    if delimiter is not None and delimiter not in DELIMITERS:
        raise RuleBroken("delimiter_unknown", _("Ce séparateur de colonnes n'est pas connu."))
    if told := re.match(r'"?sep=([;\t,|])"?[ ;,]*(?:\r\n?|\n|$)', text):
        text, delimiter = text[told.end() :], delimiter or told[1]
    delimiter = delimiter or guess_delimiter(text)
    rows = _rows(text, delimiter)
    return delimiter, _unswallowed(rows, delimiter) if '"' in text else rows


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    number, row = 0, list[str]()
    try:
        for number, row in enumerate(csv.reader(_lines(text), delimiter=delimiter), 1):
            yield number, row
    except csv.Error as error:  # a cell longer than the library's limit, of 131,072 characters
        raise (_quote_open if text.count('"') % 2 else cell_too_long)(number + 1) from error
    if text.count('"') % 2 and any("\n" in cell or "\r" in cell for cell in row):
        raise _quote_open(number)


def _lines(text: str) -> Iterator[str]:
    """One at a time: a file object of the same text would hold it over again, four bytes a character."""
    return (line[0] for line in _LINE.finditer(text))


def _unswallowed(rows: Iterator[tuple[int, list[str]]], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The same rows, unless a cell of several lines holds whole rows: two stray quotes had closed one another."""
    width = 0
    for number, row in rows:
        width = max(width, len(row))
        if _holds_break(row) and any(_holds_rows(cell, delimiter, width) for cell in row):
            raise _quote_open(number)
        yield number, row


def _holds_break(row: list[str]) -> bool:
    words = "".join(row)
    return "\n" in words or "\r" in words


def _holds_rows(cell: str, delimiter: str, width: int) -> bool:
    """Whether a line inside the cell has as many columns as the file, one of them long enough for a phone."""
    cells = [line.split(delimiter) for line in cell.splitlines()[1:]]
    return any(1 < width <= len(row) and any(map(_LONG_NUMBER.search, row)) for row in cells)


def cell_too_long(number: int) -> RuleBroken:
    return RuleBroken(
        "file_cell_too_long",
        _(
            "Ligne %(number)s : une case dépasse 100 000 caractères. Raccourcissez-la, ou effacez le guillemet "
            "(\") qui l'ouvre peut-être par erreur.",
            number=number,
        ),
    )


def _quote_open(number: int) -> RuleBroken:
    return RuleBroken(
        "file_quote_open",
        _(
            "Ligne %(number)s : un guillemet (\") ouvert n'est jamais refermé. Effacez-le dans le fichier.",
            number=number,
        ),
    )


def _guess_encoding(data: bytes) -> str:
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) * 10 < max(even, odd) > len(sample) * 0.15:
        return "utf-16-le" if odd > even else "utf-16-be"
    if b"\0" in data and _CONTROL.search(data):
        raise RuleBroken(
            "file_unreadable",
            _("Ce fichier n'est pas une liste. Dans votre tableur, enregistrez-le au format Excel ou CSV."),
        )
    try:
        read_utf8(data)
    except UnicodeDecodeError:
        return _foreign(data)
    return "utf-8"


def _foreign(data: bytes) -> str:
    """What wrote bytes that are no UTF-8: Windows or an old Mac."""
    windows = _frenchness(data.decode("cp1252", "replace"))
    return "mac_roman" if _frenchness(data.decode("mac_roman")) > windows or _undefined(data) else "cp1252"


def _undefined(data: bytes) -> bool:
    """Whether ``data`` holds bytes that Windows never writes: decoding it as such would fail."""
    return any(code in data for code in b"\x81\x8d\x8f\x90\x9d")


def _frenchness(text: str) -> int:
    """How French the accents of ``text`` look where they stand: « Noël » scores, « NoÎl » and « No‘l » lose."""
    return sum(_fits(*found.groups("")) for found in islice(_ODD.finditer(text), _SAMPLE_MESSAGES))


def _fits(before: str, character: str, after: str) -> int:
    inside = before.isalpha() and after.isalpha()
    if character in _LOWER:
        return -2 if before.isupper() and after.isupper() else 3
    if character in _UPPER:
        if before.islower() or (before.isalpha() and after.islower()):
            return -3
        return 3 if before.isalpha() or after.isalpha() else 0
    if character == "’":
        return 3 if inside else 1
    if character in _CHARACTERS:
        return -3 if inside else 1
    return -1 if character.isalpha() else -3


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    """The share of rows that have the usual width, and that width; nothing when it is one column."""
    try:
        widths = Counter(len(row) for __, row in islice(_rows(sample, delimiter), _SAMPLE_ROWS) if row)
    except RuleBroken:
        return 0.0, 1
    if not widths:
        return 0.0, 1
    width, count = max(widths.items(), key=lambda found: (found[1], found[0]))
    return (count / widths.total(), width) if width > 1 else (0.0, 1)
