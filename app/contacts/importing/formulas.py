"""Cells that a spreadsheet would run as formulas, made harmless on the way out and whole again on the way in. Pure."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence

_QUOTED = re.compile(r'=\s*"([^"]*)"')
_FORMULA = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]*[=+@\uff1d\uff0b\uff20\uff0d-]|[\t\r\n]")
"""Programs look past blanks, and take the full-width signs of Asian keyboards for the plain ones."""
_HARMLESS = re.compile(r"\s*(--|[+-]?[\d\s().,/]*)")
"""« -- » and phone numbers start like formulas, and must stay as they are to be imported again."""
MARK = b"\xef\xbb\xbf"
"""What tells a spreadsheet that a file is UTF-8."""


def guarded(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) and not _HARMLESS.fullmatch(cell) else cell


def disarmed(cell: str) -> str:
    """The cell with an apostrophe before any sign that begins a formula, a sum or a number of its own."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """A file that French spreadsheets open by themselves: semicolons, UTF-8 with its mark, every cell guarded."""
    return MARK + csv_text(rows).encode()


def csv_text(rows: Iterable[Sequence[str]], *, guard: Callable[[str], str] = guarded) -> str:
    """Some lines of such a file; ``MARK`` stands once before the first."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([guard(cell) for cell in row] for row in rows)
    return text.getvalue()


def unguarded(cell: str) -> str:
    """The cell as it was before ``guarded``; ="01000" is how some programs keep a zero, and stands for 01000."""
    if cell[:1] not in ("=", "'"):  # nearly all
        return cell
    if quoted := _QUOTED.fullmatch(cell):
        return quoted[1]
    return cell[1:] if cell[0] == "'" and _FORMULA.match(cell[1:]) else cell
