"""A program of its own that turns one workbook into lines: ``python -m ...workbook_program kind [sheet] < workbook``.

The library builds a sheet as a full rectangle, and ends the whole process when memory runs out: one cell far away asks
for terabytes. Here it can only end itself. Whatever unpacks a workbook is done here, and nothing else of the app is
imported, so that it starts quickly.

The first line written is {"names": visible sheets, "name": the one read, "hidden_rows" and "bare_formulas": what is
inside it besides}; then come lists of [row number, cells].
Ends with 0, or one of the codes below; with CELL_TOO_LONG, the last words of stderr are the row's number.
"""

import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    load_workbook,
)

from app.contacts.importing.reading.inside import look_inside

ENCRYPTED, BROKEN, TOO_LARGE, CELL_TOO_LONG = 3, 4, 5, 6
MEMORY_BYTES = 1_500_000_000
"""A list of 200,000 rows of 20 columns takes about 500 MB (P)."""
CPU_S = 60
MAX_WRITTEN_BYTES = 400_000_000
MAX_ROWS, MAX_COLUMNS = 200_002, 201
"""One more than an import takes, so that whoever reads refuses it in its own words."""

MAX_CELL_CHARACTERS = 100_000
"""Excel keeps 32,767, LibreOffice 65,535."""

_SCORED_ROWS, _LINE_ROWS = 200, 1000
_PHONE = re.compile(r"\D{0,12}(?:\d\D{0,2}){9,13}\D{0,12}")


class CellTooLong(Exception):
    """Its only word is the number of the row."""


Value = int | float | str | bool | time | date | datetime | timedelta
Row = tuple[int, list[str]]


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data, kind = sys.stdin.buffer.read(), sys.argv[1]
    try:
        with load_workbook(io.BytesIO(data)) as book:
            return _tell(book, data, kind, wanted=sys.argv[2] if len(sys.argv) > 2 else "")
    except PasswordError:
        return ENCRYPTED
    except CalamineError:
        return BROKEN
    except MemoryError:
        return TOO_LARGE
    except CellTooLong as error:
        sys.stderr.write(f" {error}")
        return CELL_TOO_LONG


def _tell(book: CalamineWorkbook, data: bytes, kind: str, *, wanted: str) -> int:
    visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    names, sheet = _choose(book, visible, wanted)
    if sheet is None:
        names, sheet = _choose(book, [name for name in book.sheet_names if name not in visible], wanted)
    name = sheet.name if sheet else ""
    inside = look_inside(data, kind, name)
    told = {"hidden_rows": inside.hidden_rows, "bare_formulas": sorted(inside.bare_formulas)}
    sys.stdout.write(json.dumps({"names": names, "name": name, **told}))
    written = 0
    for line in _chunks(_rows(sheet)) if sheet else ():
        written += sys.stdout.write(f"\n{json.dumps(line)}")
        if written > MAX_WRITTEN_BYTES:
            return TOO_LARGE
    return 0


def _choose(book: CalamineWorkbook, names: list[str], wanted: str) -> tuple[list[str], CalamineSheet | None]:
    """The sheets that hold something, and the wanted one, else the one whose first cells look most like phones."""
    filled: list[str] = []
    best, score = None, -1
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height:
            filled.append(name)
            own = sys.maxsize if name == wanted else _phones(sheet) if len(names) > 1 else 0
            if own > score:
                best, score = sheet, own
    return filled, best


def _phones(sheet: CalamineSheet) -> int:
    found = 0
    for at, (__, cells) in enumerate(_rows(sheet)):
        found += sum(bool(_PHONE.fullmatch(cell)) for cell in cells)
        if at >= _SCORED_ROWS:
            break
    return found


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """The rows that hold something, numbered as on the screen, cut after their last filled cell."""
    if sheet.start is None:
        return
    margin = [""] * sheet.start[1]  # empty rows above are given, empty columns before are not
    count = 0
    for number, values in enumerate(_unmerged(sheet, sheet.start[1]), 1):
        while values and (values[-1] == "" or (isinstance(values[-1], str) and values[-1].isspace())):
            values.pop()
        if values:
            if any(isinstance(value, str) and len(value) > MAX_CELL_CHARACTERS for value in values):
                raise CellTooLong(number)
            count += 1
            yield number, [*margin, *map(_text, values)][:MAX_COLUMNS]
            if count >= MAX_ROWS:
                return


def _unmerged(sheet: CalamineSheet, left: int) -> Iterator[list[Value]]:
    """The rows, a cell merged over several of one column in each of them: « Samedi » beside its ten people."""
    tall = [
        (top, bottom, first - left)
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or ()
        if top < bottom and first == last
    ]
    begin: dict[int, list[tuple[int, int]]] = {}
    for top, bottom, at in tall:
        begin.setdefault(top, []).append((bottom, at))
    going: dict[int, tuple[int, Value]] = {}
    for number, values in enumerate(sheet.iter_rows()):
        is_filled = going and any(value != "" for value in values)
        for at, (bottom, value) in list(going.items()):
            if number > bottom:
                del going[at]
            elif values[at] == "" and is_filled:
                values[at] = value
        going.update((at, (bottom, values[at])) for bottom, at in begin.get(number, ()) if at < len(values))
        yield values


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _LINE_ROWS:
            yield chunk
            chunk = []
    yield chunk


def _text(value: Value) -> str:
    """A cell as a person would type it: whole numbers without a decimal point, dates as ISO 8601."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
